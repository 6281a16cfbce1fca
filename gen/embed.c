/*
 * embed: a build helper. Writes the named files as one C table (see gen/base/embedded.h), so
 * that the installed program carries law, templates and default content. Lua files are also
 * compiled, with their lines: a program that starts for each commit need not do it again.
 */
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	unsigned char *ptr;
	size_t len, cap;
};

static int
add(lua_State *state, const void *piece, size_t len, void *ctx)
{
	struct bytes *b = ctx;

	(void)state;
	while (b->cap - b->len < len) {
		b->cap = b->cap * 2 + 4096;
		b->ptr = realloc(b->ptr, b->cap);
		if (b->ptr == NULL)
			abort();
	}
	memcpy(b->ptr + b->len, piece, len);
	b->len += len;
	return 0;
}

static int
read_file(struct bytes *out, const char *path)
{
	char piece[65536];
	FILE *in = fopen(path, "rb");
	size_t n;

	if (in == NULL) {
		perror(path);
		return -1;
	}
	for (n = fread(piece, 1, sizeof(piece), in); n > 0; n = fread(piece, 1, sizeof(piece), in))
		add(NULL, piece, n, out);
	if (ferror(in) || fclose(in) != 0) {
		perror(path);
		return -1;
	}
	return 0;
}

/* A file that does not compile is embedded as it is: the program says what is wrong with it. */
static void
compile(struct bytes *out, const struct bytes *text, const char *path)
{
	size_t len = strlen(path);
	lua_State *state = luaL_newstate();
	const char *own = strncmp(path, "gen/law/", 8) == 0 ? path + 8 : path;

	if (state == NULL)
		abort();
	if (len > 4 && strcmp(path + len - 4, ".lua") == 0) {
		lua_pushfstring(state, "@%s", own);
		if (luaL_loadbufferx(state, (const char *)text->ptr, text->len,
				     lua_tostring(state, -1), "t") == LUA_OK)
			lua_dump(state, add, out, 0);
	}
	lua_close(state);
}

static void
print_bytes(const char *name, int number, const struct bytes *b)
{
	size_t i;

	printf("static const unsigned char %s%d[] = {", name, number);
	for (i = 0; i < b->len; i++)
		printf(i % 24 == 0 ? "\n%d," : "%d,", b->ptr[i]);
	printf("0};\n");
}

int
main(int argc, char **argv)
{
	struct bytes *texts = calloc((size_t)argc, sizeof(*texts));
	struct bytes *codes = calloc((size_t)argc, sizeof(*codes));
	int i;

	if (texts == NULL || codes == NULL)
		return 1;
	printf("#include \"base/embedded.h\"\n");
	for (i = 1; i < argc; i++) {
		if (read_file(&texts[i], argv[i]) != 0)
			return 1;
		compile(&codes[i], &texts[i], argv[i]);
		print_bytes("d", i, &texts[i]);
		print_bytes("c", i, &codes[i]);
	}
	printf("const struct embedded embedded_files[] = {\n");
	for (i = 1; i < argc; i++)
		printf("{ \"%s\", (const char *)d%d, %zu, (const char *)c%d, %zu },\n", argv[i], i,
		       texts[i].len, i, codes[i].len);
	printf("{ 0, 0, 0, 0, 0 } };\nconst size_t embedded_count = %d;\n", argc - 1);
	for (i = 1; i < argc; i++) {
		free(texts[i].ptr);
		free(codes[i].ptr);
	}
	free(texts);
	free(codes);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
