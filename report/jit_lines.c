#include "report/jit_lines.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/jitdump.h"

/* Locations by code and address, so that each code's lines are gone through once. */
static int by_code(const void *va, const void *vb, void *context)
{
	const struct location *locations = context;
	const struct location *a = &locations[*(const uint32_t *)va];
	const struct location *b = &locations[*(const uint32_t *)vb];

	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	return (a->addr > b->addr) - (a->addr < b->addr);
}

static int by_address(const void *va, const void *vb)
{
	const struct jitdump_line *a = va, *b = vb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return strcmp(a->file, b->file);
}

struct jitdump_line *jit_lines_sorted(const struct jit_bytes *code)
{
	struct jitdump_line *lines = mem_calloc(code->n_lines, sizeof(*lines));

	if (code->n_lines) {
		memcpy(lines, code->lines, code->n_lines * sizeof(*lines));
		qsort(lines, code->n_lines, sizeof(*lines), by_address);
	}
	return lines;
}

/* A line holds from its address on. */
static void fill(const struct jit_bytes *code, const uint32_t *which, size_t n,
		 const struct calltree *tree, struct frames *frames, struct texts *texts)
{
	struct jitdump_line *lines = jit_lines_sorted(code);
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		struct source_place *place = &frames->places[frames->first[which[i]]];
		uint64_t addr = tree->locations[which[i]].addr;

		while (at < code->n_lines && lines[at].addr <= addr)
			at++;
		if (at == 0 || lines[at - 1].addr < code->start)
			continue;
		place->file = texts_add_z(texts, lines[at - 1].file);
		place->line = lines[at - 1].line;
	}
	free(lines);
}

void jit_lines_put(const struct jitmaps *jitmaps, const struct calltree *tree,
		   struct frames *frames, struct texts *texts)
{
	uint32_t *which = mem_calloc(tree->n_locations, sizeof(*which));
	struct jit_bytes code;
	size_t n = 0, end;

	for (uint32_t i = 0; i < tree->n_locations; i++)
		if (tree->locations[i].code)
			which[n++] = i;
	if (n)
		qsort_r(which, n, sizeof(*which), by_code, tree->locations);
	for (size_t i = 0; i < n; i = end) {
		uint32_t id = tree->locations[which[i]].code;

		for (end = i; end < n && tree->locations[which[end]].code == id; end++)
			;
		jitmaps_bytes(jitmaps, id, &code);
		fill(&code, &which[i], end - i, tree, frames, texts);
	}
	free(which);
}
