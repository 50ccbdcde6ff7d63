/*
 * Folded stacks, as flamegraph.pl and speedscope read them: "outer;inner;leaf NUMBER".
 */
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/folded.h"

void render_folded(struct out *o, const struct folded *f)
{
	char *line = NULL;  /* the stack of the node before, without its number */
	size_t *end = NULL; /* end[d]: length of the line down to depth d */
	size_t cap_line = 0, cap_end = 0;
	size_t *length = mem_calloc(f->n_labels, sizeof(*length));

	for (size_t i = 0; i < f->n_labels; i++)
		length[i] = strlen(f->labels[i]);
	end = mem_grow(end, 0, 1, &cap_end, sizeof(*end));
	end[0] = 0;
	for (size_t i = 0; i < f->n_nodes; i++) {
		const struct folded_node *n = &f->nodes[i];
		size_t at = end[n->depth - 1], len = length[n->label];

		line = mem_grow(line, at, len + 2, &cap_line, 1);
		end = mem_grow(end, n->depth, 1, &cap_end, sizeof(*end));
		if (n->depth > 1)
			line[at++] = ';';
		memcpy(line + at, f->labels[n->label], len);
		end[n->depth] = at + len;
		if (!n->value)
			continue;
		out_bytes(o, line, at + len);
		out_char(o, ' ');
		out_u64(o, n->value);
		out_char(o, '\n');
	}
	free(line);
	free(end);
	free(length);
}
