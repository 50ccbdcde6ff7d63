/*
 * report/machine.h - who ran and what was mapped, at each moment (DESIGN 2, D1).
 *
 * Built once from the side-band records (timeline.h), in the order of their
 * times; sealed; then asked by time.  Nothing is replayed while samples are read.
 *
 * An *instance* is one address space: a process from its fork or exec to the
 * next.  Between an exec and the first mapping of its new image it still has the old one.  A fork's instance has its parent's mappings as they were then: it holds
 * no copies, look-ups go on in the parent at the time of the fork.  There are no
 * records of unmapping, so the newest mapping over an address is the answer
 * until a newer one covers it, and a hole stays a hole until it is covered.
 */
#ifndef PERFOLIO_REPORT_MACHINE_H
#define PERFOLIO_REPORT_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/perf_format.h"

struct texts;

enum { TIME_BEGIN = 0 };
#define TIME_END UINT64_MAX

struct instance_id {
	uint32_t i; /* 0: the kernel's address space; 1: user addresses of nobody */
};

struct mapping_id {
	uint32_t i; /* 0: no mapping */
};

/* One recorded mapping. Equal ones of the same instance, announced again, are one. */
struct mapping {
	uint64_t start, end;  /* [start, end) */
	uint64_t pgoff;       /* file offset of start */
	const char *filename; /* as recorded, interned */
	uint32_t prot;        /* PROT_*; PROT_EXEC assumed where MMAP does not say */
	uint32_t maj, min;
	uint64_t ino, ino_generation; /* 0 where not recorded */
	uint8_t build_id_size;
	uint8_t build_id[BUILD_ID_MAX];
	bool data; /* MISC_MMAP_DATA */
	bool is_mmap2;
	bool is_symbol;              /* a KSYMBOL: `filename` is the name of the one symbol it is */
	struct instance_id instance; /* whose record it was */
	uint64_t time;               /* of its first announcement */
};

/* The answer to "what lies at this address then", and how long it stays so. */
struct place {
	struct mapping_id mapping; /* 0: a hole */
	uint64_t from, to;         /* same answer for this instance in [from, to) */
};

struct machine;

struct machine *machine_new(struct texts *texts);
void machine_free(struct machine *m);

/* ---- building: calls must come in the order of time ---- */

void machine_mmap(struct machine *m, uint64_t time, uint32_t pid, const struct mapping *mapping);
/* A mapping of the kernel or a module (pid -1 in the file), or a KSYMBOL (BPF programs). */
void machine_kernel_mmap(struct machine *m, uint64_t time, const struct mapping *mapping);
/* inherits: false for FORK records made up by perf (MISC_FORK_EXEC). pid == ppid: a thread. */
void machine_fork(struct machine *m, uint64_t time, uint32_t pid, uint32_t ppid, uint32_t tid,
		  uint32_t ptid, bool inherits);
void machine_exit(struct machine *m, uint64_t time, uint32_t pid, uint32_t tid);
void machine_comm(struct machine *m, uint64_t time, uint32_t pid, uint32_t tid, const char *comm,
		  bool exec);

/* No more records: make the look-up structures. */
void machine_seal(struct machine *m);

/* ---- asking, after machine_seal() ---- */

/* The address space that `pid` had at `time`; made up (empty) if no record spoke of it. */
struct instance_id machine_instance(struct machine *m, uint32_t pid, uint64_t time);

/* How long machine_instance() stays the same for this pid around `time`: [*from, *to). */
struct instance_id machine_instance_span(struct machine *m, uint32_t pid, uint64_t time,
					 uint64_t *from, uint64_t *to);

struct place machine_place(const struct machine *m, struct instance_id instance, uint64_t addr,
			   uint64_t time);

const struct mapping *machine_mapping(const struct machine *m, struct mapping_id id);
size_t machine_mappings(const struct machine *m); /* ids are 1 .. this number */

/* The name of a thread at `time`: its own, else its process's at the fork, else ":TID"; "swapper" for 0, "[exited]" for -1. */
const char *machine_comm_at(struct machine *m, uint32_t pid, uint32_t tid, uint64_t time);

uint32_t machine_pid(const struct machine *m, struct instance_id instance);
size_t machine_instances(const struct machine *m);
/* The address spaces that a pid had, one after the other; borrowed until the next question. *n is 0: nothing spoke of it. */
const uint32_t *machine_instances_of(const struct machine *m, uint32_t pid, size_t *n);
/* The instance it was forked from (0: none) and when it began. */
struct instance_id machine_parent(const struct machine *m, struct instance_id instance);
uint64_t machine_begin(const struct machine *m, struct instance_id instance);

#endif
