/*
 * Of a unit only the DIEs that have code are kept, as ranges of addresses:
 *
 *   subprogram main        [1000, 1080)   outer: none
 *     inlined  parse       [1010, 1030)   outer: main
 *       inlined  skip      [1014, 1018)   outer: parse
 *
 * They nest, so the innermost one at an address is the last one, in the order of their
 * starts, that begins at or before it and holds it; from there `outer` leads out.
 */
#include "report/debug_info.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/memory.h"

enum { DEEPEST = 200 }; /* of nested DIEs: deeper ones are not looked at */
#define NONE UINT32_MAX

/* A function or inlined call; the ranges point to it. */
struct scope {
	Dwarf_Die die;
	uint32_t outer; /* NONE: a function of its own */
	bool inlined;
};

struct range {
	uint64_t low, high;
	uint32_t scope;
	uint32_t around; /* the range that this one lies in, NONE: none */
};

struct unit {
	uint64_t offset; /* of its DIE */
	bool read;
	Dwarf_Die die;
	struct scope *scopes;
	size_t n_scopes, cap_scopes;
	struct range *ranges; /* sorted by low, the outer before the inner */
	size_t n_ranges, cap_ranges;
};

/* Addresses of a unit. */
struct unit_range {
	uint64_t low, high;
	uint32_t unit;
};

struct debug_info {
	int fd;
	Dwarf *dwarf;
	struct unit *units;
	size_t n_units, cap_units;
	struct unit_range *ranges; /* sorted by low */
	size_t n_ranges, cap_ranges;
};

/* ---- opening ---- */

static bool open_dwarf(struct debug_info *d, const char *path)
{
	Dwarf_Off off = 0, next;
	size_t header;

	d->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (d->fd < 0)
		return false;
	d->dwarf = dwarf_begin(d->fd, DWARF_C_READ);
	if (d->dwarf && dwarf_nextcu(d->dwarf, off, &next, &header, NULL, NULL, NULL) == 0)
		return true;
	if (d->dwarf)
		dwarf_end(d->dwarf);
	close(d->fd);
	d->dwarf = NULL;
	d->fd = -1;
	return false;
}

static void add_unit_range(struct debug_info *d, uint64_t low, uint64_t high, size_t unit)
{
	d->ranges = mem_grow(d->ranges, d->n_ranges, 1, &d->cap_ranges, sizeof(*d->ranges));
	d->ranges[d->n_ranges++] = (struct unit_range){ low, high, (uint32_t)unit };
}

static int by_unit_low(const void *va, const void *vb)
{
	const struct unit_range *a = va, *b = vb;

	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

/* The ranges of all units: .debug_aranges is not always there, and not always right. */
static void list_units(struct debug_info *d)
{
	Dwarf_Off off = 0, next;
	size_t header;

	for (; dwarf_nextcu(d->dwarf, off, &next, &header, NULL, NULL, NULL) == 0; off = next) {
		struct unit unit = { .offset = off + header };
		Dwarf_Addr base, low, high;
		ptrdiff_t at = 0;

		if (!dwarf_offdie(d->dwarf, off + header, &unit.die))
			continue;
		while ((at = dwarf_ranges(&unit.die, at, &base, &low, &high)) > 0)
			if (low < high)
				add_unit_range(d, low, high, d->n_units);
		d->units = mem_grow(d->units, d->n_units, 1, &d->cap_units, sizeof(*d->units));
		d->units[d->n_units++] = unit;
	}
	if (d->n_ranges)
		qsort(d->ranges, d->n_ranges, sizeof(*d->ranges), by_unit_low);
}

struct debug_info *debug_info_open(const char *path, const char *debug_path, struct error *err)
{
	struct debug_info *d = mem_calloc(1, sizeof(*d));

	if (!(debug_path && open_dwarf(d, debug_path)) && !open_dwarf(d, path)) {
		fail(err, ERR_FORMAT, "it has no debug information");
		free(d);
		return NULL;
	}
	list_units(d);
	return d;
}

void debug_info_free(struct debug_info *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n_units; i++) {
		free(d->units[i].scopes);
		free(d->units[i].ranges);
	}
	free(d->units);
	free(d->ranges);
	dwarf_end(d->dwarf);
	close(d->fd);
	free(d);
}

/* ---- reading a unit ---- */

static void add_range(struct unit *u, uint64_t low, uint64_t high, uint32_t scope)
{
	u->ranges = mem_grow(u->ranges, u->n_ranges, 1, &u->cap_ranges, sizeof(*u->ranges));
	u->ranges[u->n_ranges++] = (struct range){ low, high, scope, NONE };
}

/* A DIE with code: its scope's number, `outer` if it has none. */
static uint32_t add_scope(struct unit *u, Dwarf_Die *die, uint32_t outer, bool inlined)
{
	uint32_t scope = (uint32_t)u->n_scopes;
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;
	size_t before = u->n_ranges;

	while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
		if (low < high)
			add_range(u, low, high, scope);
	if (u->n_ranges == before)
		return outer;
	u->scopes = mem_grow(u->scopes, u->n_scopes, 1, &u->cap_scopes, sizeof(*u->scopes));
	u->scopes[u->n_scopes++] = (struct scope){ *die, inlined ? outer : NONE, inlined };
	return scope;
}

/* Can there be functions with code among its children? */
static bool is_container(int tag)
{
	switch (tag) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
	case DW_TAG_try_block:
	case DW_TAG_catch_block:
	case DW_TAG_namespace:
	case DW_TAG_module:
	case DW_TAG_class_type:
	case DW_TAG_structure_type:
	case DW_TAG_union_type:
	case DW_TAG_enumeration_type: /* Rust's have methods */
		return true;
	default:
		return false;
	}
}

static void read_children(struct unit *u, Dwarf_Die *parent, uint32_t outer, int depth)
{
	Dwarf_Die die;

	if (depth == DEEPEST || dwarf_child(parent, &die) != 0)
		return;
	do {
		int tag = dwarf_tag(&die);
		uint32_t scope = outer;

		if (!is_container(tag))
			continue;
		if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine)
			scope = add_scope(u, &die, outer, tag == DW_TAG_inlined_subroutine);
		/* An abstract function's children have no code; concrete ones stand elsewhere. */
		if (tag != DW_TAG_subprogram || scope != outer)
			read_children(u, &die, scope, depth + 1);
	} while (dwarf_siblingof(&die, &die) == 0);
}

static int by_low(const void *va, const void *vb)
{
	const struct range *a = va, *b = vb;

	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	if (a->high != b->high)
		return a->high > b->high ? -1 : 1;
	return (a->scope > b->scope) - (a->scope < b->scope); /* outer scopes were read first */
}

/* Ranges nest: link each to the one it lies in. */
static void nest_ranges(struct unit *u)
{
	uint32_t around = NONE;

	for (uint32_t i = 0; i < u->n_ranges; i++) {
		while (around != NONE && u->ranges[around].high <= u->ranges[i].low)
			around = u->ranges[around].around;
		u->ranges[i].around = around;
		around = i;
	}
}

static void read_unit(struct unit *u)
{
	u->read = true;
	read_children(u, &u->die, NONE, 0);
	if (u->n_ranges)
		qsort(u->ranges, u->n_ranges, sizeof(*u->ranges), by_low);
	nest_ranges(u);
}

/* ---- asking ---- */

static struct unit *unit_at(struct debug_info *d, uint64_t vaddr)
{
	size_t low = 0, high = d->n_ranges;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->ranges[mid].low <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || vaddr >= d->ranges[low - 1].high)
		return NULL;
	return &d->units[d->ranges[low - 1].unit];
}

static uint32_t innermost(const struct unit *u, uint64_t vaddr)
{
	size_t low = 0, high = u->n_ranges;
	uint32_t i;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (u->ranges[mid].low <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	for (i = low ? (uint32_t)(low - 1) : NONE; i != NONE && u->ranges[i].high <= vaddr;
	     i = u->ranges[i].around)
		;
	return i == NONE ? NONE : u->ranges[i].scope;
}

static const char *text_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;

	return dwarf_formstring(dwarf_attr_integrate(die, name, &attr));
}

static const char *name_of(Dwarf_Die *die)
{
	const char *name = text_of(die, DW_AT_linkage_name);

	if (!name)
		name = text_of(die, DW_AT_MIPS_linkage_name);
	if (!name)
		name = text_of(die, DW_AT_name);
	return name ? name : "";
}

static uint32_t number_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;
	Dwarf_Word v;

	if (dwarf_formudata(dwarf_attr_integrate(die, name, &attr), &v) != 0 || v > UINT32_MAX)
		return 0;
	return (uint32_t)v;
}

/* The call of an inlined function: a file of the unit's table, and a line. */
static void set_call_site(struct unit *u, Dwarf_Die *inlined, struct source_frame *caller)
{
	uint32_t file = number_of(inlined, DW_AT_call_file);
	Dwarf_Files *files;
	const char *path = NULL;
	size_t n;

	if (dwarf_getsrcfiles(&u->die, &files, &n) == 0 && file < n)
		path = dwarf_filesrc(files, file, NULL, NULL);
	caller->file = path ? path : "";
	caller->line = number_of(inlined, DW_AT_call_line);
}

static void set_line(struct unit *u, uint64_t vaddr, struct source_frame *f)
{
	Dwarf_Line *line = dwarf_getsrc_die(&u->die, vaddr);
	const char *path;
	int number;

	if (!line || dwarf_lineno(line, &number) != 0 || number < 0)
		return;
	path = dwarf_linesrc(line, NULL, NULL);
	f->file = path ? path : "";
	f->line = (uint32_t)number;
}

static void set_function(struct scope *s, struct source_frame *f)
{
	const char *file = dwarf_decl_file(&s->die);
	int line;

	f->name = name_of(&s->die);
	f->inlined = s->inlined;
	f->decl_file = file ? file : "";
	f->decl_line = dwarf_decl_line(&s->die, &line) == 0 && line > 0 ? (uint32_t)line : 0;
}

size_t debug_info_frames(struct debug_info *d, uint64_t vaddr, struct source_frame *out, size_t max)
{
	struct unit *u = unit_at(d, vaddr);
	struct source_frame at = { .name = "", .file = "", .decl_file = "" };
	uint32_t scope;
	size_t n = 0;

	if (!u || !max)
		return 0;
	if (!u->read)
		read_unit(u);
	set_line(u, vaddr, &at);
	scope = innermost(u, vaddr);
	if (scope == NONE) {
		out[0] = at;
		return at.line ? 1 : 0;
	}
	while (scope != NONE && n < max) {
		struct scope *s = &u->scopes[scope];

		out[n] = at;
		set_function(s, &out[n++]);
		if (s->inlined)
			set_call_site(u, &s->die, &at);
		scope = s->outer;
	}
	return n;
}
