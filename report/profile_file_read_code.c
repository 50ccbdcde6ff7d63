/*
 * Sections POSN and CODE of profile files (doc/PROFILE-FORMAT.md).  Who does not want positions leaves CODE packed: then
 * the tree's nodes are at lists, as in a file without these sections.
 */
#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/profile_file_parts.h"
#include "report/profile_file_reading.h"

static bool read_pieces(struct reading *r)
{
	struct positions *to = &r->f->positions;
	size_t n = count(r, 9);

	for (size_t i = 0; i < n && !r->c.overrun; i++) {
		struct code_piece p = { .kind = (enum piece_kind)place(r, PIECE_KINDS) };
		uint64_t machine;

		p.object = text(r);
		p.build_id = text(r);
		p.symbol = text(r);
		p.start = number(r);
		p.end = p.start + number(r);
		machine = number(r);
		p.machine = (uint16_t)machine;
		p.path = text(r);
		p.at = number(r);
		if (!r->c.overrun &&
		    (p.end < p.start || machine > UINT16_MAX || positions_add_piece(to, &p) != i))
			return false;
	}
	return true;
}

static bool read_lines(struct reading *r)
{
	struct source_place *places = NULL;
	size_t n = count(r, 4), cap = 0;
	bool ok = true;

	for (size_t i = 0; i < n && ok; i++) {
		size_t places_n = count(r, 3);

		places = mem_grow(places, 0, places_n, &cap, sizeof(*places));
		for (size_t k = 0; k < places_n; k++) {
			places[k].file = text(r);
			places[k].line = small(r);
			places[k].declared = small(r);
		}
		ok = !r->c.overrun && places_n &&
		     positions_add_lines(&r->f->positions, places, places_n) == i;
	}
	free(places);
	return ok;
}

/* A number from 1 on, of n; 0: none. */
static uint32_t place_or_none(struct reading *r, size_t n)
{
	return place(r, n + 1) - 1;
}

/* The columns of all positions. */
static void read_where(struct reading *r, struct position *items, size_t n)
{
	const struct positions *to = &r->f->positions;
	uint64_t before = 0;

	for (size_t i = 0; i < n; i++)
		items[i].piece = place_or_none(r, to->n_pieces);
	for (size_t i = 0; i < n; i++)
		items[i].address = before = before + difference(r);
	for (size_t i = 0; i < n; i++)
		items[i].exact = number(r) & POSITION_EXACT;
	for (size_t i = 0; i < n; i++)
		items[i].lines = place_or_none(r, to->n_lines);
	for (size_t i = 0; i < n; i++) {
		items[i].opcode = (enum opcode_gap)place(r, OPCODE_GAPS);
		items[i].opcode_name = items[i].opcode == OPCODE_KNOWN ? text(r) : r->texts[0];
	}
}

/* Lines are of as many frames as there are; what has no place has nothing else; of a symbol are the addresses in it. */
static bool fits(const struct folio *f, const struct position *p)
{
	const struct code_piece *piece = position_piece(&f->positions, p);
	size_t n;

	position_lines(&f->positions, p, &n);
	if (p->piece == NO_PIECE)
		return !p->address && !p->exact && p->lines == NO_LINES &&
		       p->opcode == OPCODE_NO_LOOP;
	if (piece->end && (p->address < piece->start || p->address >= piece->end))
		return false;
	return p->lines == NO_LINES || n == frame_list_count(&f->lists, p->list);
}

/* items: their lists are known. */
static bool read_code(struct reading *r, struct position *items)
{
	size_t n = r->n_positions;
	bool ok;

	if (!begin_section(r, SECTION_CODE))
		return false;
	ok = read_pieces(r) && read_lines(r);
	if (ok)
		read_where(r, items, n);
	for (size_t i = 0; ok && i < n && !r->c.overrun; i++)
		ok = fits(r->f, &items[i]) && positions_add(&r->f->positions, &items[i]) == i;
	return ok ? end_section(r)
		  : wrong(r,
			  "a place in the code is there twice, or does not fit its frames or its symbol");
}

/* A position of the file is one of the folio's; without positions it is the list alone. */
static void locate(struct reading *r, size_t i, uint32_t position)
{
	r->locations[i] = folio_location(r->f, false, position);
}

static void locate_list(struct reading *r, size_t i, uint32_t list)
{
	locate(r, i, positions_add_list(&r->f->positions, list, r->f->texts));
}

bool read_positions(struct reading *r)
{
	struct position *items;
	bool ok;

	if (!begin_section(r, SECTION_POSITIONS))
		return false;
	r->f->loose = !r->positions;
	r->n_positions = count(r, 1);
	items = mem_calloc(r->n_positions, sizeof(*items));
	r->locations = mem_calloc(r->n_positions, sizeof(*r->locations));
	for (size_t i = 0; i < r->n_positions; i++)
		items[i].list = place(r, r->f->lists.n);
	ok = end_section(r) && (r->f->loose || read_code(r, items));
	for (uint32_t i = 0; ok && i < r->n_positions; i++)
		if (r->f->loose)
			locate_list(r, i, items[i].list);
		else
			locate(r, i, i);
	free(items);
	return ok;
}

/* A file without positions: its nodes are at lists. */
void use_lists(struct reading *r)
{
	r->n_positions = r->f->lists.n;
	r->locations = mem_calloc(r->n_positions, sizeof(*r->locations));
	for (uint32_t i = 0; i < r->n_positions; i++)
		locate_list(r, i, i);
}
