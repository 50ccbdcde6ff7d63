/*
 * tests/unit/tsv.c - tables in files (parser/base/tsv.h).
 */
#include "parser/base/tsv.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"

static char path[] = "/tmp/perfolio-tsv-XXXXXX";

static void write_bytes(const char *bytes, size_t len)
{
	FILE *f = fopen(path, "we");

	if (f) {
		fwrite(bytes, 1, len, f);
		fclose(f);
	}
}

static void any_text_is_read_back(void)
{
	static const char *const texts[] = { "",    "plain",    "tab\tnew\nreturn\r", "\\",
					     "\\t", "a\\\\b\\", "\x01\x7f\xff",       "end " };
	FILE *f = fopen(path, "we");
	size_t n = sizeof(texts) / sizeof(texts[0]);
	struct error err;
	struct tsv t;

	for (size_t i = 0; f && i < n; i++) {
		tsv_put(f, false, texts[i]);
		tsv_put(f, true, texts[n - 1 - i]);
		tsv_put_u64(f, true, UINT64_MAX);
		putc('\n', f);
	}
	check(f && tsv_end(f, &err), "written");
	check(tsv_open(&t, path, 4096, &err), "opened");
	for (size_t i = 0; i < n; i++) {
		uint64_t v = 0;

		check(tsv_next(&t) && t.n == 3 && t.whole, "a line of three");
		check_text(t.field[0], texts[i], "first");
		check_text(t.field[1], texts[n - 1 - i], "second");
		check(tsv_u64(t.field[2], &v) && v == UINT64_MAX, "number");
		check_text(t.field[3], "", "behind the last");
	}
	check(!tsv_next(&t), "the end");
	tsv_close(&t);
}

static void numbers_are_numbers(void)
{
	static const char *const wrong[] = {
		"", "-1", "+1", " 1", "1 ", "0x1", "18446744073709551616"
	};
	uint64_t v = 7;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		check(!tsv_u64(wrong[i], &v) && v == 7, wrong[i]);
	check(tsv_u64("0", &v) && v == 0, "0");
}

static void a_line_may_be_cut_or_long(void)
{
	static char many[8 * TSV_FIELDS];
	struct error err;
	struct tsv t;

	write_bytes("a\tb\nc", 5);
	check(tsv_open(&t, path, 100, &err), "opened");
	check(tsv_next(&t) && t.whole, "a whole line");
	check(tsv_next(&t) && !t.whole, "the last one is not");
	check_text(t.field[0], "c", "what there is of it");
	tsv_close(&t);
	check(!tsv_open(&t, path, 4, &err) && err.kind == ERR_LIMIT, "larger than allowed");
	memset(many, '\t', sizeof(many));
	write_bytes(many, sizeof(many));
	check(tsv_open(&t, path, sizeof(many), &err), "opened");
	check(tsv_next(&t) && t.n == TSV_FIELDS, "no more fields than there is room for");
	tsv_close(&t);
	write_bytes("a\0b\tc\n", 6);
	check(tsv_open(&t, path, 100, &err) && tsv_next(&t), "a NUL");
	check_text(t.field[0], "a", "ends the field");
	tsv_close(&t);
}

static void only_files_are_read(void)
{
	char fifo[] = "/tmp/perfolio-tsv-fifo-XXXXXX";
	int fd = mkstemp(fifo);
	struct error err;
	struct tsv t;

	close(fd);
	unlink(fifo);
	if (mkfifo(fifo, 0600) == 0)
		check(!tsv_open(&t, fifo, 100, &err), "a FIFO");
	unlink(fifo);
	check(!tsv_open(&t, "/", 100, &err), "a folder");
	check(!tsv_open(&t, "/nonexistent", 100, &err), "nothing");
}

int main(void)
{
	close(mkstemp(path));
	any_text_is_read_back();
	numbers_are_numbers();
	a_line_may_be_cut_or_long();
	only_files_are_read();
	unlink(path);
	return check_done("tsv");
}
