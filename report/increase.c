#include "report/increase.h"

#include <stdlib.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/event.h"
#include "parser/recording.h"
#include "parser/sample.h"

struct counter {
	uint64_t id, tid, value;
	bool used;
};

struct increases {
	struct counter *slots;
	size_t mask, n;
	struct share *shares; /* of the sample under way */
	size_t cap_shares;
};

struct increases *increases_new(void)
{
	struct increases *c = mem_calloc(1, sizeof(*c));

	c->mask = 63;
	c->slots = mem_calloc(c->mask + 1, sizeof(*c->slots));
	return c;
}

void increases_free(struct increases *c)
{
	if (!c)
		return;
	free(c->slots);
	free(c->shares);
	free(c);
}

static struct counter *slot_of(struct increases *c, uint64_t id, uint64_t tid)
{
	size_t i = (size_t)hash_pair(id, tid) & c->mask;

	while (c->slots[i].used && (c->slots[i].id != id || c->slots[i].tid != tid))
		i = (i + 1) & c->mask;
	return &c->slots[i];
}

static void double_slots(struct increases *c)
{
	struct counter *old = c->slots;
	size_t n = c->mask + 1;

	c->mask = 2 * n - 1;
	c->slots = mem_calloc(2 * n, sizeof(*c->slots));
	for (size_t i = 0; i < n; i++)
		if (old[i].used)
			*slot_of(c, old[i].id, old[i].tid) = old[i];
	free(old);
}

uint64_t increases_take(struct increases *c, uint64_t id, uint64_t tid, uint64_t value)
{
	struct counter *k = slot_of(c, id, tid);
	uint64_t before;

	if (!k->used) {
		if (2 * ++c->n > c->mask) {
			double_slots(c);
			k = slot_of(c, id, tid);
		}
		*k = (struct counter){ .id = id, .tid = tid, .used = true };
	}
	before = k->value <= value ? k->value : 0;
	k->value = value;
	return value - before;
}

bool increases_apply(const struct sample *s)
{
	return (s->type & SAMPLE_READ) && s->read_values;
}

const struct share *increases_shares(struct increases *c, const struct recording *r,
				     const struct sample_decoder *d, const struct sample *s,
				     size_t *n)
{
	const struct events *events = recording_events(r);

	*n = 0;
	c->shares = mem_grow(c->shares, 0, (size_t)s->read_nr, &c->cap_shares, sizeof(*c->shares));
	for (uint64_t i = 0; i < s->read_nr; i++) {
		struct read_value v = sample_read_value(d, s, i);
		int event = s->read_nr == 1 && !v.id ? s->event : events_find(events, v.id);
		uint64_t tid = 0;

		if (event < 0)
			continue;
		if (attr_has(&events->items[event].attr, ATTR_INHERIT))
			tid = s->tid;
		c->shares[(*n)++] = (struct share){ event, increases_take(c, v.id, tid, v.value) };
	}
	return c->shares;
}
