/* A law that has been loaded and checked, as bytes: its data as they came out, and the text of the rules,
 * which are functions and read again. */
#include "law/law_internal.h"
#include "law/script_internal.h"

#include <stdlib.h>
#include <string.h>

/* --- bytes to tables ------------------------------------------------------------------------------ */
struct reading {
	const char *at, *end;
	bool torn;
	uint32_t strings, tables;
	lua_State *state;
	int known; /* where on the stack: strings, then tables */
};

static void
take(struct reading *r, void *out, size_t len)
{
	if ((size_t)(r->end - r->at) < len) {
		memset(out, 0, len);
		r->torn = true;
		return;
	}
	memcpy(out, r->at, len);
	r->at += len;
}

static uint32_t
take_number(struct reading *r)
{
	uint32_t n;

	take(r, &n, sizeof(n));
	return n;
}

/* [-0, +0] */
static void
take_strings(struct reading *r)
{
	uint32_t i, len;

	for (i = 0; i < r->strings && !r->torn; i++) {
		len = take_number(r);
		r->torn = r->torn || len > (size_t)(r->end - r->at);
		if (r->torn)
			break;
		lua_pushlstring(r->state, r->at, len);
		lua_rawseti(r->state, r->known, (lua_Integer)i + 1);
		r->at += len;
	}
}

/* Makes the tables, empty; `sizes` of them is read again by fill_tables. [-0, +0] */
static void
make_tables(struct reading *r)
{
	size_t room = (size_t)(r->end - r->at);
	uint32_t i, rows, keys;

	for (i = 0; i < r->tables && !r->torn; i++) {
		rows = take_number(r);
		keys = take_number(r);
		r->torn = r->torn || rows > room || keys > room - rows;
		if (r->torn)
			break;
		room -= rows + keys; /* each takes a byte and more */
		lua_createtable(r->state, (int)rows, (int)keys);
		lua_rawseti(r->state, r->known, (lua_Integer)r->strings + i + 1);
	}
}

/* Leaves a value. [-0, +1] */
static void
push_known(struct reading *r, uint32_t first, uint32_t count)
{
	uint32_t number = take_number(r);

	r->torn = r->torn || number >= count;
	if (r->torn)
		lua_pushboolean(r->state, 0);
	else
		lua_rawgeti(r->state, r->known, (lua_Integer)first + number + 1);
}

/* [-0, +1] */
static void
push_value(struct reading *r, bool is_key)
{
	char kind;
	int64_t n;
	double d;

	take(r, &kind, 1);
	r->torn = r->torn || (is_key && kind != 's' && kind != 'i');
	if (kind == 's') {
		push_known(r, 0, r->strings);
	} else if (kind == 't') {
		push_known(r, r->strings, r->tables);
	} else if (kind == 'i') {
		take(r, &n, sizeof(n));
		lua_pushinteger(r->state, (lua_Integer)n);
	} else if (kind == 'd') {
		take(r, &d, sizeof(d));
		lua_pushnumber(r->state, d);
	} else {
		r->torn = r->torn || (kind != 'y' && kind != 'n');
		lua_pushboolean(r->state, kind == 'y');
	}
}

/* [-0, +0] */
static void
fill_tables(struct reading *r, const char *sizes)
{
	uint32_t i, k, n[2];

	for (i = 0; i < r->tables && !r->torn; i++) {
		memcpy(n, sizes + i * sizeof(n), sizeof(n));
		lua_rawgeti(r->state, r->known, (lua_Integer)r->strings + i + 1);
		for (k = 0; k < n[0] && !r->torn; k++) {
			push_value(r, false);
			lua_rawseti(r->state, -2, (lua_Integer)k + 1);
		}
		for (k = 0; k < n[1] && !r->torn; k++) {
			push_value(r, true);
			push_value(r, false);
			lua_rawset(r->state, -3);
		}
		lua_pop(r->state, 1);
	}
}

bool
script_push_frozen(struct script *s, const char *bytes, size_t len)
{
	struct reading r = { .at = bytes, .end = bytes + len, .state = s->state };
	const char *sizes;

	luaL_checkstack(s->state, 8, "frozen");
	lua_gc(s->state, LUA_GCSTOP);
	r.strings = take_number(&r);
	r.tables = take_number(&r);
	r.torn = r.torn || r.tables == 0 || r.strings > len || r.tables > len;
	lua_createtable(s->state, r.torn ? 0 : (int)(r.strings + r.tables), 0);
	r.known = lua_gettop(s->state);
	take_strings(&r);
	sizes = r.at;
	make_tables(&r);
	fill_tables(&r, sizes);
	lua_rawgeti(s->state, r.known, (lua_Integer)r.strings + 1); /* the root */
	lua_remove(s->state, r.known);
	lua_gc(s->state, LUA_GCRESTART);
	if (!r.torn && r.at == r.end)
		return true;
	lua_pop(s->state, 1);
	return false;
}

/* --- the law ---------------------------------------------------------------------------------------- */
static void
put_sized(struct buf *out, const char *text, size_t len)
{
	uint32_t n = (uint32_t)len;

	buf_put(out, &n, sizeof(n));
	buf_put(out, text, len);
	buf_putc(out, '\0'); /* law_file texts are terminated */
}

static bool
write_frozen(struct buf *out, struct law *law, const struct law_file *files, size_t count)
{
	struct script *s = law->script;
	struct err ignored = { 0 };
	const char *data;
	size_t i, len;

	buf_clear(out);
	if (script_call(s, "freeze", 0, 1, &ignored) != 0)
		return false;
	data = lua_tolstring(s->state, -1, &len);
	if (data != NULL)
		put_sized(out, data, len);
	script_pop(s, 1);
	for (i = 0; i < count; i++) {
		if (!text_starts(files[i].path, "lua/rules/"))
			continue;
		put_sized(out, files[i].path, strlen(files[i].path));
		put_sized(out, files[i].text, files[i].len);
	}
	return data != NULL;
}

bool
law_freeze(struct buf *out, struct law *law, const struct law_file *files, size_t count)
{
	struct law *back = NULL;
	struct buf again = BUF_INIT;
	bool same = write_frozen(out, law, files, count);

	if (same)
		back = law_thaw(out->ptr, out->len);
	/* A law whose rules write into it while they are read would not come back the same. */
	same = same && back != NULL && write_frozen(&again, back, files, count) &&
	       again.len == out->len && memcmp(again.ptr, out->ptr, out->len) == 0;
	law_free(back);
	buf_release(&again);
	return same;
}

static const char *
take_sized(struct reading *r, size_t *len)
{
	const char *text = r->at + sizeof(uint32_t);

	*len = take_number(r);
	r->torn = r->torn || *len >= (size_t)(r->end - r->at) || text[*len] != '\0';
	if (r->torn)
		return NULL;
	r->at += *len + 1;
	return text;
}

/* Pushes the data and the list of the rules' files. [-0, +2], or false and [-0, +0] */
static bool
push_parts(struct script *s, const char *bytes, size_t len)
{
	struct reading r = { .at = bytes, .end = bytes + len };
	struct law_file *files = NULL;
	size_t count = 0, cap = 0;
	const char *data = take_sized(&r, &len);
	bool good = data != NULL && script_push_frozen(s, data, len);

	while (good && !r.torn && r.at < r.end) {
		struct law_file file;

		file.path = take_sized(&r, &len);
		file.text = r.torn ? NULL : take_sized(&r, &file.len);
		vec_push(files, count, cap, file);
	}
	if (good && !r.torn)
		push_files(s, files, count);
	else if (good)
		script_pop(s, 1);
	free(files);
	return good && !r.torn;
}

struct law *
law_thaw(const char *bytes, size_t len)
{
	struct law *law = xcalloc(1, sizeof(*law));
	struct err ignored = { 0 };

	if (script_new(&law->script, &law_limits, &ignored) == 0 &&
	    push_parts(law->script, bytes, len) &&
	    script_call(law->script, "thaw", 2, 2, &ignored) == 0 &&
	    script_count(law->script) == 0) {
		script_pop(law->script, 1);
		law_read(law);
		if (law->flow_count > 0)
			return law;
	}
	law_free(law);
	return NULL;
}
