#include "report/symbols.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "parser/base/memory.h"
#include "parser/jitdump.h"
#include "report/debug_info.h"
#include "report/demangle.h"
#include "report/jit_lines.h"
#include "report/jitmaps.h"
#include "report/kernel.h"
#include "report/label.h"
#include "report/objects.h"
#include "report/pyname.h"
#include "report/source_table.h"
#include "report/stacks.h"

struct symbolizing {
	const struct symbols_input *in;
	struct functions *functions;
	struct kernel *kernel;
	const char *nothing; /* the interned "" */
};

static struct function named(const struct symbolizing *s, enum function_kind kind, const char *name,
			     const char *object)
{
	return (struct function){
		.kind = kind,
		.name = texts_add_z(s->in->texts, name),
		.symbol = s->nothing,
		.module = texts_add_z(s->in->texts, label_base(object)),
		.file = s->nothing,
		.object = texts_add_z(s->in->texts, object),
	};
}

/* What stands for all addresses of an object that have no symbol: "[libc.so.6]". */
static struct function placeholder(const struct symbolizing *s, enum function_kind kind,
				   const char *object)
{
	struct function f = named(s, kind, object, object);
	const char *base = label_base(object);
	char *text;

	f.placeholder = true;
	if (*base == '[')
		return f;
	text = mem_calloc(strlen(base) + sizeof("[]"), 1);
	stpcpy(stpcpy(stpcpy(text, "["), base), "]");
	f.name = texts_add_z(s->in->texts, text);
	free(text);
	return f;
}

static struct function unknown(const struct symbolizing *s)
{
	struct function f = named(s, KIND_UNKNOWN, "[unknown]", "");

	f.placeholder = true;
	return f;
}

/* ---- code of JIT compilers ---- */

static struct function python_function(const struct symbolizing *s, const char *qualname,
				       const char *file)
{
	struct function f = named(s, KIND_PYTHON, qualname, "");

	f.file = file;
	return f;
}

/* Anonymous memory that is not code: what broken chains point to. */
static const char *memory_name(const struct mapping *m)
{
	if ((m->prot & PROT_EXEC) && !m->data)
		return "[jit]";
	return m->filename[0] == '[' ? m->filename : "[anon]";
}

/* Where compiled code begins in its source, as the dump has it. */
static void declare_jit(const struct symbolizing *s, uint32_t code, struct function *f)
{
	struct jit_bytes bytes;

	jitmaps_bytes(s->in->jitmaps, code, &bytes);
	if (!bytes.n_lines)
		return;
	f->file = texts_add_z(s->in->texts, bytes.lines[0].file);
	f->line = bytes.lines[0].line;
}

static struct function jit_function(const struct symbolizing *s, const struct location *l,
				    const struct mapping *m)
{
	const char *qualname, *file, *name;
	struct function f;

	if (!l->code)
		return placeholder(s, KIND_NATIVE, memory_name(m));
	name = jitmaps_name(s->in->jitmaps, l->code);
	if (pyname_split(s->in->texts, name, &qualname, &file))
		return python_function(s, qualname, file);
	f = named(s, KIND_NATIVE, name, "[jit]");
	declare_jit(s, l->code, &f);
	return f;
}

/* ---- files ---- */

static struct function file_function(const struct symbolizing *s, const struct location *l,
				     const struct mapping *m)
{
	const char *symbol = objects_symbol(s->in->objects, l->mapping, m, l->addr);
	struct function f;

	if (!symbol)
		return placeholder(s, KIND_NATIVE, m->filename);
	symbol = texts_add_z(s->in->texts, symbol);
	f = named(s, KIND_NATIVE, demangle(s->in->texts, symbol), m->filename);
	if (f.name != symbol)
		f.symbol = symbol;
	return f;
}

/* ---- by whose address it is ---- */

static struct function user_function(const struct symbolizing *s, const struct location *l)
{
	const struct mapping *m;

	if (!l->mapping.i)
		return unknown(s);
	m = machine_mapping(s->in->machine, l->mapping);
	return stacks_is_jit(m) ? jit_function(s, l, m) : file_function(s, l, m);
}

static struct function function_of(const struct symbolizing *s, const struct location *l)
{
	switch (l->space) {
	case SPACE_USER:
		return user_function(s, l);
	case SPACE_KERNEL:
		return kernel_function(s->kernel, l->addr,
				       l->mapping.i ? machine_mapping(s->in->machine, l->mapping)
						    : NULL);
	case SPACE_GUEST_KERNEL:
		return placeholder(s, KIND_KERNEL, "[guest kernel]");
	case SPACE_GUEST_USER:
		return placeholder(s, KIND_NATIVE, "[guest user]");
	case SPACE_HYPERVISOR:
		return placeholder(s, KIND_KERNEL, "[hypervisor]");
	case SPACE_TASK:
		break;
	}
	/* tasks that folios keep are named when they are shown */
	return named(s, KIND_TASK,
		     l->addr < s->in->collected->n_tasks ? s->in->collected->tasks[l->addr] : "",
		     "");
}

/* ---- modules of Python functions ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct files {
	struct texts *texts;
	const char **items;
	size_t n, cap;
};

static void add_file(void *context, const char *name)
{
	struct files *f = context;
	const char *qualname, *file;

	if (!pyname_split(f->texts, name, &qualname, &file))
		return;
	f->items = mem_grow(f->items, f->n, 1, &f->cap, sizeof(*f->items));
	f->items[f->n++] = file;
}

const char **symbols_python_files(struct jitmaps *jitmaps, struct texts *texts, size_t *n_out)
{
	struct files f = { .texts = texts };
	size_t distinct = 0;

	jitmaps_load_all(jitmaps);
	jitmaps_names(jitmaps, add_file, &f);
	if (f.n)
		qsort(f.items, f.n, sizeof(*f.items), by_text);
	for (size_t i = 0; i < f.n; i++)
		if (distinct == 0 || f.items[i] != f.items[distinct - 1])
			f.items[distinct++] = f.items[i];
	*n_out = distinct;
	return f.items;
}

void symbols_name_modules(struct functions *functions, const char *const *files, size_t n,
			  struct texts *texts)
{
	const char **modules = mem_calloc(n, sizeof(char *));

	pyname_modules(texts, files, n, modules);
	for (size_t i = 0; i < functions->n; i++) {
		struct function *f = &functions->items[i];
		const char *const *found;

		if (f->kind != KIND_PYTHON || !n)
			continue;
		found = bsearch(&f->file, files, n, sizeof(*files), by_text);
		if (found)
			f->module = modules[found - files];
	}
	free(modules);
}

static void name_modules(const struct symbolizing *s)
{
	size_t n;
	const char **files = symbols_python_files(s->in->jitmaps, s->in->texts, &n);

	symbols_name_modules(s->functions, files, n, s->in->texts);
	free(files);
}

static void begin(struct symbolizing *s, const struct symbols_input *in,
		  struct functions *functions)
{
	*s = (struct symbolizing){
		.in = in,
		.functions = functions,
		.nothing = texts_add_z(in->texts, ""),
	};
}

void symbolize(const struct symbols_input *in, struct functions *functions, struct frames *out)
{
	const struct calltree *tree = in->collected->tree;
	struct symbolizing s;

	begin(&s, in, functions);
	s.kernel =
		in->kernel ? in->kernel : kernel_new(in->machine, in->finder, in->texts, in->diag);
	out->first = mem_calloc(tree->n_locations + 1, sizeof(*out->first));
	out->functions = mem_calloc(tree->n_locations, sizeof(*out->functions));
	for (uint32_t i = 0; i < tree->n_locations; i++) {
		struct function f = function_of(&s, &tree->locations[i]);

		out->first[i] = i;
		out->functions[i] = functions_add(functions, &f);
		out->first[i + 1] = i + 1;
	}
	name_modules(&s);
	if (!in->kernel)
		kernel_free(s.kernel);
}

void frames_done(struct frames *f)
{
	free(f->first);
	free(f->functions);
	free(f->places);
	*f = (struct frames){ 0 };
}

/* ---- debug information ---- */

enum { MAX_INLINED = 64 };

/* Where debug information is asked for a location. */
struct debug_place {
	struct debug_info *file; /* NULL: there is none */
	uint64_t vaddr, start;   /* the address in it, and where the symbol there begins */
};

/* The function of a frame as debug information has it. */
static struct function debug_function(const struct symbolizing *s, const struct source_frame *f,
				      const char *object)
{
	const char *symbol = texts_add_z(s->in->texts, f->name);
	struct function result = named(s, KIND_NATIVE, demangle(s->in->texts, symbol), object);

	if (result.name != symbol)
		result.symbol = symbol;
	result.file = texts_add_z(s->in->texts, f->decl_file);
	result.line = f->decl_line;
	result.inlined = f->inlined;
	return result;
}

/* Where a symbol's function is declared: asked at its first byte, so that all its addresses agree. */
static void declare(struct function *f, const struct source_table *table,
		    const struct debug_place *place, struct texts *texts)
{
	size_t n;
	const struct source_frame *at = source_table_frames(table, place->file, place->start, &n);

	if (n == 0 || at[n - 1].inlined || !*at[n - 1].name)
		return;
	f->file = texts_add_z(texts, at[n - 1].decl_file);
	f->line = at[n - 1].decl_line;
}

/* The frames of a location, the outermost first, and where they are. */
struct found_frames {
	uint32_t functions[MAX_INLINED];
	struct source_place places[MAX_INLINED];
	size_t n;
};

/* f: NULL, or what debug information says. */
static void put_frame(const struct symbolizing *s, struct found_frames *out, uint32_t function,
		      const struct source_frame *f)
{
	struct source_place *place = &out->places[out->n];

	out->functions[out->n++] = function;
	*place = (struct source_place){ .file = s->nothing };
	if (!f || !s->in->lines)
		return;
	place->file = texts_add_z(s->in->texts, f->file);
	place->line = f->line;
	place->declared = strcmp(f->decl_file, f->file) == 0 ? f->decl_line : 0;
}

/* The frames of a location in a file, whose symbol is known. */
static void debug_frames(const struct symbolizing *s, const struct source_table *table,
			 const struct debug_place *place, const char *object,
			 struct function symbol, struct found_frames *out)
{
	size_t n, all;
	const struct source_frame *at = source_table_frames(table, place->file, place->vaddr, &n);

	if (!symbol.placeholder)
		declare(&symbol, table, place, s->in->texts);
	else if (n && *at[n - 1].name && !at[n - 1].inlined)
		symbol = debug_function(s, &at[n - 1], object);
	for (all = n; n > 0 && !at[n - 1].inlined; n--)
		;
	put_frame(s, out, functions_add(s->functions, &symbol), n < all ? &at[n] : NULL);
	while (n-- > 0 && out->n < MAX_INLINED) {
		struct function f = debug_function(s, &at[n], object);

		if (*f.name)
			put_frame(s, out, functions_add(s->functions, &f), &at[n]);
	}
}

static bool is_in_file(const struct symbolizing *s, const struct location *l)
{
	return l->space == SPACE_USER && l->mapping.i &&
	       !stacks_is_jit(machine_mapping(s->in->machine, l->mapping));
}

/* Ask for a location what debug information there is. */
static struct debug_place ask(const struct symbolizing *s, struct source_table *table,
			      const struct location *l, const struct function *symbol)
{
	const struct mapping *m = machine_mapping(s->in->machine, l->mapping);
	struct debug_place place;

	place.file = objects_debug_info(s->in->objects, l->mapping, m, l->addr, &place.vaddr,
					&place.start);
	if (!place.file) {
		if (l->exact && !symbol->placeholder)
			diag_add(s->in->diag, PROBLEM_NO_DEBUG_INFO, m->filename,
				 "%s: no debug information is at hand", m->filename);
		return place;
	}
	source_table_ask(table, place.file, place.vaddr);
	if (!symbol->placeholder)
		source_table_ask(table, place.file, place.start);
	return place;
}

/* Functions of split DWARF are in files of their own. */
static void tell_missing(const struct symbolizing *s, struct source_table *table,
			 const struct debug_place *places)
{
	const struct calltree *tree = s->in->collected->tree;

	for (size_t i = 0; i < tree->n_locations; i++) {
		const char *missing =
			places[i].file ? source_table_missing(table, places[i].file) : NULL;
		const char *name;

		if (!missing)
			continue;
		name = machine_mapping(s->in->machine, tree->locations[i].mapping)->filename;
		diag_add(s->in->diag, PROBLEM_MISSING_SPLIT_FILE, name,
			 "%s: a part of its debug information is in .dwo files; %s was not found%s",
			 name, missing,
			 debug_info_packages() ? "" : " (a .dwp file is not read by this libdw)");
	}
}

static struct debug_place *ask_all(const struct symbolizing *s, struct source_table *table,
				   const struct frames *frames)
{
	const struct calltree *tree = s->in->collected->tree;
	struct debug_place *places = mem_calloc(tree->n_locations, sizeof(*places));

	for (size_t i = 0; i < tree->n_locations; i++)
		if (is_in_file(s, &tree->locations[i]))
			places[i] = ask(s, table, &tree->locations[i],
					&s->functions->items[*frames_at(frames, i)]);
	source_table_answer(table);
	tell_missing(s, table, places);
	return places;
}

/* A function that is a frame of its own somewhere is not marked as inlined. */
static void mark_inlined(struct functions *functions, const struct frames *f, size_t n_locations)
{
	for (size_t i = 0; i < n_locations; i++)
		functions->items[*frames_at(f, i)].inlined = false;
}

/* The frames of all locations, as they are put behind each other. */
struct more_frames {
	struct frames frames;
	size_t n, cap, cap_places;
};

static void append(struct more_frames *to, size_t location, const struct found_frames *found,
		   bool lines)
{
	struct frames *f = &to->frames;

	f->functions = mem_grow(f->functions, to->n, found->n, &to->cap, sizeof(*f->functions));
	memcpy(f->functions + to->n, found->functions, found->n * sizeof(*f->functions));
	if (lines) {
		f->places =
			mem_grow(f->places, to->n, found->n, &to->cap_places, sizeof(*f->places));
		memcpy(f->places + to->n, found->places, found->n * sizeof(*f->places));
	}
	to->n += found->n;
	f->first[location + 1] = (uint32_t)to->n;
}

void symbolize_inlined(const struct symbols_input *in, struct functions *functions,
		       struct frames *frames)
{
	const struct calltree *tree = in->collected->tree;
	struct more_frames more = { .n = 0 };
	struct source_table *table = source_table_new();
	struct debug_place *places;
	struct symbolizing s;

	begin(&s, in, functions);
	more.frames.first = mem_calloc(tree->n_locations + 1, sizeof(*more.frames.first));
	places = ask_all(&s, table, frames);
	for (size_t i = 0; i < tree->n_locations; i++) {
		uint32_t symbol = *frames_at(frames, i);
		struct found_frames found;

		found.n = 0; /* the rest of it is put when there is one */
		if (places[i].file)
			debug_frames(
				&s, table, &places[i],
				machine_mapping(in->machine, tree->locations[i].mapping)->filename,
				functions->items[symbol], &found);
		else
			put_frame(&s, &found, symbol, NULL);
		append(&more, i, &found, in->lines);
	}
	mark_inlined(functions, &more.frames, tree->n_locations);
	if (in->lines)
		jit_lines_put(in->jitmaps, tree, &more.frames, in->texts);
	frames_done(frames);
	*frames = more.frames;
	source_table_free(table);
	free(places);
}
