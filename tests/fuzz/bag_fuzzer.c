/* Bags: any bytes as a zip. Whatever is opened holds what it says: names that are allowed, each once,
 * and a file whose digests were found right has just that many bytes. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "parcel/bag.h"
#include "parcel/bag_read.h"

#include "fuzz.h"

static void
check_files(const struct bag_file *files, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		must(bag_name_fault(files[i].name, strlen(files[i].name), NULL) == NULL);
		must(files[i].bytes >= 0);
		must(i == 0 || strcmp(files[i - 1].name, files[i].name) < 0);
	}
}

static void
check_bag(struct bag_reader *bag, struct findings *findings)
{
	struct err err = { 0 };
	struct buf text = BUF_INIT;
	size_t count, tags, i;
	const struct bag_file *files = bag_files(bag, &count), *tag_files = bag_tags(bag, &tags);

	check_files(files, count);
	check_files(tag_files, tags);
	must(tags >= 6 && bag_value(bag, "Yunjuan-Kind") != NULL);
	must(bag_check(bag, findings, &err) == 0);
	for (i = 0; i < count && i < 4; i++) {
		buf_clear(&text);
		if (bag_read_file(bag, files[i].name, 1 << 20, &text, findings, &err) == 1)
			must((int64_t)text.len == files[i].bytes);
	}
	buf_release(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct bag_limits limits = {
		.total_bytes = 64 << 20, .file_bytes = 16 << 20, .tag_bytes = 4 << 20, .files = 2000
	};
	int fd = memfd_create("bag", MFD_CLOEXEC);
	struct findings findings = { 0 };
	struct bag_reader *bag = NULL;
	struct err err = { 0 };
	char path[64];

	must(fd >= 0 && write_all(fd, data, size) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	must(bag_open(&bag, path, &limits, &findings, &err) == 0);
	/* It is opened, or something says why not. */
	must((bag != NULL) == !findings_refuse(&findings));
	if (bag != NULL)
		check_bag(bag, &findings);
	bag_reader_free(bag);
	findings_release(&findings);
	close(fd);
	return 0;
}
