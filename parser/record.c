#include "parser/record.h"

#include <inttypes.h>

#include "parser/field.h"
#include "parser/recording.h"

/* PERF_RECORD_MMAP: { u32 pid, tid; u64 addr, len, pgoff; char filename[]; sample_id } */
static void decode_mmap(struct fields *f, struct record *r)
{
	r->mmap.pid = field_u32(f, "pid");
	r->mmap.tid = field_u32(f, "tid");
	r->mmap.addr = field_x64(f, "addr");
	r->mmap.len = field_x64(f, "len");
	r->mmap.pgoff = field_x64(f, "pgoff");
	r->mmap.filename = field_text(f, "filename");
	r->mmap.prot = 4; /* PROT_EXEC: older kernels record executable mappings only */
}

/*
 * PERF_RECORD_MMAP2: as MMAP up to pgoff, then
 * { u32 maj, min; u64 ino, ino_generation } or { u8 size, reserved[3], build_id[20] },
 * { u32 prot, flags; char filename[]; sample_id }
 */
static void decode_mmap2(struct fields *f, struct record *r)
{
	r->mmap.is_mmap2 = true;
	r->mmap.pid = field_u32(f, "pid");
	r->mmap.tid = field_u32(f, "tid");
	r->mmap.addr = field_x64(f, "addr");
	r->mmap.len = field_x64(f, "len");
	r->mmap.pgoff = field_x64(f, "pgoff");
	if (r->misc & MISC_MMAP_BUILD_ID) {
		const uint8_t *id;

		r->mmap.build_id_size = cursor_u8(&f->c);
		cursor_skip(&f->c, 3);
		id = cursor_bytes(&f->c, BUILD_ID_MAX);
		if (r->mmap.build_id_size > BUILD_ID_MAX)
			r->mmap.build_id_size = BUILD_ID_MAX;
		for (unsigned i = 0; id && i < r->mmap.build_id_size; i++)
			r->mmap.build_id[i] = id[i];
		field_tell(f->log, "build_id", FIELD_BYTES, 0, r->mmap.build_id,
			   r->mmap.build_id_size);
	} else {
		r->mmap.maj = field_x32(f, "maj");
		r->mmap.min = field_x32(f, "min");
		r->mmap.ino = field_u64(f, "ino");
		r->mmap.ino_generation = field_u64(f, "ino_generation");
	}
	r->mmap.prot = field_x32(f, "prot");
	r->mmap.flags = field_x32(f, "flags");
	r->mmap.filename = field_text(f, "filename");
}

/* PERF_RECORD_COMM: { u32 pid, tid; char comm[]; sample_id } */
static void decode_comm(struct fields *f, struct record *r)
{
	r->comm.pid = field_u32(f, "pid");
	r->comm.tid = field_u32(f, "tid");
	r->comm.comm = field_text(f, "comm");
	r->comm.exec = (r->misc & MISC_COMM_EXEC) != 0;
}

/* PERF_RECORD_FORK, PERF_RECORD_EXIT: { u32 pid, ppid, tid, ptid; u64 time; sample_id } */
static void decode_task(struct fields *f, struct record *r)
{
	r->task.pid = field_u32(f, "pid");
	r->task.ppid = field_u32(f, "ppid");
	r->task.tid = field_u32(f, "tid");
	r->task.ptid = field_u32(f, "ptid");
	r->task.time = field_u64(f, "time");
}

/* PERF_RECORD_LOST: { u64 id, lost; sample_id } */
static void decode_lost(struct fields *f, struct record *r)
{
	r->lost.id = field_u64(f, "id");
	r->lost.lost = field_u64(f, "lost");
}

/* PERF_RECORD_LOST_SAMPLES: { u64 lost; sample_id } */
static void decode_lost_samples(struct fields *f, struct record *r)
{
	r->lost.lost = field_u64(f, "lost");
}

/* PERF_RECORD_THROTTLE, PERF_RECORD_UNTHROTTLE: { u64 time, id, stream_id; sample_id } */
static void decode_throttle(struct fields *f, struct record *r)
{
	r->throttle.time = field_u64(f, "time");
	r->throttle.id = field_u64(f, "id");
	r->throttle.stream_id = field_u64(f, "stream_id");
}

/* PERF_RECORD_READ: { u32 pid, tid; read_format values; sample_id }.  Which values, the event says. */
static void decode_read(struct fields *f, struct record *r)
{
	r->read.pid = field_u32(f, "pid");
	r->read.tid = field_u32(f, "tid");
	r->read.values = f->c.base + f->c.pos;
	r->read.len = f->c.len - f->c.pos;
}

/* PERF_RECORD_AUX: { u64 aux_offset, aux_size, flags; sample_id } */
static void decode_aux(struct fields *f, struct record *r)
{
	(void)r;
	field_x64(f, "aux_offset");
	field_x64(f, "aux_size");
	field_x64(f, "flags");
}

/* PERF_RECORD_ITRACE_START: { u32 pid, tid; sample_id } */
static void decode_itrace_start(struct fields *f, struct record *r)
{
	(void)r;
	field_u32(f, "pid");
	field_u32(f, "tid");
}

/* PERF_RECORD_SWITCH: { sample_id } */
static void decode_switch(struct fields *f, struct record *r)
{
	field_tell(f->log, "out", FIELD_DEC, (r->misc & MISC_SWITCH_OUT) != 0, NULL, 0);
}

/* PERF_RECORD_SWITCH_CPU_WIDE: { u32 next_prev_pid, next_prev_tid; sample_id } */
static void decode_switch_cpu_wide(struct fields *f, struct record *r)
{
	decode_switch(f, r);
	field_u32(f, "next_prev_pid");
	field_u32(f, "next_prev_tid");
}

/* PERF_RECORD_NAMESPACES: { u32 pid, tid; u64 nr; nr x { u64 dev, inode }; sample_id } */
static void decode_namespaces(struct fields *f, struct record *r)
{
	uint64_t n;

	(void)r;
	field_u32(f, "pid");
	field_u32(f, "tid");
	n = field_u64(f, "nr");
	if (!cursor_fits(&f->c, n, 16)) {
		f->c.overrun = true;
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		field_x64(f, "dev");
		field_u64(f, "inode");
	}
}

/* PERF_RECORD_KSYMBOL: { u64 addr; u32 len; u16 ksym_type, flags; char name[]; sample_id } */
static void decode_ksymbol(struct fields *f, struct record *r)
{
	r->ksymbol.addr = field_x64(f, "addr");
	r->ksymbol.len = field_u32(f, "len");
	r->ksymbol.ksym_type = field_u16(f, "ksym_type");
	r->ksymbol.flags = field_u16(f, "flags");
	r->ksymbol.name = field_text(f, "name");
}

/* PERF_RECORD_BPF_EVENT: { u16 type, flags; u32 id; u8 tag[8]; sample_id } */
static void decode_bpf_event(struct fields *f, struct record *r)
{
	(void)r;
	field_u16(f, "type");
	field_u16(f, "flags");
	field_u32(f, "id");
	field_bytes(f, "tag", 8);
}

/* PERF_RECORD_CGROUP: { u64 id; char path[]; sample_id } */
static void decode_cgroup(struct fields *f, struct record *r)
{
	r->cgroup.id = field_u64(f, "id");
	r->cgroup.path = field_text(f, "path");
}

/* PERF_RECORD_TEXT_POKE: { u64 addr; u16 old_len, new_len; u8 bytes[]; sample_id } */
static void decode_text_poke(struct fields *f, struct record *r)
{
	uint16_t old_len, new_len;

	(void)r;
	field_x64(f, "addr");
	old_len = field_u16(f, "old_len");
	new_len = field_u16(f, "new_len");
	field_bytes(f, "old", old_len);
	field_bytes(f, "new", new_len);
}

/* PERF_RECORD_AUX_OUTPUT_HW_ID: { u64 hw_id; sample_id } */
static void decode_aux_output_hw_id(struct fields *f, struct record *r)
{
	(void)r;
	field_x64(f, "hw_id");
}

/* PERF_RECORD_CALLCHAIN_DEFERRED: { u64 cookie, nr; u64 ips[nr]; sample_id } */
static void decode_callchain_deferred(struct fields *f, struct record *r)
{
	r->deferred.cookie = field_x64(f, "cookie");
	r->deferred.nr = field_u64(f, "nr");
	if (!cursor_fits(&f->c, r->deferred.nr, 8)) {
		f->c.overrun = true;
		return;
	}
	r->deferred.ips = f->c.base + f->c.pos;
	for (uint64_t i = 0; f->log && i < r->deferred.nr; i++)
		field_x64(f, "ip");
	f->c.pos = (size_t)(r->deferred.ips - f->c.base) + (size_t)r->deferred.nr * 8;
}

/* PERF_RECORD_TIME_CONV: { u64 time_shift, time_mult, time_zero, ... } */
static void decode_time_conv(struct fields *f, struct record *r)
{
	r->time_conv.time_shift = field_u64(f, "time_shift");
	r->time_conv.time_mult = field_u64(f, "time_mult");
	r->time_conv.time_zero = field_u64(f, "time_zero");
}

/* PERF_RECORD_ID_INDEX: { u64 nr; nr x { u64 id, idx, cpu, tid } } */
static void decode_id_index(struct fields *f, struct record *r)
{
	uint64_t n = field_u64(f, "nr");

	r->id_index.entries = f->c.base + f->c.pos;
	r->id_index.n = (f->c.len - f->c.pos) / ID_INDEX_ENTRY;
	if (r->id_index.n > n)
		r->id_index.n = n;
	for (uint64_t i = 0; f->log && i < r->id_index.n; i++) {
		field_u64(f, "id");
		field_u64(f, "idx");
		field_u64(f, "cpu");
		field_u64(f, "tid");
	}
}

/* PERF_RECORD_THREAD_MAP: { u64 nr; nr x { u64 pid; char comm[16] } } */
static void decode_thread_map(struct fields *f, struct record *r)
{
	uint64_t n = field_u64(f, "nr");

	(void)r;
	for (uint64_t i = 0; f->log && i < n && cursor_fits(&f->c, 1, 24); i++) {
		field_u64(f, "pid");
		field_bytes(f, "comm", 16);
	}
}

/* PERF_RECORD_HEADER_ATTR: { attr; u64 ids[] }: told by its most telling fields */
static void decode_header_attr(struct fields *f, struct record *r)
{
	(void)r;
	field_u32(f, "type");
	field_u32(f, "size");
	field_x64(f, "config");
	field_u64(f, "sample_period_or_freq");
	field_x64(f, "sample_type");
	field_x64(f, "read_format");
}

/* PERF_RECORD_EVENT_UPDATE: { u64 type, id; data[] } */
static void decode_event_update(struct fields *f, struct record *r)
{
	(void)r;
	field_u64(f, "type");
	field_u64(f, "id");
	field_bytes(f, "data", cursor_left(&f->c));
}

/* PERF_RECORD_HEADER_FEATURE: { u64 feature; section[] } */
static void decode_header_feature(struct fields *f, struct record *r)
{
	(void)r;
	field_u64(f, "feature");
	field_bytes(f, "section", cursor_left(&f->c));
}

/* PERF_RECORD_AUXTRACE: { u64 size, offset, reference; u32 idx, tid, cpu, reserved } */
static void decode_auxtrace(struct fields *f, struct record *r)
{
	(void)r;
	field_u64(f, "size");
	field_x64(f, "offset");
	field_x64(f, "reference");
	field_u32(f, "idx");
	field_u32(f, "tid");
	field_u32(f, "cpu");
}

/* PERF_RECORD_COMPRESSED2: { u64 data_size; bytes[] } */
static void decode_compressed2(struct fields *f, struct record *r)
{
	(void)r;
	field_u64(f, "data_size");
}

#define ROW(type, decoder) [RECORD_##type] = { .name = #type, .decode = (decoder) }
static const struct record_row {
	const char *name;
	void (*decode)(struct fields *f, struct record *r);
} record_rows[RECORD_TYPES] = {
	ROW(MMAP, decode_mmap),
	ROW(LOST, decode_lost),
	ROW(COMM, decode_comm),
	ROW(EXIT, decode_task),
	ROW(THROTTLE, decode_throttle),
	ROW(UNTHROTTLE, decode_throttle),
	ROW(FORK, decode_task),
	ROW(READ, decode_read),
	ROW(SAMPLE, NULL),
	ROW(MMAP2, decode_mmap2),
	ROW(AUX, decode_aux),
	ROW(ITRACE_START, decode_itrace_start),
	ROW(LOST_SAMPLES, decode_lost_samples),
	ROW(SWITCH, decode_switch),
	ROW(SWITCH_CPU_WIDE, decode_switch_cpu_wide),
	ROW(NAMESPACES, decode_namespaces),
	ROW(KSYMBOL, decode_ksymbol),
	ROW(BPF_EVENT, decode_bpf_event),
	ROW(CGROUP, decode_cgroup),
	ROW(TEXT_POKE, decode_text_poke),
	ROW(AUX_OUTPUT_HW_ID, decode_aux_output_hw_id),
	ROW(CALLCHAIN_DEFERRED, decode_callchain_deferred),
	ROW(HEADER_ATTR, decode_header_attr),
	ROW(HEADER_EVENT_TYPE, NULL),
	ROW(HEADER_TRACING_DATA, NULL),
	ROW(HEADER_BUILD_ID, NULL), /* features.c has its decoder */
	ROW(FINISHED_ROUND, NULL),
	ROW(ID_INDEX, decode_id_index),
	ROW(AUXTRACE_INFO, NULL),
	ROW(AUXTRACE, decode_auxtrace),
	ROW(AUXTRACE_ERROR, NULL),
	ROW(THREAD_MAP, decode_thread_map),
	ROW(CPU_MAP, NULL),
	ROW(STAT_CONFIG, NULL),
	ROW(STAT, NULL),
	ROW(STAT_ROUND, NULL),
	ROW(EVENT_UPDATE, decode_event_update),
	ROW(TIME_CONV, decode_time_conv),
	ROW(HEADER_FEATURE, decode_header_feature),
	ROW(COMPRESSED, NULL),
	ROW(FINISHED_INIT, NULL),
	ROW(COMPRESSED2, decode_compressed2),
	ROW(BPF_METADATA, NULL),
	ROW(SCHEDSTAT_CPU, NULL),
	ROW(SCHEDSTAT_DOMAIN, NULL),
};
#undef ROW

const char *record_name(uint32_t type)
{
	return type < RECORD_TYPES ? record_rows[type].name : NULL;
}

/*
 * The trailer: { u32 pid, tid; } { u64 time; } { u64 id; } { u64 stream_id; }
 * { u32 cpu, res; } { u64 identifier; }, each if the sample type has it.
 */
static void decode_sample_id(struct fields *f, uint64_t type, struct sample_id *id)
{
	if (type & SAMPLE_TID) {
		id->pid = field_u32(f, "sample_id.pid");
		id->tid = field_u32(f, "sample_id.tid");
		id->has_tid = true;
	}
	if (type & SAMPLE_TIME) {
		id->time = field_u64(f, "sample_id.time");
		id->has_time = true;
	}
	if (type & SAMPLE_ID) {
		id->id = field_u64(f, "sample_id.id");
		id->has_id = true;
	}
	if (type & SAMPLE_STREAM_ID)
		field_u64(f, "sample_id.stream_id");
	if (type & SAMPLE_CPU) {
		id->cpu = field_u32(f, "sample_id.cpu");
		cursor_skip(&f->c, 4);
		id->has_cpu = true;
	}
	if (type & SAMPLE_IDENTIFIER) {
		id->id = field_u64(f, "sample_id.identifier");
		id->has_id = true;
	}
}

/* Kernel records end with the trailer where the event asks for it; it has a fixed size. */
static void find_sample_id(const struct recording *r, const struct record_view *v, struct fields *f,
			   struct sample_id *id)
{
	static const uint64_t fields = SAMPLE_TID | SAMPLE_TIME | SAMPLE_ID | SAMPLE_STREAM_ID |
				       SAMPLE_CPU | SAMPLE_IDENTIFIER;
	const struct events *events = recording_events(r);
	int event = recording_event_of(r, v);
	const struct attr *attr;
	size_t size;

	if (v->type >= RECORD_HEADER_ATTR || events->n == 0)
		return;
	attr = &events->items[event >= 0 ? event : 0].attr;
	size = 8 * (size_t)__builtin_popcountll(attr->sample_type & fields);
	if (!attr_has(attr, ATTR_SAMPLE_ID_ALL) || size > v->len || v->len - size < f->c.pos)
		return;
	f->c.pos = v->len - size;
	decode_sample_id(f, attr->sample_type, id);
}

bool record_decode(const struct recording *r, const struct record_view *v, struct record *out,
		   struct field_log *log, struct error *err)
{
	struct record rec = { .type = v->type, .misc = v->misc };
	struct fields f = {
		.c = { .base = v->payload,
		       .len = v->len,
		       .origin = v->offset + 8,
		       .swap = recording_swapped(r) },
		.log = log,
	};

	if (v->type < RECORD_TYPES && record_rows[v->type].decode) {
		record_rows[v->type].decode(&f, &rec);
		if (f.c.overrun)
			return fail_at(err, ERR_FORMAT, v->offset, "%s ends inside a field",
				       record_name(v->type));
		find_sample_id(r, v, &f, &rec.id);
	}
	*out = rec;
	return true;
}
