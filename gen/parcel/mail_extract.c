/* mail_extract: a mail from somebody else, taken apart. GMime finds the parts and decodes; what may
 * become a file here, and under which name, is decided here. */
#include "parcel/mail.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parcel/bag.h"
#include "parcel/bag_read.h"
#include "parcel/mail_internal.h"

#define ASK_AGAIN "请对方用云卷写好的邮件草稿重新发送，或改用 U 盘"
#define ASK_PLAIN "请对方把包作为普通附件，用新邮件重新发送"
#define ASK_RENAME "请对方把附件改名后重新发送"
#define ASK_SMALLER "请对方用云卷按邮件大小的上限分卷，分几封发送"

#define CHUNK_BYTES 65536
#define COLONS_MAX 1000
#define TAIL_BYTES 65536 /* where the end of a whole mail stands */
#define MB ((int64_t)1 << 20)

struct opening {
	struct incoming in;
	const char *path, *folder;
	struct mail_limits limits;
	struct mail *mail;
	int64_t total_bytes;
	struct map keys; /* of the names taken */
	struct arena arena;
	bool stopped; /* a limit on the whole was reached */
};

/* --- one attachment ----------------------------------------------------------------------------- */
/* The content of a part as it is without its encoding; owned. NULL when it is empty. */
static GMimeStream *
decoded(GMimePart *part)
{
	GMimeDataWrapper *content = g_mime_part_get_content(part);
	GMimeStream *raw = content == NULL ? NULL : g_mime_data_wrapper_get_stream(content), *out;
	GMimeContentEncoding encoding;
	GMimeFilter *filter;

	if (raw == NULL)
		return NULL;
	encoding = g_mime_data_wrapper_get_encoding(content);
	g_mime_stream_reset(raw);
	out = g_mime_stream_filter_new(raw);
	g_mime_stream_filter_set_owner(GMIME_STREAM_FILTER(out), FALSE);
	if (encoding == GMIME_CONTENT_ENCODING_BASE64 ||
	    encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE ||
	    encoding == GMIME_CONTENT_ENCODING_UUENCODE) {
		filter = g_mime_filter_basic_new(encoding, FALSE);
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(out), filter);
		g_object_unref(filter);
	}
	return out;
}

/* Adds to the file's size; false and a finding when it is too much. */
static bool
fits(struct opening *o, struct mail_file *file, int64_t more)
{
	file->bytes += more;
	o->total_bytes += more;
	if (file->bytes > o->limits.file_bytes)
		incoming_refuse(&o->in, "mail-file-size", o->path, ASK_SMALLER,
				"附件“%s”超过 %lld 字节的上限", file->name,
				(long long)o->limits.file_bytes);
	else if (o->total_bytes > o->limits.total_bytes)
		incoming_refuse(&o->in, "mail-total", o->path, ASK_SMALLER,
				"附件合起来超过 %lld 字节的上限", (long long)o->limits.total_bytes);
	else
		return true;
	o->stopped = o->total_bytes > o->limits.total_bytes;
	return false;
}

/* 1 written, 0 refused. */
static int
pour(struct opening *o, struct mail_file *file, GMimeStream *from, int to,
     struct digester *digester, struct err *err)
{
	char *chunk = xmalloc(CHUNK_BYTES);
	ssize_t n = 0;
	int rc = 1;

	while (rc == 1 && from != NULL) {
		n = g_mime_stream_read(from, chunk, CHUNK_BYTES);
		if (n <= 0)
			break;
		if (!fits(o, file, n)) {
			rc = 0;
		} else if (write_all(to, chunk, (size_t)n) != 0) {
			rc = err_sys(err, "写入", file->name);
		} else {
			digester_add(digester, chunk, (size_t)n);
		}
	}
	if (n < 0)
		rc = err_set(err, ERR_IO, "读不出邮件：%s", o->path);
	free(chunk);
	return rc;
}

/* Makes the file; 1 done, 0 refused and nothing there. */
static int
write_file(struct opening *o, struct mail_file *file, GMimePart *part, struct err *err)
{
	char *path = file_join(o->folder, file->name);
	struct digester *digester = digester_new();
	bool taken = false;
	int fd = incoming_create(path, &taken, err), rc = fd >= 0 ? 1 : taken ? 0 : -1;
	GMimeStream *content = decoded(part);

	if (taken)
		incoming_refuse(&o->in, "mail-duplicate", o->path, ASK_RENAME,
				"收件目录里已有名为“%s”的文件", file->name);
	if (rc == 1)
		rc = pour(o, file, content, fd, digester, err);
	if (rc == 1 && digester_end(digester, &file->digests, err) != 0)
		rc = -1;
	if (incoming_close(fd, path, rc == 1 ? 0 : -1, err) != 0 && rc == 1)
		rc = -1;
	g_clear_object(&content);
	digester_free(digester);
	free(path);
	return rc;
}

/* The plain name of an attachment, or NULL and a finding. In the arena. */
static const char *
plain_name(struct opening *o, GMimePart *part)
{
	const char *given = g_mime_part_get_filename(part), *name, *why, *key;

	if (given == NULL || *given == '\0') {
		incoming_refuse(&o->in, "mail-name", o->path, ASK_RENAME, "有一个附件没有文件名");
		return NULL;
	}
	name = incoming_last_part(given);
	why = bag_name_fault(name, strlen(name), NULL);
	if (why != NULL) {
		incoming_refuse(&o->in, "mail-name", o->path, ASK_RENAME, "附件名“%.200s”%s", given,
				why);
		return NULL;
	}
	key = bag_name_key(&o->arena, name, strlen(name));
	if (*key == '\0' || map_find(&o->keys, key) != NULL) {
		incoming_refuse(&o->in, "mail-duplicate", o->path, ASK_RENAME, "有几个附件都叫“%s”",
				name);
		return NULL;
	}
	map_put(&o->keys, key, o);
	return arena_strdup(&o->arena, name);
}

static int
take_attachment(struct opening *o, GMimePart *part, struct err *err)
{
	struct mail_file file = { 0 };
	const char *name;
	int rc;

	if (o->mail->count >= o->limits.files) {
		incoming_refuse(&o->in, "mail-files", o->path, ASK_PLAIN, "附件超过 %zu 个的上限",
				o->limits.files);
		o->stopped = true;
		return 0;
	}
	name = plain_name(o, part);
	if (name == NULL)
		return 0;
	file.name = xstrdup(name);
	rc = write_file(o, &file, part, err);
	if (rc == 1)
		vec_push(o->mail->files, o->mail->count, o->mail->cap, file);
	else
		free(file.name);
	return rc < 0 ? -1 : 0;
}

/* --- which parts are attachments ----------------------------------------------------------------- */
static bool
is_type(GMimePart *part, const char *type, const char *subtype)
{
	GMimeContentType *is = g_mime_object_get_content_type(GMIME_OBJECT(part));

	return is != NULL && g_mime_content_type_is_type(is, type, subtype);
}

/* Not the text itself, nor a picture that stands in it. */
static bool
is_attachment(GMimePart *part)
{
	if (g_mime_part_is_attachment(part))
		return true;
	if (is_type(part, "image", "*") && g_mime_part_get_content_id(part) != NULL)
		return false;
	return g_mime_part_get_filename(part) != NULL || !is_type(part, "text", "*");
}

static int
take_part(struct opening *o, GMimePart *part, struct err *err)
{
	if (GMIME_IS_MESSAGE_PARTIAL(part)) {
		incoming_refuse(&o->in, "mail-partial", o->path, ASK_SMALLER,
				"邮件被邮件程序拆成了几段，这里只有一段");
		return 0;
	}
	if (!is_attachment(part))
		return 0;
	if (is_type(part, "application", "ms-tnef")) {
		incoming_refuse(&o->in, "mail-tnef", o->path,
				"请对方把邮件格式改为纯文本后重新发送",
				"附件被邮件程序包进了 winmail.dat");
		return 0;
	}
	return take_attachment(o, part, err);
}

static int walk(struct opening *o, GMimeObject *object, int depth, struct err *err);

static int
walk_multipart(struct opening *o, GMimeMultipart *multipart, int depth, struct err *err)
{
	int i, count = g_mime_multipart_get_count(multipart), rc = 0;

	if (GMIME_IS_MULTIPART_ENCRYPTED(multipart)) {
		incoming_refuse(&o->in, "mail-encrypted", o->path, ASK_PLAIN,
				"邮件是加密的，取不出附件");
		return 0;
	}
	/* What comes second there is the signature of the mail. */
	if (GMIME_IS_MULTIPART_SIGNED(multipart) && count > GMIME_MULTIPART_SIGNED_SIGNATURE)
		count = GMIME_MULTIPART_SIGNED_SIGNATURE;
	for (i = 0; rc == 0 && i < count && !o->stopped; i++)
		rc = walk(o, g_mime_multipart_get_part(multipart, i), depth + 1, err);
	return rc;
}

static int
walk(struct opening *o, GMimeObject *object, int depth, struct err *err)
{
	GMimeMessage *forwarded = NULL;

	if (depth > o->limits.depth) {
		incoming_refuse(&o->in, "mail-depth", o->path, ASK_PLAIN,
				"邮件一层套一层，超过 %d 层", o->limits.depth);
		o->stopped = true;
		return 0;
	}
	if (GMIME_IS_MULTIPART(object))
		return walk_multipart(o, GMIME_MULTIPART(object), depth, err);
	if (GMIME_IS_PART(object))
		return take_part(o, GMIME_PART(object), err);
	if (GMIME_IS_MESSAGE_PART(object))
		forwarded = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
	if (forwarded == NULL)
		return 0;
	return walk(o, g_mime_message_get_mime_part(forwarded), depth + 1, err);
}

/* --- the mail as a whole ------------------------------------------------------------------------ */
static int
check_lines(struct opening *o, int fd, int64_t bytes, struct err *err)
{
	struct mail_lines lines;

	if (bytes > o->limits.mail_bytes) {
		incoming_refuse(&o->in, "mail-size", o->path, ASK_SMALLER,
				"邮件超过 %lld 字节的上限", (long long)o->limits.mail_bytes);
		return 0;
	}
	if (mail_scan(&lines, fd, o->path, err) != 0)
		return -1;
	if (lines.header_max > o->limits.header_bytes ||
	    lines.header_bytes > 4 * o->limits.header_bytes)
		incoming_refuse(&o->in, "mail-header", o->path, ASK_AGAIN,
				"邮件头太长，超过 %zu 字节的上限", o->limits.header_bytes);
	else if (lines.line_max > o->limits.header_bytes)
		incoming_refuse(&o->in, "mail-line", o->path, ASK_AGAIN,
				"邮件里有 %zu 字节长的一行", lines.line_max);
	else if (lines.colons_max > COLONS_MAX)
		incoming_refuse(&o->in, "mail-header", o->path, ASK_AGAIN,
				"邮件头里有一行套了太多层");
	else if (lines.marks > o->limits.parts)
		incoming_refuse(&o->in, "mail-parts", o->path, ASK_PLAIN,
				"邮件分成了太多部分，超过 %zu 个", o->limits.parts);
	return 0;
}

static GMimeMessage *
parse(int fd, int64_t bytes)
{
	/* Mail programs here also write names in GBK, with no word about it. */
	const char *charsets[] = { "utf-8", "gb18030", NULL };
	GMimeParserOptions *options = g_mime_parser_options_new();
	GMimeStream *stream = g_mime_stream_fs_new_with_bounds(fd, 0, bytes);
	GMimeParser *parser;
	GMimeMessage *message;

	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
	g_mime_parser_options_set_fallback_charsets(options, charsets);
	parser = g_mime_parser_new_with_stream(stream);
	/* Contents stay in the file. */
	g_mime_parser_set_persist_stream(parser, TRUE);
	message = g_mime_parser_construct_message(parser, options);
	g_object_unref(parser);
	g_object_unref(stream);
	g_mime_parser_options_free(options);
	return message;
}

/* Does the last line of a multipart stand at the end? */
static bool
has_end(int fd, int64_t bytes, GMimeMultipart *multipart)
{
	const char *boundary = g_mime_multipart_get_boundary(multipart);
	char *tail = xmalloc(TAIL_BYTES);
	int64_t from = bytes > TAIL_BYTES ? bytes - TAIL_BYTES : 0;
	struct buf end = BUF_INIT;
	ssize_t n = -1;
	bool found;

	buf_printf(&end, "\n--%s--", boundary == NULL ? "" : boundary);
	if (lseek(fd, (off_t)from, SEEK_SET) == (off_t)from)
		n = incoming_read(fd, tail, TAIL_BYTES);
	found = n > 0 && memmem(tail, (size_t)n, end.ptr, end.len) != NULL;
	buf_release(&end);
	free(tail);
	return found;
}

static int
open_message(struct opening *o, GMimeMessage *message, int fd, int64_t bytes, struct err *err)
{
	GMimeObject *body = g_mime_message_get_mime_part(message);
	const char *from = mail_only_address(g_mime_message_get_from(message));

	if (from != NULL) {
		free(o->mail->from);
		o->mail->from = xstrdup(from);
	}
	if (GMIME_IS_MULTIPART(body) && !has_end(fd, bytes, GMIME_MULTIPART(body))) {
		incoming_refuse(&o->in, "mail-truncated", o->path, ASK_AGAIN,
				"邮件不完整，没有收到结尾");
		return 0;
	}
	if (body != NULL && walk(o, body, 1, err) != 0)
		return -1;
	if (o->mail->count == 0 && o->in.refused == 0)
		incoming_refuse(&o->in, "mail-empty", o->path, ASK_PLAIN, "邮件里没有附件");
	return 0;
}

/* The head of a compound file: what Outlook saves unless it is told otherwise. */
static bool
is_outlook(int fd)
{
	static const char magic[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
	char head[8];

	return pread(fd, head, sizeof(head), 0) == sizeof(head) &&
	       memcmp(head, magic, sizeof(head)) == 0;
}

static int
open_mail(struct opening *o, int fd, int64_t bytes, struct err *err)
{
	GMimeMessage *message;
	int rc;

	if (is_outlook(fd)) {
		incoming_refuse(&o->in, "mail-outlook", o->path,
				"请在邮件程序里把邮件另存为 .eml，或者只存下附件再接收",
				"这是 Outlook 的 .msg 文件，不是 .eml");
		return 0;
	}
	rc = check_lines(o, fd, bytes, err);
	if (rc != 0 || o->in.refused > 0)
		return rc;
	message = parse(fd, bytes);
	if (message == NULL) {
		incoming_refuse(&o->in, "mail-broken", o->path, ASK_AGAIN, "这不是一封邮件");
		return 0;
	}
	rc = open_message(o, message, fd, bytes, err);
	g_object_unref(message);
	return rc;
}

static struct mail_limits
with_defaults(const struct mail_limits *given)
{
	struct mail_limits limits = { 0 };

	if (given != NULL)
		limits = *given;
	if (limits.mail_bytes == 0)
		limits.mail_bytes = 128 * MB;
	if (limits.file_bytes == 0)
		limits.file_bytes = 128 * MB;
	if (limits.total_bytes == 0)
		limits.total_bytes = 128 * MB;
	if (limits.files == 0)
		limits.files = 100;
	if (limits.parts == 0)
		limits.parts = 10000;
	if (limits.depth == 0)
		limits.depth = 16;
	if (limits.header_bytes == 0)
		limits.header_bytes = 262144;
	return limits;
}

int
mail_extract(struct mail *out, const char *path, const char *folder,
	     const struct mail_limits *limits, struct findings *findings, struct err *err)
{
	struct opening o = { .in.findings = findings,
			     .path = path,
			     .folder = folder,
			     .limits = with_defaults(limits),
			     .mail = out };
	int64_t bytes = 0;
	int fd, rc = 0;

	mail_library();
	memset(out, 0, sizeof(*out));
	out->from = xstrdup("");
	fd = incoming_open(path, &bytes, err);
	if (fd >= 0)
		rc = open_mail(&o, fd, bytes, err);
	else if (err->code != ERR_NONE)
		rc = -1;
	else
		incoming_refuse(&o.in, "mail-special", path, ASK_AGAIN,
				"邮件不是普通文件，而是链接、目录或设备");
	if (fd >= 0)
		close(fd);
	map_release(&o.keys);
	arena_release(&o.arena);
	return rc;
}

void
mail_release(struct mail *mail)
{
	size_t i;

	for (i = 0; i < mail->count; i++)
		free(mail->files[i].name);
	free(mail->files);
	free(mail->from);
	memset(mail, 0, sizeof(*mail));
}
