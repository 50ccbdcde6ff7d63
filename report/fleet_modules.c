#include "report/fleet_modules.h"

#include <stdint.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/numbers.h"
#include "report/pyname.h"

struct fleet_modules {
	struct texts *texts;
	struct numbers known; /* by the address of the file's text: its index */
	const char **files, **modules;
	size_t n, cap;
};

struct fleet_modules *fleet_modules_new(void)
{
	struct fleet_modules *m = mem_calloc(1, sizeof(*m));

	m->texts = texts_new();
	return m;
}

void fleet_modules_free(struct fleet_modules *m)
{
	if (!m)
		return;
	numbers_done(&m->known);
	free(m->files);
	free(m->modules);
	texts_free(m->texts);
	free(m);
}

void fleet_modules_add(struct fleet_modules *m, const char *file)
{
	const char *own = texts_add_z(m->texts, file);
	bool is_new;

	numbers_add(&m->known, (uint64_t)(uintptr_t)own, &is_new);
	if (!is_new)
		return;
	m->files = mem_grow(m->files, m->n, 1, &m->cap, sizeof(*m->files));
	m->files[m->n++] = own;
}

void fleet_modules_name(struct fleet_modules *m)
{
	m->modules = mem_calloc(m->n, sizeof(*m->modules));
	pyname_modules(m->texts, m->files, m->n, m->modules);
}

const char *fleet_modules_of(const struct fleet_modules *m, const char *file)
{
	uint32_t number;

	if (!numbers_find(&m->known, (uint64_t)(uintptr_t)texts_add_z(m->texts, file), &number))
		return NULL;
	return m->modules[number];
}
