/*
 * tests/image.h - write perf.data recordings in memory, field by field, in either byte order.
 *
 * The writer knows the format on its own: it shares numbers and struct attr with
 * the parser, but no code, so that a test of the one is a test against the other.
 * Sources: perf_event.h, man perf_event_open, perf.data-file-format.txt.
 *
 *	struct image img;
 *
 *	image_begin(&img, &options);       header, attributes
 *	img.stamp.time = 1000;             what the trailers of kernel records say
 *	image_comm(&img, 7, 7, "python", false);
 *	image_sample(&img, &sample);
 *	image_end(&img);                   features, sizes
 *	... img.bytes, img.len ...
 *	image_free(&img);
 *
 * Nothing here checks that what it is asked to write makes sense: tests want damage.
 */
#ifndef TESTS_IMAGE_H
#define TESTS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/attr.h"
#include "parser/perf_format.h"

enum image_container {
	IMAGE_FILE,
	IMAGE_LEGACY,  /* as a file, but with the magic PERFFILE */
	IMAGE_PIPE,    /* attributes and features are records */
	IMAGE_RECORDS, /* no header at all: data.N of a directory recording */
};

struct image_event {
	struct attr attr; /* its size is that of the options */
	uint64_t ids[4];
	size_t n_ids;
	const char *name; /* for EVENT_DESC, or EVENT_UPDATE in a pipe; NULL: none */
	const char *unit; /* EVENT_UPDATE in a pipe; NULL: none */
};

struct image_build_id {
	uint16_t misc;
	int32_t pid;
	uint8_t size; /* written where misc has MISC_BUILD_ID_SIZE */
	uint8_t build_id[BUILD_ID_MAX];
	const char *path;
};

struct image_group {
	const char *name;
	uint32_t leader, members;
};

/* A feature's section as bytes, for those without a field below. */
struct image_raw_feature {
	unsigned bit;
	const void *bytes;
	size_t len;
};

/* What is NULL or 0 is not written. */
struct image_features {
	const char *hostname, *osrelease, *version, *arch, *cpudesc, *cpuid;
	uint32_t nrcpus_available, nrcpus_online;
	uint64_t total_mem_kb;
	const char *const *cmdline;
	size_t n_cmdline;
	bool event_desc;
	const struct image_build_id *build_ids;
	size_t n_build_ids;
	const char *const *siblings; /* CPU_TOPOLOGY */
	size_t n_siblings;
	const struct image_group *groups;
	size_t n_groups;
	uint64_t sample_time_first, sample_time_last;
	uint32_t clockid;
	uint64_t clock_wall_ns, clock_ns; /* CLOCK_DATA */
	bool dir_format;
	bool compressed;
	const struct image_raw_feature *raw;
	size_t n_raw;
};

struct image_options {
	enum image_container container;
	bool big_endian;
	bool unfinished;                  /* data size 0 and no features: perf was killed */
	uint32_t attr_size;               /* 0: 136 */
	uint64_t header_size;             /* of file and legacy; 0: 104 */
	const struct image_event *events; /* must live until image_end() */
	size_t n_events;
	struct image_features features;
};

/* The sample_id_all trailer of kernel records. */
struct image_stamp {
	size_t event; /* whose sample_type says which fields there are */
	uint32_t pid, tid;
	uint64_t time, id, stream_id;
	uint32_t cpu;
};

struct image {
	uint8_t *bytes;
	size_t len, cap;
	struct image_options options;
	struct image_stamp stamp;
	/* inside */
	size_t record;     /* where the record that is being written began */
	size_t data;       /* where the records began */
	size_t compressed; /* where those to be compressed began */
	struct ZSTD_CCtx_s *zstd;
};

/* ---- image.c: bytes and containers ---- */

void image_begin(struct image *img, const struct image_options *options);
void image_end(struct image *img);
void image_free(struct image *img);
bool image_write(const struct image *img, const char *path);

/* The folder of a directory recording: images[0] as `data`, the others as data.0, data.1 ... */
bool image_write_folder(const struct image *images, size_t n, const char *folder);

void image_u8(struct image *img, uint8_t v);
void image_u16(struct image *img, uint16_t v);
void image_u32(struct image *img, uint32_t v);
void image_u64(struct image *img, uint64_t v);
void image_bytes(struct image *img, const void *bytes, size_t n);
void image_zeroes(struct image *img, size_t n);
/* A text, its NUL, and NULs up to the next multiple of `align` bytes from `start`. */
void image_text(struct image *img, const char *text, size_t start, size_t align);
void image_attr(struct image *img, const struct attr *attr); /* the size is that of the options */

/* Overwrite a number that was written before. */
void image_patch_u16(struct image *img, size_t at, uint16_t v);
void image_patch_u32(struct image *img, size_t at, uint32_t v);
void image_patch_u64(struct image *img, size_t at, uint64_t v);

/*
 * Records written between these two become COMPRESSED or COMPRESSED2 records (`type`),
 * each of at most `piece` bytes before compression, wherever that cuts; 0: all in
 * one.  One zstd stream serves the whole image, as perf writes it.
 */
void image_compress_begin(struct image *img);
void image_compress_end(struct image *img, uint32_t type, size_t piece);

/* ---- image_features.c ---- */

void image_write_features(struct image *img); /* for image.c: sections or records */

/* ---- image_records.c ---- */

void image_record_begin(struct image *img, uint32_t type, uint16_t misc);
void image_record_end(struct image *img);
void image_kernel_record_end(struct image *img); /* pads, adds the trailer */

/* Any record from its payload's bytes, without a trailer. */
void image_record(struct image *img, uint32_t type, uint16_t misc, const void *payload, size_t n);

struct image_mmap {
	uint16_t misc;
	uint32_t pid, tid;
	uint64_t addr, len, pgoff;
	uint32_t maj, min;
	uint64_t ino, ino_generation;
	uint8_t build_id_size; /* not 0: build id in place of device and inode (sets its misc bit) */
	uint8_t build_id[BUILD_ID_MAX];
	uint32_t prot, flags;
	const char *filename;
};

void image_mmap(struct image *img, const struct image_mmap *m);
void image_mmap2(struct image *img, const struct image_mmap *m);
void image_comm(struct image *img, uint32_t pid, uint32_t tid, const char *comm, bool exec);
/* `exec`: made up by perf (MISC_FORK_EXEC). The time is the stamp's. */
void image_fork(struct image *img, uint32_t pid, uint32_t ppid, uint32_t tid, uint32_t ptid,
		bool exec);
void image_exit(struct image *img, uint32_t pid, uint32_t ppid, uint32_t tid, uint32_t ptid);
void image_lost(struct image *img, uint64_t id, uint64_t lost);
void image_lost_samples(struct image *img, uint64_t lost);
void image_throttle(struct image *img, bool on, uint64_t time, uint64_t id, uint64_t stream_id);
void image_read(struct image *img, uint32_t pid, uint32_t tid, uint64_t value);
/* READ with all that its event's read_format asks for. */
void image_read_words(struct image *img, uint32_t pid, uint32_t tid, const uint64_t *words,
		      size_t n);
void image_aux(struct image *img, uint64_t offset, uint64_t size, uint64_t flags);
void image_itrace_start(struct image *img, uint32_t pid, uint32_t tid);
void image_switch(struct image *img, bool out);
void image_switch_cpu_wide(struct image *img, bool out, uint32_t pid, uint32_t tid);
void image_namespaces(struct image *img, uint32_t pid, uint32_t tid, const uint64_t *dev_inode,
		      uint64_t nr);
void image_ksymbol(struct image *img, uint64_t addr, uint32_t len, uint16_t type, uint16_t flags,
		   const char *name);
void image_bpf_event(struct image *img, uint16_t type, uint16_t flags, uint32_t id,
		     const uint8_t tag[8]);
void image_cgroup(struct image *img, uint64_t id, const char *path);
void image_text_poke(struct image *img, uint64_t addr, const void *old, uint16_t old_len,
		     const void *new, uint16_t new_len);
void image_aux_output_hw_id(struct image *img, uint64_t hw_id);
void image_deferred(struct image *img, uint64_t cookie, const uint64_t *ips, uint64_t nr);

void image_header_attr(struct image *img, const struct image_event *event);
void image_event_update(struct image *img, uint64_t type, uint64_t id, const char *text);
void image_header_build_id(struct image *img, const struct image_build_id *b);
void image_tracing_data(struct image *img, const void *payload, uint32_t n);
void image_id_index(struct image *img, const uint64_t *id_idx_cpu_tid, uint64_t nr);
void image_time_conv(struct image *img, uint64_t shift, uint64_t mult, uint64_t zero);
void image_auxtrace(struct image *img, const void *payload, uint64_t size);
void image_finished_round(struct image *img);
void image_finished_init(struct image *img);

/* ---- image_sample.c ---- */

struct image_read_value {
	uint64_t value, id, lost;
};

struct image_branch {
	uint64_t from, to, flags;
};

/* Which fields are written is the event's affair (sample_type, read_format ...). */
struct image_sample {
	size_t event; /* index among the options' events */
	uint16_t misc;
	uint64_t id, ip;
	uint32_t pid, tid;
	uint64_t time, addr, stream_id;
	uint32_t cpu;
	uint64_t period;
	uint64_t time_enabled, time_running;
	const struct image_read_value *reads; /* one, or those of the group */
	size_t n_reads;
	const uint64_t *chain;
	size_t n_chain;
	const void *raw;
	uint32_t raw_size;
	const struct image_branch *branches;
	size_t n_branches;
	uint64_t branch_hw_index;
	uint64_t user_abi;
	const uint64_t *user_regs; /* as many as the event's mask has bits */
	const void *stack;
	uint64_t stack_size, stack_dyn_size;
	uint64_t weight; /* var1_dw of WEIGHT_STRUCT, too */
	uint16_t weight2, weight3;
	uint64_t data_src, transaction;
	uint64_t intr_abi;
	const uint64_t *intr_regs;
	uint64_t phys_addr, cgroup, data_page_size, code_page_size;
	const void *aux;
	uint64_t aux_size;
};

void image_sample(struct image *img, const struct image_sample *s);

#endif
