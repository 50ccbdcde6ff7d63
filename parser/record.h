/*
 * parser/record.h - decoded records other than samples.
 *
 * One row of the table in record.c for each type: its name, and its decoder
 * where a later stage uses its fields.  Source: perf_event.h and
 * tools/lib/perf/include/perf/event.h.
 */
#ifndef PERFOLIO_PARSER_RECORD_H
#define PERFOLIO_PARSER_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "parser/perf_format.h"

enum { ID_INDEX_ENTRY = 32 }; /* bytes of an entry of ID_INDEX */

struct field_log;
struct record_view;
struct recording;

/* The trailer of sample_id_all; what the event does not record is absent. */
struct sample_id {
	bool has_tid, has_time, has_id, has_cpu;
	uint32_t pid, tid;
	uint64_t time; /* ns of the recording's clock */
	uint64_t id;
	uint32_t cpu;
};

struct record {
	uint32_t type;
	uint16_t misc;
	struct sample_id id; /* kernel records only */
	union {
		struct {
			uint32_t pid, tid;
			uint64_t addr, len, pgoff;
			uint32_t maj, min;
			uint64_t ino, ino_generation;
			uint32_t prot, flags;  /* prot: MMAP has none; then executable is assumed */
			uint8_t build_id_size; /* 0: no build id; then device and inode count */
			uint8_t build_id[BUILD_ID_MAX];
			bool is_mmap2;
			const char *filename; /* borrowed from the record */
		} mmap;
		struct {
			uint32_t pid, tid;
			bool exec;
			const char *comm;
		} comm;
		struct {
			uint32_t pid, ppid, tid, ptid;
			uint64_t time;
		} task; /* FORK and EXIT */
		struct {
			uint64_t id, lost;
		} lost; /* LOST; LOST_SAMPLES has only `lost` */
		struct {
			uint64_t time, id, stream_id;
		} throttle; /* THROTTLE, UNTHROTTLE */
		struct {
			uint64_t addr;
			uint32_t len;
			uint16_t ksym_type, flags; /* flags bit 0: unregister */
			const char *name;
		} ksymbol;
		struct {
			uint64_t cookie, nr;
			const uint8_t *ips; /* nr numbers in the file's byte order */
		} deferred;                 /* CALLCHAIN_DEFERRED */
		struct {
			uint64_t id;
			const char *path;
		} cgroup;
		struct {
			uint64_t time_shift, time_mult, time_zero;
		} time_conv;
		struct {
			uint32_t pid, tid;
			const uint8_t
				*values; /* as the event's read_format says, and the trailer */
			size_t len;      /* bytes; file byte order */
		} read;
		struct {
			uint64_t n;
			const uint8_t *entries; /* n x { u64 id, idx, cpu, tid }, file byte order */
		} id_index;
	};
};

/* "MMAP2" for RECORD_MMAP2; NULL for a number that nobody knows. */
const char *record_name(uint32_t type);

/*
 * Decode a record (not a SAMPLE, see sample.h).  A type without a decoder gives
 * type and misc only.  False: the record ends inside a field; *err says where.
 * Texts and bytes in *out are borrowed from the view.
 */
bool record_decode(const struct recording *r, const struct record_view *v, struct record *out,
		   struct field_log *log, struct error *err);

#endif
