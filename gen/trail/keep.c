#include "trail/keep.h"

#include <stdlib.h>
#include <string.h>

#define KEEP_MAX_BYTES ((size_t)64 << 20)

/* --- any bytes ------------------------------------------------------------------------------------------ */
static void
put_head(struct buf *out, const char *kind, const struct oid *key, const char *bytes, size_t len)
{
	char hex[OID_HEX];

	oid_hex(key, hex);
	buf_printf(out, "yunjuan %s %s %016llx\n", kind, hex,
		   (unsigned long long)hash_bytes(bytes, len, 9));
}

bool
keep_map(struct mapping *file, const char **bytes, size_t *len, const char *path, const char *kind,
	 const struct oid *key)
{
	struct buf head = BUF_INIT;
	const char *line;
	size_t used;
	bool good = false;

	if (!file_map(file, path, true))
		return false;
	line = file->len > KEEP_MAX_BYTES ? NULL : memchr(file->ptr, '\n', file->len);
	if (line != NULL) {
		*bytes = line + 1;
		used = (size_t)(*bytes - file->ptr);
		*len = file->len - used;
		put_head(&head, kind, key, *bytes, *len);
		good = used == head.len && memcmp(file->ptr, head.ptr, used) == 0;
		buf_release(&head);
	}
	if (!good)
		file_unmap(file);
	return good;
}

void
keep_write(const struct buf *bytes, const char *path, const char *kind, const struct oid *key)
{
	struct err ignored = { 0 };
	struct buf file = BUF_INIT;

	put_head(&file, kind, key, bytes->ptr, bytes->len);
	buf_put(&file, bytes->ptr, bytes->len);
	if (file_make_parents(path, &ignored) == 0 &&
	    file_replace(path, file.ptr, file.len, false, &ignored) != 0)
		err_clear(&ignored);
	buf_release(&file);
}

/* --- registers: one record a line, fields between tabs -------------------------------------------------- */
/* A field with a tab or a line end in it is never kept, so there is nothing to escape. */
#define REGISTERS "registers 3"

struct writing {
	struct buf out;
	bool odd; /* a text that does not fit the format */
};

static void
put(struct writing *w, const char *text, char end)
{
	if (strpbrk(text, "\t\n") != NULL)
		w->odd = true;
	buf_puts(&w->out, text);
	buf_putc(&w->out, end);
}

static void
put_party(struct writing *w, const struct party *p)
{
	size_t i;

	put(w, "P", '\t');
	put(w, p->id, '\t');
	put(w, p->file, '\t');
	put(w, p->name, '\t');
	put(w, p->short_name, '\t');
	put(w, p->kind, '\t');
	put(w, p->level, '\t');
	put(w, p->county, '\t');
	put(w, p->bureau, '\t');
	put(w, p->mailbox, '\t');
	put(w, p->media, '\n');
	for (i = 0; i < p->officer_count; i++) {
		const struct officer *o = &p->officers[i];
		char days[64];

		snprintf(days, sizeof(days), "%d %d %d", o->from, o->to, o->line);
		put(w, "O", '\t');
		put(w, o->name, '\t');
		put(w, o->email, '\t');
		put(w, o->post, '\t');
		put(w, days, '\n');
	}
}

static void
put_rest(struct writing *w, const struct registers *r)
{
	char numbers[64];
	size_t i;

	for (i = 0; i < r->system_count; i++) {
		put(w, "S", '\t');
		put(w, r->systems[i].id, '\t');
		put(w, r->systems[i].file, '\t');
		put(w, r->systems[i].name, '\t');
		put(w, r->systems[i].tenant, '\n');
	}
	snprintf(numbers, sizeof(numbers), "%lld %d", (long long)r->site.mail_bytes,
		 r->site.signatures_from);
	put(w, "W", '\t');
	put(w, r->site.title, '\t');
	put(w, r->site.city, '\t');
	put(w, r->site.hub, '\t');
	put(w, r->site.office, '\t');
	put(w, numbers, '\n');
}

void
keep_save(const struct registers *r, const char *path, const struct oid *key)
{
	struct writing w = { .out = BUF_INIT };
	size_t i;

	for (i = 0; i < r->party_count; i++)
		put_party(&w, &r->parties[i]);
	put_rest(&w, r);
	if (!w.odd)
		keep_write(&w.out, path, REGISTERS, key);
	buf_release(&w.out);
}

/* Cuts a line into its fields in place; false when there are not so many. */
static bool
cut(char *line, const char **fields, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		fields[i] = line;
		line = i + 1 < count ? strchr(line, '\t') : line;
		if (line == NULL)
			return false;
		if (i + 1 < count)
			*line++ = '\0';
	}
	return true;
}

static size_t
count_lines(const char *text, char kind)
{
	size_t n = 0;

	for (; text != NULL && *text != '\0'; text = strchr(text, '\n'), text += text != NULL)
		n += *text == kind ? 1 : 0;
	return n;
}

static bool
take_officer(struct registers *r, const char **f)
{
	struct party *p = r->party_count == 0 ? NULL : &r->parties[r->party_count - 1];
	struct officer *o;
	char *end;

	if (p == NULL)
		return false;
	o = &p->officers[p->officer_count++];
	*o = (struct officer){ .name = f[1], .email = f[2], .post = f[3] };
	o->from = (int)strtol(f[4], &end, 10);
	o->to = (int)strtol(end, &end, 10);
	o->line = (int)strtol(end, &end, 10);
	return *end == '\0';
}

static bool
take_line(struct registers *r, struct officer **officers, char *line)
{
	const char *f[11];
	long long mail;

	switch (line[0]) {
	case 'P':
		if (!cut(line, f, 11))
			return false;
		if (r->party_count > 0)
			*officers += r->parties[r->party_count - 1].officer_count;
		r->parties[r->party_count++] = (struct party){ .id = f[1],
							       .file = f[2],
							       .name = f[3],
							       .short_name = f[4],
							       .kind = f[5],
							       .level = f[6],
							       .county = f[7],
							       .bureau = f[8],
							       .mailbox = f[9],
							       .media = f[10],
							       .officers = *officers };
		return true;
	case 'O': return cut(line, f, 5) && take_officer(r, f);
	case 'S':
		if (!cut(line, f, 5))
			return false;
		r->systems[r->system_count++] =
		    (struct system){ .id = f[1], .file = f[2], .name = f[3], .tenant = f[4] };
		return true;
	case 'W':
		if (!cut(line, f, 6) ||
		    sscanf(f[5], "%lld %d", &mail, &r->site.signatures_from) != 2)
			return false;
		r->site.title = f[1];
		r->site.city = f[2];
		r->site.hub = f[3];
		r->site.office = f[4];
		r->site.mail_bytes = mail;
		return true;
	default: return false;
	}
}

static bool
take_lines(struct registers *r, struct arena *arena, char *text)
{
	struct officer *officers =
	    arena_alloc(arena, (count_lines(text, 'O') + 1) * sizeof(*officers));
	char *line, *next;

	r->parties = arena_alloc(arena, (count_lines(text, 'P') + 1) * sizeof(*r->parties));
	r->systems = arena_alloc(arena, (count_lines(text, 'S') + 1) * sizeof(*r->systems));
	for (line = text; *line != '\0'; line = next) {
		next = strchr(line, '\n');
		if (next == NULL)
			return false;
		*next++ = '\0';
		if (!take_line(r, &officers, line))
			return false;
	}
	return true;
}

bool
keep_load(struct registers *out, struct arena *arena, const char *path, const struct oid *key)
{
	struct mapping file;
	const char *text;
	size_t len;
	bool good;

	memset(out, 0, sizeof(*out));
	if (!keep_map(&file, &text, &len, path, REGISTERS, key))
		return false;
	good = memchr(text, '\0', len) == NULL &&
	       take_lines(out, arena, arena_strndup(arena, text, len));
	file_unmap(&file);
	return good;
}
