/* The sample year's keys: an authority and a certificate for everybody in the register, made with the
 * commands people use, so that every commit of the year is signed. They lie beside the demo, under a
 * passphrase that everybody knows, and are worth nothing. */
#include <stdlib.h>
#include <string.h>

#include "cmd/demo.h"
#include "judge/signature.h"

#define PASSPHRASE "demo-only-passphrase\n"

int
demo_keys_open(const struct demo_keys *keys, struct err *err)
{
	char *folder = arena_printf(keys->arena, "%s.keys", keys->root);
	char *passphrase = file_join(folder, "passphrase");
	int rc = file_remove_tree(folder, err);

	if (rc == 0)
		rc = file_make_folder(folder, err);
	if (rc == 0)
		rc = file_replace(passphrase, PASSPHRASE, strlen(PASSPHRASE), false, err);
	if (rc == 0) {
		char *absolute = realpath(folder, NULL);

		free(passphrase);
		passphrase = file_join(absolute == NULL ? folder : absolute, "passphrase");
		setenv("YUNJUAN_KEYS", absolute == NULL ? folder : absolute, 1);
		setenv("YUNJUAN_PASSPHRASE_FILE", passphrase, 1);
		setenv("YUNJUAN_KEY_ROUNDS", "1000", 1);
		free(absolute);
	}
	free(passphrase);
	return rc;
}

/* Runs this program in the demo as the coordinator's officer at that time. */
static int
key(const struct demo_keys *keys, int64_t at, const char *const *words, struct err *err)
{
	char *program = program_path();
	const char **argv;
	size_t n = 0;
	int status;

	while (words[n] != NULL)
		n++;
	argv = xcalloc(n + 3, sizeof(*argv));
	argv[0] = program;
	argv[1] = "key";
	memcpy(argv + 2, words, n * sizeof(*words));
	status = run_as(keys->root, keys->name, keys->email, at, argv, true, err);
	free(argv);
	free(program);
	return status == 0  ? 0
	       : status < 0 ? -1
			    : err_set(err, ERR_DATA, "示例的证书没有签发成，见上面的说明");
}

/* A key and a request for one officer who has no certificate yet; the request's name goes to list. */
static int
request(const struct demo_keys *keys, const char *email, int64_t at, struct texts *list,
	struct err *err)
{
	const char *file = arena_printf(keys->arena, "%s/%s.csr", getenv("YUNJUAN_KEYS"), email);
	const char *const new[] = { "new", "--email", email, NULL };
	const char *const ask[] = { "request", "--email", email, file, NULL };
	struct buf path = BUF_INIT;
	int rc = 0;

	if (certificate_path(&path, email)) {
		char *target = file_join(keys->root, path.ptr);

		if (!file_exists(target)) {
			rc = key(keys, at, new, err);
			if (rc == 0)
				rc = key(keys, at, ask, err);
			vec_push(list->items, list->count, list->cap, file);
		}
		free(target);
	}
	buf_release(&path);
	return rc;
}

int
demo_keys_certify(const struct demo_keys *keys, const struct registers *registers, int64_t at,
		  bool *any, struct err *err)
{
	struct texts list = { 0 };
	size_t i, k;
	int rc = 0;

	vec_push(list.items, list.count, list.cap, "issue");
	for (i = 0; i < registers->party_count; i++) {
		const struct party *party = &registers->parties[i];

		for (k = 0; rc == 0 && k < party->officer_count; k++)
			rc = request(keys, party->officers[k].email, at, &list, err);
	}
	*any = list.count > 1;
	vec_push(list.items, list.count, list.cap, NULL);
	if (rc == 0 && *any)
		rc = key(keys, at, list.items, err);
	free(list.items);
	return rc;
}

/* From the next day on every commit must be signed. */
static int
ask_for_signatures(const struct demo_keys *keys, int64_t at, struct err *err)
{
	static const char *const use[] = { "use", NULL };
	static const char *const anybody[] = { "git", "config", "--unset", "user.signingkey",
					       NULL };
	static const char *const commit[] = {
		"git", "commit", "-q", "-a", "-m", "各方证书已发放，从次日起提交须签名。", NULL
	};
	char *path = file_join(keys->root, "content/site.yaml"), day[11];
	struct buf text = BUF_INIT;
	int rc = key(keys, at, use, err), status = 0;

	if (rc == 0)
		status = run_as(keys->root, keys->name, keys->email, at, anybody, false, err);
	if (rc == 0 && status == 0)
		rc = file_read(&text, path, DOC_MAX_BYTES, err);
	if (rc == 0 && status == 0) {
		day_text(day_of(at) + 1, day);
		buf_printf(&text, "signatures_from: %s\n", day);
		rc = file_replace(path, text.ptr, text.len, false, err);
	}
	if (rc == 0 && status == 0)
		status = run_as(keys->root, keys->name, keys->email, at, commit, false, err);
	buf_release(&text);
	free(path);
	if (rc == 0 && status > 0)
		rc = err_set(err, ERR_DATA, "示例没有设成须签名，见上面的说明");
	return rc != 0 || status < 0 ? -1 : 0;
}

int
demo_keys_begin(const struct demo_keys *keys, const struct registers *registers, int64_t at,
		struct err *err)
{
	static const char *const authority[] = { "new", "--ca", NULL };
	bool any;

	if (key(keys, at + 600, authority, err) != 0 ||
	    demo_keys_certify(keys, registers, at + 1200, &any, err) != 0)
		return -1;
	return ask_for_signatures(keys, at + 1800, err);
}
