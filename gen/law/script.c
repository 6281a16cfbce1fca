#include "law/script_internal.h"
#include "model/model.h"

#include <lauxlib.h>
#include <lualib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOOK_STEP 1000

/* Where Lua is now: for bounds, which tell nothing of it themselves. Asks for no memory. */
static void
note_place(struct script *s)
{
	lua_Debug ar;
	int level;

	for (level = 0; level < 20 && s->place_line == 0 && lua_getstack(s->state, level, &ar) != 0;
	     level++) {
		if (lua_getinfo(s->state, "Sl", &ar) == 0 || ar.currentline <= 0 ||
		    strncmp(ar.source, "@prelude", 8) == 0)
			continue;
		snprintf(s->place, sizeof(s->place), "%s",
			 ar.source[0] == '@' ? ar.source + 1 : ar.short_src);
		s->place_line = ar.currentline;
	}
}

/* Small pieces come from slabs and go back to a list of their size: Lua asks for little else, and
 * a page makes thousands of them. */
static void *
small_alloc(struct script *s, size_t size)
{
	size_t class = (size + SMALL_STEP - 1) / SMALL_STEP;
	void *piece = s->small[class];

	if (piece != NULL) {
		s->small[class] = *(void **)piece;
		return piece;
	}
	if (s->slab_left < class * SMALL_STEP) {
		struct slab *slab = s->running ? malloc(sizeof(*slab)) : xmalloc(sizeof(*slab));

		if (slab == NULL)
			return NULL;
		slab->next = s->slabs;
		s->slabs = slab;
		s->slab_left = sizeof(slab->data);
	}
	s->slab_left -= class * SMALL_STEP;
	return (char *)s->slabs->data + s->slab_left;
}

static void
small_free(struct script *s, void *piece, size_t size)
{
	size_t class = (size + SMALL_STEP - 1) / SMALL_STEP;

	*(void **)piece = s->small[class];
	s->small[class] = piece;
}

static void *
raw_alloc(struct script *s, size_t size)
{
	if (size <= SMALL_MAX)
		return small_alloc(s, size);
	return s->running ? malloc(size) : xmalloc(size);
}

static void
raw_free(struct script *s, void *ptr, size_t size)
{
	if (size <= SMALL_MAX)
		small_free(s, ptr, size);
	else
		free(ptr);
}

static void *
resize(struct script *s, void *ptr, size_t old, size_t size)
{
	void *moved;

	if (old > SMALL_MAX && size > SMALL_MAX)
		return s->running ? realloc(ptr, size) : xrealloc(ptr, size);
	moved = raw_alloc(s, size);
	if (moved != NULL) {
		memcpy(moved, ptr, old < size ? old : size);
		raw_free(s, ptr, old);
	}
	return moved;
}

static void *
bounded_alloc(void *ud, void *ptr, size_t old, size_t size)
{
	struct script *s = ud;
	size_t before = ptr == NULL ? 0 : old;
	void *moved;

	if (size == 0) {
		if (ptr != NULL)
			raw_free(s, ptr, old);
		s->used_bytes -= before;
		return NULL;
	}
	if (s->running && size > before &&
	    s->used_bytes + (size - before) > s->limits.memory_bytes) {
		if (!s->over_memory)
			note_place(s);
		s->over_memory = true;
		return NULL;
	}
	moved = ptr == NULL ? raw_alloc(s, size) : resize(s, ptr, old, size);
	if (moved != NULL)
		s->used_bytes += size - before;
	return moved;
}

/* Runs every HOOK_STEP instructions. [-0, +0, raises at the bound] */
static void
count_hook(lua_State *state, lua_Debug *ar)
{
	struct script *s = *(struct script **)lua_getextraspace(state);

	(void)ar;
	s->steps_left--;
	if (s->steps_left >= 0)
		return;
	s->over_steps = true;
	note_place(s);
	luaL_error(state, "运行步数超过上限");
}

/* where(level) -> file, line of the Lua code that many calls up. [-1, +2] */
static int
host_where(lua_State *state)
{
	lua_Debug ar;
	int level = (int)luaL_checkinteger(state, 1);

	if (lua_getstack(state, level, &ar) == 0 || lua_getinfo(state, "Sl", &ar) == 0) {
		lua_pushliteral(state, "lua");
		lua_pushinteger(state, 0);
		return 2;
	}
	lua_pushstring(state, ar.source[0] == '@' ? ar.source + 1 : ar.short_src);
	lua_pushinteger(state, ar.currentline);
	return 2;
}

/* protected(f) -> true, result | false, message; bounds are not caught. [-1, +2] */
static int
host_protected(lua_State *state)
{
	struct script *s = *(struct script **)lua_getextraspace(state);
	int rc;

	luaL_checktype(state, 1, LUA_TFUNCTION);
	lua_settop(state, 1);
	rc = lua_pcall(state, 0, 1, 0);
	if (s->over_memory || s->over_steps)
		return lua_error(state);
	lua_pushboolean(state, rc == LUA_OK);
	lua_insert(state, 1);
	return 2;
}

/* A pcall that cannot swallow the bounds: rules may use it. [-n, +m] */
static int
bounded_pcall(lua_State *state)
{
	struct script *s = *(struct script **)lua_getextraspace(state);
	int rc;

	luaL_checkany(state, 1);
	rc = lua_pcall(state, lua_gettop(state) - 1, LUA_MULTRET, 0);
	if (s->over_memory || s->over_steps)
		return lua_error(state);
	lua_pushboolean(state, rc == LUA_OK);
	lua_insert(state, 1);
	return lua_gettop(state);
}

/* An empty text takes no memory however often it is repeated, and no instructions either: nothing
 * else would end that. The upvalue is Lua's own string.rep. [-n, +1] */
static int
bounded_rep(lua_State *state)
{
	size_t len, between;

	luaL_checklstring(state, 1, &len);
	luaL_optlstring(state, 3, "", &between);
	if (len == 0 && between == 0) {
		lua_pushliteral(state, "");
		return 1;
	}
	lua_pushvalue(state, lua_upvalueindex(1));
	lua_insert(state, 1);
	lua_call(state, lua_gettop(state) - 1, 1);
	return 1;
}

/* Pushes what a file says as a function, or what is wrong with it. What the program carries itself was
 * compiled when it was built; all else comes as text and never as bytecode. [-0, +1] */
static bool
push_source(lua_State *state, const char *path, const char *text, size_t len)
{
	const struct embedded *own = embedded_find(path);
	int rc;

	if (own != NULL && own->code_len > 0 && own->len == len &&
	    memcmp(own->data, text, len) == 0)
		return luaL_loadbufferx(state, own->code, own->code_len, path, "b") == LUA_OK;
	lua_pushfstring(state, "@%s", path);
	rc = luaL_loadbufferx(state, text, len, lua_tostring(state, -1), "t");
	lua_remove(state, -2);
	return rc == LUA_OK;
}

/* One of the prelude's files. [-0, +1] */
static bool
push_chunk(lua_State *state, const char *path)
{
	const struct embedded *file = embedded_find(path);

	if (file != NULL)
		return push_source(state, path, file->data, file->len);
	lua_pushfstring(state, "程序里没有 %s：编译不完整，请重新执行 make", path);
	return false;
}

/* chunk(path, text, globals) -> function, or nil and what is wrong. [-3, +1 or +2] */
static int
host_chunk(lua_State *state)
{
	size_t len;
	const char *path = luaL_checkstring(state, 1), *text = luaL_checklstring(state, 2, &len);

	luaL_checktype(state, 3, LUA_TTABLE);
	if (!push_source(state, path, text, len)) {
		lua_pushnil(state);
		lua_insert(state, -2);
		return 2;
	}
	lua_pushvalue(state, 3);
	lua_setupvalue(state, -2, 1);
	return 1;
}

/* part(name) -> the chunk of prelude_<name>.lua: what few need is compiled when it is. [-1, +1] */
static int
host_part(lua_State *state)
{
	char path[64];

	snprintf(path, sizeof(path), "gen/law/prelude_%s.lua", luaL_checkstring(state, 1));
	return push_chunk(state, path) ? 1 : lua_error(state);
}

static void
set_function(lua_State *state, const char *name, lua_CFunction f)
{
	lua_pushcfunction(state, f);
	lua_setfield(state, -2, name);
}

static void
open_libraries(lua_State *state)
{
	static const luaL_Reg libs[] = { { "_G", luaopen_base },
					 { "string", luaopen_string },
					 { "table", luaopen_table },
					 { "math", luaopen_math },
					 { "utf8", luaopen_utf8 } };
	static const char *const taken[] = { "dofile", "loadfile", "collectgarbage", "print",
					     "warn",   "rawset",   "rawget",	     "rawequal",
					     "rawlen", "xpcall",   "getmetatable" };
	size_t i;

	for (i = 0; i < sizeof(libs) / sizeof(*libs); i++) {
		luaL_requiref(state, libs[i].name, libs[i].func, 1);
		lua_pop(state, 1);
	}
	for (i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
		lua_pushnil(state);
		lua_setglobal(state, taken[i]);
	}
	lua_pushcfunction(state, bounded_pcall);
	lua_setglobal(state, "pcall");
	lua_getglobal(state, "string");
	lua_pushnil(state);
	lua_setfield(state, -2, "dump");
	lua_getfield(state, -1, "rep");
	lua_pushcclosure(state, bounded_rep, 1);
	lua_setfield(state, -2, "rep");
	lua_pop(state, 1);
	lua_getglobal(state, "table");
	lua_pushnil(state);
	lua_setfield(state, -2, "move"); /* runs over any range without an instruction */
	lua_pop(state, 1);
	lua_getglobal(state, "math");
	lua_pushnil(state);
	lua_setfield(state, -2, "random"); /* the same input gives the same bytes */
	lua_pushnil(state);
	lua_setfield(state, -2, "randomseed");
	lua_pop(state, 1);
}

/* The table the prelude gets: where, protected, part, chunk, field_types, page. [-0, +1] */
static void
push_host(struct script *s)
{
	lua_State *state = s->state;
	int i;

	lua_newtable(state);
	set_function(state, "where", host_where);
	set_function(state, "protected", host_protected);
	set_function(state, "part", host_part);
	set_function(state, "chunk", host_chunk);
	lua_newtable(state);
	for (i = 0; i < FIELD_TYPE_COUNT; i++) {
		lua_pushstring(state, field_type_ids[i]);
		lua_rawseti(state, -2, i + 1);
	}
	lua_setfield(state, -2, "field_types");
	script_push_page_functions(s);
	lua_setfield(state, -2, "page");
}

static int
set_failure(struct script *s, struct err *err)
{
	const char *text = lua_tostring(s->state, -1);
	char file[128];
	int line = 0, used = 0;

	if (s->over_memory)
		err_at(err, ERR_LIMIT, s->place, s->place_line, 0,
		       "规则用的内存超过上限 %zu MB，已停止；请检查这里",
		       s->limits.memory_bytes >> 20);
	else if (s->over_steps)
		err_at(err, ERR_LIMIT, s->place, s->place_line, 0,
		       "规则运行的步数超过上限，可能是死循环，已停止；请检查这里");
	else if (text != NULL && sscanf(text, "%127[^:\n]:%d: %n", file, &line, &used) == 2 &&
		 used > 0)
		err_at(err, ERR_LAW, file, line, 0, "规则运行出错：%.500s", text + used);
	else
		err_set(err, ERR_LAW, "规则运行出错：%.500s", text == NULL ? "（没有说明）" : text);
	return -1;
}

/* Adds where it happened; the message handler of every call. [-1, +1] */
static int
traceback(lua_State *state)
{
	const char *text = lua_tostring(state, 1);

	luaL_traceback(state, state, text == NULL ? "（错误不是文字）" : text, 1);
	return 1;
}

/* Steps are not counted inside the library's own functions: a pattern that tries forever is ended by
 * the clock, and with it the program, for nothing else can stop it there. */
#define CALL_SECONDS 8

static void
on_alarm(int sig)
{
	static const char words[] =
	    "yunjuan: 规则运行超过 8 秒（多半是 string.find 之类的匹配写法不当），已停止，没有作出判断\n";

	(void)sig;
	if (write(2, words, sizeof(words) - 1) < 0)
		_exit(3);
	_exit(3);
}

static void
set_alarm(unsigned seconds)
{
	struct sigaction action = { .sa_handler = seconds > 0 ? on_alarm : SIG_DFL };

	sigaction(SIGALRM, &action, NULL);
	alarm(seconds);
}

/* The one protected call: function and arguments are on the stack. [-(args+1), +results] */
static int
protected_call(struct script *s, int args, int results, struct err *err)
{
	int base = lua_gettop(s->state) - args, rc;
	bool counted = s->limits.instructions > 0; /* else a watch stands by */

	lua_pushcfunction(s->state, traceback);
	lua_insert(s->state, base);
	s->running = true;
	s->over_memory = s->over_steps = false;
	s->place[0] = '\0';
	s->place_line = 0;
	s->steps_left = s->limits.instructions / HOOK_STEP;
	if (counted)
		set_alarm(CALL_SECONDS);
	rc = lua_pcall(s->state, args, results, base);
	if (counted)
		set_alarm(0);
	s->running = false;
	lua_remove(s->state, base);
	if (rc == LUA_OK)
		return 0;
	set_failure(s, err);
	lua_pop(s->state, 1);
	lua_gc(s->state, LUA_GCCOLLECT);
	return -1;
}

static int
load_prelude(struct script *s, struct err *err)
{
	if (!push_chunk(s->state, "gen/law/prelude.lua"))
		return set_failure(s, err);
	push_host(s);
	if (protected_call(s, 1, 1, err) != 0)
		return -1;
	s->api = luaL_ref(s->state, LUA_REGISTRYINDEX);
	return 0;
}

int
script_new(struct script **out, const struct script_limits *limits, struct err *err)
{
	struct script *s = xcalloc(1, sizeof(*s));

	s->limits = *limits;
	s->state = lua_newstate(bounded_alloc, s);
	if (s->state == NULL) {
		free(s);
		return err_set(err, ERR_LIMIT, "内存不足，无法启动规则引擎");
	}
	*(struct script **)lua_getextraspace(s->state) = s;
	open_libraries(s->state);
	/* A judgement is short: garbage may grow to several times what lives before it is looked for; the bound
	 * on memory holds anyway. */
	lua_gc(s->state, LUA_GCINC, 600, 200, 0);
	lua_sethook(s->state, count_hook, LUA_MASKCOUNT, HOOK_STEP);
	if (load_prelude(s, err) != 0) {
		script_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
script_free(struct script *s)
{
	if (s == NULL)
		return;
	lua_close(s->state);
	while (s->slabs != NULL) {
		struct slab *next = s->slabs->next;

		free(s->slabs);
		s->slabs = next;
	}
	free(s);
}

int
script_call(struct script *s, const char *name, int args, int results, struct err *err)
{
	lua_rawgeti(s->state, LUA_REGISTRYINDEX, s->api);
	lua_getfield(s->state, -1, name);
	lua_remove(s->state, -2);
	lua_insert(s->state, -args - 1);
	return protected_call(s, args, results, err);
}

void
script_limit(struct script *s, const struct script_limits *limits)
{
	s->limits = *limits;
	/* Pages make much garbage and little of it lives long: what is young is looked through often, so that
	 * its memory comes back while the caches still have it. */
	if (limits->instructions == 0)
		lua_gc(s->state, LUA_GCGEN, 20, 100);
	lua_sethook(s->state, limits->instructions > 0 ? count_hook : NULL,
		    limits->instructions > 0 ? LUA_MASKCOUNT : 0, HOOK_STEP);
}

void
script_stop(struct script *s)
{
	s->steps_left = 0;
	lua_sethook(s->state, count_hook, LUA_MASKCOUNT, 1);
}

void
script_output(struct script *s, struct buf *out)
{
	s->output = out;
}
