/*
 * driver: main() of a fuzzer in the ordinary run. Gives LLVMFuzzerTestOneInput every file of the
 * corpus folders named as arguments (default: tests/fuzz/corpus/<program without _fuzzer>), whole,
 * cut short and with flipped bytes, always the same ones. Link with -fsanitize=fuzzer instead
 * of this file to search for new inputs.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

#include "fuzz.h"

#define INPUT_MAX_BYTES (16u << 20)
#define CUTS 32
#define FLIP_ROUNDS 200
#define INPUT_MAX_SECONDS 10

/* Exists under the sanitizers only. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static struct {
	const uint8_t *data;
	size_t size, count;
} input;

/* Leaves the input that ended the program where FUZZ_CRASH says. */
static void
keep_input(void)
{
	const char *path = getenv("FUZZ_CRASH");
	FILE *out = path != NULL && input.data != NULL ? fopen(path, "wb") : NULL;

	if (out == NULL)
		return;
	fwrite(input.data, 1, input.size, out);
	fclose(out);
}

static void
too_slow(int signal_number)
{
	(void)signal_number;
	fprintf(stderr, "more than %d seconds for one input\n", INPUT_MAX_SECONDS);
	keep_input();
	_exit(124);
}

/* Runs one input at the very end of its own piece, so that one byte too far is seen, even of an
 * empty input. */
static void
run_input(const uint8_t *data, size_t size)
{
	uint8_t *piece = xmalloc(size + 1);

	if (size != 0)
		memcpy(piece + 1, data, size);
	input.data = piece + 1;
	input.size = size;
	input.count++;
	alarm(INPUT_MAX_SECONDS);
	LLVMFuzzerTestOneInput(piece + 1, size);
	alarm(0);
	input.data = NULL;
	free(piece);
}

static uint32_t
lcg_next(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* One to four bytes become others: one bit flipped, any byte, or one of the telling ones. */
static void
flip_bytes(uint8_t *data, size_t size, uint32_t *state)
{
	static const uint8_t telling[] = {
		0, '\n', '"', ':', '-', '{', '[', '/', 0x7f, 0x80, 0xff
	};
	uint32_t count = 1 + lcg_next(state) % 4;

	while (count-- > 0) {
		uint8_t *at = &data[lcg_next(state) % size];

		switch (lcg_next(state) % 3) {
		case 0: *at ^= (uint8_t)(1u << lcg_next(state) % 8); break;
		case 1: *at = (uint8_t)lcg_next(state); break;
		default: *at = telling[lcg_next(state) % sizeof(telling)]; break;
		}
	}
}

static void
run_with_mutations(const uint8_t *data, size_t size)
{
	uint8_t *copy = xmalloc(size == 0 ? 1 : size);
	uint32_t state = 20210510;
	size_t i;

	run_input(data, size);
	for (i = 0; i < CUTS; i++)
		run_input(data, size * i / CUTS);
	for (i = 0; size != 0 && i < FLIP_ROUNDS; i++) {
		memcpy(copy, data, size);
		flip_bytes(copy, size, &state);
		run_input(copy, size);
	}
	free(copy);
}

static int
run_folder(const char *folder, size_t *file_count, struct err *err)
{
	struct file_list files = { 0 };
	size_t i;
	int rc = file_list_below(&files, folder, err);

	for (i = 0; rc == 0 && i < files.count; i++) {
		char *path = file_join(folder, files.names[i]);
		struct buf data = BUF_INIT;

		rc = file_read(&data, path, INPUT_MAX_BYTES, err);
		if (rc == 0) {
			run_with_mutations((const uint8_t *)data.ptr, data.len);
			*file_count += 1;
		}
		buf_release(&data);
		free(path);
	}
	file_list_release(&files);
	return rc;
}

int
main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	const char *name = slash == NULL ? argv[0] : slash + 1;
	size_t len = strlen(name) - (text_ends(name, "_fuzzer") ? strlen("_fuzzer") : 0);
	struct buf corpus = BUF_INIT;
	struct err err = { 0 };
	size_t file_count = 0;
	int i, rc = 0;

	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(keep_input);
	signal(SIGALRM, too_slow);
	run_with_mutations((const uint8_t *)"", 0);
	for (i = 1; rc == 0 && i < argc; i++)
		rc = run_folder(argv[i], &file_count, &err);
	if (argc == 1) {
		buf_printf(&corpus, "tests/fuzz/corpus/%.*s", (int)len, name);
		if (file_is_folder(corpus.ptr))
			rc = run_folder(corpus.ptr, &file_count, &err);
	}
	if (rc != 0)
		err_print(&err);
	printf("%s 1 - %s: %zu files, %zu inputs\n1..1\n", rc == 0 ? "ok" : "not ok", name,
	       file_count, input.count);
	buf_release(&corpus);
	return rc == 0 ? 0 : 1;
}
