/*
 * report/folio.h - what is left of recordings when their addresses have names: the call tree of frames, kept apart by
 * task, with its events, where it is from and what was wrong.
 *
 * A folio is all that views, filters by task and by frame, groups and most models need.  It is what profile files
 * hold (profile_file.h), what recordings are merged as (merge.h), and is shown through folio_view.h.  Where frames are
 * in the code is kept if it is asked for (positions.h); what needs times cannot be asked of it.
 */
#ifndef PERFOLIO_REPORT_FOLIO_H
#define PERFOLIO_REPORT_FOLIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/attr.h"
#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/calltree.h"
#include "report/collect.h"
#include "report/frame_lists.h"
#include "report/functions.h"
#include "report/memory_log.h"
#include "report/multiplexing.h"
#include "report/numbers.h"
#include "report/positions.h"
#include "report/sampled_event.h"
#include "report/symbols.h"
#include "report/task.h"
#include "report/unwind.h"

/* A recording.  Texts are interned and never NULL; what is not known is "" or 0. */
struct folio_source {
	const char *path;           /* as the user named it */
	const char *hash;           /* of its contents, see digest.h */
	uint64_t size;              /* bytes */
	const char *host, *program; /* what was recorded: the workload, "pid 123 (python3)" ... */
	const char *command;        /* that recorded it, as record_again.h writes it */
	const char *arch, *kernel, *cpu;
	const char *perf;     /* version of the recorder */
	const char *perfolio; /* version of what read it */
	const char *options;  /* that chose what was kept of it, as they were typed */
	uint64_t wall_ns; /* when its first sample was taken, or the file was written: since 1970 */
	bool wall_is_mtime; /* ... the latter: the recording does not say */
	int32_t clock;      /* clockid of its times; -1: perf's own */
	bool has_time;
	uint64_t first_ns, last_ns; /* of the samples */
	uint64_t processes, threads;
	uint64_t samples, unused, no_increase, lost_events, lost_samples; /* see struct collected */
	uint64_t stacks[STACK_ENDS];
	bool positions; /* are kept of it */
};

/* Events are one if name, unit, type and configs are equal. */
struct folio_event {
	const char *name, *unit;
	struct attr
		attr; /* type and configs; of several recordings the rest is one's that is told by `mixed` */
	uint32_t
		place; /* its smallest index in a recording: events are shown in this order, then by name */
	uint32_t recordings;         /* that have it */
	bool mixed;                  /* they had different periods or frequencies */
	struct cost filtered;        /* of samples that filters left out */
	struct counted_time counted; /* of all of these recordings; zeroes if one does not say */
};

/* The samples in user code of one address space under one task; python: it has Python frames there. */
struct folio_span {
	uint32_t task, instance;
	bool python;
	uint64_t user_samples;
};

struct folio_problem {
	enum problem_kind kind;
	bool inlining; /* found while inlined functions were looked for: nothing to the Python view */
	uint32_t place; /* its smallest place among a recording's: they are told in this order */
	uint32_t recordings; /* that have it */
	uint64_t count;
	const char *subject, *message;
	const char *where; /* path of the recording that the message is of */
};

struct folio {
	struct texts *texts; /* borrowed */
	unsigned keys;       /* what tasks are kept apart by: bits of enum root_key */
	struct folio_source *sources;
	size_t n_sources, cap_sources;
	struct folio_event *events;
	size_t n_events, cap_events;
	struct tasks tasks;
	struct task_time
		*task_times; /* of each; of one recording's clock only where there is one source */
	size_t cap_task_times;
	struct folio_span *spans; /* (task, instance) distinct */
	size_t n_spans, cap_spans;
	uint32_t n_instances;
	struct functions
		functions; /* Python functions without their modules: these follow from `files` */
	struct frame_lists lists;
	struct positions positions; /* where they are not kept: of each list alone */
	/*
	 * Children of the root are tasks (SPACE_TASK, `addr` the task), all others frames (`addr` the position).  A
	 * sample without any address ends in its task.
	 */
	struct calltree *tree;
	bool loose; /* a parent may have several equal children: views and merge_folio() make one of them */
	const char *
		*files; /* of Python functions in all maps of all recordings: distinct, sorted */
	size_t n_files;
	struct memory_log *
		memory; /* accesses by node of the tree; NULL: they were not kept, or there are none */
	struct folio_problem *problems;
	size_t n_problems, cap_problems;
	struct numbers problem_numbers; /* by kind and subject */
};

struct loop_opcode;
struct position_asking;

struct folio *folio_new(struct texts *texts, unsigned keys);
void folio_free(struct folio *f);

/* Where the frames at a position, or a task, are in the tree: for calltree_child(). */
uint32_t folio_location(struct folio *f, bool task, uint32_t number);

/* Of an attr what somebody asks for: which event it is, how often it was sampled, how exactly and where. */
struct attr folio_attr(const struct attr *a);

/* The order in which events are shown. */
int folio_event_order(const struct folio_event *a, const struct folio_event *b);

/* The order in which problems are told. */
int folio_problem_order(const struct folio_problem *a, const struct folio_problem *b);

/* A task, all texts of which are the folio's: added, or the equal one; its time is made to reach over `time`. */
uint32_t folio_add_task(struct folio *f, const struct sampled_task *t,
			const struct task_time *time);

/* Room for more events: rows of the tree get zeroes for them.  Returns the index of the first. */
size_t folio_add_events(struct folio *f, const struct folio_event *events, size_t n);

/*
 * Take up the sink's problems; to be called once before symbolize_inlined() and, if that is called, once behind it.
 */
void folio_add_problems(struct folio *f, const struct diag *diag, const char *path, bool inlining);

/* The same for one of them. */
void folio_add_problem(struct folio *f, const struct folio_problem *p);

/* A function, all texts of which are the folio's: added, or joined with its equal (DESIGN D4). */
uint32_t folio_add_function(struct folio *f, const struct function *function);

/* By event what its samples come to; free() it. */
struct cost *folio_sums(const struct folio *f);

/* What headers say: the host, or "2 hosts"; the program (free() it), with "(3 recordings)" where it is of several. */
const char *folio_host(const struct folio *f);
char *folio_program(const struct folio *f);
/* The command that recorded all of them; "" where they were different ones. */
const char *folio_command(const struct folio *f);

/* One recording that was walked with collect_options.by_task, by whatever roots, and symbolized. */
struct folio_input {
	const struct sampled_event *events;
	const struct collected *collected;
	const struct functions *functions;
	const struct frames *frames;
	const uint32_t *
		symbols; /* by location its function before symbolize_inlined(); NULL: that was not called */
	struct jitmaps *jitmaps;
	const struct memory_log *memory; /* its nodes are ends; NULL: not wanted */
	const struct folio_source *source;
	struct position_asking *positions; /* NULL: they are not kept */
	const struct loop_opcode *opcodes; /* by location; with positions */
};

/* Put a recording into an empty folio of the same texts, whose keys are those of the walk. The input stays as it is. */
void folio_take(struct folio *f, const struct folio_input *in);

/* The folio's log of accesses to memory, made if there is none yet. */
struct memory_log *folio_memory(struct folio *f);

/* The word by which sampled_task.recording tells recordings apart. */
const char *folio_recording_key(struct texts *texts, const char *path, const char *hash);

/* How recordings are shown: as "PATH", or "PATH (1f2e3d4c)" with the begin of the hash where paths do not tell. */
struct recording_names {
	const struct folio *f;
	struct numbers paths; /* pointers of texts -> number */
	struct recording_path {
		const char *hash; /* of one recording of this path */
		bool disputed;    /* another has other contents */
	} * items;
};

/* recording_names_done() frees.  The name of a key is a text of the folio's. */
void recording_names_begin(struct recording_names *n, const struct folio *f);
const char *recording_name(const struct recording_names *n, const char *key);
void recording_names_done(struct recording_names *n);

#endif
