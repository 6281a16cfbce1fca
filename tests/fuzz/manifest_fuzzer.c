/* Manifests and bag-info.txt: what is read out of them stood in them. */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "parcel/read_internal.h"

#include "fuzz.h"

static void
check_manifest(struct bag_reader *bag, const struct buf *text)
{
	struct manifest manifest = { 0 };
	size_t i, k;

	manifest_parse(&manifest, bag, "manifest-sm3.txt", text);
	must(manifest.count * 66 <= text->len + 1);
	for (i = 0; i < manifest.count; i++) {
		const struct manifest_line *line = &manifest.lines[i];

		must(strlen(line->digest) == 64 && line->line > 0);
		for (k = 0; k < 64; k++)
			must(isdigit((unsigned char)line->digest[k]) ||
			     (line->digest[k] >= 'a' && line->digest[k] <= 'f'));
		must(bag_name_fault(line->name, strlen(line->name), NULL) == NULL);
		must(manifest_find(&manifest, line->name) != NULL);
	}
	must(manifest_find(&manifest, "") == NULL);
	manifest_release(&manifest);
}

static void
check_info(struct bag_reader *bag, const struct buf *text)
{
	size_t i;

	info_parse(bag, "bag-info.txt", text);
	for (i = 0; i < bag->label_count; i++) {
		must(strlen(bag->labels[i].name) + strlen(bag->labels[i].value) <= text->len);
		must(strchr(bag->labels[i].name, '\n') == NULL);
		must(strchr(bag->labels[i].value, '\n') == NULL);
		must(bag_value(bag, bag->labels[i].name) != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct findings findings = { 0 };
	struct bag_reader bag = { .findings = &findings, .limits = { .files = 1000 } };
	struct buf text = BUF_INIT;
	struct arena arena = { 0 };

	buf_put(&text, data, size);
	check_manifest(&bag, &text);
	check_info(&bag, &text);
	/* A name is allowed or has a rule; its key is the same however often it is made. */
	must(bag_name_key(&arena, (const char *)data, size) != NULL);
	free(bag.labels);
	arena_release(&bag.arena);
	arena_release(&arena);
	findings_release(&findings);
	buf_release(&text);
	return 0;
}
