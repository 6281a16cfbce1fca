/* mail_draft: one .eml that a mail program opens ready to be sent. GMime encodes; what differs from
 * run to run elsewhere (boundary, Message-ID) is made from the content here. */
#include "parcel/mail.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parcel/bag.h"
#include "parcel/mail_internal.h"

#define BEIJING_SECONDS (8 * 3600)

/* The input, checked and read once. */
struct letter {
	const struct mail_draft *draft;
	const char *name; /* of the attachment */
	InternetAddressList *from, *to;
	struct buf text; /* with CR LF */
	int in;
	int64_t in_bytes;
	char id[33]; /* of all that the mail says and carries */
};

void
mail_library(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, g_mime_init);
}

/* --- what may stand in a mail ------------------------------------------------------------------ */
bool
mail_address_plain(InternetAddress *address)
{
	const char *at, *s;

	if (!INTERNET_ADDRESS_IS_MAILBOX(address))
		return false;
	s = internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address));
	at = s == NULL ? NULL : strchr(s, '@');
	if (at == NULL || at == s || at[1] == '\0' || strchr(at + 1, '@') != NULL)
		return false;
	for (; *s != '\0'; s++) {
		if (*s <= ' ' || *s > '~' || strchr("<>()[]\\,;:\"", *s) != NULL)
			return false;
	}
	return true;
}

const char *
mail_only_address(InternetAddressList *list)
{
	InternetAddress *address;

	if (list == NULL || internet_address_list_length(list) != 1)
		return NULL;
	address = internet_address_list_get_address(list, 0);
	return mail_address_plain(address)
		   ? internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(address))
		   : NULL;
}

/* One line of UTF-8: nothing that could begin another header. */
static bool
is_line(const char *s)
{
	size_t i, len = strlen(s);

	for (i = 0; i < len; i++) {
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f)
			return false;
	}
	return utf8_check(s, len) == len;
}

static bool
is_ascii(const char *s)
{
	for (; *s != '\0'; s++) {
		if ((unsigned char)*s >= 0x80)
			return false;
	}
	return true;
}

/* How many addresses a list seems to have: GMime leaves out what is none, without a word. */
static int
count_commas(const char *s)
{
	bool quoted = false;
	int count = 0;

	for (; *s != '\0'; s++) {
		if (*s == '"')
			quoted = !quoted;
		count += *s == ',' && !quoted;
	}
	return count;
}

static int
read_addresses(InternetAddressList **out, const char *text, struct err *err)
{
	int i, count;

	*out = is_line(text) ? internet_address_list_parse(NULL, text) : NULL;
	count = *out == NULL ? 0 : internet_address_list_length(*out);
	for (i = 0; i < count; i++) {
		if (!mail_address_plain(internet_address_list_get_address(*out, i)))
			count = 0;
	}
	return count > 0 && count == count_commas(text) + 1
		   ? 0
		   : err_set(err, ERR_USAGE, "邮箱地址不对：“%s”；应写成 名称 <a@b.cn>", text);
}

static int
read_words(struct letter *letter, struct err *err)
{
	const struct mail_draft *draft = letter->draft;
	const char *p;

	if (read_addresses(&letter->from, draft->from, err) != 0 ||
	    read_addresses(&letter->to, draft->to, err) != 0)
		return -1;
	if (mail_only_address(letter->from) == NULL)
		return err_set(err, ERR_USAGE, "发件人应只有一个：“%s”", draft->from);
	if (!is_line(draft->subject))
		return err_set(err, ERR_USAGE, "邮件主题应是一行文字：“%s”", draft->subject);
	if (utf8_check(draft->text, strlen(draft->text)) != strlen(draft->text))
		return err_set(err, ERR_USAGE, "邮件正文不是 UTF-8 文字");
	letter->name = draft->attachment_name != NULL ? draft->attachment_name
						      : incoming_last_part(draft->attachment_path);
	if (strchr(letter->name, '/') != NULL ||
	    bag_name_fault(letter->name, strlen(letter->name), NULL) != NULL)
		return err_set(err, ERR_USAGE, "“%s”不能作附件的文件名", letter->name);
	for (p = draft->text; *p != '\0'; p++) {
		if (*p == '\n')
			buf_putc(&letter->text, '\r');
		buf_putc(&letter->text, *p);
	}
	return 0;
}

/* --- the content's own number ------------------------------------------------------------------- */
static int
digest_file(struct letter *letter, struct digests *out, struct err *err)
{
	struct digester *digester = digester_new();
	const char *path = letter->draft->attachment_path;
	int64_t bytes = 0;
	char chunk[16384];
	ssize_t n;
	int rc = 0;

	do {
		n = incoming_read(letter->in, chunk, sizeof(chunk));
		if (n > 0) {
			digester_add(digester, chunk, (size_t)n);
			bytes += n;
		}
	} while (n > 0);
	if (n < 0)
		rc = err_sys(err, "读取", path);
	else if (bytes != letter->in_bytes)
		rc = err_set(err, ERR_DATA, "附件在读取时变了：%s", path);
	if (rc == 0)
		rc = digester_end(digester, out, err);
	digester_free(digester);
	return rc;
}

static int
number_content(struct letter *letter, struct err *err)
{
	const struct mail_draft *draft = letter->draft;
	const char *parts[] = { draft->from, draft->to, draft->subject, draft->text, letter->name };
	struct buf all = BUF_INIT;
	struct digests digests;
	size_t i;
	int rc = digest_file(letter, &digests, err);

	buf_printf(&all, "%s %lld", digests.sha256, (long long)draft->time);
	for (i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		buf_printf(&all, "\n%zu %s", strlen(parts[i]), parts[i]);
	if (rc == 0)
		rc = digests_of(all.ptr, all.len, &digests, err);
	if (rc == 0)
		memcpy(letter->id, digests.sha256, 32);
	buf_release(&all);
	return rc;
}

/* --- the mail in GMime's terms ------------------------------------------------------------------ */
/* The stream is taken. */
static GMimeObject *
make_part(const char *type, const char *subtype, GMimeStream *stream)
{
	GMimePart *part = g_mime_part_new_with_type(type, subtype);
	GMimeDataWrapper *content =
	    g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_part_set_content(part, content);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_BASE64);
	g_object_unref(content);
	g_object_unref(stream);
	return GMIME_OBJECT(part);
}

/* Text in encoded words, none longer than 75 characters, none too long behind "Subject: " (RFC
 * 2047): what GMime makes of Chinese, which has no spaces, is one long word. */
static void
put_words(struct buf *out, const char *text)
{
	const char *at = text, *end = text + strlen(text), *from;

	while (at < end) {
		gchar *word;

		from = at;
		/* The last of 36 bytes may be four long. */
		while (at < end && at - from < 36)
			utf8_next(&at, end);
		word = g_base64_encode((const guchar *)from, (gsize)(at - from));
		buf_printf(out, "%s=?utf-8?B?%s?=", from > text ? " " : "", word);
		g_free(word);
	}
}

/* `filename` is written as RFC 2231 asks; programs that do not know it look for `name`. */
static void
set_name(GMimeObject *part, const char *name)
{
	struct buf words = BUF_INIT;
	GMimeParam *old;

	put_words(&words, name);
	g_mime_part_set_filename(GMIME_PART(part), name);
	old = g_mime_param_list_get_parameter(g_mime_content_type_get_parameters(
						  g_mime_object_get_content_type(part)),
					      "name");
	if (!is_ascii(name)) {
		g_mime_param_set_value(old, words.ptr);
		g_mime_param_set_encoding_method(old, GMIME_PARAM_ENCODING_METHOD_RFC2047);
	}
	buf_release(&words);
}

static GMimeObject *
make_attachment(const struct letter *letter)
{
	GMimeStream *stream = g_mime_stream_fs_new_with_bounds(letter->in, 0, letter->in_bytes);
	GMimeObject *part;

	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
	part = make_part("application", text_ends(letter->name, ".zip") ? "zip" : "octet-stream",
			 stream);
	g_mime_object_set_disposition(part, "attachment");
	set_name(part, letter->name);
	return part;
}

static GMimeObject *
make_body(const struct letter *letter)
{
	GMimeMultipart *body = g_mime_multipart_new_with_subtype("mixed");
	GMimeObject *text = make_part("text", "plain",
				      g_mime_stream_mem_new_with_buffer(letter->text.ptr,
									letter->text.len)),
		    *attachment = make_attachment(letter);
	char boundary[64];

	/* "=_" cannot stand in base64. */
	snprintf(boundary, sizeof(boundary), "=_yunjuan_%s", letter->id);
	g_mime_multipart_set_boundary(body, boundary);
	g_mime_object_set_content_type_parameter(text, "charset", "utf-8");
	g_mime_multipart_add(body, text);
	g_mime_multipart_add(body, attachment);
	g_object_unref(text);
	g_object_unref(attachment);
	return GMIME_OBJECT(body);
}

static void
set_date(GMimeMessage *message, int64_t seconds)
{
	GTimeZone *zone = g_time_zone_new_offset(BEIJING_SECONDS);
	GDateTime *utc = g_date_time_new_from_unix_utc(seconds);
	GDateTime *date = utc == NULL ? NULL : g_date_time_to_timezone(utc, zone);

	if (date != NULL) {
		g_mime_message_set_date(message, date);
		g_date_time_unref(date);
	}
	if (utc != NULL)
		g_date_time_unref(utc);
	g_time_zone_unref(zone);
}

static GMimeMessage *
make_message(const struct letter *letter)
{
	GMimeMessage *message = g_mime_message_new(TRUE);
	GMimeObject *body = make_body(letter);
	struct buf id = BUF_INIT, subject = BUF_INIT;

	internet_address_list_append(g_mime_message_get_from(message), letter->from);
	internet_address_list_append(g_mime_message_get_to(message), letter->to);
	put_words(&subject, letter->draft->subject);
	g_mime_message_set_subject(message, subject.ptr, "utf-8");
	set_date(message, letter->draft->time);
	buf_printf(&id, "%s%s", letter->id, strchr(mail_only_address(letter->from), '@'));
	g_mime_message_set_message_id(message, id.ptr);
	g_mime_object_set_header(GMIME_OBJECT(message), "X-Unsent", "1", NULL);
	g_mime_message_set_mime_part(message, body);
	g_object_unref(body);
	buf_release(&id);
	buf_release(&subject);
	return message;
}

/* --- writing ------------------------------------------------------------------------------------ */
static int64_t
base64_bytes(int64_t bytes)
{
	return (bytes + 56) / 57 * 78;
}

/* Did all of it come out, and no more than there is room for? */
static int
check_written(const struct letter *letter, int64_t bytes, struct err *err)
{
	int64_t limit = letter->draft->limit_bytes;
	int64_t content = base64_bytes(letter->in_bytes) + base64_bytes((int64_t)letter->text.len);
	struct stat st;

	/* The last lines of both may be shorter. */
	if (fstat(letter->in, &st) != 0 || st.st_size != letter->in_bytes || bytes < content - 156)
		return err_set(err, ERR_DATA, "附件在读取时变了：%s",
			       letter->draft->attachment_path);
	if (bytes - content > MAIL_HEAD_BYTES)
		return err_set(err, ERR_USAGE, "收件人、主题和附件名合起来太长，邮件头超过 %d 字节",
			       MAIL_HEAD_BYTES);
	if (limit > 0 && bytes > limit)
		return err_set(err, ERR_LIMIT,
			       "邮件有 %lld 字节，超过 %lld 字节的上限；请把附件分卷",
			       (long long)bytes, (long long)limit);
	return 0;
}

static int
write_message(const struct letter *letter, GMimeMessage *message, int fd, const char *path,
	      int64_t *bytes, struct err *err)
{
	GMimeFormatOptions *format = g_mime_format_options_new();
	GMimeStream *stream = g_mime_stream_fs_new(fd);
	ssize_t n;
	int rc = 0;

	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_format_options_set_param_encoding_method(format,
							GMIME_PARAM_ENCODING_METHOD_RFC2231);
	n = g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream);
	if (n < 0 || g_mime_stream_flush(stream) != 0)
		rc = err_sys(err, "写入", path);
	*bytes = (int64_t)lseek(fd, 0, SEEK_END);
	if (rc == 0)
		rc = check_written(letter, *bytes, err);
	g_object_unref(stream);
	g_mime_format_options_free(format);
	return rc;
}

static int
write_letter(const char *path, const struct letter *letter, int64_t *bytes, struct err *err)
{
	GMimeMessage *message = make_message(letter);
	struct outfile out = { 0 };
	int rc = outfile_begin(&out, path, err);

	if (rc == 0)
		rc = write_message(letter, message, out.fd, path, bytes, err);
	if (rc == 0)
		rc = outfile_commit(&out, err);
	outfile_end(&out);
	g_object_unref(message);
	return rc;
}

static int
open_attachment(struct letter *letter, struct err *err)
{
	const char *path = letter->draft->attachment_path;
	struct stat st;

	letter->in = open(path, O_RDONLY | O_CLOEXEC);
	if (letter->in < 0 || fstat(letter->in, &st) != 0)
		return err_sys(err, "打开", path);
	letter->in_bytes = st.st_size;
	return 0;
}

int
mail_write_draft(const char *path, const struct mail_draft *draft, int64_t *bytes, struct err *err)
{
	struct letter letter = { .draft = draft, .text = BUF_INIT, .in = -1 };
	int64_t written = 0;
	int rc;

	mail_library();
	rc = read_words(&letter, err);
	if (rc == 0)
		rc = open_attachment(&letter, err);
	if (rc == 0)
		rc = number_content(&letter, err);
	if (rc == 0)
		rc = write_letter(path, &letter, &written, err);
	if (bytes != NULL)
		*bytes = written;
	if (letter.in >= 0)
		close(letter.in);
	g_clear_object(&letter.from);
	g_clear_object(&letter.to);
	buf_release(&letter.text);
	return rc;
}
