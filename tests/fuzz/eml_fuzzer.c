/* Mails: whatever comes, what lies in the folder is what mail_extract says, each a plain file with a
 * plain name, within the limits; and a mail without files says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "parcel/bag.h"
#include "parcel/mail.h"

#include "fuzz.h"

static char root[256];

static void
remove_root(void)
{
	struct err err = { 0 };

	must(file_remove_tree(root, &err) == 0);
}

static void
make_root(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%.200s/yunjuan-eml-XXXXXX", tmp != NULL ? tmp : "/tmp");
	must(mkdtemp(root) != NULL);
	atexit(remove_root);
}

static void
check_file(const char *folder, const struct mail_file *file, const struct mail_limits *limits)
{
	char *path = file_join(folder, file->name);
	struct stat st;

	must(strchr(file->name, '/') == NULL);
	must(bag_name_fault(file->name, strlen(file->name), NULL) == NULL);
	must(lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == file->bytes);
	must(file->bytes <= limits->file_bytes && strlen(file->digests.sm3) == 64);
	free(path);
}

static void
check(const struct mail *mail, const struct findings *findings, const char *folder,
      const struct mail_limits *limits)
{
	struct file_list list = { 0 };
	struct err err = { 0 };
	size_t i;

	must(file_list_below(&list, folder, &err) == 0 && list.count == mail->count);
	must(mail->count <= limits->files && mail->count + findings->count > 0);
	must(utf8_check(mail->from, strlen(mail->from)) == strlen(mail->from));
	for (i = 0; i < mail->count; i++)
		check_file(folder, &mail->files[i], limits);
	for (i = 0; i < findings->count; i++) {
		const char *says = findings->items[i].message;

		must(text_starts(findings->items[i].rule, "mail-") && strstr(says, "；") != NULL);
		must(utf8_check(says, strlen(says)) == strlen(says) && strchr(says, '\n') == NULL);
	}
	file_list_release(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mail_limits limits = {
		.file_bytes = 500, .total_bytes = 1000, .files = 3, .depth = 4
	};
	struct findings findings = { 0 };
	struct err err = { 0 };
	char *path, *folder;
	struct mail mail;

	if (root[0] == '\0')
		make_root();
	path = file_join(root, "in.eml");
	folder = file_join(root, "out");
	must(file_make_folder(folder, &err) == 0);
	must(file_replace(path, data, size, false, &err) == 0);
	must(mail_extract(&mail, path, folder, &limits, &findings, &err) == 0);
	check(&mail, &findings, folder, &limits);
	must(file_remove_tree(folder, &err) == 0);
	mail_release(&mail);
	findings_release(&findings);
	free(path);
	free(folder);
	return 0;
}
