/* tests/image_sample.c - the SAMPLE record, in the kernel's order (perf_output_sample); see image.h. */
#include "tests/image.h"

static void write_u64s(struct image *img, const uint64_t *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		image_u64(img, v[i]);
}

static void write_times(struct image *img, const struct attr *a, const struct image_sample *s)
{
	if (a->read_format & FORMAT_TOTAL_TIME_ENABLED)
		image_u64(img, s->time_enabled);
	if (a->read_format & FORMAT_TOTAL_TIME_RUNNING)
		image_u64(img, s->time_running);
}

static void write_id_and_lost(struct image *img, const struct attr *a,
			      const struct image_read_value *r)
{
	if (a->read_format & FORMAT_ID)
		image_u64(img, r->id);
	if (a->read_format & FORMAT_LOST)
		image_u64(img, r->lost);
}

/* struct read_format, perf_event.h */
static void write_read(struct image *img, const struct attr *a, const struct image_sample *s)
{
	static const struct image_read_value none;
	const struct image_read_value *first = s->n_reads ? s->reads : &none;

	if (!(a->read_format & FORMAT_GROUP)) {
		image_u64(img, first->value);
		write_times(img, a, s);
		write_id_and_lost(img, a, first);
		return;
	}
	image_u64(img, s->n_reads);
	write_times(img, a, s);
	for (size_t i = 0; i < s->n_reads; i++) {
		image_u64(img, s->reads[i].value);
		write_id_and_lost(img, a, &s->reads[i]);
	}
}

static void write_head(struct image *img, const struct attr *a, const struct image_sample *s)
{
	uint64_t type = a->sample_type;

	if (type & SAMPLE_IDENTIFIER)
		image_u64(img, s->id);
	if (type & SAMPLE_IP)
		image_u64(img, s->ip);
	if (type & SAMPLE_TID) {
		image_u32(img, s->pid);
		image_u32(img, s->tid);
	}
	if (type & SAMPLE_TIME)
		image_u64(img, s->time);
	if (type & SAMPLE_ADDR)
		image_u64(img, s->addr);
	if (type & SAMPLE_ID)
		image_u64(img, s->id);
	if (type & SAMPLE_STREAM_ID)
		image_u64(img, s->stream_id);
	if (type & SAMPLE_CPU) {
		image_u32(img, s->cpu);
		image_u32(img, 0);
	}
	if (type & SAMPLE_PERIOD)
		image_u64(img, s->period);
	if (type & SAMPLE_READ)
		write_read(img, a, s);
	if (type & SAMPLE_CALLCHAIN) {
		image_u64(img, s->n_chain);
		write_u64s(img, s->chain, s->n_chain);
	}
}

/* { u32 size; bytes }: the kernel counts the padding to 8 bytes as part of it */
static void write_raw(struct image *img, const struct image_sample *s)
{
	uint32_t padded = (s->raw_size + 4 + 7) / 8 * 8 - 4;

	image_u32(img, padded);
	image_bytes(img, s->raw, s->raw_size);
	image_zeroes(img, padded - s->raw_size);
}

static void write_branches(struct image *img, const struct attr *a, const struct image_sample *s)
{
	image_u64(img, s->n_branches);
	if (a->branch_sample_type & BRANCH_HW_INDEX)
		image_u64(img, s->branch_hw_index);
	for (size_t i = 0; i < s->n_branches; i++) {
		image_u64(img, s->branches[i].from);
		image_u64(img, s->branches[i].to);
		image_u64(img, s->branches[i].flags);
	}
	if (a->branch_sample_type & BRANCH_COUNTERS)
		for (size_t i = 0; i < s->n_branches; i++)
			image_u64(img, i);
}

static void write_regs(struct image *img, uint64_t abi, const uint64_t *regs, uint64_t mask)
{
	image_u64(img, abi);
	if (abi)
		write_u64s(img, regs, (size_t)__builtin_popcountll(mask));
}

static void write_stack(struct image *img, const struct image_sample *s)
{
	image_u64(img, s->stack_size);
	if (s->stack_size == 0)
		return;
	image_bytes(img, s->stack, (size_t)s->stack_size);
	image_u64(img, s->stack_dyn_size);
}

/* One number of 64 bits: { var1_dw; var2_w; var3_w } from the lowest bit up, in either byte order. */
static void write_weight_struct(struct image *img, const struct image_sample *s)
{
	image_u64(img, (s->weight & UINT32_MAX) | (uint64_t)s->weight2 << 32 |
			       (uint64_t)s->weight3 << 48);
}

static void write_tail(struct image *img, const struct attr *a, const struct image_sample *s)
{
	uint64_t type = a->sample_type;

	if (type & SAMPLE_RAW)
		write_raw(img, s);
	if (type & SAMPLE_BRANCH_STACK)
		write_branches(img, a, s);
	if (type & SAMPLE_REGS_USER)
		write_regs(img, s->user_abi, s->user_regs, a->sample_regs_user);
	if (type & SAMPLE_STACK_USER)
		write_stack(img, s);
	if (type & SAMPLE_WEIGHT)
		image_u64(img, s->weight);
	else if (type & SAMPLE_WEIGHT_STRUCT)
		write_weight_struct(img, s);
	if (type & SAMPLE_DATA_SRC)
		image_u64(img, s->data_src);
	if (type & SAMPLE_TRANSACTION)
		image_u64(img, s->transaction);
	if (type & SAMPLE_REGS_INTR)
		write_regs(img, s->intr_abi, s->intr_regs, a->sample_regs_intr);
	if (type & SAMPLE_PHYS_ADDR)
		image_u64(img, s->phys_addr);
	if (type & SAMPLE_CGROUP)
		image_u64(img, s->cgroup);
	if (type & SAMPLE_DATA_PAGE_SIZE)
		image_u64(img, s->data_page_size);
	if (type & SAMPLE_CODE_PAGE_SIZE)
		image_u64(img, s->code_page_size);
	if (type & SAMPLE_AUX) {
		image_u64(img, s->aux_size);
		image_bytes(img, s->aux, (size_t)s->aux_size);
	}
}

void image_sample(struct image *img, const struct image_sample *s)
{
	const struct attr *a = &img->options.events[s->event].attr;

	image_record_begin(img, RECORD_SAMPLE, s->misc);
	write_head(img, a, s);
	write_tail(img, a, s);
	image_record_end(img);
}
