#include "report/shares.h"

#include <stdlib.h>

#include "parser/base/memory.h"

enum { FEW = 2 * SHARE_WHOLE }; /* as many take the room of the counts */

static void count_them(struct shares *s)
{
	s->counts = mem_calloc(SHARE_WHOLE + 1, sizeof(*s->counts));
	for (size_t i = 0; i < s->n; i++)
		s->counts[s->list[i]]++;
	free(s->list);
	s->list = NULL;
}

void shares_add(struct shares *s, uint64_t share)
{
	uint16_t v = (uint16_t)(share < SHARE_WHOLE ? share : SHARE_WHOLE);

	if (s->n == FEW && !s->counts)
		count_them(s);
	if (s->counts) {
		s->counts[v]++;
	} else {
		s->list = mem_grow(s->list, s->n, 1, &s->cap, sizeof(*s->list));
		s->list[s->n] = v;
	}
	s->n++;
}

static int by_value(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

uint32_t shares_quantile(struct shares *s, unsigned part, unsigned parts)
{
	uint64_t rank = (s->n * part + parts - 1) / parts, seen = 0; /* from 1 */
	uint32_t v = 0;

	if (!s->n)
		return 0;
	if (!rank)
		rank = 1;
	if (!s->counts) {
		qsort(s->list, s->n, sizeof(*s->list), by_value);
		return s->list[rank - 1];
	}
	while (seen + s->counts[v] < rank)
		seen += s->counts[v++];
	return v;
}

void shares_done(struct shares *s)
{
	free(s->list);
	free(s->counts);
	*s = (struct shares){ .n = 0 };
}
