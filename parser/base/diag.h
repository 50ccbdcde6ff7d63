/*
 * parser/base/diag.h - problems as data (DESIGN D8).
 *
 * Every layer adds what it found to one sink; nobody prints by himself.
 * Problems of equal kind and subject are counted, not repeated.  What a kind
 * means for the reader of a report, and what to do about it, stands in the
 * table of kinds (diag.c): one row for each.
 */
#ifndef PERFOLIO_PARSER_BASE_DIAG_H
#define PERFOLIO_PARSER_BASE_DIAG_H

#include <stddef.h>
#include <stdint.h>

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

/* A new kind is one line here and one row in diag.c. */
enum problem_kind {
	PROBLEM_UNFINISHED,         /* the recorder did not get to the end */
	PROBLEM_TRUNCATED,          /* a section or record runs past the end of the file */
	PROBLEM_BAD_RECORD,         /* a record that cannot be decoded; it was stepped over */
	PROBLEM_BAD_HEADER,         /* header or feature bytes that make no sense */
	PROBLEM_BAD_FEATURE,        /* a feature section that cannot be decoded */
	PROBLEM_BAD_COMPRESSION,    /* compressed records that do not decompress */
	PROBLEM_TRAILING_JUNK,      /* bytes behind the last record */
	PROBLEM_UNKNOWN_RECORD,     /* record types that nobody knows */
	PROBLEM_UNKNOWN_EVENT,      /* samples of an event that the file does not describe */
	PROBLEM_LOST,               /* samples or records that perf lost */
	PROBLEM_THROTTLED,          /* the kernel throttled the event */
	PROBLEM_GUEST_SAMPLES,      /* samples taken in a guest or a hypervisor */
	PROBLEM_DEFERRED_CHAINS,    /* user call chains that never arrived */
	PROBLEM_NO_TIMES,           /* samples without times: order of the file is used */
	PROBLEM_NO_CPUS,            /* samples without processors, and processors were asked for */
	PROBLEM_MISSING_OBJECT,     /* an ELF file was not found: no symbols for it */
	PROBLEM_MISSING_VDSO,       /* the recorded kernel's code in processes is not at hand */
	PROBLEM_WRONG_OBJECT,       /* a file contradicts the recording: it was refused */
	PROBLEM_UNVERIFIED_OBJECT,  /* a file was used without proof that it is the right one */
	PROBLEM_BAD_OBJECT,         /* an ELF file that cannot be read */
	PROBLEM_MISSING_DEBUG_FILE, /* a file that debug information refers to was not found */
	PROBLEM_MISSING_SPLIT_FILE, /* a .dwo file of split debug information was not found */
	PROBLEM_BAD_ARCHIVE,        /* a tarball of `perf archive` that cannot be read */
	PROBLEM_NO_ROOM,            /* ... or not unpacked, because $TMPDIR is full */
	PROBLEM_SYMBOL_SERVER,      /* debuginfod servers were to be asked and cannot be */
	PROBLEM_MISSING_KALLSYMS,   /* kernel samples, but no kernel symbols */
	PROBLEM_MISSING_PERF_MAP,   /* JIT code without a perf map */
	PROBLEM_UNNAMED_PYTHON,     /* an interpreter did not tell perf which functions it ran */
	PROBLEM_BAD_PERF_MAP,       /* lines of a perf map that do not parse */
	PROBLEM_BAD_JITDUMP,        /* bytes of a jitdump that are no record */
	PROBLEM_CUT_JITDUMP,        /* a jitdump that ends inside a record */
	PROBLEM_JITDUMP_CLOCK,      /* a jitdump whose clock is not the recording's */
	PROBLEM_FOREIGN_PERF_MAP,   /* a perf map that describes none of its process's code */
	PROBLEM_STALE_PERF_MAP,     /* entries of a perf map that are of an older process */
	PROBLEM_MATCHED_PERF_MAP,   /* a perf map of another pid, taken for what is in it */
	PROBLEM_AMBIGUOUS_PERF_MAP, /* several perf maps could be a process's */
	PROBLEM_REFUSED_PERF_MAP,   /* a perf map that does not belong to the recording */
	PROBLEM_UNWIND_MISSING,     /* stack copies that were not unwound */
	PROBLEM_STACK_COPY_SHORT,   /* stack copies that ended before the stack did */
	PROBLEM_NO_CFI,             /* code without unwinding rules */
	PROBLEM_GUESSED_CALLERS,    /* frames by frame pointer, where there are no rules */
	PROBLEM_BAD_STACK,          /* stack copies that make no sense somewhere */
	PROBLEM_NO_INCREASE,        /* samples of a group none of whose counters went on */
	PROBLEM_NO_DEBUG_INFO,      /* no lines and inlined functions for a file */
	PROBLEM_MISSING_SOURCE,     /* a source file was not found */
	PROBLEM_DOUBTFUL_SOURCE,    /* a source file that may not be the one that was compiled */
	PROBLEM_NO_MATCH,           /* a pattern of a filter that matches nothing */
	PROBLEM_OVERFLOW,           /* a sum left 64 bits */
	PROBLEM_MIXED_EVENTS,       /* an event that not all merged recordings have */
	PROBLEM_MIXED_PERIODS, /* an event with other periods or frequencies in other recordings */
	PROBLEM_MIXED_CLOCKS,  /* recordings with times of other clocks */
	PROBLEM_TWICE,         /* the same contents were merged twice */
	PROBLEM_NO_ACCESSES,   /* a profile file says nothing of memory, and was asked */
	PROBLEM_NO_POSITIONS,  /* a profile file does not say where its frames were in the code */
	PROBLEM_OF_NEWER,      /* a problem in a profile file that this version does not know */
	PROBLEM_KINDS
};

struct problem {
	enum problem_kind kind;
	enum severity severity;
	uint64_t count;          /* how often */
	const char *name;        /* stable identifier of the kind: "missing-object" */
	const char *subject;     /* file, record type, function ...; "" if the recording itself */
	const char *message;     /* the first message of this kind and subject */
	const char *consequence; /* what it means for the results */
	const char *remedy;      /* what to do next */
};

struct diag;

struct diag *diag_new(void);
void diag_free(struct diag *d);

/* Add a problem of the kind's own severity. */
void diag_add(struct diag *d, enum problem_kind kind, const char *subject, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The same for `count` occurrences at once. */
void diag_add_n(struct diag *d, enum problem_kind kind, uint64_t count, const char *subject,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* All problems: most severe first, then in the order of their first occurrence. */
size_t diag_count(const struct diag *d);
const struct problem *diag_get(const struct diag *d, size_t i);

/* The stable identifier of a kind, "missing-object", and the kind that has it; PROBLEM_KINDS: none has. */
const char *diag_kind_name(enum problem_kind kind);
enum problem_kind diag_kind_find(const char *name);

const char *severity_name(enum severity s); /* "note", "warning", "error" */

#endif
