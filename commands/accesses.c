#include "commands/accesses.h"

#include <stdlib.h>

#include "parser/base/memory.h"

void accesses_of_recording(struct accesses *a, const struct memory_log *log, size_t n_nodes)
{
	a->log = log;
	a->n_nodes = n_nodes;
}

void accesses_of_folio(struct accesses *a, const struct folio *f, struct folio_view *v)
{
	static const struct memory_log none;
	struct recording_names names;

	accesses_of_recording(a, f->memory ? f->memory : &none, f->tree->n_nodes);
	a->nodes = v->nodes;
	a->events = v->columns;
	v->nodes = NULL;
	v->columns = NULL;
	if (f->n_sources < 2)
		return;
	recording_names_begin(&names, f);
	a->recordings = mem_calloc(a->log->n_recordings, sizeof(*a->recordings));
	for (size_t i = 0; i < a->log->n_recordings; i++)
		a->recordings[i] = recording_name(&names, a->log->recordings[i]);
	recording_names_done(&names);
}

void accesses_find_homes(struct accesses *a, const struct profile *p, const uint32_t *rows)
{
	uint32_t *functions = mem_calloc(p->costs.n_rows, sizeof(*functions));

	a->homes = mem_calloc(a->n_nodes, sizeof(*a->homes));
	for (size_t row = 0; row < p->costs.n_rows; row++)
		functions[row] = MEMORY_NONE;
	for (size_t i = 1; i < p->n_nodes; i++)
		if (p->nodes[i].cost)
			functions[p->nodes[i].cost] = p->nodes[i].function;
	for (size_t n = 0; n < a->n_nodes; n++)
		a->homes[n] = functions[rows[a->nodes ? a->nodes[n] : n]];
	free(functions);
}

struct memory_homes accesses_homes(const struct accesses *a, const struct profile *p)
{
	return (struct memory_homes){
		.functions = a->homes,
		.n_nodes = a->n_nodes,
		.events = a->events,
		.recordings = a->recordings,
		.names = p->functions,
		.n_names = p->n_functions,
		.view = p->view,
		.keys = p->keys,
	};
}

void accesses_done(struct accesses *a)
{
	free(a->homes);
	free(a->nodes);
	free(a->events);
	free(a->recordings);
	*a = (struct accesses){ .log = NULL };
}
