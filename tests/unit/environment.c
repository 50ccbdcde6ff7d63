/*
 * tests/unit/environment.c - which bytes of a stack are an environment (report/environment.h).
 */
#include "report/environment.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/text.h"
#include "tests/check.h"

enum { MANY = 500 }; /* names that are kept */

/* The names that are found, with blanks between. */
static const char *found(struct environment *e)
{
	static char text[2000];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < e->n && n < sizeof(text) - 200; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s", i ? " " : "",
				      e->names[i].name);
	return text;
}

#define BYTES(s) (const uint8_t *)(s), sizeof(s) - 1

static void texts_behind_each_other_are_an_environment(void)
{
	static const struct {
		const char *label;
		const uint8_t *bytes;
		size_t len;
		const char *names;
		bool telling;
	} rows[] = {
		{ "arguments, environment, file name",
		  BYTES("\0\0aarch64\0prog\0-v\0PATH=/bin\0TOKEN=abc\0/bin/prog\0\0\0\0\0\0\0\0"),
		  "PATH TOKEN", true },
		{ "one variable, no arguments", BYTES("\0prog\0A_B=\0/bin/prog\0\0\0"), "A_B",
		  true },
		{ "the copy ends in a value", BYTES("\0\0prog\0arg\0HOME=/ro"), "HOME", false },
		{ "the copy begins in an argument", BYTES("og\0arg\0two\0AB=1\0"), "AB", true },
		{ "values with UTF-8 and line ends", BYTES("\0a\0PS=\x1b[1m\n\0Q_=b\xc3\xb6se\0"),
		  "PS Q_", true },
		{ "addresses",
		  BYTES("\x01\0\0sj=\x55\x7f\0\0Oj=a\x7f\0\0hj=b\x7f\0\0\0\0Yg=\0\0\0"), "",
		  false },
		{ "words by themselves", BYTES("\0\0Ab=c\0\0\0De=f\0\0\0\0gh=\0\0\0"), "", false },
		{ "two in a row are chance", BYTES("\0\0Ab=c\0De\0\0\0\0"), "", false },
		{ "a value that is no text", BYTES("\0one\0two\0Ab=c\x01z\0three\0"), "", false },
		{ "neighbours that are none", BYTES("\0\x02one\x03\0Ab=c\0\x01three\0"), "",
		  false },
		{ "no name",
		  BYTES("\0one\0two\0=c\0"
			"1A=b\0"
			"a-b=c\0"),
		  "", false },
		{ "nothing", BYTES("="), "", false },
		{ "no bytes", BYTES(""), "", false },
	};
	struct texts *texts = texts_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct environment e = { 0 };

		environment_scan(&e, rows[i].bytes, rows[i].len, texts);
		check_text(found(&e), rows[i].names, rows[i].label);
		check_u64(e.samples, rows[i].telling, rows[i].label);
		environment_done(&e);
	}
	texts_free(texts);
}

/* The kernel gives the bytes of our own stack, from `from` to the end of the environment; free() them. */
static uint8_t *own_stack(const void *from, size_t *len)
{
	const char *end = from;
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	uint8_t *bytes = NULL;

	for (char **v = environ; *v; v++)
		if (*v >= end) /* each begins where the one before ends */
			end = *v + strlen(*v) + 1;
	*len = (size_t)(end - (const char *)from);
	if (fd >= 0 && *len)
		bytes = malloc(*len);
	if (bytes && pread(fd, bytes, *len, (off_t)(uintptr_t)from) != (ssize_t)*len) {
		free(bytes);
		bytes = NULL;
	}
	if (fd >= 0)
		close(fd);
	return bytes;
}

static bool is_known(const struct environment *e, const char *name, size_t len)
{
	for (size_t i = 0; i < e->n; i++)
		if (strlen(e->names[i].name) == len && memcmp(e->names[i].name, name, len) == 0)
			return true;
	return false;
}

/* Found are all variables with a usual name, and nothing else. */
static void this_process_has_the_environment_that_it_has(void)
{
	struct texts *texts = texts_new();
	struct environment e = { 0 };
	size_t len, missing = 0, more = 0;
	uint8_t *bytes = own_stack(&e, &len);

	if (!bytes) {
		puts("skip: this process's stack: /proc/self/mem cannot be read");
	} else {
		environment_scan(&e, bytes, len, texts);
		for (char **v = environ; *v; v++) {
			size_t name = strspn(*v, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");

			missing += name > 1 && (*v)[name] == '=' && !is_known(&e, *v, name);
		}
		for (size_t i = 0; i < e.n; i++)
			more += !getenv(e.names[i].name);
		check(missing == 0 || e.n >= MANY, "variables that were not found");
		check_u64(more, 0, "found that are no variables");
	}
	environment_done(&e);
	free(bytes);
	texts_free(texts);
}

int main(void)
{
	texts_behind_each_other_are_an_environment();
	this_process_has_the_environment_that_it_has();
	return check_done("environment");
}
