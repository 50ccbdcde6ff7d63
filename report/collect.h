/*
 * report/collect.h - the second walk: samples -> call tree.
 *
 * Decodes samples in file order, settles what ties samples together (leader sampling, deferred
 * user chains), and counts each in the node where its stack ends.
 */
#ifndef PERFOLIO_REPORT_COLLECT_H
#define PERFOLIO_REPORT_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "parser/recording.h"
#include "report/calltree.h"
#include "report/environment.h"
#include "report/jitmaps.h"
#include "report/machine.h"
#include "report/memory.h"
#include "report/sample_filter.h"
#include "report/task.h"
#include "report/unwind.h"

struct collect_options {
	const struct sample_filter *filter; /* NULL: every sample counts */
	struct environment
		*environment;    /* where names in stack copies are kept; NULL: not looked for */
	struct jitmaps *jitmaps; /* NULL: JIT code stays without names */
	/* fed with samples of memory accesses, which have their node of the tree, with by_task their end; NULL: not wanted */
	struct memory *memory;
	/* bit k: enum root_key, nodes at the root in this order; but for host and recording, which a walk has one of */
	unsigned roots;
	bool by_task;  /* find out besides which task's samples end where, see struct task_end */
	unsigned keys; /* with by_task: what tasks are kept apart by, bits of enum root_key */
	struct unwinder *
		unwinder; /* for samples with a copy of the stack; NULL: their machine is not known */
};

/* What the walk found beside the tree. */
struct collected {
	struct calltree *tree; /* its events are the recording's */
	struct cost *filtered; /* by event: of the samples that the filter left out */
	struct counted_time
		*counted;   /* by event, over the whole recording; NULL: not known of any */
	const char **tasks; /* names of the tasks at the roots, see SPACE_TASK */
	size_t n_tasks;
	/* with by_task: the same samples by task, whatever the roots; host and recording are "" */
	struct tasks by_task;
	struct task_time *task_times; /* of each */
	struct task_span {
		uint32_t task, instance;
		uint64_t user_samples;
	} * spans; /* user_samples, by task */
	size_t n_spans;
	struct task_end {
		uint32_t task, node;
	} * ends; /* distinct; costs are row i of end_costs */
	size_t n_ends;
	struct costs end_costs;
	size_t processes, threads; /* distinct, with samples that the filter keeps */
	bool has_time;
	uint64_t first_ns, last_ns;         /* of these samples */
	uint64_t *user_samples;             /* by instance: samples of all events in user code */
	size_t n_instances;                 /* items of user_samples */
	uint64_t samples;                   /* SAMPLE records read */
	uint64_t unused;                    /* of them: damaged, or of no event */
	uint64_t no_increase;               /* of them: of a group none of whose counters went on */
	uint64_t lost_events, lost_samples; /* what LOST and LOST_SAMPLES records say */
	uint64_t stacks
		[STACK_ENDS]; /* samples by how their stack ended; those without any stack are in none */
};

struct collect;

/* Begin the walk; everything is borrowed.  timed: see timeline_clock. */
struct collect *collect_new(struct recording *r, struct machine *m, bool timed,
			    const struct collect_options *options, struct texts *texts,
			    struct diag *diag);

/* Read on for a while (some MiB); false when the recording is read to its end. */
bool collect_step(struct collect *c);

/* The results, the caller's to free with collected_free(); ends the walk and frees `c`. */
void collect_finish(struct collect *c, struct collected *out);
void collected_free(struct collected *d);

#endif
