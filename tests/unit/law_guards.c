/* Rules that the form pages judge too: tests/browser reads the same rows of tests/fixtures/guards.json. */
#include "law/law.h"
#include "unit.h"

#include "json_lua.h"

/* { rule, values or text, what it says: "key as;…", of a secret its line }. */
static void
check_row(void *ctx, const char *lua)
{
	struct script *s = ctx;
	struct err err = { 0 };
	struct buf text = BUF_INIT;

	buf_printf(
	    &text,
	    "return function(git)\n"
	    "local row, out = %s, {}\n"
	    "local function say(w) out[#out + 1] = w.line and tostring(w.line) or "
	    "w.key .. (w.as and ' ' .. w.as or '') end\n"
	    "local rule = law.rule[row[1]]\n"
	    "if rule.scope == 'file' then rule.check({ path = 'x', text = row[2] }, nil, say)\n"
	    "else rule.check({ time_text = '2021-05-10 10:00' }, { values = row[2] }, say) end\n"
	    "local got = table.concat(out, ';')\n"
	    "return got == row[3] and 'yes' or got end\n",
	    lua);
	script_text(s, "test");
	script_text(s, text.ptr);
	script_table(s);
	CHECK_INT(script_call(s, "hook", 3, 1, &err), 0);
	CHECK_STR(err.text, "");
	if (err.code == 0 && strcmp(script_top_text(s), "yes") != 0) {
		unit_fault(__FILE__, __LINE__, lua);
		printf("#   says %s\n", script_top_text(s));
	}
	script_pop(s, err.code == 0 ? 1 : 0);
	buf_release(&text);
}

static void
test_guards__table(void)
{
	struct findings findings = { 0 };
	struct law *law = NULL;
	struct err err = { 0 };

	CHECK_INT(law_load_embedded(&law, &findings, &err), 0);
	CHECK(json_rows("guards.json", check_row, law_script(law)) >= 40);
	findings_release(&findings);
	law_free(law);
}

int
main(void)
{
	unit_run("the law's own words", test_guards__table);
	return unit_end();
}
