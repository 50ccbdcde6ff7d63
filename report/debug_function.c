#include "report/debug_function.h"

#include <dwarf.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/debug_unit.h"

/* A function that is being read. */
struct reading {
	struct debug_function *f;
	struct texts *texts;
};

/* The DIE of the function, and where its texts go. */
static bool find(struct debug_info *d, uint64_t vaddr, struct texts **texts, Dwarf_Die *die)
{
	struct debug_unit *u = debug_info_unit(d, vaddr, texts);

	return u && debug_unit_function(u, vaddr, die);
}

bool debug_function_id(struct debug_info *d, uint64_t vaddr, uint64_t *id)
{
	struct texts *texts;
	Dwarf_Die die;

	if (!find(d, vaddr, &texts, &die))
		return false;
	*id = dwarf_dieoffset(&die);
	return true;
}

static void add_ranges(struct debug_function *f, Dwarf_Die *die, uint32_t block)
{
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;

	while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
		if (low < high)
			nested_ranges_add(&f->ranges, low, high, block);
}

static uint32_t add_block(struct debug_function *f, uint32_t outer)
{
	f->blocks = mem_grow(f->blocks, f->n_blocks, 1, &f->cap_blocks, sizeof(*f->blocks));
	f->blocks[f->n_blocks] = (struct source_block){ outer };
	return (uint32_t)f->n_blocks++;
}

/* A block without code of its own gives what it declares to the one around it. */
static uint32_t block_of(struct debug_function *f, Dwarf_Die *die, uint32_t outer)
{
	size_t before = f->ranges.n;

	add_ranges(f, die, (uint32_t)f->n_blocks);
	return f->ranges.n == before ? outer : add_block(f, outer);
}

static void add_label(const struct reading *r, Dwarf_Die *die)
{
	struct debug_function *f = r->f;
	const char *name = debug_die_text(die, DW_AT_name);
	Dwarf_Addr address;

	if (dwarf_lowpc(die, &address) != 0)
		address = 0;
	f->labels = mem_grow(f->labels, f->n_labels, 1, &f->cap_labels, sizeof(*f->labels));
	f->labels[f->n_labels++] = (struct source_label){
		.name = texts_add_z(r->texts, name ? name : ""),
		.file = texts_add_z(r->texts, debug_die_file(die, DW_AT_decl_file)),
		.line = debug_die_number(die, DW_AT_decl_line),
		.address = address,
	};
}

static void add_place(const struct reading *r, const char *file, uint32_t line, uint32_t block)
{
	struct debug_function *f = r->f;

	if (!line)
		return;
	f->places = mem_grow(f->places, f->n_places, 1, &f->cap_places, sizeof(*f->places));
	f->places[f->n_places++] =
		(struct source_place){ texts_add_z(r->texts, file), line, block };
}

static void read_block(const struct reading *r, Dwarf_Die *parent, uint32_t block, int depth)
{
	Dwarf_Die die;

	if (depth == DEBUG_DEEPEST || dwarf_child(parent, &die) != 0)
		return;
	do {
		switch (dwarf_tag(&die)) {
		case DW_TAG_label:
			add_label(r, &die);
			break;
		case DW_TAG_variable:
			add_place(r, debug_die_file(&die, DW_AT_decl_file),
				  debug_die_number(&die, DW_AT_decl_line), block);
			break;
		case DW_TAG_inlined_subroutine:
			add_place(r, debug_die_file(&die, DW_AT_call_file),
				  debug_die_number(&die, DW_AT_call_line), block);
			break;
		case DW_TAG_lexical_block:
			read_block(r, &die, block_of(r->f, &die, block), depth + 1);
			break;
		default:
			break;
		}
	} while (dwarf_siblingof(&die, &die) == 0);
}

struct debug_function *debug_function_new(struct debug_info *d, uint64_t vaddr)
{
	struct debug_function *f;
	struct reading r;
	Dwarf_Die die;

	if (!find(d, vaddr, &r.texts, &die))
		return NULL;
	f = r.f = mem_calloc(1, sizeof(*f));
	f->id = dwarf_dieoffset(&die);
	add_block(f, NESTED_NONE);
	add_ranges(f, &die, 0);
	read_block(&r, &die, 0, 0);
	nested_ranges_sort(&f->ranges);
	return f;
}

void debug_function_free(struct debug_function *f)
{
	if (!f)
		return;
	free(f->labels);
	free(f->blocks);
	free(f->places);
	nested_ranges_done(&f->ranges);
	free(f);
}

bool debug_function_is_one_piece(const struct debug_function *f, uint64_t a, uint64_t b)
{
	for (size_t i = 0; i < f->ranges.n; i++) {
		const struct nested_range *r = &f->ranges.items[i];

		if (r->what == 0 && r->low <= a && a < r->high)
			return r->low <= b && b < r->high;
	}
	return false;
}
