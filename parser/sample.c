/*
 * The layout of a SAMPLE, in the kernel's order (perf_event.h, PERF_RECORD_SAMPLE):
 *
 *   identifier  ip  pid,tid  time  addr  id  stream_id  cpu  period  read
 *   callchain  raw  branch stack  user regs  user stack  weight  data_src
 *   transaction  intr regs  phys_addr  cgroup  data page size  code page size  aux
 *
 * each only if the event's sample_type has it.
 */
#include "parser/sample.h"

#include <byteswap.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/field.h"
#include "parser/recording.h"

struct sample_decoder {
	const struct recording *recording;
	bool swap;
	uint64_t *chain; /* the chain in host byte order, of a swapped recording */
	size_t cap;
	size_t alike; /* so many events, from the first, have the first one's layout */
};

struct sample_decoder *sample_decoder_new(const struct recording *r)
{
	struct sample_decoder *d = mem_calloc(1, sizeof(*d));

	d->recording = r;
	d->swap = recording_swapped(r);
	return d;
}

void sample_decoder_free(struct sample_decoder *d)
{
	if (!d)
		return;
	free(d->chain);
	free(d);
}

/* `n` items of `size` bytes, borrowed; told as a whole. */
static const uint8_t *items(struct fields *f, const char *name, uint64_t n, size_t size)
{
	if (!cursor_fits(&f->c, n, size)) {
		f->c.overrun = true;
		return NULL;
	}
	field_tell(f->log, name, FIELD_DEC, n, NULL, 0);
	return cursor_bytes(&f->c, (size_t)n * size);
}

/*
 * PERF_SAMPLE_READ without a group: { u64 value, [enabled], [running], [id], [lost] };
 * with one: { u64 nr, [enabled], [running]; nr x { u64 value, [id], [lost] } }
 */
static void decode_read_times(struct fields *f, const struct attr *a, struct sample *s)
{
	static const uint64_t both = FORMAT_TOTAL_TIME_ENABLED | FORMAT_TOTAL_TIME_RUNNING;

	if (a->read_format & FORMAT_TOTAL_TIME_ENABLED)
		s->time_enabled = field_u64(f, "read.time_enabled");
	if (a->read_format & FORMAT_TOTAL_TIME_RUNNING)
		s->time_running = field_u64(f, "read.time_running");
	s->has_read_times = (a->read_format & both) == both;
}

static void decode_read(struct fields *f, const struct attr *a, struct sample *s)
{
	unsigned words =
		1 + (unsigned)__builtin_popcountll(a->read_format & (FORMAT_ID | FORMAT_LOST));

	if (a->read_format & FORMAT_GROUP) {
		s->read_nr = field_u64(f, "read.nr");
		decode_read_times(f, a, s);
		s->read_values = items(f, "read.values", s->read_nr, 8 * words);
	} else {
		s->read_nr = 1;
		s->read_values = cursor_bytes(&f->c, 8);
		decode_read_times(f, a, s);
		cursor_skip(&f->c, 8 * (words - 1));
	}
}

static uint64_t u64_at(const struct sample_decoder *d, const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return d->swap ? bswap_64(v) : v;
}

struct read_value sample_read_value(const struct sample_decoder *d, const struct sample *s,
				    uint64_t i)
{
	const struct attr *a = &recording_events(d->recording)->items[s->event].attr;
	struct read_value v = { .id = s->id };
	const uint8_t *p = s->read_values;
	size_t words = 1 + (size_t)__builtin_popcountll(a->read_format & (FORMAT_ID | FORMAT_LOST));

	if (a->read_format & FORMAT_GROUP)
		p += i * 8 * words;
	v.value = u64_at(d, p);
	p += 8;
	if (!(a->read_format & FORMAT_GROUP))
		p += 8 * (size_t)__builtin_popcountll(a->read_format & (FORMAT_TOTAL_TIME_ENABLED |
									FORMAT_TOTAL_TIME_RUNNING));
	if (a->read_format & FORMAT_ID) {
		v.id = u64_at(d, p);
		p += 8;
	}
	if (a->read_format & FORMAT_LOST)
		v.lost = u64_at(d, p);
	return v;
}

static void tell_chain(struct fields *f, const uint8_t *chain, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		uint64_t ip;

		memcpy(&ip, chain + 8 * i, sizeof(ip));
		field_tell(f->log, "callchain", FIELD_HEX, ip, NULL, 0);
	}
}

static void decode_chain(struct sample_decoder *d, struct fields *f, struct sample *s)
{
	s->chain_nr = cursor_u64(&f->c);
	if (!cursor_fits(&f->c, s->chain_nr, 8)) {
		f->c.overrun = true;
		return;
	}
	s->chain = cursor_bytes(&f->c, (size_t)s->chain_nr * 8);
	if (d->swap) {
		d->chain = mem_grow(d->chain, 0, (size_t)s->chain_nr, &d->cap, sizeof(*d->chain));
		for (uint64_t i = 0; i < s->chain_nr; i++)
			d->chain[i] = u64_at(d, s->chain + 8 * i);
		s->chain = (const uint8_t *)d->chain;
	}
	if (f->log)
		tell_chain(f, s->chain, s->chain_nr);
}

/* { u64 nr; [u64 hw_idx]; nr x { u64 from, to, flags }; [nr x u64 counters] } */
static void decode_branches(struct fields *f, const struct attr *a, struct sample *s)
{
	s->branch_nr = field_u64(f, "branch.nr");
	if (a->branch_sample_type & BRANCH_HW_INDEX)
		field_u64(f, "branch.hw_idx");
	s->branches = items(f, "branch.entries", s->branch_nr, 24);
	if (a->branch_sample_type & BRANCH_COUNTERS)
		items(f, "branch.counters", s->branch_nr, 8);
}

/* { u64 abi; popcount(mask) x u64 }, the registers only if abi is not 0 */
static const uint8_t *decode_regs(struct fields *f, const char *name, uint64_t mask, uint64_t *abi)
{
	*abi = field_u64(f, name);
	if (*abi == 0)
		return NULL;
	return items(f, "regs", (uint64_t)__builtin_popcountll(mask), 8);
}

/* { u64 size; bytes[size]; u64 dyn_size }, dyn_size only if size is not 0 */
static void decode_stack(struct fields *f, struct sample *s)
{
	uint64_t size = field_u64(f, "stack.size");
	uint64_t dyn_size;

	s->stack = items(f, "stack.bytes", size, 1);
	if (size == 0)
		return;
	dyn_size = field_u64(f, "stack.dyn_size");
	s->stack_size = dyn_size < size ? dyn_size : size;
}

static void decode_weight(struct fields *f, uint64_t type, struct sample *s)
{
	uint64_t w;

	if (type & SAMPLE_WEIGHT) {
		s->weight = field_u64(f, "weight");
		return;
	}
	/* WEIGHT_STRUCT: { u32 var1_dw; u16 var2_w, var3_w } as one u64; the number is laid out by byte order */
	w = cursor_u64(&f->c);
	s->weight = w & 0xffffffff;
	s->weight2 = (uint16_t)(w >> 32);
	s->weight3 = (uint16_t)(w >> 48);
	field_tell(f->log, "weight", FIELD_DEC, s->weight, NULL, 0);
	field_tell(f->log, "weight2", FIELD_DEC, s->weight2, NULL, 0);
	field_tell(f->log, "weight3", FIELD_DEC, s->weight3, NULL, 0);
}

/* The fields up to the call chain: every sample has some of them. */
static void decode_head(struct sample_decoder *d, struct fields *f, const struct attr *a,
			struct sample *s)
{
	uint64_t type = a->sample_type;

	if (type & SAMPLE_IDENTIFIER)
		s->id = field_u64(f, "identifier");
	if (type & SAMPLE_IP)
		s->ip = field_x64(f, "ip");
	if (type & SAMPLE_TID) {
		s->pid = field_u32(f, "pid");
		s->tid = field_u32(f, "tid");
	}
	if (type & SAMPLE_TIME)
		s->time = field_u64(f, "time");
	if (type & SAMPLE_ADDR)
		s->addr = field_x64(f, "addr");
	if (type & SAMPLE_ID)
		s->id = field_u64(f, "id");
	if (type & SAMPLE_STREAM_ID)
		s->stream_id = field_u64(f, "stream_id");
	if (type & SAMPLE_CPU) {
		s->cpu = field_u32(f, "cpu");
		cursor_skip(&f->c, 4);
	}
	if (type & SAMPLE_PERIOD)
		s->period = field_u64(f, "period");
	if (type & SAMPLE_READ)
		decode_read(f, a, s);
	if (type & SAMPLE_CALLCHAIN)
		decode_chain(d, f, s);
}

/* What stands behind the call chain. */
static void decode_tail(struct fields *f, const struct attr *a, struct sample *s)
{
	uint64_t type = a->sample_type;
	uint64_t intr_abi;

	if (type & SAMPLE_RAW) {
		s->raw_size = cursor_u32(&f->c);
		s->raw = items(f, "raw.size", s->raw_size, 1);
	}
	if (type & SAMPLE_BRANCH_STACK)
		decode_branches(f, a, s);
	if (type & SAMPLE_REGS_USER) {
		s->user_regs_mask = a->sample_regs_user;
		s->user_regs = decode_regs(f, "user_regs.abi", a->sample_regs_user, &s->user_abi);
	}
	if (type & SAMPLE_STACK_USER)
		decode_stack(f, s);
	if (type & (SAMPLE_WEIGHT | SAMPLE_WEIGHT_STRUCT))
		decode_weight(f, type, s);
	if (type & SAMPLE_DATA_SRC)
		s->data_src = field_x64(f, "data_src");
	if (type & SAMPLE_TRANSACTION)
		s->transaction = field_x64(f, "transaction");
	if (type & SAMPLE_REGS_INTR)
		decode_regs(f, "intr_regs.abi", a->sample_regs_intr, &intr_abi);
	if (type & SAMPLE_PHYS_ADDR)
		s->phys_addr = field_x64(f, "phys_addr");
	if (type & SAMPLE_CGROUP)
		s->cgroup = field_u64(f, "cgroup");
	if (type & SAMPLE_DATA_PAGE_SIZE)
		s->data_page_size = field_u64(f, "data_page_size");
	if (type & SAMPLE_CODE_PAGE_SIZE)
		s->code_page_size = field_u64(f, "code_page_size");
	if (type & SAMPLE_AUX) {
		uint64_t size = cursor_u64(&f->c);

		items(f, "aux.size", size, 1);
	}
}

static bool same_layout(const struct attr *a, const struct attr *b)
{
	return a->sample_type == b->sample_type && a->read_format == b->read_format &&
	       a->branch_sample_type == b->branch_sample_type &&
	       a->sample_regs_user == b->sample_regs_user &&
	       a->sample_regs_intr == b->sample_regs_intr;
}

/* Then a sample that belongs to no event can be decoded all the same. */
static bool one_layout(struct sample_decoder *d, const struct events *events)
{
	while (d->alike < events->n &&
	       same_layout(&events->items[0].attr, &events->items[d->alike].attr))
		d->alike++; /* kept: in a pipe events are added on the way */
	return d->alike == events->n;
}

bool sample_decode(struct sample_decoder *d, const struct record_view *v, struct sample *out,
		   struct field_log *log, struct error *err)
{
	const struct events *events = recording_events(d->recording);
	int event = recording_event_of(d->recording, v);
	struct fields f = {
		.c = { .base = v->payload,
		       .len = v->len,
		       .origin = v->offset + 8,
		       .swap = d->swap },
		.log = log,
	};
	struct sample s = { .event = event, .misc = v->misc, .pid = UINT32_MAX, .tid = UINT32_MAX };
	const struct attr *a;

	if (events->n == 0)
		return fail_at(err, ERR_FORMAT, v->offset, "SAMPLE without any event in the file");
	if (event < 0 && !one_layout(d, events))
		return fail_at(
			err, ERR_FORMAT, v->offset,
			"SAMPLE of an event that is not in the file, so that its layout is not known");
	a = &events->items[event >= 0 ? event : 0].attr;
	s.type = a->sample_type;
	decode_head(d, &f, a, &s);
	if (a->sample_type >= SAMPLE_RAW)
		decode_tail(&f, a, &s);
	if (f.c.overrun)
		return fail_at(err, ERR_FORMAT, v->offset, "SAMPLE ends inside a field");
	*out = s;
	return true;
}

uint64_t sample_weight(const struct recording *r, const struct sample *s)
{
	const struct attr *a = &recording_events(r)->items[s->event].attr;

	if (a->sample_type & SAMPLE_PERIOD)
		return s->period;
	if (!attr_has(a, ATTR_FREQ) && a->sample_period)
		return a->sample_period;
	return 1;
}
