/* commit: raw commit objects. What git would not have written is refused, except for times. */
#include "repo_internal.h"

#include <stdlib.h>
#include <string.h>

/* "tree " or "parent ", 40 digits and a line end at *at; moves *at behind them. */
static bool
take_oid(const char *data, size_t len, size_t *at, const char *key, struct oid *out)
{
	size_t key_len = strlen(key), line = key_len + 40 + 1;

	if (len - *at < line || memcmp(data + *at, key, key_len) != 0)
		return false;
	if (data[*at + line - 1] != '\n' || !oid_scan(data + *at + key_len, out))
		return false;
	*at += line;
	return true;
}

int64_t
commit_links(const char *data, size_t len, struct oid *tree, struct oid_list *parents)
{
	struct oid parent;
	size_t at = 0;

	if (!take_oid(data, len, &at, "tree ", tree))
		return -1;
	while (take_oid(data, len, &at, "parent ", &parent))
		vec_push(parents->items, parents->count, parents->cap, parent);
	return (int64_t)at;
}

/* Digits only; 0 when they do not fit, as git does. */
static int64_t
parse_seconds(const char **s)
{
	int64_t n = 0;
	bool fits = true;

	while (**s >= '0' && **s <= '9') {
		int digit = *(*s)++ - '0';

		fits = fits && n <= (INT64_MAX - digit) / 10;
		n = fits ? n * 10 + digit : 0;
	}
	return n;
}

/* "+0830" to minutes; 0 for anything else. */
static int
parse_offset(const char *s)
{
	int i, n = 0;

	if (*s != '+' && *s != '-')
		return 0;
	for (i = 1; i <= 4; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		n = n * 10 + (s[i] - '0');
	}
	if (s[5] != '\0' || n % 100 >= 60 || n > 2400)
		return 0;
	n = n / 100 * 60 + n % 100;
	return *s == '-' ? -n : n;
}

static char *
trim(char *from, char *to)
{
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	*to = '\0';
	while (*from == ' ' || *from == '\t')
		from++;
	return from;
}

/* "name <email> seconds offset", cut in place. The time stands behind the last '>': names were
 * seen that hold one. */
static bool
parse_signature(struct signature *out, char *line)
{
	char *open = strchr(line, '<'), *close = open == NULL ? NULL : strchr(open, '>');
	const char *time = strrchr(line, '>');

	memset(out, 0, sizeof(*out));
	if (close == NULL)
		return false;
	for (time++; *time == ' '; time++)
		;
	out->time = parse_seconds(&time);
	while (*time == ' ')
		time++;
	out->offset = parse_offset(time);
	out->name = trim(line, open);
	out->email = trim(open + 1, close);
	return true;
}

/* The next line, terminated, or NULL at the end of the header. A zero byte in it, which would
 * hide what follows from us but not from others, makes *broken true. */
static char *
next_line(char *text, size_t len, size_t *at, bool *broken)
{
	char *line = text + *at, *end;

	if (*at >= len || *line == '\n') {
		*at += *at < len;
		return NULL;
	}
	end = memchr(line, '\n', len - *at);
	if (end == NULL)
		end = text + len;
	*end = '\0';
	*broken = *broken || strlen(line) != (size_t)(end - line);
	*at = (size_t)(end - text) + (end < text + len);
	return line;
}

/* The lines behind the committer. Those that may stand only once and earlier break it. */
static bool
parse_extra(struct commit *out, const char *line, const char **encoding)
{
	static const char *const once[] = { "tree ", "parent ", "author ", "committer " };
	size_t i;

	for (i = 0; i < sizeof(once) / sizeof(*once); i++)
		if (text_starts(line, once[i]))
			return false;
	if (text_starts(line, "encoding "))
		*encoding = line + strlen("encoding ");
	out->is_signed = out->is_signed || text_starts(line, "gpgsig ");
	return true;
}

static const char *
note_encoding(const char *encoding, const char *message, size_t len)
{
	if (strlen(message) != len)
		return "提交说明里有空字节";
	if (utf8_check(message, len) != len)
		return encoding == NULL ? "提交说明不是 UTF-8 编码"
					: "提交说明声明了别的编码，不是 UTF-8";
	return NULL;
}

int
commit_parse(struct commit *out, char *text, size_t len, struct oid_list *parents)
{
	const char *encoding = NULL;
	bool broken = false;
	int64_t links;
	size_t at;
	char *line;

	memset(out, 0, sizeof(*out));
	text[len] = '\0';
	parents->count = 0;
	links = commit_links(text, len, &out->tree, parents);
	if (links < 0)
		return -1;
	at = (size_t)links;
	line = next_line(text, len, &at, &broken);
	if (line == NULL || !text_starts(line, "author ") ||
	    !parse_signature(&out->author, line + strlen("author ")))
		return -1;
	line = next_line(text, len, &at, &broken);
	if (line == NULL || !text_starts(line, "committer ") ||
	    !parse_signature(&out->committer, line + strlen("committer ")))
		return -1;
	for (line = next_line(text, len, &at, &broken); line != NULL;
	     line = next_line(text, len, &at, &broken))
		broken = !parse_extra(out, line, &encoding) || broken;
	out->parents = parents->items;
	out->parent_count = parents->count;
	out->message = text + at;
	out->encoding_note = note_encoding(encoding, out->message, len - at);
	return broken ? -1 : 0;
}

int
commit_broken(struct err *err, const struct oid *oid)
{
	char hex[OID_HEX];

	oid_hex(oid, hex);
	return err_set(err, ERR_GIT, "提交 %s 已损坏，或者不是 git 写的", hex);
}

int
commit_from_text(const char *text, size_t len, struct arena *arena, struct commit *out,
		 struct err *err)
{
	struct oid_list parents = { 0 };
	int rc = commit_parse(out, arena_strndup(arena, text, len), len, &parents);

	if (rc != 0)
		err_set(err, ERR_DATA, "不是一个完整的 git 提交");
	out->parents = arena_copy(arena, parents.items, parents.count, sizeof(*parents.items));
	free(parents.items);
	return rc;
}

int
commit_read(struct repo *repo, const struct oid *oid, struct arena *arena, struct commit *out,
	    struct err *err)
{
	struct raw raw;
	int rc = raw_read(&raw, repo, oid, GIT_OBJECT_COMMIT, err);

	if (rc != 0)
		return rc;
	if (commit_from_text(raw.data, raw.len, arena, out, &(struct err){ 0 }) != 0)
		rc = commit_broken(err, oid);
	out->oid = *oid;
	if (repo_is_shallow(repo, oid))
		out->parent_count = 0;
	raw_release(&raw);
	return rc;
}

int
commit_signature(struct repo *repo, const struct oid *oid, struct buf *signature,
		 struct buf *payload, struct err *err)
{
	git_buf text = { 0 }, rest = { 0 };
	int rc =
	    git_commit_extract_signature(&text, &rest, repo->lib, (git_oid *)lib_oid(oid), NULL);

	if (rc == 0) {
		buf_put(signature, text.ptr, text.size);
		buf_put(payload, rest.ptr, rest.size);
	} else if (rc != GIT_ENOTFOUND) {
		repo_fail(err, "读不出提交上的签名");
	}
	git_buf_dispose(&text);
	git_buf_dispose(&rest);
	return rc == 0 ? 1 : rc == GIT_ENOTFOUND ? 0 : -1;
}
