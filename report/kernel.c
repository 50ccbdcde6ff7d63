#include "report/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/kallsyms.h"
#include "report/elf_file.h"
#include "report/kernel_modules.h"
#include "report/label.h"

#define KERNEL_OBJECT "[kernel.kallsyms]"

struct kernel {
	const struct machine *machine;
	struct finder *finder;
	struct texts *texts;
	struct diag *diag;
	bool tried;
	struct kallsyms symbols;  /* n == 0: none */
	struct elf_file *vmlinux; /* where there are none; or NULL */
	struct kernel_modules *modules;
	uint64_t moved; /* how much further up the kernel lay when it was recorded */
	bool image_tried;
	const char *image;    /* path of the vmlinux, whether or not there is a table; or NULL */
	uint64_t image_moved; /* how much further up the kernel lay than it says */
};

struct kernel *kernel_new(const struct machine *m, struct finder *f, struct texts *texts,
			  struct diag *diag)
{
	struct kernel *k = mem_calloc(1, sizeof(*k));

	k->machine = m;
	k->finder = f;
	k->texts = texts;
	k->diag = diag;
	k->modules = kernel_modules_new(f, diag);
	return k;
}

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	kallsyms_free(&k->symbols);
	elf_file_free(k->vmlinux);
	kernel_modules_free(k->modules);
	free(k);
}

/* The mapping "[kernel.kallsyms]_text": its pgoff is the address that this symbol had.  NULL: none. */
static const struct mapping *kernel_mapping(const struct kernel *k)
{
	for (uint32_t i = 1; i <= machine_mappings(k->machine); i++) {
		const struct mapping *m = machine_mapping(k->machine, (struct mapping_id){ i });
		const char *symbol = strchr(m->filename, ']');

		if (m->instance.i == 0 && symbol && symbol[1] &&
		    strncmp(m->filename, "[kernel", 7) == 0)
			return m;
	}
	return NULL;
}

static const char *reference_symbol(const struct mapping *m)
{
	return strchr(m->filename, ']') + 1;
}

/* False: it is told why there are no symbols in the table. */
static bool load_kallsyms(struct kernel *k, const char *path, const struct mapping *m)
{
	struct error err;
	uint64_t address;

	if (!kallsyms_read(path, &k->symbols, &err)) {
		diag_add(k->diag, PROBLEM_MISSING_KALLSYMS, path, "%s: %s", path, err.what);
		return false;
	}
	if (k->symbols.more)
		diag_add(k->diag, PROBLEM_MISSING_KALLSYMS, path,
			 "%s has more than %d MiB; the lines behind them were not read", path,
			 KALLSYMS_BYTES_MAX >> 20);
	if (k->symbols.hidden) {
		diag_add(k->diag, PROBLEM_MISSING_KALLSYMS, path,
			 "%s: all addresses are 0: it was read without the right to see them",
			 path);
		kallsyms_free(&k->symbols);
		k->symbols = (struct kallsyms){ 0 };
		return false;
	}
	if (m && m->pgoff && kallsyms_address(&k->symbols, reference_symbol(m), &address))
		k->moved = m->pgoff - address;
	return true;
}

/* The symbols of the kernel itself; its modules lie where no file says. */
static bool load_vmlinux(struct kernel *k, const struct mapping *m)
{
	const char *path = finder_vmlinux(k->finder, m);
	struct error err;
	uint64_t address;

	if (!path || !elf_symbol_address(path, reference_symbol(m), &address))
		return false;
	k->vmlinux = elf_file_open(path, NULL, &err);
	k->moved = m->pgoff - address;
	return k->vmlinux != NULL;
}

static void load(struct kernel *k)
{
	const struct mapping *m = kernel_mapping(k);
	const char *path = finder_kallsyms(k->finder, m), *why;

	k->tried = true;
	if (path && load_kallsyms(k, path, m))
		return;
	if (load_vmlinux(k, m) || path)
		return;
	path = finder_host_kallsyms(k->finder, m, &why);
	if (path)
		load_kallsyms(k, path, m);
	else
		diag_add(k->diag, PROBLEM_MISSING_KALLSYMS, "",
			 "there is no kallsyms in the recording directory; this machine's was not "
			 "taken: %s",
			 why);
}

/* "/lib/modules/6.1.0/kernel/fs/ext4/ext4.ko.xz" and "[ext4]" are "[ext4]"; dashes count as underscores. */
static const char *module_object(struct kernel *k, const char *filename)
{
	const char *base = label_base(filename), *end = strstr(base, ".ko");
	const char *result;
	char *text;

	if (!end)
		return texts_add_z(k->texts, filename);
	if (asprintf(&text, "[%.*s]", (int)(end - base), base) < 0)
		return KERNEL_OBJECT;
	for (char *s = text; *s; s++)
		if (*s == '-')
			*s = '_';
	result = texts_add_z(k->texts, text);
	free(text);
	return result;
}

static struct function function_of(struct kernel *k, const char *name, const char *object)
{
	bool kernel = strncmp(object, "[kernel", 7) == 0 || strncmp(object, "[guest", 6) == 0;

	return (struct function){
		.kind = KIND_KERNEL,
		.name = texts_add_z(k->texts, name),
		.symbol = texts_add_z(k->texts, ""),
		.module = texts_add_z(k->texts, kernel ? "[kernel]" : object),
		.file = texts_add_z(k->texts, ""),
		.object = texts_add_z(k->texts, kernel ? KERNEL_OBJECT : object),
	};
}

static struct function symbol_function(struct kernel *k, const struct kallsyms_entry *e)
{
	struct function f;
	char *object;

	/* "__builtin__ftrace" and the like: made by the kernel itself, no module's */
	if (!*e->module || strncmp(e->module, "__builtin__", 11) == 0)
		return function_of(k, e->name, KERNEL_OBJECT);
	if (asprintf(&object, "[%s]", e->module) < 0)
		return function_of(k, e->name, KERNEL_OBJECT);
	f = function_of(k, e->name, object);
	free(object);
	return f;
}

static bool is_module(const struct mapping *m)
{
	return m && strncmp(m->filename, "[kernel", 7) != 0;
}

/* After another boot the kernel lies elsewhere as a whole, but each module for itself. */
static const struct kallsyms_entry *find_symbol(const struct kernel *k, uint64_t addr,
						const struct mapping *mapping)
{
	const struct kallsyms_entry *e;

	if (k->moved && is_module(mapping))
		return NULL;
	e = kallsyms_find(&k->symbols, addr - k->moved);
	return e && k->moved && *e->module ? NULL : e;
}

static const struct elf_symbol *find_in_vmlinux(const struct kernel *k, uint64_t addr,
						const struct mapping *mapping)
{
	return k->vmlinux && !is_module(mapping) ? elf_find_symbol(k->vmlinux, addr - k->moved)
						 : NULL;
}

struct function kernel_function(struct kernel *k, uint64_t addr, const struct mapping *mapping)
{
	const struct kallsyms_entry *e;
	const struct elf_symbol *symbol;
	struct function f;

	if (mapping && mapping->is_symbol)
		return function_of(k, mapping->filename, mapping->filename);
	if (!k->tried)
		load(k);
	e = find_symbol(k, addr, mapping);
	if (e)
		return symbol_function(k, e);
	symbol = find_in_vmlinux(k, addr, mapping);
	if (symbol)
		return function_of(k, symbol->name, KERNEL_OBJECT);
	if (is_module(mapping)) {
		const char *object = module_object(k, mapping->filename);
		const char *name = kernel_modules_symbol(k->modules, mapping, addr);

		if (name)
			return function_of(k, name, object);
		f = function_of(k, *object == '[' ? object : label_base(object), object);
	} else {
		f = function_of(k, "[kernel]", KERNEL_OBJECT);
	}
	f.placeholder = true;
	return f;
}

/* ---- code ---- */

static void find_image(struct kernel *k)
{
	const struct mapping *m = kernel_mapping(k);
	const char *path = m ? finder_vmlinux(k->finder, m) : NULL;
	uint64_t address;

	k->image_tried = true;
	if (!path || !elf_symbol_address(path, reference_symbol(m), &address))
		return;
	k->image = path;
	k->image_moved = m->pgoff - address;
}

struct kernel_code kernel_code(struct kernel *k, uint64_t addr, const struct mapping *mapping)
{
	struct kernel_code code = { .path = NULL };
	const struct kallsyms_entry *e;

	if (!k->tried)
		load(k);
	if (!k->image_tried)
		find_image(k);
	if (mapping && mapping->is_symbol) {
		code.start = mapping->start;
		code.end = mapping->end;
		return code;
	}
	e = find_symbol(k, addr, mapping);
	if (e) {
		code.start = e->start + k->moved;
		code.end = e->end + k->moved;
	}
	if (k->image && !is_module(mapping) && !(e && *e->module)) {
		code.path = k->image;
		code.vaddr = addr - k->image_moved;
	}
	return code;
}
