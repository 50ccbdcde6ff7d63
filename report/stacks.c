#include "report/stacks.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/perf_format.h"
#include "report/jitmaps.h"

enum {
	FIRST_SLOTS = 256,
	BLOCK = 8,
	/* Caches grow with the table of chains, so that small recordings do not clear megabytes: slots for each of its slots, and at most. */
	PARTS_EACH = 8, /* outer parts */
	MOST_PARTS = 1 << 15,
	PLACES_EACH = 4, /* resolved addresses */
	MOST_PLACES = 1 << 14,
	SAME_CHAIN_MAX =
		8, /* entries kept for one chain that is resolved differently at different times */
};

struct entry {
	struct hash128 hash;
	uint64_t from, to; /* valid in [from, to) */
	struct stack_leaf leaf;
};

/* An address resolved before: valid for the instance in [from, to). */
struct known_place {
	uint64_t addr, from, to;
	uint32_t instance, location_1; /* location + 1; 0: free */
	enum space_kind space : 8;
	bool exact;
};

/*
 * A new chain mostly has an outer part that was seen before.  After every BLOCK frames from the outermost one,
 * the node reached is remembered under the hash of the frames so far, so that a new chain is walked frame by
 * frame only where it differs.
 */
struct outer_part {
	struct hash128 hash; /* of instance, root and the frames up to here; 0, 0 is free */
	uint64_t from, to;   /* valid in [from, to) */
	uint32_t node;
};

/* An address of a chain with its context. */
struct address {
	uint64_t addr;
	enum space_kind space;
	bool exact;
};

struct stacks {
	const struct machine *machine;
	struct calltree *tree;
	struct jitmaps *jitmaps;
	struct entry *slots; /* open addressing; hash 0,0 is free */
	size_t mask, used;
	struct known_place *places; /* n_places: a power of 2 */
	struct outer_part *parts;   /* n_parts: likewise */
	size_t n_places, n_parts;
	struct address *addresses; /* of the chain under way */
	size_t cap_addresses;
};

/* Empty ones, unless they are large enough: what they knew is found again. */
static void size_caches(struct stacks *s)
{
	size_t n = s->mask + 1;
	size_t parts = PARTS_EACH * n < MOST_PARTS ? PARTS_EACH * n : MOST_PARTS;
	size_t places = PLACES_EACH * n < MOST_PLACES ? PLACES_EACH * n : MOST_PLACES;

	if (parts != s->n_parts) {
		free(s->parts);
		s->parts = mem_calloc(parts, sizeof(*s->parts));
		s->n_parts = parts;
	}
	if (places != s->n_places) {
		free(s->places);
		s->places = mem_calloc(places, sizeof(*s->places));
		s->n_places = places;
	}
}

struct stacks *stacks_new(const struct machine *m, struct calltree *tree, struct jitmaps *jitmaps)
{
	struct stacks *s = mem_calloc(1, sizeof(*s));

	s->machine = m;
	s->tree = tree;
	s->jitmaps = jitmaps;
	s->mask = FIRST_SLOTS - 1;
	s->slots = mem_calloc(FIRST_SLOTS, sizeof(*s->slots));
	size_caches(s);
	return s;
}

void stacks_free(struct stacks *s)
{
	if (!s)
		return;
	free(s->slots);
	free(s->places);
	free(s->parts);
	free(s->addresses);
	free(s);
}

enum space_kind stacks_space(unsigned cpumode, uint64_t addr)
{
	switch (cpumode) {
	case MISC_KERNEL:
		return SPACE_KERNEL;
	case MISC_USER:
		return SPACE_USER;
	case MISC_HYPERVISOR:
		return SPACE_HYPERVISOR;
	case MISC_GUEST_KERNEL:
		return SPACE_GUEST_KERNEL;
	case MISC_GUEST_USER:
		return SPACE_GUEST_USER;
	default: /* not said: on 64-bit machines the kernel has the upper half */
		return addr >> 63 ? SPACE_KERNEL : SPACE_USER;
	}
}

bool stacks_is_jit(const struct mapping *m)
{
	const char *name = m->filename;

	return !*name || text_begins(name, "//anon") || text_begins(name, "/dev/zero") ||
	       text_begins(name, "/anon_hugepage") || text_begins(name, "[anon") ||
	       text_begins(name, "[heap]") || text_begins(name, "[stack") ||
	       text_begins(name, "/SYSV") || text_begins(name, "/memfd:") ||
	       text_begins(name, "anon_inode:");
}

/* ---- a chain's addresses ---- */

/* The context that a marker announces; false: none that is known, the old one goes on. */
static bool marker_space(uint64_t marker, enum space_kind *space)
{
	switch (marker) {
	case CONTEXT_HV:
		*space = SPACE_HYPERVISOR;
		return true;
	case CONTEXT_KERNEL:
		*space = SPACE_KERNEL;
		return true;
	case CONTEXT_USER:
		*space = SPACE_USER;
		return true;
	case CONTEXT_GUEST:
	case CONTEXT_GUEST_KERNEL:
		*space = SPACE_GUEST_KERNEL;
		return true;
	case CONTEXT_GUEST_USER:
		*space = SPACE_GUEST_USER;
		return true;
	default:
		return false;
	}
}

/*
 * The sample's own ip is the leaf.  Mostly it is the chain's first address; precise events (PEBS)
 * correct it, and the chain keeps where the interrupt came.  A chain that leaves out the
 * sample's context (perf record --user-callchains) goes on from there.
 */
static size_t put_leaf(const struct stack_key *key, struct address *addresses, size_t n)
{
	enum space_kind space = stacks_space(key->cpumode, key->ip);

	if (!key->ip)
		return n;
	if (n && addresses[0].space == space) {
		addresses[0].addr = key->ip;
		return n;
	}
	if (n && !key->cpumode)
		return n; /* whose the ip is was only guessed */
	memmove(addresses + 1, addresses, n * sizeof(*addresses));
	addresses[0] = (struct address){ key->ip, space, true };
	return n + 1;
}

/* The first address behind each marker is where that context was, the others are return addresses. */
static size_t read_chain(struct stacks *s, const struct stack_key *key)
{
	enum space_kind space = stacks_space(key->cpumode, key->ip);
	bool exact = true;
	size_t n = 0;

	s->addresses = mem_grow(s->addresses, 0, (size_t)key->chain_nr + 1, &s->cap_addresses,
				sizeof(*s->addresses));
	for (uint64_t i = 0; i < key->chain_nr; i++) {
		uint64_t addr;

		memcpy(&addr, key->chain + 8 * i, sizeof(addr));
		if (addr == CONTEXT_USER_DEFERRED)
			break; /* what follows is no address */
		if (addr >= CONTEXT_MAX) {
			marker_space(addr, &space);
			exact = true;
			continue;
		}
		s->addresses[n++] =
			(struct address){ exact || !addr ? addr : addr - 1, space, exact };
		exact = false;
	}
	return put_leaf(key, s->addresses, n);
}

/* ---- addresses -> locations ---- */

static struct known_place *place_slot(struct stacks *s, uint32_t instance, const struct address *a)
{
	uint64_t h =
		hash_pair(a->addr, (uint64_t)instance << 9 | (uint64_t)a->space << 1 | a->exact);

	return &s->places[h & (s->n_places - 1)];
}

/* What a JIT compiler made is known by its map or dump, and may change under a mapping that stays. */
static void resolve_jit(struct stacks *s, struct instance_id instance, uint64_t time,
			struct location *l, struct place *place)
{
	const struct mapping *m = machine_mapping(s->machine, l->mapping);
	struct jit_code code;

	if (!stacks_is_jit(m))
		return;
	l->owner = instance;
	if (!s->jitmaps)
		return;
	code = jitmaps_find(s->jitmaps, instance, m, l->addr, time);
	l->code = code.id;
	if (code.from > place->from)
		place->from = code.from;
	if (code.to < place->to)
		place->to = code.to;
}

static void resolve(struct stacks *s, struct instance_id instance, const struct address *a,
		    uint64_t time, struct known_place *out)
{
	struct location l = { .addr = a->addr, .space = a->space, .exact = a->exact };
	struct place place = { .from = TIME_BEGIN, .to = TIME_END };

	if (a->space == SPACE_USER || a->space == SPACE_KERNEL)
		place = machine_place(s->machine, instance, a->addr, time);
	l.mapping = place.mapping;
	if (a->space == SPACE_USER && place.mapping.i)
		resolve_jit(s, instance, time, &l, &place);
	*out = (struct known_place){
		.addr = a->addr,
		.from = place.from,
		.to = place.to,
		.instance = instance.i,
		.location_1 = calltree_location(s->tree, &l) + 1,
		.space = a->space,
		.exact = a->exact,
	};
}

static const struct known_place *place_of(struct stacks *s, const struct stack_key *key,
					  const struct address *a)
{
	struct instance_id instance =
		a->space == SPACE_USER ? key->instance : (struct instance_id){ 0 };
	struct known_place *p = place_slot(s, instance.i, a);

	if (!p->location_1 || p->addr != a->addr || p->instance != instance.i ||
	    p->space != a->space || p->exact != a->exact || key->time < p->from ||
	    key->time >= p->to)
		resolve(s, instance, a, key->time, p);
	return p;
}

/* ---- outer parts ---- */

static struct hash128 hash_frames(struct hash128 h, const struct address *a, size_t n)
{
	for (size_t i = n; i-- > 0;) {
		uint64_t x = a[i].addr ^ (uint64_t)a[i].space << 61 ^ (uint64_t)a[i].exact << 60;

		h.low = hash_u64(h.low + 0x9e3779b97f4a7c15u + x);
		h.high = (h.high ^ x) * 0xd6e8feb86659fd93u;
		h.high ^= h.high >> 32;
	}
	if (!h.low && !h.high)
		h.low = 1;
	return h;
}

/* Where a walk has come to. */
struct walked {
	uint64_t from, to;
	uint32_t node;
};

static void narrow(struct walked *w, uint64_t from, uint64_t to)
{
	if (from > w->from)
		w->from = from;
	if (to < w->to)
		w->to = to;
}

static void walk_frames(struct stacks *s, const struct stack_key *key, const struct address *a,
			size_t n, struct walked *w)
{
	while (n-- > 0) {
		const struct known_place *p = place_of(s, key, &a[n]);

		narrow(w, p->from, p->to);
		w->node = calltree_child(s->tree, w->node, p->location_1 - 1);
	}
}

/* The next BLOCK frames inwards, a[0] the innermost of them. */
static void walk_block(struct stacks *s, const struct stack_key *key, const struct address *a,
		       struct hash128 *h, struct walked *w)
{
	struct outer_part *part;

	*h = hash_frames(*h, a, BLOCK);
	part = &s->parts[h->low & (s->n_parts - 1)];
	if (part->hash.low == h->low && part->hash.high == h->high && part->from <= key->time &&
	    key->time < part->to) {
		narrow(w, part->from, part->to);
		w->node = part->node;
		return;
	}
	walk_frames(s, key, a, BLOCK, w);
	*part = (struct outer_part){ *h, w->from, w->to, w->node };
}

/* Walk the chain from its outermost frame; the entry gets its node and its interval. */
static void resolve_chain(struct stacks *s, const struct stack_key *key, struct entry *e)
{
	struct hash128 h = { hash_pair(key->instance.i, key->root), key->root };
	struct walked w = { .from = TIME_BEGIN, .to = TIME_END, .node = key->root };
	size_t n = read_chain(s, key);

	for (; n >= BLOCK; n -= BLOCK)
		walk_block(s, key, &s->addresses[n - BLOCK], &h, &w);
	walk_frames(s, key, s->addresses, n, &w);
	e->from = w.from;
	e->to = w.to;
	e->leaf = (struct stack_leaf){ w.node, calltree_row(s->tree, w.node) };
}

/* ---- the table of chains ---- */

static struct hash128 hash_key(const struct stack_key *k)
{
	uint64_t seed = hash_pair((uint64_t)k->instance.i << 32 | k->root,
				  k->ip ^ (uint64_t)k->cpumode << 60);
	struct hash128 h = hash128_bytes(k->chain_nr ? k->chain : (const uint8_t *)"",
					 (size_t)k->chain_nr * 8, seed);

	if (!h.low && !h.high)
		h.low = 1;
	return h;
}

static bool is_free(const struct entry *e)
{
	return !e->hash.low && !e->hash.high;
}

static size_t first_slot(const struct stacks *s, const struct hash128 *h)
{
	return (size_t)h->low & s->mask;
}

static void double_slots(struct stacks *s)
{
	struct entry *old = s->slots;
	size_t n = s->mask + 1;

	s->mask = 2 * n - 1;
	s->slots = mem_calloc(2 * n, sizeof(*s->slots));
	for (size_t k = 0; k < n; k++) {
		size_t i;

		if (is_free(&old[k]))
			continue;
		for (i = first_slot(s, &old[k].hash); !is_free(&s->slots[i]); i = (i + 1) & s->mask)
			;
		s->slots[i] = old[k];
	}
	free(old);
	size_caches(s);
}

struct stack_leaf stacks_leaf(struct stacks *s, const struct stack_key *key)
{
	struct hash128 h = hash_key(key);
	struct entry *first = NULL, *e;
	uint32_t same = 0;
	size_t i;

	for (i = first_slot(s, &h); !is_free(&s->slots[i]); i = (i + 1) & s->mask) {
		e = &s->slots[i];
		if (e->hash.low != h.low || e->hash.high != h.high)
			continue;
		if (e->from <= key->time && key->time < e->to)
			return e->leaf;
		if (!first)
			first = e;
		same++;
		/* A chain under which code changes all the time must not make this loop long. */
		if (same == SAME_CHAIN_MAX) {
			resolve_chain(s, key, first);
			return first->leaf;
		}
	}
	if (2 * ++s->used > s->mask) {
		double_slots(s);
		for (i = first_slot(s, &h); !is_free(&s->slots[i]); i = (i + 1) & s->mask)
			;
	}
	e = &s->slots[i];
	e->hash = h;
	resolve_chain(s, key, e);
	return e->leaf;
}
