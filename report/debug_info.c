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
#include <elfutils/libdwelf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "report/paths.h"

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
	Dwarf_Die die; /* has the line table */
	Dwarf_Die top; /* has the functions: of a split unit it is in another file, else the same */
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

/* A file with DWARF, open. */
struct opened {
	int fd;
	Dwarf *dwarf; /* NULL: not open */
};

struct debug_info {
	struct opened file, alternate;
	const char *path; /* of the file; the caller's */
	struct unit *units;
	size_t n_units, cap_units;
	struct unit_range *ranges; /* sorted by low */
	size_t n_ranges, cap_ranges;
};

/* ---- opening ---- */

static void close_dwarf(struct opened *o)
{
	if (!o->dwarf)
		return;
	dwarf_end(o->dwarf);
	close(o->fd);
	*o = (struct opened){ .fd = -1 };
}

static bool open_dwarf(struct opened *o, const char *path)
{
	o->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (o->fd < 0)
		return false;
	o->dwarf = dwarf_begin(o->fd, DWARF_C_READ);
	if (!o->dwarf)
		close(o->fd);
	return o->dwarf != NULL;
}

/* Open a file that has units. */
static bool open_units(struct opened *o, const char *path)
{
	Dwarf_Off next;
	size_t header;

	if (!open_dwarf(o, path))
		return false;
	if (dwarf_nextcu(o->dwarf, 0, &next, &header, NULL, NULL, NULL) == 0)
		return true;
	close_dwarf(o);
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

	for (; dwarf_nextcu(d->file.dwarf, off, &next, &header, NULL, NULL, NULL) == 0;
	     off = next) {
		struct unit unit = { .offset = off + header };
		Dwarf_Addr base, low, high;
		ptrdiff_t at = 0;

		if (!dwarf_offdie(d->file.dwarf, off + header, &unit.die))
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

	d->path = debug_path;
	if (!debug_path || !open_units(&d->file, debug_path)) {
		d->path = path;
		if (!open_units(&d->file, path)) {
			fail(err, ERR_FORMAT, "it has no debug information");
			free(d);
			return NULL;
		}
	}
	list_units(d);
	return d;
}

bool debug_info_alternate(const struct debug_info *d, struct debug_alternate *out)
{
	const void *build_id;
	ssize_t size = dwelf_dwarf_gnu_debugaltlink(d->file.dwarf, &out->name, &build_id);

	out->of = d->path;
	out->build_id = build_id;
	out->size = size > 0 ? (size_t)size : 0;
	return size > 0;
}

bool debug_info_set_alternate(struct debug_info *d, const char *path)
{
	if (!open_dwarf(&d->alternate, path))
		return false;
	dwarf_setalt(d->file.dwarf, d->alternate.dwarf);
	return true;
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
	close_dwarf(&d->file);
	close_dwarf(&d->alternate);
	free(d);
}

/* ---- split units ---- */

static const char *text_of(Dwarf_Die *die, unsigned name)
{
	Dwarf_Attribute attr;

	return dwarf_formstring(dwarf_attr_integrate(die, name, &attr));
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

/* The places where libdw looks for the file of a split unit; what it finds must have the unit's id. */
static bool split_can_be_opened(const struct debug_info *d, Dwarf_Die *unit)
{
	const char *name = text_of(unit, DW_AT_dwo_name), *dir = text_of(unit, DW_AT_comp_dir);
	char link[40], own[PATH_MAX], folder[PATH_MAX], middle[PATH_MAX];

	if (!name)
		name = text_of(unit, DW_AT_GNU_dwo_name);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", d->file.fd);
	if (!name || !realpath(link, own) || !path_folder(folder, own) ||
	    !path_join(middle, dir ? dir : "", "/", ""))
		return false;
	return can_be_opened("", own, ".dwp") && can_be_opened(folder, "", name) &&
	       can_be_opened(folder, dir ? middle : "", name);
}

/* -gsplit-dwarf leaves the functions in .dwo files. */
static Dwarf_Die top_of(const struct debug_info *d, struct unit *u)
{
	uint8_t type = 0;
	Dwarf_Die split;

	if (dwarf_cu_info(u->die.cu, NULL, &type, NULL, NULL, NULL, NULL, NULL) == 0 &&
	    type == DW_UT_skeleton && split_can_be_opened(d, &u->die) &&
	    dwarf_cu_info(u->die.cu, NULL, NULL, NULL, &split, NULL, NULL, NULL) == 0 && split.cu)
		return split;
	return u->die;
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

static void read_unit(const struct debug_info *d, struct unit *u)
{
	u->read = true;
	u->top = top_of(d, u);
	read_children(u, &u->top, NONE, 0);
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

	if (dwarf_getsrcfiles(&u->top, &files, &n) == 0 && file < n)
		path = dwarf_filesrc(files, file, NULL, NULL);
	caller->file = path ? path : "";
	caller->line = number_of(inlined, DW_AT_call_line);
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
static Dwarf_Line *line_at(struct unit *u, uint64_t vaddr)
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

static void set_line(struct unit *u, uint64_t vaddr, struct source_frame *f)
{
	Dwarf_Line *line = line_at(u, vaddr);
	const char *path;
	int number;

	if (!line || dwarf_lineno(line, &number) != 0 || number < 0)
		return;
	path = dwarf_linesrc(line, NULL, NULL);
	f->file = path ? path : "";
	f->line = (uint32_t)number;
}

/*
 * The file where a function is declared, of the table of the unit that says so.  (Not dwarf_decl_file(): up to
 * elfutils 0.188 at least an assertion of it fails in split units.)
 */
static const char *decl_file(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Die unit;
	Dwarf_Files *files;
	const char *path = NULL;
	Dwarf_Word file;
	size_t n;

	if (dwarf_formudata(dwarf_attr_integrate(die, DW_AT_decl_file, &attr), &file) == 0 &&
	    dwarf_cu_info(attr.cu, NULL, NULL, &unit, NULL, NULL, NULL, NULL) == 0 &&
	    dwarf_getsrcfiles(&unit, &files, &n) == 0 && file < n)
		path = dwarf_filesrc(files, (size_t)file, NULL, NULL);
	return path ? path : "";
}

static void set_function(struct scope *s, struct source_frame *f)
{
	int line;

	f->name = name_of(&s->die);
	f->inlined = s->inlined;
	f->decl_file = decl_file(&s->die);
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
		read_unit(d, u);
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
