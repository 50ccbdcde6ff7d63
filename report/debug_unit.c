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
#include "report/debug_unit.h"

#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "parser/base/memory.h"
#include "report/paths.h"

#define NONE NESTED_NONE

/* ---- split units ---- */

const char *debug_die_text(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;

	return dwarf_formstring(dwarf_attr_integrate(die, attribute, &attr));
}

/* libdw opens what a unit names, and would wait at a FIFO for somebody to write. */
static bool can_be_opened(const char *folder, const char *middle, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	if (*name == '/')
		folder = middle = "";
	else if (*middle == '/')
		folder = "";
	return path_join(path, folder, middle, name) &&
	       (stat(path, &st) != 0 || S_ISREG(st.st_mode));
}

static const char *split_name(Dwarf_Die *unit)
{
	const char *name = debug_die_text(unit, DW_AT_dwo_name);

	return name ? name : debug_die_text(unit, DW_AT_GNU_dwo_name);
}

/* The places where libdw looks for the file of a split unit; what it finds must have the unit's id. */
static bool split_can_be_opened(int fd, Dwarf_Die *unit)
{
	const char *name = split_name(unit), *dir = debug_die_text(unit, DW_AT_comp_dir);
	char link[40], own[PATH_MAX], folder[PATH_MAX], middle[PATH_MAX];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (!name || !realpath(link, own) || !path_folder(folder, own) ||
	    !path_join(middle, dir ? dir : "", "/", ""))
		return false;
	return can_be_opened("", own, ".dwp") && can_be_opened(folder, "", name) &&
	       can_be_opened(folder, dir ? middle : "", name);
}

/* -gsplit-dwarf leaves the functions in .dwo files. */
static void find_top(int fd, struct debug_unit *u)
{
	uint8_t type = 0;
	Dwarf_Die split;

	u->top = u->die;
	if (dwarf_cu_info(u->die.cu, NULL, &type, NULL, NULL, NULL, NULL, NULL) != 0 ||
	    type != DW_UT_skeleton)
		return;
	if (split_can_be_opened(fd, &u->die) &&
	    dwarf_cu_info(u->die.cu, NULL, NULL, NULL, &split, NULL, NULL, NULL) == 0 && split.cu)
		u->top = split;
	else
		u->split = split_name(&u->die);
}

/* ---- reading a unit ---- */

/* A DIE with code: its scope's number, `outer` if it has none. */
static uint32_t add_scope(struct debug_unit *u, Dwarf_Die *die, uint32_t outer, bool inlined)
{
	uint32_t scope = (uint32_t)u->n_scopes;
	Dwarf_Addr base, low, high;
	ptrdiff_t at = 0;
	size_t before = u->ranges.n;

	while ((at = dwarf_ranges(die, at, &base, &low, &high)) > 0)
		if (low < high)
			nested_ranges_add(&u->ranges, low, high, scope);
	if (u->ranges.n == before)
		return outer;
	u->scopes = mem_grow(u->scopes, u->n_scopes, 1, &u->cap_scopes, sizeof(*u->scopes));
	u->scopes[u->n_scopes++] = (struct debug_scope){
		.die = *die,
		.outer = inlined ? outer : NONE,
		.inlined = inlined,
	};
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

static void read_children(struct debug_unit *u, Dwarf_Die *parent, uint32_t outer, int depth)
{
	Dwarf_Die die;

	if (depth == DEBUG_DEEPEST || dwarf_child(parent, &die) != 0)
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

static const char *name_of(Dwarf_Die *die)
{
	const char *name = debug_die_text(die, DW_AT_linkage_name);

	if (!name)
		name = debug_die_text(die, DW_AT_MIPS_linkage_name);
	if (!name)
		name = debug_die_text(die, DW_AT_name);
	return name ? name : "";
}

uint32_t debug_die_number(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;
	Dwarf_Word v;

	if (dwarf_formudata(dwarf_attr_integrate(die, attribute, &attr), &v) != 0 || v > UINT32_MAX)
		return 0;
	return (uint32_t)v;
}

/* The file of an inlined function's call, of the unit's table. */
static const char *call_file(struct debug_unit *u, Dwarf_Die *inlined)
{
	uint32_t file = debug_die_number(inlined, DW_AT_call_file);
	Dwarf_Files *files;
	const char *path = NULL;
	size_t n;

	if (dwarf_getsrcfiles(&u->top, &files, &n) == 0 && file < n)
		path = dwarf_filesrc(files, file, NULL, NULL);
	return path ? path : "";
}

static uint64_t row_address(Dwarf_Line *row)
{
	Dwarf_Addr addr = 0;

	dwarf_lineaddr(row, &addr);
	return addr;
}

/* The first row at an address; the rows are sorted. */
static size_t first_row(Dwarf_Lines *lines, size_t n, uint64_t addr)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (row_address(dwarf_onesrcline(lines, mid)) < addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_same_place(Dwarf_Line *a, Dwarf_Line *b)
{
	const char *file_a = dwarf_linesrc(a, NULL, NULL), *file_b = dwarf_linesrc(b, NULL, NULL);
	int line_a = 0, line_b = 0;

	dwarf_lineno(a, &line_a);
	dwarf_lineno(b, &line_b);
	return line_a == line_b && file_a && file_b && strcmp(file_a, file_b) == 0;
}

/*
 * The row of the line table that an address lies in; NULL: none.  A sequence may end with a row of no bytes where
 * another one begins, and libdw may take that one: it has the file and line of the sequence's end.
 */
static Dwarf_Line *line_at(struct debug_unit *u, uint64_t vaddr)
{
	Dwarf_Line *line = dwarf_getsrc_die(&u->die, vaddr), *end = NULL, *begin = NULL;
	Dwarf_Lines *lines;
	size_t n;

	if (!line || dwarf_getsrclines(&u->die, &lines, &n) != 0)
		return line;
	for (size_t i = first_row(lines, n, row_address(line)); i < n; i++) {
		Dwarf_Line *row = dwarf_onesrcline(lines, i);
		bool is_end = false;

		if (row_address(row) != row_address(line))
			break;
		dwarf_lineendsequence(row, &is_end); /* those are sorted before the others */
		if (is_end)
			end = row;
		else if (end && !is_same_place(row, end))
			begin = row;
	}
	return begin ? begin : line;
}

/*
 * The file has a number in the table of the unit that says so.  (Not dwarf_decl_file(): up to elfutils 0.188 at
 * least an assertion of it fails in split units.)
 */
const char *debug_die_file(Dwarf_Die *die, unsigned attribute)
{
	Dwarf_Attribute attr;
	Dwarf_Die unit;
	Dwarf_Files *files;
	const char *path = NULL;
	Dwarf_Word file;
	size_t n;

	if (dwarf_formudata(dwarf_attr_integrate(die, attribute, &attr), &file) == 0 &&
	    dwarf_cu_info(attr.cu, NULL, NULL, &unit, NULL, NULL, NULL, NULL) == 0 &&
	    dwarf_getsrcfiles(&unit, &files, &n) == 0 && file < n)
		path = dwarf_filesrc(files, (size_t)file, NULL, NULL);
	return path ? path : "";
}

static const struct debug_names *names_of(struct debug_unit *u, struct texts *texts,
					  struct debug_scope *s)
{
	struct debug_names n = { .call_file = "" };
	int line;

	if (s->names)
		return &u->names[s->names - 1];
	n.name = texts_add_z(texts, name_of(&s->die));
	n.decl_file = texts_add_z(texts, debug_die_file(&s->die, DW_AT_decl_file));
	n.decl_line = dwarf_decl_line(&s->die, &line) == 0 && line > 0 ? (uint32_t)line : 0;
	if (s->inlined) {
		n.call_file = texts_add_z(texts, call_file(u, &s->die));
		n.call_line = debug_die_number(&s->die, DW_AT_call_line);
	}
	u->names = mem_grow(u->names, u->n_names, 1, &u->cap_names, sizeof(*u->names));
	u->names[u->n_names++] = n;
	s->names = (uint32_t)u->n_names;
	return &u->names[u->n_names - 1];
}

/* ---- for debug_info.c ---- */

static void set_line(struct debug_unit *u, struct texts *texts, uint64_t vaddr,
		     struct source_frame *f)
{
	Dwarf_Line *line = line_at(u, vaddr);
	const char *path;
	int number;

	if (!line || dwarf_lineno(line, &number) != 0 || number < 0)
		return;
	path = dwarf_linesrc(line, NULL, NULL);
	f->file = texts_add_z(texts, path ? path : "");
	f->line = (uint32_t)number;
}

size_t debug_unit_frames(struct debug_unit *u, struct texts *texts, uint64_t vaddr,
			 struct source_frame *out, size_t max)
{
	struct source_frame at = { .name = "", .file = "", .decl_file = "" };
	uint32_t scope = nested_ranges_at(&u->ranges, vaddr);
	size_t n = 0;

	set_line(u, texts, vaddr, &at);
	if (scope == NONE) {
		out[0] = at;
		return at.line ? 1 : 0;
	}
	while (scope != NONE && n < max) {
		struct debug_scope *s = &u->scopes[scope];
		const struct debug_names *names = names_of(u, texts, s);

		at.name = names->name;
		at.inlined = s->inlined;
		at.decl_file = names->decl_file;
		at.decl_line = names->decl_line;
		out[n++] = at;
		at.file = names->call_file; /* where the next frame, the one around, is */
		at.line = names->call_line;
		scope = s->outer;
	}
	return n;
}

bool debug_unit_function(const struct debug_unit *u, uint64_t vaddr, Dwarf_Die *out)
{
	uint32_t scope = nested_ranges_at(&u->ranges, vaddr);

	while (scope != NONE && u->scopes[scope].outer != NONE)
		scope = u->scopes[scope].outer;
	if (scope != NONE)
		*out = u->scopes[scope].die;
	return scope != NONE;
}

/* sizeof(struct Dwarf_Line_s) of elfutils 0.188, and what its linked list needs while it is sorted */
enum { LIBDW_ROW = 48 };

size_t debug_unit_read(struct debug_unit *u, Dwarf *dwarf, int fd)
{
	Dwarf_Lines *lines;
	size_t n = 0;

	if (!dwarf_offdie(dwarf, u->offset, &u->die))
		return 0;
	u->read = true;
	find_top(fd, u);
	read_children(u, &u->top, NONE, 0);
	nested_ranges_sort(&u->ranges); /* of equal ones: outer scopes were read first */
	if (dwarf_getsrclines(&u->die, &lines, &n) != 0)
		n = 0;
	return (size_t)u->size + n * LIBDW_ROW + u->cap_scopes * sizeof(*u->scopes) +
	       u->ranges.cap * sizeof(*u->ranges.items);
}

void debug_unit_forget(struct debug_unit *u)
{
	free(u->scopes);
	nested_ranges_done(&u->ranges);
	free(u->names);
	*u = (struct debug_unit){ .offset = u->offset, .size = u->size };
}
