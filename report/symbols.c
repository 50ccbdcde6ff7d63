#include "report/symbols.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/demangle.h"
#include "report/jitmaps.h"
#include "report/kernel.h"
#include "report/label.h"
#include "report/objects.h"
#include "report/pyname.h"
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
	size_t len = strlen(base);
	char *text;

	f.placeholder = true;
	if (*base == '[')
		return f;
	text = mem_calloc(len + 3, 1);
	text[0] = '[';
	memcpy(text + 1, base, len);
	text[len + 1] = ']';
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

enum { PROT_EXEC_BIT = 4 };

/* Anonymous memory that is not code: what broken chains point to. */
static const char *memory_name(const struct mapping *m)
{
	if ((m->prot & PROT_EXEC_BIT) && !m->data)
		return "[jit]";
	return m->filename[0] == '[' ? m->filename : "[anon]";
}

static struct function jit_function(const struct symbolizing *s, const struct location *l,
				    const struct mapping *m)
{
	const struct perfmap_entry *e = jitmaps_find(s->in->jitmaps, l->owner, m, l->addr);
	const char *qualname, *file;

	if (!e)
		return placeholder(s, KIND_NATIVE, memory_name(m));
	if (pyname_split(s->in->texts, e->name, &qualname, &file))
		return python_function(s, qualname, file);
	return named(s, KIND_NATIVE, e->name, "[jit]");
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
	return named(s, KIND_TASK, s->in->collected->tasks[l->addr], "");
}

/* ---- modules of Python functions ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The distinct files of Python functions, of all maps, sorted. */
static const char **python_files(const struct symbolizing *s, size_t *n_out)
{
	size_t n_maps = jitmaps_load_all(s->in->jitmaps), n = 0, cap = 0, distinct = 0;
	const char **files = NULL;

	for (size_t i = 0; i < n_maps; i++) {
		const struct perfmap *map = jitmaps_get(s->in->jitmaps, i);

		for (size_t k = 0; map && k < map->n; k++) {
			const char *qualname, *file;

			if (!pyname_split(s->in->texts, map->entries[k].name, &qualname, &file))
				continue;
			files = mem_grow(files, n, 1, &cap, sizeof(*files));
			files[n++] = file;
		}
	}
	if (n)
		qsort(files, n, sizeof(*files), by_text);
	for (size_t i = 0; i < n; i++)
		if (distinct == 0 || files[i] != files[distinct - 1])
			files[distinct++] = files[i];
	*n_out = distinct;
	return files;
}

static void name_modules(const struct symbolizing *s)
{
	size_t n;
	const char **files = python_files(s, &n), **modules = mem_calloc(n, sizeof(char *));

	pyname_modules(s->in->texts, files, n, modules);
	for (size_t i = 0; i < s->functions->n; i++) {
		struct function *f = &s->functions->items[i];
		const char **found;

		if (f->kind != KIND_PYTHON)
			continue;
		found = bsearch(&f->file, files, n, sizeof(*files), by_text);
		if (found)
			f->module = modules[found - files];
	}
	free(files);
	free(modules);
}

uint32_t *symbolize(const struct symbols_input *in, struct functions *functions)
{
	const struct calltree *tree = in->collected->tree;
	struct symbolizing s = {
		.in = in,
		.functions = functions,
		.nothing = texts_add_z(in->texts, ""),
		.kernel = kernel_new(in->machine, in->finder, in->texts, in->diag),
	};
	uint32_t *of_location = mem_calloc(tree->n_locations, sizeof(*of_location));

	for (size_t i = 0; i < tree->n_locations; i++) {
		struct function f = function_of(&s, &tree->locations[i]);

		of_location[i] = functions_add(functions, &f);
	}
	name_modules(&s);
	kernel_free(s.kernel);
	return of_location;
}
