/*
 * parser/features.h - what the header of a recording says about the machine and
 * the command (perf.data-file-format.txt, "HEADER_*").
 *
 * In file mode features are sections behind the data, in pipe mode records.
 * Texts are interned; what the recording does not have is NULL or 0.
 */
#ifndef PERFOLIO_PARSER_FEATURES_H
#define PERFOLIO_PARSER_FEATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/perf_format.h"

struct events;
struct fields;
struct texts;

/* An entry of the build id table or a HEADER_BUILD_ID record. */
struct build_id_entry {
	uint16_t misc; /* cpumode: kernel, user, guest */
	int32_t pid;   /* -1 for the host's kernel */
	uint8_t size;  /* bytes of the build id in use */
	uint8_t build_id[BUILD_ID_MAX];
	const char *path;
};

struct group_desc {
	const char *name;
	uint32_t leader, members; /* index of the leader's event, number of members */
};

struct features {
	uint64_t present[FEATURE_BITS / 64]; /* bitmap as the header or the records have it */
	const char *hostname, *os_release, *version, *arch, *cpudesc, *cpuid;
	bool has_nrcpus;
	uint32_t nrcpus_available, nrcpus_online;
	uint64_t total_mem_kb;
	const char **cmdline;
	size_t n_cmdline;
	struct build_id_entry *build_ids;
	size_t n_build_ids, cap_build_ids;
	struct group_desc *groups;
	size_t n_groups;
	uint64_t sample_time_first, sample_time_last; /* 0, 0: perf did not look */
	bool has_clock_data;
	uint32_t clockid;
	uint64_t clock_wall_ns, clock_ns; /* CLOCK_DATA: the same moment on both clocks */
	bool dir_format;                  /* directory mode: data lies in data.N */
	const char **siblings;            /* CPU topology: lists of cores */
	size_t n_siblings;
};

static inline bool feature_present(const struct features *f, unsigned bit)
{
	return bit < FEATURE_BITS && (f->present[bit / 64] >> (bit % 64) & 1);
}

/*
 * Decode feature `bit` from `in` (its whole section or record payload) and mark it as present.
 * Names of EVENT_DESC go to `events`.  False if the bytes do not fit the format;
 * what was read before stays.  A feature without a decoder is only marked.
 */
bool feature_decode(struct features *f, unsigned bit, struct fields *in, struct events *events,
		    struct texts *texts);

/* An entry of the build id table: the payload of a record whose header's misc is given. */
bool build_id_decode(struct features *f, uint16_t misc, struct fields *in, struct texts *texts);

/* Does feature_decode() look into this feature's bytes? */
bool feature_is_decoded(unsigned bit);

/* The name of a feature, "HOSTNAME"; NULL if it is not known. */
const char *feature_name(unsigned bit);

void features_free(struct features *f);

#endif
