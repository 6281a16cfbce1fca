#include "finding.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "text.h"

const char *const severity_ids[SEVERITY_COUNT] = { "note", "warn", "refuse" };
const char *const severity_names[SEVERITY_COUNT] = { "提示", "警告", "拒绝" };

static const char *
keep(struct findings *list, const char *s, const char *fallback)
{
	if (s == NULL)
		s = fallback;
	return s == NULL ? "" : arena_strdup(&list->arena, s);
}

void
finding_add(struct findings *list, const struct finding *f)
{
	struct finding copy = *f;

	copy.rule = keep(list, f->rule, NULL);
	copy.article = keep(list, f->article, NULL);
	copy.article_label = keep(list, f->article_label, NULL);
	copy.ticket = keep(list, f->ticket, list->ticket);
	copy.commit = keep(list, f->commit, list->commit);
	copy.file = keep(list, f->file, list->file);
	copy.message = keep(list, f->message, NULL);
	vec_push(list->items, list->count, list->cap, copy);
}

void
finding_file(struct findings *list, const char *rule, const char *file, int line, int column,
	     const char *fmt, ...)
{
	struct finding f = { .severity = SEVERITY_REFUSE,
			     .rule = rule,
			     .file = file,
			     .line = line,
			     .column = column };
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	utf8_trim(text);
	f.message = text;
	finding_add(list, &f);
}

static int
by_place(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int rc = strcmp(a->file, b->file);

	if (rc == 0)
		rc = (a->line > b->line) - (a->line < b->line);
	if (rc == 0)
		rc = (a->column > b->column) - (a->column < b->column);
	if (rc == 0)
		rc = strcmp(a->rule, b->rule);
	return rc != 0 ? rc : strcmp(a->message, b->message);
}

/* The rest, so that two findings without a file stay two when they are of two tickets. */
static int
by_all(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int rc = by_place(a, b);

	if (rc == 0)
		rc = strcmp(a->ticket, b->ticket);
	if (rc == 0)
		rc = strcmp(a->article, b->article);
	return rc != 0 ? rc : (int)b->severity - (int)a->severity;
}

void
findings_sort(struct findings *list)
{
	size_t from = 0, to, kept = 0, i;

	while (from < list->count) {
		for (to = from + 1; to < list->count; to++)
			if (strcmp(list->items[to].commit, list->items[from].commit) != 0)
				break;
		qsort(list->items + from, to - from, sizeof(*list->items), by_all);
		from = to;
	}
	for (i = 0; i < list->count; i++) {
		const struct finding *last = kept ? &list->items[kept - 1] : NULL;

		if (last != NULL && by_all(last, &list->items[i]) == 0 &&
		    strcmp(last->commit, list->items[i].commit) == 0)
			continue;
		list->items[kept++] = list->items[i];
	}
	list->count = kept;
}

size_t
findings_count(const struct findings *list, enum severity severity)
{
	size_t i, n = 0;

	for (i = 0; i < list->count; i++)
		n += list->items[i].severity == severity;
	return n;
}

bool
findings_refuse(const struct findings *list)
{
	return findings_count(list, SEVERITY_REFUSE) != 0;
}

static void
print_one(const struct finding *f, FILE *out)
{
	if (*f->commit != '\0')
		fprintf(out, "%.10s ", f->commit);
	if (*f->file != '\0') {
		text_print(out, f->file, false);
		if (f->line != 0)
			fprintf(out, f->column > 0 ? ":%d:%d" : ":%d", f->line, f->column);
		fputs(": ", out);
	}
	fprintf(out, "%s：", severity_names[f->severity]);
	text_print(out, f->message, false);
	fprintf(out, " [%s", f->rule);
	if (*f->article_label != '\0')
		fprintf(out, "，依据%s", f->article_label);
	fputs("]\n", out);
}

void
findings_print(const struct findings *list, FILE *out)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		print_one(&list->items[i], out);
}

static void
json_member(struct buf *out, const char *key, const char *value)
{
	json_key(out, key);
	json_str(out, value);
}

void
findings_json(const struct findings *list, struct buf *out)
{
	size_t i;

	buf_puts(out, "[");
	for (i = 0; i < list->count; i++) {
		const struct finding *f = &list->items[i];

		buf_puts(out, i == 0 ? "\n{" : ",\n{");
		json_member(out, "severity", severity_ids[f->severity]);
		json_member(out, "rule", f->rule);
		json_member(out, "article", f->article);
		json_member(out, "ticket", f->ticket);
		json_member(out, "commit", f->commit);
		json_member(out, "file", f->file);
		buf_printf(out, ",\"line\":%d,\"column\":%d", f->line, f->column);
		json_member(out, "message", f->message);
		buf_putc(out, '}');
	}
	buf_puts(out, list->count ? "\n]\n" : "]\n");
}

void
findings_release(struct findings *list)
{
	free(list->items);
	arena_release(&list->arena);
	memset(list, 0, sizeof(*list));
}
