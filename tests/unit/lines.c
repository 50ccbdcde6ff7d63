/*
 * tests/unit/lines.c - text files of a line for each symbol (parser/lines.h).
 */
#include "parser/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"

static void a_file_that_is_too_large_is_cut_behind_a_whole_line(void)
{
	static const struct {
		const char *label, *text;
		size_t max;
		const char *want;
		bool more;
	} rows[] = {
		{ "as large as it may be", "a\nb\n", 4, "a\nb\n", false },
		{ "a byte more", "a\nb\nc", 4, "a\nb\n", true },
		{ "inside a line", "a\nbc\n", 4, "a\n", true },
		{ "one long line", "abcdef\n", 4, "abcd", true },
		{ "nothing", "", 4, "", false },
		{ "nothing may be read", "a\n", 0, "", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char path[] = "/tmp/perfolio-lines-XXXXXX";
		int fd = mkstemp(path);
		struct error err;
		size_t len = 99;
		bool more;
		char *text;

		check_in(rows[i].label);
		check(fd >= 0 && write(fd, rows[i].text, strlen(rows[i].text)) >= 0, "written");
		text = lines_read(path, rows[i].max, &len, &more, &err);
		check_text(text, rows[i].want, "its whole lines");
		check_u64(len, strlen(rows[i].want), "so many bytes");
		check(more == rows[i].more, "is there more?");
		free(text);
		close(fd);
		unlink(path);
	}
	check_in(NULL);
}

/* What is behind the limit takes no memory, however large the file says it is. */
static void no_more_is_read_than_may_be(void)
{
	char path[] = "/tmp/perfolio-lines-XXXXXX";
	int fd = mkstemp(path);
	struct error err;
	size_t len;
	bool more;
	char *text;

	check(fd >= 0 && ftruncate(fd, (off_t)1 << 36) == 0, "a file of 64 GiB");
	text = lines_read(path, 1 << 20, &len, &more, &err);
	check(text && more, "read");
	check_u64(len, 1 << 20, "a MiB");
	free(text);
	close(fd);
	unlink(path);
}

int main(void)
{
	a_file_that_is_too_large_is_cut_behind_a_whole_line();
	no_more_is_read_than_may_be();
	return check_done("lines");
}
