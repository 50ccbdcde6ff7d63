/*
 * tests/fuzz/replay.c - feed a fuzz target the inputs that were found before.
 *
 * Stands in for libFuzzer's main: `NAME.replay FILE|FOLDER...` gives the target
 * no input at all, then each file, folders in the order of their names.  A
 * target passes an input by coming back; the name is printed before, so that
 * the last line of a crash names its input.  Not a fuzzer: nothing is mutated.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What every tests/fuzz/NAME.c defines; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long passed, failed;

static void feed(const char *name, const uint8_t *data, size_t size)
{
	printf("replay %s (%zu bytes)\n", name, size);
	fflush(stdout);
	LLVMFuzzerTestOneInput(data, size);
	passed++;
}

static void complain(const char *path)
{
	printf("failed: %s: %s\n", path, strerror(errno));
	failed++;
}

static void replay_file(const char *path, size_t size)
{
	/* Exactly as large as the input, so that a sanitizer or valgrind sees a read past its end. */
	uint8_t *data = malloc(size ? size : 1);
	FILE *f = fopen(path, "rbe");

	if (!data || !f || fread(data, 1, size, f) != size)
		complain(path);
	else
		feed(path, data, size);
	if (f)
		fclose(f);
	free(data);
}

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void replay(const char *path)
{
	struct dirent **entries;
	struct stat st;
	int n;

	if (stat(path, &st) != 0) {
		complain(path);
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		replay_file(path, (size_t)st.st_size);
		return;
	}
	n = scandir(path, &entries, not_hidden, alphasort);
	if (n < 0) {
		complain(path);
		return;
	}
	for (int i = 0; i < n; i++) {
		char inner[PATH_MAX];
		int len = snprintf(inner, sizeof(inner), "%s/%s", path, entries[i]->d_name);

		if (len > 0 && (size_t)len < sizeof(inner))
			replay(inner);
		free(entries[i]);
	}
	free(entries);
}

int main(int argc, char **argv)
{
	feed("nothing", (const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%lu passed, %lu failed\n", passed, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
