#include "report/kernel_modules.h"

#include <elf.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "report/elf_file.h"

/* A module's file, opened when its first address is asked for. */
struct module {
	const struct mapping *mapping;
	struct elf_file *elf; /* NULL: it was not found, or cannot be read */
};

struct kernel_modules {
	struct finder *finder;
	struct diag *diag;
	struct module *items;
	size_t n, cap;
};

struct kernel_modules *kernel_modules_new(struct finder *f, struct diag *diag)
{
	struct kernel_modules *k = mem_calloc(1, sizeof(*k));

	k->finder = f;
	k->diag = diag;
	return k;
}

void kernel_modules_free(struct kernel_modules *k)
{
	if (!k)
		return;
	for (size_t i = 0; i < k->n; i++)
		elf_file_free(k->items[i].elf);
	free(k->items);
	free(k);
}

static struct elf_file *open_module(const struct kernel_modules *k, const struct mapping *mapping)
{
	struct found_object found = finder_object(k->finder, mapping);
	struct error err;
	struct elf_file *elf;

	if (!found.path)
		return NULL;
	elf = elf_file_open(found.path, found.debug_path, &err);
	if (!elf)
		diag_add(k->diag, PROBLEM_BAD_OBJECT, found.path, "%s: %s", found.path, err.what);
	return elf;
}

/* There are some dozens, and each is asked for by few addresses. */
static const struct module *module_of(struct kernel_modules *k, const struct mapping *mapping)
{
	size_t i = 0;

	while (i < k->n && k->items[i].mapping != mapping)
		i++;
	if (i == k->n) {
		struct module m = { mapping, open_module(k, mapping) };

		k->items = mem_grow(k->items, k->n, 1, &k->cap, sizeof(*k->items));
		k->items[k->n++] = m;
	}
	return &k->items[i];
}

const char *kernel_modules_symbol(struct kernel_modules *k, const struct mapping *mapping,
				  uint64_t addr)
{
	const struct module *m = module_of(k, mapping);
	const struct elf_symbol *s;

	if (!m->elf || m->elf->type != ET_REL)
		return NULL;
	/* a module's file has addresses from 0 on: its mapping begins where its code does */
	s = elf_find_symbol(m->elf, addr - mapping->start);
	return s ? s->name : NULL;
}
