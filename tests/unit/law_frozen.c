/* A loaded law as bytes and back; the bytes are not believed. */
#include "law_fixture.h"

static bool
freeze(struct buf *out, const struct law_file *changed)
{
	struct law_file files[FILES];
	struct findings findings = { 0 };
	struct err err = { 0 };
	struct law *law = NULL;
	bool frozen;
	size_t i;

	CHECK_INT(load(&law, changed, &findings, &err), 0);
	for (i = 0; i < FILES; i++) {
		files[i] = small[i];
		if (changed != NULL && strcmp(changed->path, files[i].path) == 0)
			files[i] = *changed;
		files[i].len = strlen(files[i].text);
	}
	frozen = law != NULL && law_freeze(out, law, files, FILES);
	law_free(law);
	findings_release(&findings);
	return frozen;
}

static void
test_frozen__same(void)
{
	struct buf bytes = BUF_INIT, again = BUF_INIT;
	const struct flow *flow;
	struct law *law;
	struct script *s;
	struct err err = { 0 };

	CHECK(freeze(&bytes, NULL));
	CHECK(freeze(&again, NULL));
	CHECK(bytes.len == again.len && memcmp(bytes.ptr, again.ptr, bytes.len) == 0);
	law = law_thaw(bytes.ptr, bytes.len);
	CHECK(law != NULL);
	if (law == NULL)
		return;
	flow = law_flow(law, "ask");
	CHECK(flow != NULL && flow->stage_count == 5);
	CHECK_INT(flow->stages[1].limit.n, 3);
	CHECK_STR(flow->stages[0].owes[0].kinds[0]->id, "judge");
	CHECK_INT((int)law_form(law, "ask")->fields[4].column_count, 2);
	/* The rules are functions again: an empty commit passes them. */
	s = law_script(law);
	script_table(s);
	script_table(s);
	script_set(s, "tickets");
	CHECK_INT(script_call(s, "judge", 1, 1, &err), 0);
	CHECK_INT((int)script_count(s), 0);
	law_free(law);
	buf_release(&bytes);
	buf_release(&again);
}

/* What would not come back the same is not kept. */
static void
test_frozen__not_data(void)
{
	static const struct law_file odd[] = {
		{ .path = "lua/readings.lua",
		  .text =
		      "return { reading { id = \"days\", article = \"1\", question = \"几天\", "
		      "choice = \"三天\", value = 3, },\n"
		      "reading { id = \"f\", article = \"1\", question = \"几\", choice = \"三\", "
		      "value = function() end } }\n" },
		{ .path = "lua/readings.lua",
		  .text =
		      "return { reading { id = \"days\", article = \"1\", question = \"几天\", "
		      "choice = \"三天\", value = 3, },\n"
		      "reading { id = \"f\", article = \"1\", question = \"几\", choice = \"三\", "
		      "value = { [1.5] = 1 } } }\n" },
		{ .path = "lua/rules/all.lua",
		  .text = "law.parties[#law.parties + 1] = law.parties[1]\n"
			  "return { rule { id = \"whole\", name = \"完整\", article = \"1\", "
			  "scope = \"need\", says = \"不完整\", check = function() end } }\n" },
	};
	struct buf bytes = BUF_INIT;
	size_t i;

	for (i = 0; i < sizeof(odd) / sizeof(*odd); i++)
		CHECK(!freeze(&bytes, &odd[i]));
	buf_release(&bytes);
}

/* Cut anywhere or with any byte another: a law or none, never a crash. */
static void
test_frozen__damaged(void)
{
	struct buf bytes = BUF_INIT;
	size_t i, laws = 0;

	CHECK(freeze(&bytes, NULL));
	for (i = 0; i < bytes.len; i += 7)
		law_free(law_thaw(bytes.ptr, i));
	for (i = 0; i < bytes.len; i += 3) {
		struct law *law;

		bytes.ptr[i] ^= (char)(1 << i % 8);
		law = law_thaw(bytes.ptr, bytes.len);
		laws += law != NULL;
		law_free(law);
		bytes.ptr[i] ^= (char)(1 << i % 8);
	}
	CHECK(laws < bytes.len / 3);
	buf_release(&bytes);
}

int
main(void)
{
	unit_run("same", test_frozen__same);
	unit_run("not data", test_frozen__not_data);
	unit_run("damaged", test_frozen__damaged);
	return unit_end();
}
