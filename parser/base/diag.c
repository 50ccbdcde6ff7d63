#include "parser/base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/arena.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"

static const struct problem_row {
	const char *name;
	enum severity severity;
	const char *consequence;
	const char *remedy;
} rows[PROBLEM_KINDS] = {
	[PROBLEM_UNFINISHED] = { "unfinished", SEVERITY_WARNING,
				 "what was recorded last, and what perf writes at the end, is missing",
				 "let perf record end by itself or with SIGINT" },
	[PROBLEM_TRUNCATED] = { "truncated", SEVERITY_ERROR, "only what stands before it was used",
				"copy the file again; see: perfolio dump FILE" },
	[PROBLEM_BAD_RECORD] = { "bad-record", SEVERITY_ERROR, "it was not used",
				 "see: perfolio dump FILE" },
	[PROBLEM_BAD_HEADER] = { "bad-header", SEVERITY_ERROR,
				 "it was read as far as it made sense",
				 "copy the file again; see: perfolio dump FILE" },
	[PROBLEM_BAD_FEATURE] = { "bad-feature", SEVERITY_WARNING,
				  "what it says about the machine is missing",
				  "see: perfolio dump FILE" },
	[PROBLEM_BAD_COMPRESSION] = { "bad-compression", SEVERITY_ERROR,
				      "the records in it and behind it are lost",
				      "copy the file again" },
	[PROBLEM_TRAILING_JUNK] = { "trailing-bytes", SEVERITY_WARNING,
				    "they were not read; all records before them were",
				    "do not let other output run into the recording's pipe" },
	[PROBLEM_UNKNOWN_RECORD] = { "unknown-record", SEVERITY_NOTE,
				     "they were counted and stepped over", "none is needed" },
	[PROBLEM_UNKNOWN_EVENT] = { "unknown-event", SEVERITY_WARNING,
				    "they are in no event's numbers", "see: perfolio dump FILE" },
	[PROBLEM_LOST] = { "lost", SEVERITY_WARNING, "the profile misses them",
			   "record with a larger buffer (perf record -m) or a lower frequency (-F)" },
	[PROBLEM_THROTTLED] = { "throttled", SEVERITY_NOTE,
				"samples are missing where the kernel took a rest",
				"record with a lower frequency (perf record -F)" },
	[PROBLEM_GUEST_SAMPLES] = { "guest-samples", SEVERITY_NOTE,
				    "they are shown as [guest kernel], [guest user] or [hypervisor]",
				    "record inside the guest" },
	[PROBLEM_DEFERRED_CHAINS] = { "deferred-chains", SEVERITY_WARNING,
				      "these samples are used without their user part",
				      "let the recording run until its threads return to user mode" },
	[PROBLEM_NO_TIMES] = { "no-times", SEVERITY_NOTE,
			       "the order of the file decides which program ran when",
			       "record with perf record -T" },
	[PROBLEM_NO_CPUS] = { "no-cpus", SEVERITY_WARNING, "--cpu leaves them out",
			      "record with perf record --sample-cpu" },
	[PROBLEM_MISSING_OBJECT] = { "missing-object", SEVERITY_WARNING,
				     "its functions have no names",
				     "put it into the recording directory's elf/ or name its root with --symfs" },
	/* a handful of functions that read clocks: who sees [vdso] knows what it is */
	[PROBLEM_MISSING_VDSO] = { "missing-vdso", SEVERITY_NOTE, "its functions have no names",
				   "look at the recording on the machine that made it, or put its vdso "
				   "into elf/.build-id/ beside the recording" },
	[PROBLEM_WRONG_OBJECT] = { "wrong-object", SEVERITY_WARNING, "its functions have no names",
				   "find the file that ran, or use this one all the same with --force" },
	[PROBLEM_UNVERIFIED_OBJECT] = { "unverified-object", SEVERITY_NOTE,
					"its names are wrong if the file was changed since",
					"record with build ids (perf record --buildid-mmap)" },
	[PROBLEM_BAD_OBJECT] = { "bad-object", SEVERITY_WARNING, "its functions have no names",
				 "copy the file again" },
	[PROBLEM_MISSING_DEBUG_FILE] = { "missing-debug-file", SEVERITY_NOTE,
					 "its functions have no lines and no inlined calls",
					 "name the folder that has it with --debug-dir" },
	[PROBLEM_MISSING_SPLIT_FILE] = { "missing-split-file", SEVERITY_NOTE,
					 "its functions have lines, but no inlined calls",
					 "put the .dwo files into the folder of the program" },
	[PROBLEM_BAD_ARCHIVE] = { "bad-archive", SEVERITY_WARNING,
				  "files that are only in it were not found",
				  "make it again with perf archive, or unpack it beside the recording" },
	[PROBLEM_NO_ROOM] = { "no-room", SEVERITY_WARNING,
			      "files that are only in it were not found",
			      "make room there, or name another folder in TMPDIR" },
	[PROBLEM_SYMBOL_SERVER] = { "symbol-server", SEVERITY_WARNING,
				    "what is not on this machine was not found",
				    "name reachable servers in DEBUGINFOD_URLS" },
	[PROBLEM_MISSING_KALLSYMS] = { "missing-kallsyms", SEVERITY_WARNING,
				       "kernel functions have no names",
				       "copy /proc/kallsyms of the recorded machine (as root, kernel.kptr_restrict=0) "
				       "into the recording directory, or name it with --kallsyms" },
	[PROBLEM_MISSING_PERF_MAP] = { "missing-perf-map", SEVERITY_WARNING,
				       "functions of JIT compilers and Python functions have no names",
				       "copy /tmp/perf-PID.map of the recorded machine into the recording directory" },
	[PROBLEM_UNNAMED_PYTHON] = { "unnamed-python", SEVERITY_NOTE,
				     "Python functions are not shown, only the interpreter's own",
				     "run CPython 3.12 or later with -X perf" },
	[PROBLEM_BAD_PERF_MAP] = { "bad-perf-map", SEVERITY_WARNING, "these lines were not used",
				   "copy the map again" },
	[PROBLEM_BAD_JITDUMP] = { "bad-jitdump", SEVERITY_WARNING,
				  "functions described there have no names",
				  "a program that forks while it writes the dump damages it: use a perf map (python -X perf)" },
	[PROBLEM_CUT_JITDUMP] = { "cut-jitdump", SEVERITY_WARNING,
				  "functions made last have no names",
				  "let the program end by itself (not by os._exit or a signal)" },
	[PROBLEM_JITDUMP_CLOCK] = { "jitdump-clock", SEVERITY_WARNING,
				    "where code was made anew at the same address, only the newest name is known",
				    "record with perf record -k mono" },
	[PROBLEM_FOREIGN_PERF_MAP] = { "foreign-perf-map", SEVERITY_WARNING,
				       "functions of JIT compilers and Python functions have no names",
				       "copy the map that the recorded process wrote" },
	[PROBLEM_STALE_PERF_MAP] = { "stale-perf-map", SEVERITY_NOTE, "they name nothing",
				     "remove /tmp/perf-PID.map before recording" },
	[PROBLEM_MATCHED_PERF_MAP] = { "matched-perf-map", SEVERITY_NOTE,
				       "names are right if the map is of this recording",
				       "say it: --perf-map PID=FILE" },
	[PROBLEM_AMBIGUOUS_PERF_MAP] = { "ambiguous-perf-map", SEVERITY_WARNING,
					 "its JIT code and Python functions have no names",
					 "say which is which: --perf-map PID=FILE" },
	[PROBLEM_REFUSED_PERF_MAP] = { "refused-perf-map", SEVERITY_NOTE, "it was not used",
				       "put the right map into the recording directory" },
	[PROBLEM_UNWIND_MISSING] = { "stacks-not-unwound", SEVERITY_WARNING,
				     "totals, callers and callees miss the user part of the stacks",
				     "record with --call-graph fp where the programs have frame pointers" },
	[PROBLEM_STACK_COPY_SHORT] = { "stack-copy-too-short", SEVERITY_NOTE,
				       "totals and callers miss the outer functions of these samples",
				       "record with larger copies: --call-graph dwarf,65528" },
	[PROBLEM_NO_CFI] = { "no-cfi", SEVERITY_WARNING,
			     "totals and callers miss what called it in these samples",
			     "put a file with unwinding rules (.eh_frame or .debug_frame) beside the recording" },
	[PROBLEM_GUESSED_CALLERS] = { "guessed-callers", SEVERITY_NOTE,
				      "they are right where this code keeps frame pointers",
				      "put a file with unwinding rules (.eh_frame or .debug_frame) beside the recording" },
	[PROBLEM_BAD_STACK] = { "bad-stack", SEVERITY_NOTE,
				"totals and callers miss the outer functions of these samples",
				"check that the files beside the recording are those that ran" },
	[PROBLEM_NO_INCREASE] = { "no-increase", SEVERITY_NOTE, "these samples count for no event",
				  "nothing; perf shows them neither" },
	[PROBLEM_NO_DEBUG_INFO] = { "no-debug-info", SEVERITY_NOTE,
				    "its lines and inlined functions are not known",
				    "install its debug information, or put the .debug file beside it" },
	[PROBLEM_MISSING_SOURCE] = { "missing-source", SEVERITY_NOTE,
				     "its lines are shown without their text",
				     "put it into src/ beside the recording, or name its place with --source-dir" },
	[PROBLEM_DOUBTFUL_SOURCE] = { "doubtful-source", SEVERITY_WARNING,
				      "costs may stand at the wrong lines",
				      "put the source that was compiled into src/ beside the recording" },
	[PROBLEM_NO_MATCH] = { "no-match", SEVERITY_WARNING,
			       "a filter that keeps what matches leaves out all samples, any other none",
			       "leave the filter out to see all names: perfolio report --sort name --limit 0" },
	[PROBLEM_OVERFLOW] = { "overflow", SEVERITY_ERROR, "sums stay at the largest number",
			       "look at a part of it: --time, --pid, --event" },
	[PROBLEM_MIXED_EVENTS] = { "mixed-events", SEVERITY_WARNING,
				   "its numbers are of the other recordings only",
				   "compare recordings of the same events (perf record -e)" },
	[PROBLEM_MIXED_PERIODS] = { "mixed-periods", SEVERITY_WARNING,
				    "weights can be added up and compared, numbers of samples cannot",
				    "record with the same -c or -F everywhere" },
	[PROBLEM_MIXED_CLOCKS] = { "mixed-clocks", SEVERITY_NOTE,
				   "their times cannot be compared; nothing in a profile depends on it",
				   "record with the same -k everywhere" },
	[PROBLEM_TWICE] = { "same-recording-twice", SEVERITY_WARNING, "its samples count twice",
			    "name each recording once" },
	[PROBLEM_NO_ACCESSES] = { "no-memory-accesses", SEVERITY_WARNING,
				  "tables of memory are without it",
				  "perf mem record makes recordings that have them: give the recording" },
	[PROBLEM_NO_POSITIONS] = { "no-positions", SEVERITY_WARNING,
				   "their samples are in no line and at no instruction",
				   "where the recording is still there, save it again" },
	[PROBLEM_OF_NEWER] = { "unknown-problem", SEVERITY_WARNING,
			       "the perfolio that wrote the profile file knows what it means",
			       "use a perfolio as new as that" },
};

/*
 * A recording can have very many distinct subjects (objects, damaged on purpose or not), so a
 * problem is found by hash, and each severity has its list in the order of first occurrence.
 */
struct diag {
	struct texts *texts;
	struct arena arena; /* of the problems */
	struct severity_list {
		struct problem **items;
		size_t n, cap;
	} lists[SEVERITY_ERROR + 1];
	struct problem **slots; /* open addressing by kind and subject; NULL is free */
	size_t mask;            /* slots - 1, a power of two less one */
	size_t n;
};

struct diag *diag_new(void)
{
	struct diag *d = mem_calloc(1, sizeof(*d));

	d->texts = texts_new();
	d->mask = 63;
	d->slots = mem_calloc(d->mask + 1, sizeof(struct problem *));
	return d;
}

void diag_free(struct diag *d)
{
	if (!d)
		return;
	for (size_t i = 0; i <= SEVERITY_ERROR; i++)
		free(d->lists[i].items);
	free(d->slots);
	arena_free(&d->arena);
	texts_free(d->texts);
	free(d);
}

/* The place of a problem; `subject` is interned, so equal texts are equal pointers. */
static struct problem **slot_of(const struct diag *d, enum problem_kind kind, const char *subject)
{
	size_t i = (size_t)hash_pair(kind, (uintptr_t)subject) & d->mask;

	while (d->slots[i] && (d->slots[i]->kind != kind || d->slots[i]->subject != subject))
		i = (i + 1) & d->mask;
	return &d->slots[i];
}

static void double_slots(struct diag *d)
{
	struct problem **old = d->slots;
	size_t n = d->mask + 1;

	d->mask = 2 * n - 1;
	d->slots = mem_calloc(2 * n, sizeof(struct problem *));
	for (size_t i = 0; i < n; i++)
		if (old[i])
			*slot_of(d, old[i]->kind, old[i]->subject) = old[i];
	free(old);
}

/* A new problem at the end of its severity's list. */
static struct problem *append(struct diag *d, enum problem_kind kind, const char *subject,
			      const char *message)
{
	const struct problem_row *row = &rows[kind];
	struct severity_list *list = &d->lists[row->severity];
	struct problem *p = arena_take(&d->arena, sizeof(*p));

	*p = (struct problem){
		.kind = kind,
		.severity = row->severity,
		.name = row->name,
		.subject = subject,
		.message = texts_add_z(d->texts, message),
		.consequence = row->consequence,
		.remedy = row->remedy,
	};
	list->items = mem_grow(list->items, list->n, 1, &list->cap, sizeof(struct problem *));
	list->items[list->n++] = p;
	return p;
}

__attribute__((format(printf, 5, 0))) static void add(struct diag *d, enum problem_kind kind,
						      uint64_t count, const char *subject,
						      const char *fmt, va_list args)
{
	struct problem **slot;
	char message[500];

	subject = texts_add_z(d->texts, subject ? subject : "");
	slot = slot_of(d, kind, subject);
	if (!*slot) {
		vsnprintf(message, sizeof(message), fmt, args);
		*slot = append(d, kind, subject, message);
		(*slot)->count = count;
		if (2 * ++d->n > d->mask)
			double_slots(d);
		return;
	}
	(*slot)->count += count;
}

void diag_add(struct diag *d, enum problem_kind kind, const char *subject, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(d, kind, 1, subject, fmt, args);
	va_end(args);
}

void diag_add_n(struct diag *d, enum problem_kind kind, uint64_t count, const char *subject,
		const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add(d, kind, count, subject, fmt, args);
	va_end(args);
}

size_t diag_count(const struct diag *d)
{
	return d->n;
}

const struct problem *diag_get(const struct diag *d, size_t i)
{
	size_t severity = SEVERITY_ERROR;

	while (i >= d->lists[severity].n)
		i -= d->lists[severity--].n;
	return d->lists[severity].items[i];
}

const char *diag_kind_name(enum problem_kind kind)
{
	return rows[kind].name;
}

enum problem_kind diag_kind_find(const char *name)
{
	int kind = 0;

	while (kind < PROBLEM_KINDS && strcmp(rows[kind].name, name) != 0)
		kind++;
	return (enum problem_kind)kind;
}

const char *severity_name(enum severity s)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[s];
}
