/* gather: what a person points at becomes bags: zips and unpacked folders as they are, volumes
 * joined, mails taken apart. */
#include <stdlib.h>
#include <string.h>

#include "cmd/receiving.h"
#include "parcel/mail.h"
#include "parcel/volumes.h"

struct gathering {
	struct receiving *r;
	struct texts *bags, volumes;
	int mails;
};

static void
add(struct texts *list, const char *path)
{
	char *copy = xstrdup(path);

	vec_push(list->items, list->count, list->cap, copy);
}

static void
take_file(struct gathering *g, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash == NULL ? path : slash + 1;
	struct volume_name volume;

	if (volume_name_parse(&volume, name))
		add(&g->volumes, path);
	else if (text_ends(name, ".zip"))
		add(g->bags, path);
}

static int
take_mail(struct gathering *g, const char *path, struct err *err)
{
	struct mail mail = { 0 };
	char *folder = arena_printf(&g->r->arena, "%s/mail-%d", g->r->folder, ++g->mails);
	size_t i, before = g->bags->count + g->volumes.count;
	int rc = file_make_folder(folder, err);

	if (rc == 0)
		rc = mail_extract(&mail, path, folder, NULL, &g->r->findings, err);
	for (i = 0; rc == 0 && i < mail.count; i++) {
		char *file = file_join(folder, mail.files[i].name);

		take_file(g, file);
		free(file);
	}
	if (rc == 0 && before == g->bags->count + g->volumes.count &&
	    !findings_refuse(&g->r->findings))
		receiving_refuse(g->r, "mail-empty", path,
				 "邮件里没有交接件（.zip 或分卷）；请确认存下的是带附件的原邮件");
	mail_release(&mail);
	return rc;
}

/* A folder is an unpacked bag, or what was put on a stick: zips and volumes directly in it. */
static int
take_folder(struct gathering *g, const char *path, struct err *err)
{
	struct file_list list = { 0 };
	char *declaration = file_join(path, "bagit.txt");
	size_t i, before = g->bags->count + g->volumes.count;
	int rc = 0;

	if (file_exists(declaration)) {
		add(g->bags, path);
	} else {
		rc = file_list_in(&list, path, err);
		for (i = 0; rc == 0 && i < list.count; i++) {
			char *file = file_join(path, list.names[i]);

			take_file(g, file);
			free(file);
		}
		if (rc == 0 && before == g->bags->count + g->volumes.count)
			receiving_refuse(g->r, "folder-empty", path,
					 "目录里没有交接件（.zip 或分卷）；请指到交接件所在的目录");
	}
	file_list_release(&list);
	free(declaration);
	return rc;
}

static int
join(struct gathering *g, struct err *err)
{
	char *joined = NULL, *folder = arena_printf(&g->r->arena, "%s/volumes", g->r->folder);
	int rc;

	if (g->volumes.count == 0)
		return 0;
	rc = file_make_folder(folder, err);
	if (rc == 0)
		rc = volumes_join(&joined, g->volumes.items, g->volumes.count, folder, NULL,
				  &g->r->findings, err);
	if (rc == 0 && joined != NULL)
		add(g->bags, joined);
	free(joined);
	return rc;
}

int
gather(struct receiving *r, char **inputs, int count, struct texts *bags, struct err *err)
{
	struct gathering g = { .r = r, .bags = bags };
	size_t k;
	int i, rc = 0;

	for (i = 0; rc == 0 && i < count; i++) {
		struct volume_name volume;
		const char *slash = strrchr(inputs[i], '/'),
			   *name = slash == NULL ? inputs[i] : slash + 1;

		if (!file_exists(inputs[i]))
			rc = err_set(err, ERR_USAGE, "没有“%s”这个文件或目录", inputs[i]);
		else if (file_is_folder(inputs[i]))
			rc = take_folder(&g, inputs[i], err);
		else if (text_ends(name, ".eml"))
			rc = take_mail(&g, inputs[i], err);
		else if (volume_name_parse(&volume, name))
			add(&g.volumes, inputs[i]);
		else
			add(bags, inputs[i]); /* whatever it is called: its structure decides */
	}
	if (rc == 0)
		rc = join(&g, err);
	for (k = 0; k < g.volumes.count; k++)
		free((char *)g.volumes.items[k]);
	free(g.volumes.items);
	return rc;
}
