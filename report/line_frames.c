#include "report/line_frames.h"

#include <string.h>

#include "parser/base/memory.h"

static uint32_t at_line(struct functions *functions, const struct function *f,
			const struct source_place *place)
{
	struct function at = *f;

	if (place->line) {
		at.at = place->line;
		at.file = place->file;
	}
	return functions_add(functions, &at);
}

void line_frames_make(struct line_frames *l, const struct functions *functions,
		      const struct frames *frames, size_t n)
{
	size_t n_frames = frames->first[n];

	*l = (struct line_frames){ .functions = { .n = 0 } };
	l->frames.first = mem_calloc(n + 1, sizeof(*l->frames.first));
	memcpy(l->frames.first, frames->first, (n + 1) * sizeof(*l->frames.first));
	l->frames.functions = mem_calloc(n_frames, sizeof(*l->frames.functions));
	for (size_t i = 0; i < n_frames; i++)
		l->frames.functions[i] = at_line(
			&l->functions, &functions->items[frames->functions[i]], &frames->places[i]);
}

void line_frames_done(struct line_frames *l)
{
	functions_done(&l->functions);
	frames_done(&l->frames);
}
