/*
 * tests/unit/positions.c - where frames are in the code, each once (report/positions.h).
 */
#include "report/positions.h"

#include <stdio.h>
#include <string.h>

#include "parser/base/text.h"
#include "tests/check.h"

static struct texts *texts;

static const char *text(const char *s)
{
	return texts_add_z(texts, s);
}

static struct code_piece piece(const char *symbol)
{
	return (struct code_piece){
		.kind = PIECE_FILE,
		.object = text("/lib/a.so"),
		.build_id = text("0123"),
		.symbol = text(symbol),
		.start = 0x1000,
		.end = 0x1040,
		.machine = 62,
		.path = text(""),
	};
}

static void pieces_are_one_if_all_but_what_was_read_is_equal(void)
{
	enum { N = 8 };
	struct code_piece rows[N];
	struct positions p = { 0 };

	for (size_t i = 0; i < N; i++)
		rows[i] = piece("f");
	rows[1].kind = PIECE_OFFSETS;
	rows[2].object = text("/lib/b.so");
	rows[3].build_id = text("0124");
	rows[4].symbol = text("g");
	rows[5].start++;
	rows[6].end++;
	rows[7].machine = 183;
	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < N; i++)
			check_u64(positions_add_piece(&p, &rows[i]), i, "its own number");
	check_u64(p.n_pieces, N, "as many as differ");
	for (size_t i = 1; i < N; i++) {
		check(piece_order(&rows[0], &rows[i]) != 0, "in an order");
		check(piece_order(&rows[0], &rows[i]) == -piece_order(&rows[i], &rows[0]),
		      "the same from the other side");
	}
	check(piece_order(&rows[0], &rows[0]) == 0, "but equal to itself");
	positions_done(&p);
}

/* Whichever recording comes first. */
static void of_files_that_were_read_one_is_named(void)
{
	static const struct {
		const char *path;
		uint64_t at;
	} rows[] = { { "", 0 }, { "/x/a.so", 16 }, { "/y/a.so", 4 }, { "/x/a.so", 8 } };
	enum { N = sizeof(rows) / sizeof(rows[0]) };

	for (size_t first = 0; first < N; first++) {
		struct positions p = { 0 };

		for (size_t i = 0; i < N; i++) {
			struct code_piece read = piece("f");

			read.path = text(rows[(first + i) % N].path);
			read.at = rows[(first + i) % N].at;
			positions_add_piece(&p, &read);
		}
		check_u64(p.n_pieces, 1, "one piece");
		check_text(p.pieces[0].path, "/x/a.so", "the smallest path that is one");
		check_u64(p.pieces[0].at, 8, "and there the first bytes");
		positions_done(&p);
	}
}

static void lines_are_one_if_all_their_places_are_equal(void)
{
	struct source_place rows[][2] = {
		{ { text("a.c"), 1, 1 }, { text("b.h"), 7, 5 } },
		{ { text("a.c"), 1, 1 }, { text("b.h"), 7, 6 } },
		{ { text("a.c"), 1, 1 }, { text("b.h"), 8, 5 } },
		{ { text("a.c"), 1, 1 }, { text("c.h"), 7, 5 } },
		{ { text("a.c"), 2, 1 }, { text("b.h"), 7, 5 } },
	};
	enum { N = sizeof(rows) / sizeof(rows[0]) };
	struct positions p = { 0 };
	const struct source_place *found;
	struct position at = { .lines = N };
	size_t n;

	for (int again = 0; again < 2; again++) {
		for (uint32_t i = 0; i < N; i++)
			check_u64(positions_add_lines(&p, rows[i], 2), i, "its own number");
		check_u64(positions_add_lines(&p, rows[0], 1), N, "fewer places are others");
	}
	for (uint32_t i = 1; i < N; i++)
		check(positions_lines_order(&p, i - 1, i) < 0, "by file, line, declaration");
	check(positions_lines_order(&p, N, 0) < 0, "fewer places come first");
	found = position_lines(&p, &at, &n);
	check(n == 1 && found->line == 1 && strcmp(found->file, "a.c") == 0, "given back");
	at.lines = NO_LINES;
	check(!position_lines(&p, &at, &n) && n == 0, "or not known");
	positions_done(&p);
}

static void positions_are_one_if_all_is_equal(void)
{
	enum { N = 7 };
	struct position rows[N];
	struct positions p = { 0 };

	for (size_t i = 0; i < N; i++)
		rows[i] = (struct position){ .exact = true,
					     .address = 0x1004,
					     .opcode = OPCODE_KNOWN,
					     .opcode_name = text("NOP") };
	rows[1].list = 1;
	rows[2].piece = NO_PIECE;
	rows[3].lines = NO_LINES;
	rows[4].exact = false;
	rows[5].address++;
	rows[6].opcode_name = text("SWAP");
	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < N; i++)
			check_u64(positions_add(&p, &rows[i]), i, "its own number");
	check_u64(positions_add_list(&p, 3, texts), N, "of a list alone");
	check_u64(positions_add_list(&p, 3, texts), N, "once");
	check(!position_piece(&p, &p.items[N]), "which has no piece");
	positions_done(&p);
}

/* Tables grow: what was there stays found. */
static void many_are_found_again(void)
{
	enum { MANY = 5000 };
	struct positions p = { 0 };
	bool same = true;

	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < MANY; i++) {
			struct code_piece code = piece("f");
			struct source_place line = { text("a.c"), i, 0 };
			struct position at = { .address = i, .opcode_name = text("") };

			code.start = i;
			at.piece = positions_add_piece(&p, &code);
			at.lines = positions_add_lines(&p, &line, 1);
			same &= at.piece == i && at.lines == i && positions_add(&p, &at) == i;
		}
	check(same, "each has its number");
	check(p.n == MANY && p.n_pieces == MANY && p.n_lines == MANY, "once");
	positions_done(&p);
}

int main(void)
{
	texts = texts_new();
	pieces_are_one_if_all_but_what_was_read_is_equal();
	of_files_that_were_read_one_is_named();
	lines_are_one_if_all_their_places_are_equal();
	positions_are_one_if_all_is_equal();
	many_are_found_again();
	texts_free(texts);
	return check_done("positions");
}
