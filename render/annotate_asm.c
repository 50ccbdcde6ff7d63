/*
 * The instructions of a native part, with their jumps:
 *
 *	 self %  total %  address
 *	                            native.c:41  hash_step in hash_block:44 in line 52
 *	                     1b50   ╭▸movzbl (%rdx), %ecx
 *	  28.24    28.02     1b57   │ xorl   %ecx, %eax
 *	  70.98    70.43     1b5f   │ cmpq   %rdx, %rsi
 *	                     1b62   ╰─jne    1b50
 *
 * All jumps to one instruction share a lane; short ones are nearest to the text, and those that find no lane are only
 * told by their address.  Where the terminal is wide the places stand beside the instructions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "render/annotate_parts.h"
#include "render/text_parts.h"

enum {
	LANES_NARROW = 4,
	LANES_WIDE = 8,
	WIDE = 120,        /* columns from which on places stand beside */
	TEXT_WIDE = 48,    /* columns for an instruction there */
	LEAST_ADDRESS = 7, /* width of its column */
};

enum row_kind { ROW_INSTRUCTION, ROW_PLACE, ROW_GAP };

struct row {
	enum row_kind kind;
	uint32_t
		what; /* index of the instruction, or of the place; of a gap: of the first one in it */
	uint32_t n; /* of a gap: how many */
};

/* Jumps to one instruction: rows [first, last] of it, `to` among them. */
struct arrow {
	uint32_t to, first, last;
	uint32_t lane; /* from the text on; NO_JUMP: none was free */
};

/* What the lanes have in a row. */
enum mark { MARK_THROUGH = 1, MARK_UP = 2, MARK_DOWN = 4, MARK_FROM = 8, MARK_TO = 16 };

struct listing {
	struct annotate_writer *w;
	const struct native_part *p;
	struct row *rows;
	size_t n_rows, cap_rows;
	uint32_t *row_of; /* by instruction; NO_JUMP: not shown */
	struct arrow *arrows;
	size_t n_arrows, cap_arrows;
	size_t n_lanes; /* used */
	uint8_t *marks; /* row r, lane l: [r * n_lanes + l] */
	bool wide;
	int address; /* width of its column */
};

/* ---- rows ---- */

static void add_row(struct listing *l, enum row_kind kind, uint32_t what, uint32_t n)
{
	l->rows = mem_grow(l->rows, l->n_rows, 1, &l->cap_rows, sizeof(*l->rows));
	l->rows[l->n_rows++] = (struct row){ kind, what, n };
}

static void make_rows(struct listing *l)
{
	uint32_t place = NO_PLACE, hidden = 0;

	for (uint32_t i = 0; i < l->p->n_instructions; i++) {
		const struct instruction *at = &l->p->instructions[i];

		l->row_of[i] = NO_JUMP;
		if (!at->shown) {
			hidden++;
			continue;
		}
		if (hidden)
			add_row(l, ROW_GAP, i - hidden, hidden);
		hidden = 0;
		if (!l->wide && at->place != place && at->place != NO_PLACE)
			add_row(l, ROW_PLACE, at->place, 0);
		place = at->place;
		l->row_of[i] = (uint32_t)l->n_rows;
		add_row(l, ROW_INSTRUCTION, i, 0);
	}
	if (hidden)
		add_row(l, ROW_GAP, (uint32_t)l->p->n_instructions - hidden, hidden);
}

/* ---- arrows ---- */

/* The arrow to a row, made if there is none; `known`: by row, its index + 1. */
static struct arrow *arrow_to(struct listing *l, uint32_t *known, uint32_t to)
{
	if (!known[to]) {
		l->arrows = mem_grow(l->arrows, l->n_arrows, 1, &l->cap_arrows, sizeof(*l->arrows));
		l->arrows[l->n_arrows++] = (struct arrow){ to, to, to, NO_JUMP };
		known[to] = (uint32_t)l->n_arrows;
	}
	return &l->arrows[known[to] - 1];
}

static int by_length(const void *va, const void *vb)
{
	const struct arrow *a = va, *b = vb;

	if (a->last - a->first != b->last - b->first)
		return a->last - a->first < b->last - b->first ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static void find_arrows(struct listing *l)
{
	uint32_t *known = mem_calloc(l->n_rows, sizeof(*known));

	for (uint32_t i = 0; i < l->p->n_instructions; i++) {
		uint32_t from = l->row_of[i], jump = l->p->instructions[i].jump;
		struct arrow *a;

		if (from == NO_JUMP || jump == NO_JUMP || l->row_of[jump] == NO_JUMP)
			continue;
		a = arrow_to(l, known, l->row_of[jump]);
		a->first = from < a->first ? from : a->first;
		a->last = from > a->last ? from : a->last;
	}
	if (l->n_arrows)
		qsort(l->arrows, l->n_arrows, sizeof(*l->arrows), by_length);
	free(known);
}

static bool is_free(const uint8_t *taken, const struct arrow *a)
{
	return !memchr(taken + a->first, 1, a->last - a->first + 1);
}

/* The nearest free lane for each, the shortest first. */
static void choose_lanes(struct listing *l)
{
	size_t lanes = l->wide ? LANES_WIDE : LANES_NARROW;
	uint8_t *taken = mem_calloc(l->n_rows * lanes + 1, 1);

	for (size_t i = 0; i < l->n_arrows; i++) {
		struct arrow *a = &l->arrows[i];

		for (uint32_t lane = 0; lane < lanes && a->lane == NO_JUMP; lane++) {
			if (!is_free(taken + lane * l->n_rows, a))
				continue;
			memset(taken + lane * l->n_rows + a->first, 1, a->last - a->first + 1);
			a->lane = lane;
			l->n_lanes = lane + 1 > l->n_lanes ? lane + 1 : l->n_lanes;
		}
	}
	free(taken);
}

static void draw_arrow(struct listing *l, const struct arrow *a)
{
	for (uint32_t r = a->first; r <= a->last; r++) {
		uint8_t *mark = &l->marks[r * l->n_lanes + a->lane];

		*mark |= MARK_THROUGH;
		*mark |= r > a->first ? MARK_UP : 0;
		*mark |= r < a->last ? MARK_DOWN : 0;
	}
	l->marks[a->to * l->n_lanes + a->lane] |= MARK_TO;
}

static void draw_arrows(struct listing *l)
{
	uint32_t *lane_to = mem_calloc(l->n_rows, sizeof(*lane_to));

	l->marks = mem_calloc(l->n_rows * l->n_lanes + 1, 1);
	for (size_t i = 0; i < l->n_arrows; i++) {
		const struct arrow *a = &l->arrows[i];

		if (a->lane == NO_JUMP)
			continue;
		draw_arrow(l, a);
		lane_to[a->to] = a->lane + 1;
	}
	for (uint32_t i = 0; i < l->p->n_instructions; i++) {
		uint32_t from = l->row_of[i], jump = l->p->instructions[i].jump, to;

		if (from == NO_JUMP || jump == NO_JUMP)
			continue;
		to = l->row_of[jump];
		if (to != NO_JUMP && lane_to[to])
			l->marks[from * l->n_lanes + lane_to[to] - 1] |= MARK_FROM;
	}
	free(lane_to);
}

/* ---- printing ---- */

/* ASCII and UTF-8 of a corner, a crossing ... by what goes on up, down, and to the text. */
static const char *corner(bool utf8, unsigned mark)
{
	static const char *const ascii[] = { " ", "'", ",", "|" }, *const drawn[] = { "─", "╰", "╭",
										      "├" };
	unsigned which = (mark & MARK_UP ? 1 : 0) | (mark & MARK_DOWN ? 2 : 0);

	return utf8 ? drawn[which] : ascii[which];
}

static const char *lane_text(bool utf8, unsigned mark, bool line, bool end)
{
	if (end)
		return corner(utf8, mark);
	if (mark & MARK_THROUGH)
		return line ? (utf8 ? "┼" : "+") : (utf8 ? "│" : "|");
	return line ? (utf8 ? "─" : "-") : " ";
}

/* The lanes of a row, the farthest first, and the tip of an arrow. */
static void put_lanes(struct listing *l, size_t row)
{
	struct annotate_writer *w = l->w;
	bool line = false, to = false;

	for (size_t lane = l->n_lanes; lane-- > 0;) {
		unsigned mark = l->marks[row * l->n_lanes + lane];
		bool end = mark & (MARK_FROM | MARK_TO);

		out_text(w->o, lane_text(w->utf8, mark, line, end && !line));
		line |= end;
		to |= (mark & MARK_TO) != 0;
	}
	if (!l->n_lanes)
		return;
	if (to)
		out_text(w->o, w->utf8 ? "▸" : ">");
	else
		out_text(w->o, line ? (w->utf8 ? "─" : "-") : " ");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void put_name(FILE *f, const char *function)
{
	char *name = annotate_short_name(function);

	fputs(name, f);
	free(name);
}

/* Where a function is inlined: " in hash_block:44"; in the function itself " in line 52". */
static void put_call(FILE *f, const char *function, const struct code_place *call)
{
	put_name(f, function);
	if (!call->inlined) {
		fprintf(f, " in line %" PRIu32, call->line);
		return;
	}
	fputs(" in ", f);
	put_name(f, call->function);
	fprintf(f, ":%" PRIu32, call->line);
}

/* "native.c:41  hash_step in hash_block:44 in line 52", then the line's text; at most `room` columns. */
static void put_place(struct annotate_writer *w, const struct native_part *p, uint32_t place,
		      size_t room)
{
	const struct code_place *at = &p->places[place];
	char *text = NULL, *chain = NULL;
	size_t len = 0, used;
	FILE *f = open_memstream(&chain, &len);

	if (!f)
		return;
	for (const struct code_place *c = at; c->inlined; c = &p->places[c->call])
		put_call(f, c == at ? c->function : "", &p->places[c->call]);
	fclose(f);
	if (asprintf(&text, "%s:%" PRIu32, base_name(at->file), at->line) >= 0) {
		annotate_color(w, COLOR_PLACE);
		used = annotate_code(w, text, room);
		annotate_plain(w);
		if (len && used + 2 < room) {
			out_text(w->o, "  ");
			annotate_color(w, COLOR_INLINED);
			used += 2 + annotate_code(w, chain, room - used - 2);
			annotate_plain(w);
		}
		if (at->text && used + 2 < room) {
			const char *code = at->text + strspn(at->text, " \t");

			if (*code) {
				out_text(w->o, "  ");
				annotate_code(w, code, room - used - 2);
			}
		}
	}
	free(text);
	free(chain);
}

/* The text of an instruction and where it leads, in at most `room` columns; the columns used. */
static size_t put_text(struct listing *l, const struct instruction *i, size_t room)
{
	const struct instruction *to = i->jump == NO_JUMP ? NULL : &l->p->instructions[i->jump];
	char *text = NULL, address[24] = "";
	size_t used;

	if (!i->text)
		return 0;
	if (to)
		snprintf(address, sizeof(address), " %" PRIx64, to->address);
	if (asprintf(&text, "%s%s%s%s%s", i->text, address, i->target ? " <" : "",
		     i->target ? i->target : "", i->target ? ">" : "") < 0)
		return 0;
	used = annotate_code(l->w, text, room);
	free(text);
	return used;
}

static void put_instruction(struct listing *l, size_t row, uint32_t *place)
{
	struct annotate_writer *w = l->w;
	const struct instruction *i = &l->p->instructions[l->rows[row].what];
	size_t used =
		annotate_numbers_width(w) + (size_t)l->address + 2 + l->n_lanes + (l->n_lanes > 0);
	bool place_beside = l->wide && i->place != *place && i->place != NO_PLACE;
	size_t text;

	annotate_numbers(w, i->cost);
	out_printf(w->o, "%*" PRIx64, l->address, i->address);
	if (i->text || place_beside)
		parts_pad(w->o, 2);
	put_lanes(l, row);
	text = put_text(l, i, l->wide ? TEXT_WIDE : annotate_room(w, used));
	if (place_beside) {
		parts_pad(w->o, TEXT_WIDE - text + 2);
		put_place(w, l->p, i->place, annotate_room(w, used + TEXT_WIDE + 2));
	}
	*place = i->place;
	out_char(w->o, '\n');
}

static void put_gap(struct listing *l, const struct row *r)
{
	bool code = l->p->kind == NATIVE_CODE;

	for (uint32_t i = r->what; i < r->what + r->n; i++)
		annotate_hide(l->w, l->p->instructions[i].cost, 1);
	annotate_gap(l->w, code ? "instruction" : "address", code ? "instructions" : "addresses");
}

/* Blanks, and the lanes that go through a row without an address. */
static void put_other(struct listing *l, size_t row)
{
	struct annotate_writer *w = l->w;
	size_t used =
		annotate_numbers_width(w) + (size_t)l->address + 2 + l->n_lanes + (l->n_lanes > 0);

	if (l->rows[row].kind == ROW_GAP) {
		put_gap(l, &l->rows[row]);
		return;
	}
	annotate_no_numbers(w);
	parts_pad(w->o, (size_t)l->address + 2);
	put_lanes(l, row);
	put_place(w, l->p, l->rows[row].what, annotate_room(w, used));
	out_char(w->o, '\n');
}

static void put_rows(struct listing *l)
{
	uint32_t place = NO_PLACE;

	for (size_t r = 0; r < l->n_rows; r++) {
		if (l->rows[r].kind == ROW_INSTRUCTION)
			put_instruction(l, r, &place);
		else
			put_other(l, r);
	}
}

void annotate_instructions(struct annotate_writer *w, const struct native_part *p)
{
	struct listing l = { .w = w, .p = p, .wide = w->columns >= WIDE };
	char text[24];

	l.address = snprintf(text, sizeof(text), "%" PRIx64,
			     p->instructions[p->n_instructions - 1].address);
	if (l.address < LEAST_ADDRESS)
		l.address = LEAST_ADDRESS;
	l.row_of = mem_calloc(p->n_instructions, sizeof(*l.row_of));
	make_rows(&l);
	find_arrows(&l);
	choose_lanes(&l);
	draw_arrows(&l);
	out_char(w->o, '\n');
	annotate_headings(w, "address");
	put_rows(&l);
	free(l.rows);
	free(l.row_of);
	free(l.arrows);
	free(l.marks);
}
