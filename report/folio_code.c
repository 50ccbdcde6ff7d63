#include "report/folio_code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/eval_loop.h"
#include "report/interp.h"
#include "report/objects_txt.h"
#include "report/positions.h"
#include "report/recorded_code_parts.h"

/* A file of pieces, looked for once. */
struct same_file {
	bool searched;
	struct found_object found; /* path NULL: it is not at hand */
};

struct folio_code {
	struct recorded_code base;
	struct folio_code_input in;
	struct diag *unheard; /* what a search finds wrong: units without code say so themselves */
	struct finder **finders; /* one for each folder; the last one has the options */
	size_t n_finders;
	struct objects *objects;
	struct same_file *files;
	uint32_t *file_numbers; /* by piece: which of the files it is of */
	uint32_t *ranks;        /* of pieces, from 1 on: not the order of the inputs */
	uint32_t *lined;        /* positions with lines, by piece and address; NULL: not made yet */
	size_t n_lined;
};

static struct folio_code *ours(struct recorded_code *c)
{
	return (struct folio_code *)c;
}

static void end(struct recorded_code *base)
{
	struct folio_code *c = ours(base);

	objects_free(c->objects);
	for (size_t i = 0; i < c->n_finders; i++)
		finder_free(c->finders[i]);
	free(c->finders);
	free(c->files);
	free(c->file_numbers);
	free(c->ranks);
	free(c->lined);
	diag_free(c->unheard);
	free(c);
}

/* The position of a location; NULL: it is a task. */
static const struct position *position_of(const struct folio_code *c, uint32_t location)
{
	const struct location *l = &c->in.collected->tree->locations[location];

	return l->space == SPACE_TASK ? NULL : &c->in.folio->positions.items[l->addr];
}

/* The piece of a site; NULL: none is known. */
static const struct code_piece *piece_of(const struct folio_code *c, const struct code_site *site)
{
	return site->code ? &c->in.folio->positions.pieces[site->code - 1] : NULL;
}

/* ---- files ---- */

/* All but the last look only beside their input, so that servers are asked once. */
static void make_finders(struct folio_code *c)
{
	const struct finder_options beside = { .no_host_files = true };
	const struct code_folder nowhere = { "", "" };
	size_t n = c->in.n_folders ? c->in.n_folders : 1;

	c->finders = mem_calloc(n, sizeof(struct finder *));
	for (; c->n_finders < n; c->n_finders++) {
		const struct code_folder *folder =
			c->in.n_folders ? &c->in.folders[c->n_finders] : &nowhere;
		bool last = c->n_finders + 1 == n;

		c->finders[c->n_finders] =
			finder_new_beside(folder->path, folder->directory,
					  last ? c->in.finder : &beside, c->in.texts, c->unheard);
	}
	c->objects = objects_new(NULL, c->finders[n - 1], NULL, c->in.cache, c->in.diag);
}

static uint8_t digit_value(char digit)
{
	return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
}

/* From its hexadecimal digits; no bytes: there are none, or they are no build id. */
static struct object_id id_of(const char *text)
{
	size_t n = strspn(text, "0123456789abcdef");
	uint8_t bytes[BUILD_ID_MAX];

	if (text[n] || n % 2 || n > 2 * sizeof(bytes))
		return (struct object_id){ 0 };
	for (size_t i = 0; i < n / 2; i++)
		bytes[i] = (uint8_t)(digit_value(text[2 * i]) << 4 | digit_value(text[2 * i + 1]));
	return object_id_of(bytes, n / 2);
}

/* In the first folder that has it; a later one may have its debug file. */
static struct found_object search(const struct folio_code *c, const struct code_piece *piece)
{
	const char *known = c->in.known_paths && *piece->path ? piece->path : NULL;
	struct object_id id = id_of(piece->build_id);
	struct found_object found = { .path = NULL };

	for (size_t i = 0; i < c->n_finders && id.size && !found.debug_path; i++) {
		struct found_object more = finder_by_id(c->finders[i], piece->object, &id, known);

		if (more.path && (!found.path || more.debug_path))
			found = more;
	}
	return found;
}

static const struct found_object *file_of(struct folio_code *c, const struct code_piece *piece)
{
	struct same_file *file = &c->files[c->file_numbers[piece - c->in.folio->positions.pieces]];

	if (!file->searched)
		file->found = search(c, piece);
	file->searched = true;
	return &file->found;
}

/* ---- where ---- */

static void look_in_file(struct folio_code *c, const struct code_piece *piece,
			 struct code_site *site)
{
	const struct found_object *file = file_of(c, piece);

	site->has_file = file->path && objects_place_found(c->objects, file, piece->object,
							   site->address, &site->at);
	if (!site->has_file)
		return;
	site->at.symbol = NULL; /* the piece has it */
	if (site->at.debug)
		debug_info_set_budget(site->at.debug, CODE_DEBUG_BUDGET);
}

static struct code_site site_of(struct recorded_code *base, uint32_t location)
{
	struct folio_code *c = ours(base);
	const struct position *p = position_of(c, location);
	const struct function *f = &c->in.functions->items[*frames_at(c->in.frames, location)];
	struct code_site site = { .location = location, .object = f->object };
	const struct code_piece *piece;

	if (!p || p->piece == NO_PIECE)
		return site;
	site.code = p->piece + 1;
	site.rank = c->ranks[p->piece];
	site.address = p->address;
	piece = piece_of(c, &site);
	site.start = piece->start;
	site.end = piece->end;
	if (piece->kind == PIECE_FILE)
		look_in_file(c, piece, &site);
	return site;
}

/* ---- bytes ---- */

static const char *why_no_file(const struct folio_code *c, const struct code_piece *piece)
{
	const char *why = "the profile has no code, and its file is not at hand";
	char *text;
	int n;

	if (*piece->build_id)
		n = asprintf(&text,
			     "the profile has no code, and %s with build id %s is not at hand",
			     piece->object, piece->build_id);
	else
		n = asprintf(&text, "the profile has no code, and %s has no build id to know it by",
			     piece->object);
	if (n < 0)
		return why;
	why = texts_add_z(c->in.texts, text);
	free(text);
	return why;
}

static const char *why_no_code(const struct folio_code *c, const struct code_site *site)
{
	const struct code_piece *piece = piece_of(c, site);

	if (piece && piece->kind == PIECE_FILE)
		return why_no_file(c, piece);
	if (strcmp(site->object, "[jit]") == 0 && piece)
		return *piece->path ? "a profile keeps no code made at run time"
				    : "a perf map has no code in it, only a jitdump has";
	if (strcmp(site->object, "[jit]") == 0)
		return "nothing is known of this code";
	if (c->in.functions->items[*frames_at(c->in.frames, site->location)].kind == KIND_KERNEL)
		return "the kernel's code is not at hand";
	return piece ? "no file with the code is at hand" : "where this code lies was not kept";
}

static void read_unit(struct recorded_code *base, const struct code_site *site,
		      struct code_unit *out)
{
	struct folio_code *c = ours(base);
	const struct code_piece *piece = piece_of(c, site);

	*out = (struct code_unit){ .symbol = "", .why = why_no_code(c, site) };
	if (!piece)
		return;
	out->start = piece->start;
	out->end = piece->end;
	if (piece->kind == PIECE_FILE)
		out->symbol = piece->symbol;
	if (!site->has_file)
		return;
	out->path = texts_add_z(c->in.texts, site->at.name);
	if (*piece->symbol)
		code_unit_read(out, &site->at);
	else
		out->why = "the file has no symbol for this code";
}

static const struct elf_symbol *symbol_at(struct recorded_code *c, const struct code_site *site,
					  uint64_t vaddr)
{
	return site->has_file ? objects_symbol_in(ours(c)->objects, site->at.object, vaddr) : NULL;
}

/* ---- lines ---- */

static int by_place(const void *va, const void *vb, void *context)
{
	const struct positions *all = context;
	const struct position *a = &all->items[*(const uint32_t *)va];
	const struct position *b = &all->items[*(const uint32_t *)vb];

	if (a->piece != b->piece)
		return a->piece < b->piece ? -1 : 1;
	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return positions_lines_order(all, a->lines, b->lines);
}

static void sort_lined(struct folio_code *c)
{
	const struct positions *p = &c->in.folio->positions;

	c->lined = mem_calloc(p->n, sizeof(*c->lined));
	for (uint32_t i = 0; i < p->n; i++)
		if (p->items[i].piece != NO_PIECE && p->items[i].lines != NO_LINES)
			c->lined[c->n_lined++] = i;
	if (c->n_lined)
		qsort_r(c->lined, c->n_lined, sizeof(*c->lined), by_place, (void *)(uintptr_t)p);
}

/* The first position with lines at an address of a piece; NULL: there is none. */
static const struct position *lined_at(struct folio_code *c, uint32_t piece, uint64_t address)
{
	const struct positions *all = &c->in.folio->positions;
	size_t low = 0, high;

	if (!c->lined)
		sort_lined(c);
	high = c->n_lined;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct position *p = &all->items[c->lined[mid]];

		if (p->piece < piece || (p->piece == piece && p->address < address))
			low = mid + 1;
		else
			high = mid;
	}
	if (low < c->n_lined && all->items[c->lined[low]].piece == piece &&
	    all->items[c->lined[low]].address == address)
		return &all->items[c->lined[low]];
	return NULL;
}

/* Lists begin with the outermost frame. */
static size_t kept_frames(const struct folio_code *c, const struct position *p,
			  struct source_frame *out, size_t max)
{
	const struct folio *f = c->in.folio;
	const uint32_t *list = frame_list(&f->lists, p->list);
	size_t n, count = 0;
	const struct source_place *places = position_lines(&f->positions, p, &n);

	for (size_t i = n; i-- > 0 && count < max; count++) {
		const struct function *function = &f->functions.items[list[i]];

		out[count] = (struct source_frame){
			.name = function->name,
			.inlined = i > 0,
			.file = places[i].file,
			.line = places[i].line,
			.decl_file = places[i].declared ? places[i].file : "",
			.decl_line = places[i].declared,
		};
	}
	return count;
}

static size_t frames_of(struct recorded_code *base, const struct code_site *site, uint64_t address,
			struct source_frame *out, size_t max)
{
	struct folio_code *c = ours(base);
	const struct position *p;
	size_t n = 0;

	if (site->has_file && site->at.debug)
		n = debug_info_frames(site->at.debug, address, out, max);
	if (n || !site->code)
		return n;
	p = lined_at(c, site->code - 1, address);
	return p ? kept_frames(c, p, out, max) : 0;
}

static const char *no_lines(struct recorded_code *base, const struct code_site *site)
{
	const struct code_piece *piece = piece_of(ours(base), site);

	if (piece && piece->kind == PIECE_JIT)
		return "the compiler that made this code told no lines";
	if (piece && piece->kind == PIECE_FILE && !site->has_file)
		return "the profile has no lines of this code, and its debug information is not at hand";
	return site->has_file && site->at.debug
		       ? "the debug information does not speak of this code"
		       : "no debug information is at hand";
}

/* ---- opcodes ---- */

static enum opcode_gap opcode(struct recorded_code *base, uint32_t location, const char **name)
{
	const struct position *p = position_of(ours(base), location);

	*name = p && p->opcode == OPCODE_KNOWN ? p->opcode_name : NULL;
	return p ? p->opcode : OPCODE_NO_LOOP;
}

static bool is_handler(struct recorded_code *base, uint32_t location)
{
	const struct folio_code *c = ours(base);
	const struct position *p = position_of(c, location);
	const struct code_piece *piece = p ? position_piece(&c->in.folio->positions, p) : NULL;

	return piece && piece->kind == PIECE_FILE && eval_loop_is_handler(piece->symbol);
}

/* ---- the recordings ---- */

static unsigned pythons(struct recorded_code *base)
{
	const struct positions *p = &ours(base)->in.folio->positions;
	unsigned minors = 0;

	for (size_t i = 0; i < p->n_pieces; i++) {
		unsigned minor = interp_minor(p->pieces[i].object);

		if (minor && minor < 8 * sizeof(minors))
			minors |= 1u << minor;
	}
	return minors;
}

static time_t written(struct recorded_code *base, bool beside)
{
	const struct folio_code_input *in = &ours(base)->in;

	return beside ? in->copied : in->recorded;
}

static int by_piece(const void *a, const void *b, void *pieces)
{
	const struct code_piece *all = pieces;

	return piece_order(&all[*(const uint32_t *)a], &all[*(const uint32_t *)b]);
}

/* Ranks, and which pieces are of one file: in their order these stand behind each other. */
static void sort_pieces(struct folio_code *c)
{
	const struct positions *p = &c->in.folio->positions;
	uint32_t n = (uint32_t)p->n_pieces, *sorted = mem_calloc(n, sizeof(*sorted)), files = 0;

	for (uint32_t i = 0; i < n; i++)
		sorted[i] = i;
	if (n)
		qsort_r(sorted, n, sizeof(*sorted), by_piece, p->pieces);
	c->ranks = mem_calloc(n, sizeof(*c->ranks));
	c->file_numbers = mem_calloc(n, sizeof(*c->file_numbers));
	for (uint32_t i = 0; i < n; i++) {
		const struct code_piece *piece = &p->pieces[sorted[i]];
		const struct code_piece *before = &p->pieces[sorted[i ? i - 1 : 0]];

		files += piece->object != before->object || piece->build_id != before->build_id;
		c->file_numbers[sorted[i]] = files;
		c->ranks[sorted[i]] = i + 1;
	}
	c->files = mem_calloc((size_t)files + 1, sizeof(*c->files));
	free(sorted);
}

struct recorded_code *folio_code_new(const struct folio_code_input *in)
{
	static const struct code_teller teller = {
		.free = end,
		.site = site_of,
		.read = read_unit,
		.symbol = symbol_at,
		.frames = frames_of,
		.no_lines = no_lines,
		.opcode = opcode,
		.is_handler = is_handler,
		.pythons = pythons,
		.time = written,
	};
	struct folio_code *c = mem_calloc(1, sizeof(*c));

	c->base.teller = &teller;
	c->in = *in;
	c->unheard = diag_new();
	make_finders(c);
	sort_pieces(c);
	return &c->base;
}

bool folio_has_positions(const struct folio *f)
{
	for (size_t i = 0; i < f->n_sources; i++)
		if (f->sources[i].positions)
			return true;
	return !f->n_sources;
}
