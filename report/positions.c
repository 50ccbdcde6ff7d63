#include "report/positions.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"

enum { FIRST_SLOTS = 256 };

/* Room for twice as many; the caller puts all in again. */
static uint32_t *more_slots(uint32_t *slots, size_t *mask)
{
	*mask = slots ? 2 * *mask + 1 : FIRST_SLOTS - 1;
	free(slots);
	return mem_calloc(*mask + 1, sizeof(*slots));
}

/* ---- pieces ---- */

static uint64_t text_key(const char *s)
{
	return (uintptr_t)s;
}

static uint64_t piece_hash(const struct code_piece *p)
{
	uint64_t h = hash_pair(text_key(p->object), text_key(p->symbol));

	h = hash_pair(h, text_key(p->build_id) ^ (uint64_t)p->kind << 60);
	return hash_pair(hash_pair(h, p->start), p->end + p->machine);
}

static bool same_piece(const struct code_piece *a, const struct code_piece *b)
{
	return a->kind == b->kind && a->object == b->object && a->build_id == b->build_id &&
	       a->symbol == b->symbol && a->start == b->start && a->end == b->end &&
	       a->machine == b->machine;
}

static uint32_t *piece_slot(const struct positions *p, const struct code_piece *piece)
{
	size_t i = (size_t)piece_hash(piece) & p->piece_mask;

	while (p->piece_slots[i] && !same_piece(&p->pieces[p->piece_slots[i] - 1], piece))
		i = (i + 1) & p->piece_mask;
	return &p->piece_slots[i];
}

static void more_piece_slots(struct positions *p)
{
	p->piece_slots = more_slots(p->piece_slots, &p->piece_mask);
	for (size_t i = 0; i < p->n_pieces; i++)
		*piece_slot(p, &p->pieces[i]) = (uint32_t)i + 1;
}

/* One that was read is better than none; of two the smaller. */
static void join_read(struct code_piece *known, const struct code_piece *more)
{
	int order = strcmp(known->path, more->path);

	if (!*more->path || (*known->path && order < 0) || (order == 0 && known->at <= more->at))
		return;
	known->path = more->path;
	known->at = more->at;
}

uint32_t positions_add_piece(struct positions *p, const struct code_piece *piece)
{
	uint32_t *slot;

	if (2 * p->n_pieces >= p->piece_mask)
		more_piece_slots(p);
	slot = piece_slot(p, piece);
	if (*slot) {
		join_read(&p->pieces[*slot - 1], piece);
		return *slot - 1;
	}
	p->pieces = mem_grow(p->pieces, p->n_pieces, 1, &p->cap_pieces, sizeof(*p->pieces));
	p->pieces[p->n_pieces++] = *piece;
	*slot = (uint32_t)p->n_pieces;
	return *slot - 1;
}

static int number_order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

int piece_order(const struct code_piece *a, const struct code_piece *b)
{
	int order = number_order(a->kind, b->kind);

	if (!order)
		order = strcmp(a->object, b->object);
	if (!order)
		order = strcmp(a->build_id, b->build_id);
	if (!order)
		order = number_order(a->start, b->start);
	if (!order)
		order = number_order(a->end, b->end);
	if (!order)
		order = strcmp(a->symbol, b->symbol);
	return order ? order : number_order(a->machine, b->machine);
}

/* ---- lines ---- */

static size_t lines_count(const struct positions *p, size_t lines)
{
	return p->first_place[lines + 1] - p->first_place[lines];
}

static uint64_t lines_hash(const struct source_place *places, size_t n)
{
	uint64_t h = n;

	for (size_t i = 0; i < n; i++)
		h = hash_pair(hash_pair(h, text_key(places[i].file)),
			      (uint64_t)places[i].line << 32 | places[i].declared);
	return h;
}

static bool same_lines(const struct source_place *a, const struct source_place *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].file != b[i].file || a[i].line != b[i].line ||
		    a[i].declared != b[i].declared)
			return false;
	return true;
}

static uint32_t *line_slot(const struct positions *p, const struct source_place *places, size_t n)
{
	size_t i = (size_t)lines_hash(places, n) & p->line_mask;

	for (; p->line_slots[i]; i = (i + 1) & p->line_mask) {
		size_t lines = p->line_slots[i] - 1;

		if (lines_count(p, lines) == n &&
		    same_lines(&p->places[p->first_place[lines]], places, n))
			break;
	}
	return &p->line_slots[i];
}

static void more_line_slots(struct positions *p)
{
	p->line_slots = more_slots(p->line_slots, &p->line_mask);
	for (size_t i = 0; i < p->n_lines; i++)
		*line_slot(p, &p->places[p->first_place[i]], lines_count(p, i)) = (uint32_t)i + 1;
}

uint32_t positions_add_lines(struct positions *p, const struct source_place *places, size_t n)
{
	uint32_t *slot;

	if (2 * p->n_lines >= p->line_mask)
		more_line_slots(p);
	slot = line_slot(p, places, n);
	if (*slot)
		return *slot - 1;
	p->places = mem_grow(p->places, p->n_places, n, &p->cap_places, sizeof(*p->places));
	memcpy(&p->places[p->n_places], places, n * sizeof(*places));
	p->first_place =
		mem_grow(p->first_place, p->n_lines + 1, 1, &p->cap_lines, sizeof(*p->first_place));
	p->first_place[p->n_lines++] = p->n_places;
	p->n_places += n;
	p->first_place[p->n_lines] = p->n_places;
	*slot = (uint32_t)p->n_lines;
	return *slot - 1;
}

static int place_order(const struct source_place *a, const struct source_place *b)
{
	int order = a->file == b->file ? 0 : strcmp(a->file, b->file);

	if (!order)
		order = number_order(a->line, b->line);
	return order ? order : number_order(a->declared, b->declared);
}

int positions_lines_order(const struct positions *p, uint32_t a, uint32_t b)
{
	size_t n = lines_count(p, a), m = lines_count(p, b);
	int order = 0;

	for (size_t i = 0; i < n && i < m && !order; i++)
		order = place_order(&p->places[p->first_place[a] + i],
				    &p->places[p->first_place[b] + i]);
	return order ? order : number_order(n, m);
}

/* ---- positions ---- */

static uint64_t position_hash(const struct position *a)
{
	uint64_t h = hash_pair((uint64_t)a->list << 32 | a->piece, a->address);

	h = hash_pair(h, (uint64_t)a->lines << 8 | (uint64_t)a->opcode << 1 | a->exact);
	return hash_pair(h, text_key(a->opcode_name));
}

static bool same_position(const struct position *a, const struct position *b)
{
	return a->list == b->list && a->piece == b->piece && a->lines == b->lines &&
	       a->exact == b->exact && a->address == b->address && a->opcode == b->opcode &&
	       a->opcode_name == b->opcode_name;
}

static uint32_t *position_slot(const struct positions *p, const struct position *position)
{
	size_t i = (size_t)position_hash(position) & p->mask;

	while (p->slots[i] && !same_position(&p->items[p->slots[i] - 1], position))
		i = (i + 1) & p->mask;
	return &p->slots[i];
}

static void more_position_slots(struct positions *p)
{
	p->slots = more_slots(p->slots, &p->mask);
	for (size_t i = 0; i < p->n; i++)
		*position_slot(p, &p->items[i]) = (uint32_t)i + 1;
}

uint32_t positions_add(struct positions *p, const struct position *position)
{
	uint32_t *slot;

	if (2 * p->n >= p->mask)
		more_position_slots(p);
	slot = position_slot(p, position);
	if (*slot)
		return *slot - 1;
	p->items = mem_grow(p->items, p->n, 1, &p->cap, sizeof(*p->items));
	p->items[p->n++] = *position;
	*slot = (uint32_t)p->n;
	return *slot - 1;
}

uint32_t positions_add_list(struct positions *p, uint32_t list, struct texts *texts)
{
	struct position position = {
		.list = list,
		.piece = NO_PIECE,
		.lines = NO_LINES,
		.opcode = OPCODE_NO_LOOP,
		.opcode_name = texts_add_z(texts, ""),
	};

	return positions_add(p, &position);
}

void positions_done(struct positions *p)
{
	free(p->items);
	free(p->pieces);
	free(p->places);
	free(p->first_place);
	free(p->slots);
	free(p->piece_slots);
	free(p->line_slots);
	*p = (struct positions){ 0 };
}
