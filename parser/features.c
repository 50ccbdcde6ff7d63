#include "parser/features.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/event.h"
#include "parser/field.h"

/* What a decoder works on. */
struct context {
	struct features *f;
	struct fields *in;
	struct events *events;
	struct texts *texts;
};

/* A text is a u32 length, padding included, and that many bytes; NULL after an overrun. */
static const char *text(struct context *x, const char *name)
{
	uint32_t len = cursor_u32(&x->in->c);
	const uint8_t *p = cursor_bytes(&x->in->c, len);

	if (!p)
		return NULL;
	len = (uint32_t)strnlen((const char *)p, len);
	field_tell(x->in->log, name, FIELD_TEXT, 0, p, len);
	return texts_add(x->texts, (const char *)p, len);
}

static void decode_hostname(struct context *x)
{
	x->f->hostname = text(x, "hostname");
}

static void decode_osrelease(struct context *x)
{
	x->f->os_release = text(x, "os_release");
}

static void decode_version(struct context *x)
{
	x->f->version = text(x, "version");
}

static void decode_arch(struct context *x)
{
	x->f->arch = text(x, "arch");
}

static void decode_cpudesc(struct context *x)
{
	x->f->cpudesc = text(x, "cpudesc");
}

static void decode_cpuid(struct context *x)
{
	x->f->cpuid = text(x, "cpuid");
}

static void decode_total_mem(struct context *x)
{
	x->f->total_mem_kb = field_u64(x->in, "total_mem_kb");
}

static void decode_nrcpus(struct context *x)
{
	x->f->nrcpus_available = field_u32(x->in, "available");
	x->f->nrcpus_online = field_u32(x->in, "online");
	x->f->has_nrcpus = !x->in->c.overrun;
}

/* A u32 count and as many texts; an array of them, NULL if they cannot be there. */
static const char **texts_of(struct context *x, const char *name, size_t *n_out)
{
	uint32_t n = field_u32(x->in, "count");
	const char **list;
	size_t got = 0;

	if (!cursor_fits(&x->in->c, n, sizeof(uint32_t))) {
		x->in->c.overrun = true;
		return NULL;
	}
	list = mem_calloc(n, sizeof(*list));
	while (got < n && (list[got] = text(x, name)))
		got++;
	*n_out = got;
	return list;
}

static void decode_cmdline(struct context *x)
{
	free(x->f->cmdline);
	x->f->n_cmdline = 0;
	x->f->cmdline = texts_of(x, "arg", &x->f->n_cmdline);
}

static void decode_cpu_topology(struct context *x)
{
	free(x->f->siblings);
	x->f->n_siblings = 0;
	x->f->siblings = texts_of(x, "siblings", &x->f->n_siblings);
}

/*
 * { u32 nr_events, attr_size; nr x { attr[attr_size]; u32 nr_ids; text name; u64 ids[nr_ids]; } }
 * It repeats the attribute table in its order, so names are matched by position.
 */
static void decode_event_desc(struct context *x)
{
	struct cursor *c = &x->in->c;
	uint32_t n = field_u32(x->in, "events");
	uint32_t attr_size = field_u32(x->in, "attr_size");

	for (uint32_t i = 0; i < n && !c->overrun; i++) {
		uint32_t n_ids;
		const char *name;

		cursor_skip(c, attr_size);
		n_ids = cursor_u32(c);
		name = text(x, "name");
		if (!cursor_fits(c, n_ids, sizeof(uint64_t))) {
			c->overrun = true;
			return;
		}
		cursor_skip(c, n_ids * sizeof(uint64_t));
		if (i < x->events->n && !c->overrun) {
			x->events->items[i].name = name;
			x->events->items[i].named = true;
		}
	}
}

/* { u32 nr; nr x { text name; u32 leader index; u32 members; } } */
static void decode_group_desc(struct context *x)
{
	struct cursor *c = &x->in->c;
	uint32_t n = field_u32(x->in, "groups");
	/* An event is in one group at most: false numbers must not have us go over them again and again. */
	uint64_t left = x->events->n;

	if (!cursor_fits(c, n, 3 * sizeof(uint32_t))) {
		c->overrun = true;
		return;
	}
	free(x->f->groups);
	x->f->groups = mem_calloc(n, sizeof(*x->f->groups));
	for (x->f->n_groups = 0; x->f->n_groups < n; x->f->n_groups++) {
		struct group_desc *g = &x->f->groups[x->f->n_groups];

		g->name = text(x, "name");
		g->leader = field_u32(x->in, "leader");
		g->members = field_u32(x->in, "members");
		if (c->overrun)
			return;
		for (uint64_t i = 0; i < g->members && g->leader + i < x->events->n && left;
		     i++, left--)
			x->events->items[g->leader + i].group = (int)g->leader;
	}
}

static void decode_sample_time(struct context *x)
{
	x->f->sample_time_first = field_u64(x->in, "first");
	x->f->sample_time_last = field_u64(x->in, "last");
}

static void decode_clockid(struct context *x)
{
	field_u64(x->in, "clockid_resolution_ns");
}

/* { u32 version, clockid; u64 wall_clock_ns, clockid_time_ns; } */
static void decode_clock_data(struct context *x)
{
	field_u32(x->in, "version");
	x->f->clockid = field_u32(x->in, "clockid");
	x->f->clock_wall_ns = field_u64(x->in, "wall_clock_ns");
	x->f->clock_ns = field_u64(x->in, "clockid_time_ns");
	x->f->has_clock_data = !x->in->c.overrun;
}

static void decode_dir_format(struct context *x)
{
	x->f->dir_format = field_u64(x->in, "version") != 0;
}

/* u32 version, type, level, ratio, mmap_len: for dump; reading needs none of them. */
static void decode_compressed(struct context *x)
{
	field_u32(x->in, "version");
	field_u32(x->in, "type");
	field_u32(x->in, "level");
	field_u32(x->in, "ratio");
	field_u32(x->in, "mmap_len");
}

/* { u32 nr; nr x { u32 type; text name; } } */
static void decode_pmu_mappings(struct context *x)
{
	uint32_t n = field_u32(x->in, "pmus");

	for (uint32_t i = 0; i < n && !x->in->c.overrun; i++) {
		field_u32(x->in, "type");
		text(x, "name");
	}
}

/* { u64 version, block_size, nr; nr x { u64 node, size; bitmap } } */
static void decode_mem_topology(struct context *x)
{
	field_u64(x->in, "version");
	field_x64(x->in, "block_size");
	field_u64(x->in, "nodes");
}

/* { u32 nr_pmus; nr x { u32 nr_caps; text pmu...; } } for CPU_PMU_CAPS: { u32 nr; nr x { text name, value } } */
static void decode_cpu_pmu_caps(struct context *x)
{
	uint32_t n = field_u32(x->in, "caps");

	for (uint32_t i = 0; i < n && !x->in->c.overrun; i++) {
		text(x, "name");
		text(x, "value");
	}
}

bool build_id_decode(struct features *f, uint16_t misc, struct fields *in, struct texts *texts)
{
	struct build_id_entry e = { .misc = misc, .size = BUILD_ID_MAX };
	const uint8_t *id;
	uint8_t size;
	const char *path;
	size_t len;

	e.pid = field_i32(in, "pid");
	id = field_bytes(in, "build_id", BUILD_ID_MAX);
	size = cursor_u8(&in->c);
	cursor_skip(&in->c, 3);
	if (in->c.overrun)
		return false;
	/* Old perf left these bytes 0 and meant 20. */
	if ((misc & MISC_BUILD_ID_SIZE) && size <= BUILD_ID_MAX)
		e.size = size;
	memcpy(e.build_id, id, BUILD_ID_MAX);
	path = (const char *)in->c.base + in->c.pos;
	len = strnlen(path, cursor_left(&in->c));
	field_tell(in->log, "filename", FIELD_TEXT, 0, path, len);
	e.path = texts_add(texts, path, len);
	f->build_ids =
		mem_grow(f->build_ids, f->n_build_ids, 1, &f->cap_build_ids, sizeof(*f->build_ids));
	f->build_ids[f->n_build_ids++] = e;
	return true;
}

/* A table of records { u32 type (0); u16 misc, size; payload }. */
static void decode_build_ids(struct context *x)
{
	struct cursor *c = &x->in->c;

	while (cursor_left(c) >= 8 && !c->overrun) {
		struct fields entry = *x->in;
		uint16_t misc, size;

		cursor_u32(c);
		misc = cursor_u16(c);
		size = cursor_u16(c);
		if (size < 8 || (size_t)size - 8 > cursor_left(c)) {
			c->overrun = true;
			return;
		}
		entry.c.base = c->base + c->pos;
		entry.c.len = size - 8u;
		entry.c.pos = 0;
		entry.c.origin = c->origin + c->pos;
		if (!build_id_decode(x->f, misc, &entry, x->texts)) {
			c->overrun = true;
			return;
		}
		cursor_skip(c, size - 8u);
	}
}

#define ROW(feature, decoder) [FEATURE_##feature] = { .name = #feature, .decode = (decoder) }
static const struct feature_row {
	const char *name;
	void (*decode)(struct context *x);
} feature_rows[] = {
	ROW(TRACING_DATA, NULL),
	ROW(BUILD_ID, decode_build_ids),
	ROW(HOSTNAME, decode_hostname),
	ROW(OSRELEASE, decode_osrelease),
	ROW(VERSION, decode_version),
	ROW(ARCH, decode_arch),
	ROW(NRCPUS, decode_nrcpus),
	ROW(CPUDESC, decode_cpudesc),
	ROW(CPUID, decode_cpuid),
	ROW(TOTAL_MEM, decode_total_mem),
	ROW(CMDLINE, decode_cmdline),
	ROW(EVENT_DESC, decode_event_desc),
	ROW(CPU_TOPOLOGY, decode_cpu_topology),
	ROW(NUMA_TOPOLOGY, NULL),
	ROW(BRANCH_STACK, NULL),
	ROW(PMU_MAPPINGS, decode_pmu_mappings),
	ROW(GROUP_DESC, decode_group_desc),
	ROW(AUXTRACE, NULL),
	ROW(STAT, NULL),
	ROW(CACHE, NULL),
	ROW(SAMPLE_TIME, decode_sample_time),
	ROW(MEM_TOPOLOGY, decode_mem_topology),
	ROW(CLOCKID, decode_clockid),
	ROW(DIR_FORMAT, decode_dir_format),
	ROW(BPF_PROG_INFO, NULL),
	ROW(BPF_BTF, NULL),
	ROW(COMPRESSED, decode_compressed),
	ROW(CPU_PMU_CAPS, decode_cpu_pmu_caps),
	ROW(CLOCK_DATA, decode_clock_data),
	ROW(HYBRID_TOPOLOGY, NULL),
	ROW(PMU_CAPS, NULL),
	ROW(CPU_DOMAIN_INFO, NULL),
};
#undef ROW

const char *feature_name(unsigned bit)
{
	return bit < sizeof(feature_rows) / sizeof(feature_rows[0]) ? feature_rows[bit].name : NULL;
}

bool feature_is_decoded(unsigned bit)
{
	return feature_name(bit) && feature_rows[bit].decode;
}

bool feature_decode(struct features *f, unsigned bit, struct fields *in, struct events *events,
		    struct texts *texts)
{
	struct context x = { .f = f, .in = in, .events = events, .texts = texts };

	if (bit < FEATURE_BITS)
		f->present[bit / 64] |= UINT64_C(1) << (bit % 64);
	/* Some perfs write sections without content where they had nothing to say. */
	if (in->c.len == 0)
		return true;
	if (feature_is_decoded(bit))
		feature_rows[bit].decode(&x);
	return !in->c.overrun;
}

void features_free(struct features *f)
{
	free(f->cmdline);
	free(f->build_ids);
	free(f->groups);
	free(f->siblings);
	*f = (struct features){ 0 };
}
