/*
 * embed: a build helper. Writes the named files as one C table (see gen/base/embedded.h), so
 * that the installed program carries law, templates and default content.
 */
#include <stdio.h>
#include <stdlib.h>

static int
embed_file(const char *path, int number)
{
	FILE *in = fopen(path, "rb");
	long len = 0;
	int c;

	if (in == NULL) {
		perror(path);
		return -1;
	}
	printf("static const unsigned char d%d[] = {", number);
	for (c = getc(in); c != EOF; c = getc(in), len++)
		printf(len % 24 == 0 ? "\n%d," : "%d,", c);
	printf("0};\n");
	if (ferror(in) || fclose(in) != 0) {
		perror(path);
		return -1;
	}
	return (int)len;
}

int
main(int argc, char **argv)
{
	int *lens = calloc((size_t)argc, sizeof(*lens)), i;

	if (lens == NULL)
		return 1;
	printf("#include \"base/embedded.h\"\n");
	for (i = 1; i < argc; i++) {
		lens[i] = embed_file(argv[i], i);
		if (lens[i] < 0)
			return 1;
	}
	printf("const struct embedded embedded_files[] = {\n");
	for (i = 1; i < argc; i++)
		printf("{ \"%s\", (const char *)d%d, %d },\n", argv[i], i, lens[i]);
	printf("{ 0, 0, 0 } };\nconst size_t embedded_count = %d;\n", argc - 1);
	free(lens);
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
