#include "render/memory.h"

#include "parser/perf_format.h"

#define MEMORY_POINTER(name) render_memory_##name,
memory_renderer *const memory_renderers[N_MEMORY_FORMATS] = { MEMORY_FORMATS(MEMORY_POINTER) };

const char *memory_missing(const struct memory_tables *t, unsigned i)
{
	static const struct {
		uint64_t bits;
		const char *text;
	} rows[] = {
		{ SAMPLE_ADDR,
		  "no data addresses were recorded (perf record -d): no objects, pages, lines" },
		{ SAMPLE_WEIGHT | SAMPLE_WEIGHT_STRUCT,
		  "no latencies were recorded (perf record -W)" },
		{ SAMPLE_TID, "threads are not told apart (perf record -T)" },
	};

	if (!t->memory->n_accesses)
		return NULL;
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
		if (!memory_recorded(t, rows[r].bits) && i-- == 0)
			return rows[r].text;
	return NULL;
}
