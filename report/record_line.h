/*
 * report/record_line.h - the command line of a recorder taken apart: options, what was recorded, the workload.
 *
 * For perf record (tools/perf/Documentation/perf-record.txt, also behind "mem", "c2c" ...) and simpleperf record.
 * Words are borrowed; they are from the recording, so anything can be in them.
 */
#ifndef PERFOLIO_REPORT_RECORD_LINE_H
#define PERFOLIO_REPORT_RECORD_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct record_option {
	char id;          /* its letter, also of its long form; 0: neither is one of those below */
	const char *name; /* "--call-graph", without its value; of a letter the letter: "F" */
	bool is_letter;
	const char *value; /* NULL: none */
	bool glued;        /* the value is a part of the word, behind '=' or the letter */
};

/* Letters of options that are asked for; --call-graph has that of -g. */
enum {
	LINE_ALL_CPUS = 'a',
	LINE_COUNT = 'c',
	LINE_CPU = 'C',
	LINE_EVENT = 'e',
	LINE_FILTER = 'f', /* --filter, of the event before it */
	LINE_FREQUENCY = 'F',
	LINE_CALL_GRAPH = 'g',
	LINE_CGROUP = 'G',
	LINE_CLOCK = 'k',
	LINE_PAGES = 'm',
	LINE_OUTPUT = 'o',
	LINE_PID = 'p',
	LINE_TID = 't',
	LINE_UID = 'u',
	LINE_APP = 'A', /* --app of simpleperf */
};

enum record_target_kind {
	TARGET_UNKNOWN, /* the line does not say: some perfs store no more than their own path */
	TARGET_WORKLOAD,
	TARGET_PROCESSES,
	TARGET_THREADS,
	TARGET_USER,
	TARGET_CGROUP,
	TARGET_CPUS,
	TARGET_SYSTEM,
	TARGET_APP,
};

struct record_line {
	const char *const *tool; /* words before "record": "mem" */
	size_t n_tool;
	bool is_record; /* its "record" was found */
	bool is_perf;   /* and it is perf's, so that the same can be typed again */
	struct record_option *options;
	size_t n_options, cap_options;
	const char *const *workload;
	size_t n_workload;
	enum record_target_kind target;
	const char *target_value; /* "123,456"; "" where the kind says all */
};

/* The first word is the recorder's path. record_line_done() frees. */
void record_line_parse(struct record_line *l, const char *const *words, size_t n);
void record_line_done(struct record_line *l);

#endif
