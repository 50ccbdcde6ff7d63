/* tests/image_records.c - every record but the sample; see image.h. */
#include <assert.h>

#include "tests/image.h"

/* ---- the frame of a record: { u32 type; u16 misc, size } ---- */

void image_record_begin(struct image *img, uint32_t type, uint16_t misc)
{
	img->record = img->len;
	image_u32(img, type);
	image_u16(img, misc);
	image_u16(img, 0);
}

void image_record_end(struct image *img)
{
	size_t size = img->len - img->record;

	assert(size <= UINT16_MAX);
	image_patch_u16(img, img->record + 6, (uint16_t)size);
}

void image_record(struct image *img, uint32_t type, uint16_t misc, const void *payload, size_t n)
{
	image_record_begin(img, type, misc);
	image_bytes(img, payload, n);
	image_record_end(img);
}

/* struct sample_id, perf_event.h */
static void write_trailer(struct image *img)
{
	const struct image_stamp *s = &img->stamp;
	const struct attr *a;

	if (img->options.n_events == 0)
		return;
	a = &img->options.events[s->event].attr;
	if (!(a->flags & ATTR_SAMPLE_ID_ALL))
		return;
	if (a->sample_type & SAMPLE_TID) {
		image_u32(img, s->pid);
		image_u32(img, s->tid);
	}
	if (a->sample_type & SAMPLE_TIME)
		image_u64(img, s->time);
	if (a->sample_type & SAMPLE_ID)
		image_u64(img, s->id);
	if (a->sample_type & SAMPLE_STREAM_ID)
		image_u64(img, s->stream_id);
	if (a->sample_type & SAMPLE_CPU) {
		image_u32(img, s->cpu);
		image_u32(img, 0);
	}
	if (a->sample_type & SAMPLE_IDENTIFIER)
		image_u64(img, s->id);
}

void image_kernel_record_end(struct image *img)
{
	image_zeroes(img, (8 - (img->len - img->record) % 8) % 8);
	write_trailer(img);
	image_record_end(img);
}

static void text(struct image *img, const char *t)
{
	image_text(img, t, img->record, 8);
}

/* ---- the kernel's ---- */

static void write_mmap_head(struct image *img, const struct image_mmap *m)
{
	image_u32(img, m->pid);
	image_u32(img, m->tid);
	image_u64(img, m->addr);
	image_u64(img, m->len);
	image_u64(img, m->pgoff);
}

void image_mmap(struct image *img, const struct image_mmap *m)
{
	image_record_begin(img, RECORD_MMAP, m->misc);
	write_mmap_head(img, m);
	text(img, m->filename);
	image_kernel_record_end(img);
}

void image_mmap2(struct image *img, const struct image_mmap *m)
{
	uint16_t misc = m->build_id_size ? MISC_MMAP_BUILD_ID : 0;

	image_record_begin(img, RECORD_MMAP2, (uint16_t)(m->misc | misc));
	write_mmap_head(img, m);
	if (m->build_id_size) {
		image_u8(img, m->build_id_size);
		image_zeroes(img, 3);
		image_bytes(img, m->build_id, BUILD_ID_MAX);
	} else {
		image_u32(img, m->maj);
		image_u32(img, m->min);
		image_u64(img, m->ino);
		image_u64(img, m->ino_generation);
	}
	image_u32(img, m->prot);
	image_u32(img, m->flags);
	text(img, m->filename);
	image_kernel_record_end(img);
}

void image_comm(struct image *img, uint32_t pid, uint32_t tid, const char *comm, bool exec)
{
	image_record_begin(img, RECORD_COMM, exec ? MISC_COMM_EXEC : 0);
	image_u32(img, pid);
	image_u32(img, tid);
	text(img, comm);
	image_kernel_record_end(img);
}

static void write_task(struct image *img, uint32_t pid, uint32_t ppid, uint32_t tid, uint32_t ptid)
{
	image_u32(img, pid);
	image_u32(img, ppid);
	image_u32(img, tid);
	image_u32(img, ptid);
	image_u64(img, img->stamp.time);
	image_kernel_record_end(img);
}

void image_fork(struct image *img, uint32_t pid, uint32_t ppid, uint32_t tid, uint32_t ptid,
		bool exec)
{
	image_record_begin(img, RECORD_FORK, exec ? MISC_FORK_EXEC : 0);
	write_task(img, pid, ppid, tid, ptid);
}

void image_exit(struct image *img, uint32_t pid, uint32_t ppid, uint32_t tid, uint32_t ptid)
{
	image_record_begin(img, RECORD_EXIT, 0);
	write_task(img, pid, ppid, tid, ptid);
}

void image_lost(struct image *img, uint64_t id, uint64_t lost)
{
	image_record_begin(img, RECORD_LOST, 0);
	image_u64(img, id);
	image_u64(img, lost);
	image_kernel_record_end(img);
}

void image_lost_samples(struct image *img, uint64_t lost)
{
	image_record_begin(img, RECORD_LOST_SAMPLES, 0);
	image_u64(img, lost);
	image_kernel_record_end(img);
}

void image_throttle(struct image *img, bool on, uint64_t time, uint64_t id, uint64_t stream_id)
{
	image_record_begin(img, on ? RECORD_THROTTLE : RECORD_UNTHROTTLE, 0);
	image_u64(img, time);
	image_u64(img, id);
	image_u64(img, stream_id);
	image_kernel_record_end(img);
}

void image_read(struct image *img, uint32_t pid, uint32_t tid, uint64_t value)
{
	image_read_words(img, pid, tid, &value, 1);
}

void image_read_words(struct image *img, uint32_t pid, uint32_t tid, const uint64_t *words,
		      size_t n)
{
	image_record_begin(img, RECORD_READ, 0);
	image_u32(img, pid);
	image_u32(img, tid);
	for (size_t i = 0; i < n; i++)
		image_u64(img, words[i]);
	image_kernel_record_end(img);
}

void image_aux(struct image *img, uint64_t offset, uint64_t size, uint64_t flags)
{
	image_record_begin(img, RECORD_AUX, 0);
	image_u64(img, offset);
	image_u64(img, size);
	image_u64(img, flags);
	image_kernel_record_end(img);
}

void image_itrace_start(struct image *img, uint32_t pid, uint32_t tid)
{
	image_record_begin(img, RECORD_ITRACE_START, 0);
	image_u32(img, pid);
	image_u32(img, tid);
	image_kernel_record_end(img);
}

void image_switch(struct image *img, bool out)
{
	image_record_begin(img, RECORD_SWITCH, out ? MISC_SWITCH_OUT : 0);
	image_kernel_record_end(img);
}

void image_switch_cpu_wide(struct image *img, bool out, uint32_t pid, uint32_t tid)
{
	image_record_begin(img, RECORD_SWITCH_CPU_WIDE, out ? MISC_SWITCH_OUT : 0);
	image_u32(img, pid);
	image_u32(img, tid);
	image_kernel_record_end(img);
}

void image_namespaces(struct image *img, uint32_t pid, uint32_t tid, const uint64_t *dev_inode,
		      uint64_t nr)
{
	image_record_begin(img, RECORD_NAMESPACES, 0);
	image_u32(img, pid);
	image_u32(img, tid);
	image_u64(img, nr);
	for (uint64_t i = 0; i < 2 * nr; i++)
		image_u64(img, dev_inode[i]);
	image_kernel_record_end(img);
}

void image_ksymbol(struct image *img, uint64_t addr, uint32_t len, uint16_t type, uint16_t flags,
		   const char *name)
{
	image_record_begin(img, RECORD_KSYMBOL, 0);
	image_u64(img, addr);
	image_u32(img, len);
	image_u16(img, type);
	image_u16(img, flags);
	text(img, name);
	image_kernel_record_end(img);
}

void image_bpf_event(struct image *img, uint16_t type, uint16_t flags, uint32_t id,
		     const uint8_t tag[8])
{
	image_record_begin(img, RECORD_BPF_EVENT, 0);
	image_u16(img, type);
	image_u16(img, flags);
	image_u32(img, id);
	image_bytes(img, tag, 8);
	image_kernel_record_end(img);
}

void image_cgroup(struct image *img, uint64_t id, const char *path)
{
	image_record_begin(img, RECORD_CGROUP, 0);
	image_u64(img, id);
	text(img, path);
	image_kernel_record_end(img);
}

void image_text_poke(struct image *img, uint64_t addr, const void *old, uint16_t old_len,
		     const void *new, uint16_t new_len)
{
	image_record_begin(img, RECORD_TEXT_POKE, 0);
	image_u64(img, addr);
	image_u16(img, old_len);
	image_u16(img, new_len);
	image_bytes(img, old, old_len);
	image_bytes(img, new, new_len);
	image_kernel_record_end(img);
}

void image_aux_output_hw_id(struct image *img, uint64_t hw_id)
{
	image_record_begin(img, RECORD_AUX_OUTPUT_HW_ID, 0);
	image_u64(img, hw_id);
	image_kernel_record_end(img);
}

void image_deferred(struct image *img, uint64_t cookie, const uint64_t *ips, uint64_t nr)
{
	image_record_begin(img, RECORD_CALLCHAIN_DEFERRED, MISC_USER);
	image_u64(img, cookie);
	image_u64(img, nr);
	for (uint64_t i = 0; i < nr; i++)
		image_u64(img, ips[i]);
	image_kernel_record_end(img);
}

/* ---- perf's own: without a trailer ---- */

void image_header_attr(struct image *img, const struct image_event *event)
{
	image_record_begin(img, RECORD_HEADER_ATTR, 0);
	image_attr(img, &event->attr);
	for (size_t i = 0; i < event->n_ids; i++)
		image_u64(img, event->ids[i]);
	image_record_end(img);
}

void image_event_update(struct image *img, uint64_t type, uint64_t id, const char *t)
{
	image_record_begin(img, RECORD_EVENT_UPDATE, 0);
	image_u64(img, type);
	image_u64(img, id);
	text(img, t);
	image_record_end(img);
}

/* { u32 size }, and the bytes behind the record, padded; the size counts the padding */
void image_tracing_data(struct image *img, const void *payload, uint32_t n)
{
	uint32_t padded = (n + 7) / 8 * 8;

	image_record_begin(img, RECORD_HEADER_TRACING_DATA, 0);
	image_u32(img, padded);
	image_record_end(img);
	image_bytes(img, payload, n);
	image_zeroes(img, padded - n);
}

void image_id_index(struct image *img, const uint64_t *id_idx_cpu_tid, uint64_t nr)
{
	image_record_begin(img, RECORD_ID_INDEX, 0);
	image_u64(img, nr);
	for (uint64_t i = 0; i < 4 * nr; i++)
		image_u64(img, id_idx_cpu_tid[i]);
	image_record_end(img);
}

void image_time_conv(struct image *img, uint64_t shift, uint64_t mult, uint64_t zero)
{
	image_record_begin(img, RECORD_TIME_CONV, 0);
	image_u64(img, shift);
	image_u64(img, mult);
	image_u64(img, zero);
	image_zeroes(img, 24); /* cycles, mask, capabilities */
	image_record_end(img);
}

/* { u64 size, offset, reference; u32 idx, tid, cpu, reserved }, and `size` bytes behind the record */
void image_auxtrace(struct image *img, const void *payload, uint64_t size)
{
	image_record_begin(img, RECORD_AUXTRACE, 0);
	image_u64(img, size);
	image_u64(img, 0);
	image_u64(img, 0);
	image_u32(img, 0);
	image_u32(img, 1);
	image_u32(img, 2);
	image_u32(img, 0);
	image_record_end(img);
	image_bytes(img, payload, (size_t)size);
}

void image_finished_round(struct image *img)
{
	image_record(img, RECORD_FINISHED_ROUND, 0, "", 0);
}

void image_finished_init(struct image *img)
{
	image_record(img, RECORD_FINISHED_INIT, 0, "", 0);
}
