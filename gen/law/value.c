/* Values in and out of a script, and the functions its templates see. */
#include "calendar/calendar.h"
#include "law/script_internal.h"

#include <lauxlib.h>
#include <string.h>

/* Room for what one call pushes; outside protected calls memory is not bounded. */
static lua_State *
roomy(struct script *s)
{
	luaL_checkstack(s->state, 8, "script");
	return s->state;
}

void
script_table(struct script *s)
{
	lua_newtable(roomy(s));
}

void
script_table_for(struct script *s, int fields)
{
	lua_createtable(roomy(s), 0, fields);
}

void
script_text(struct script *s, const char *text)
{
	lua_pushstring(roomy(s), text);
}

void
script_bytes(struct script *s, const char *text, size_t len)
{
	lua_pushlstring(roomy(s), text, len);
}

void
script_integer(struct script *s, int64_t n)
{
	lua_pushinteger(roomy(s), (lua_Integer)n);
}

void
script_number(struct script *s, double n)
{
	lua_pushnumber(roomy(s), n);
}

void
script_bool(struct script *s, bool b)
{
	lua_pushboolean(roomy(s), b);
}

void
script_nil(struct script *s)
{
	lua_pushnil(roomy(s));
}

void
script_copy(struct script *s, int depth)
{
	lua_pushvalue(roomy(s), -depth);
}

int
script_keep(struct script *s)
{
	return luaL_ref(s->state, LUA_REGISTRYINDEX);
}

void
script_kept(struct script *s, int kept)
{
	lua_rawgeti(roomy(s), LUA_REGISTRYINDEX, kept);
}

void
script_set(struct script *s, const char *key)
{
	lua_State *state = roomy(s);

	lua_pushstring(state, key);
	lua_insert(state, -2);
	lua_rawset(state, -3);
}

void
script_append(struct script *s)
{
	lua_rawseti(s->state, -2, (lua_Integer)lua_rawlen(s->state, -2) + 1);
}

void
script_set_text(struct script *s, const char *key, const char *text)
{
	if (text == NULL)
		return;
	script_text(s, text);
	script_set(s, key);
}

void
script_set_integer(struct script *s, const char *key, int64_t n)
{
	script_integer(s, n);
	script_set(s, key);
}

void
script_set_bool(struct script *s, const char *key, bool b)
{
	script_bool(s, b);
	script_set(s, key);
}

void
script_set_day(struct script *s, const char *key, int32_t day)
{
	char text[11];

	day_text(day, text);
	script_set_text(s, key, text);
}

void
script_set_moment(struct script *s, const char *key, int64_t time)
{
	char text[17];

	moment_text(time, text);
	script_set_text(s, key, text);
}

void
script_set_month(struct script *s, const char *key, int32_t first)
{
	char text[11];

	day_text(first, text);
	text[7] = '\0';
	script_set_text(s, key, text);
}

void
script_append_text(struct script *s, const char *text)
{
	script_text(s, text);
	script_append(s);
}

size_t
script_count(struct script *s)
{
	return lua_istable(s->state, -1) ? (size_t)lua_rawlen(s->state, -1) : 0;
}

static bool
keep_unless_nil(lua_State *state)
{
	if (!lua_isnil(state, -1))
		return true;
	lua_pop(state, 1);
	return false;
}

bool
script_push(struct script *s, const char *key)
{
	lua_State *state = roomy(s);

	if (!lua_istable(state, -1))
		return false;
	lua_pushstring(state, key);
	lua_rawget(state, -2);
	return keep_unless_nil(state);
}

bool
script_push_row(struct script *s, size_t row)
{
	lua_State *state = roomy(s);

	if (!lua_istable(state, -1))
		return false;
	lua_rawgeti(state, -1, (lua_Integer)row);
	return keep_unless_nil(state);
}

const char *
script_get_text(struct script *s, const char *key)
{
	const char *text = "";

	if (!script_push(s, key))
		return text;
	if (lua_type(s->state, -1) == LUA_TSTRING)
		text = lua_tostring(s->state, -1); /* the table keeps it alive */
	lua_pop(s->state, 1);
	return text;
}

int64_t
script_get_integer(struct script *s, const char *key)
{
	int64_t n;

	if (!script_push(s, key))
		return 0;
	n = (int64_t)lua_tointeger(s->state, -1);
	lua_pop(s->state, 1);
	return n;
}

bool
script_get_bool(struct script *s, const char *key)
{
	bool b;

	if (!script_push(s, key))
		return false;
	b = lua_toboolean(s->state, -1);
	lua_pop(s->state, 1);
	return b;
}

bool
script_has(struct script *s, const char *key)
{
	if (!script_push(s, key))
		return false;
	lua_pop(s->state, 1);
	return true;
}

const char *
script_top_text(struct script *s)
{
	return lua_isstring(s->state, -1) ? lua_tostring(s->state, -1) : NULL;
}

bool
script_top_is_table(struct script *s)
{
	return lua_istable(s->state, -1);
}

void
script_pop(struct script *s, int count)
{
	lua_pop(s->state, count);
}

bool
script_next(struct script *s)
{
	return lua_next(roomy(s), -2) != 0;
}

/* --- what templates call ------------------------------------------------------------------- */
static struct buf *
output_of(lua_State *state)
{
	struct script *s = *(struct script **)lua_getextraspace(state);

	if (s->output == NULL)
		luaL_error(state, "现在没有页面可写");
	return s->output;
}

/* The text of an argument: nil is nothing, tables are a mistake. [-0, +0, raises] */
static const char *
argument(lua_State *state, int number, size_t *len)
{
	*len = 0;
	if (lua_isnoneornil(state, number))
		return "";
	return luaL_checklstring(state, number, len);
}

static void
emit_argument(lua_State *state, struct buf *out, int number)
{
	size_t len;
	const char *text = argument(state, number, &len);

	buf_put(out, text, len);
}

static void
escape_argument(lua_State *state, struct buf *out, int number)
{
	size_t len;
	const char *text = argument(state, number, &len);

	html_text_n(out, text, len);
}

/* emit(html …), raw(html …): as they are, one behind the other. [-n, +0] */
static int
page_emit(lua_State *state)
{
	struct buf *out = output_of(state);
	int count = lua_gettop(state), i;

	for (i = 1; i <= count; i++)
		emit_argument(state, out, i);
	return 0;
}

/* text(value): escaped, for text and quoted attributes. [-1, +0] */
static int
page_text(lua_State *state)
{
	escape_argument(state, output_of(state), 1);
	return 0;
}

/* between(html, value, html): the value escaped, what stands round it as it is. [-3, +0] */
static int
page_between(lua_State *state)
{
	struct buf *out = output_of(state);

	emit_argument(state, out, 1);
	escape_argument(state, out, 2);
	emit_argument(state, out, 3);
	return 0;
}

/* url(path): percent-encoded for href. [-1, +0] */
static int
page_url(lua_State *state)
{
	struct buf *out = output_of(state);
	size_t len;

	html_url(out, argument(state, 1, &len));
	return 0;
}

void
script_push_page_functions(struct script *s)
{
	static const luaL_Reg functions[] = { { "emit", page_emit },
					      { "raw", page_emit },
					      { "text", page_text },
					      { "between", page_between },
					      { "url", page_url } };
	size_t i;

	lua_newtable(s->state);
	for (i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		lua_pushcfunction(s->state, functions[i].func);
		lua_setfield(s->state, -2, functions[i].name);
	}
}
