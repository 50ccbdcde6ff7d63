/*
 * report/machine_parts.h - what the parts of the machine share: its structure.  For machine*.c only.
 *
 * While records come in, three lists grow in the order of time: instances,
 * announcements of mappings, and namings of threads.  machine_seal() sorts each by
 * its owner (stably, so they stay in the order of time), and every question is
 * a probe of the table of tasks and a binary search in one owner's part.
 *
 *   task (a pid or tid) --> its instances, ascending by begin
 *                       --> its namings, ascending by time
 *   instance            --> its announcements (space.h) --> mappings
 *                       --> the instance it was forked from, and when
 */
#ifndef PERFOLIO_REPORT_MACHINE_PARTS_H
#define PERFOLIO_REPORT_MACHINE_PARTS_H

#include "report/machine.h"
#include "report/space.h"

enum { MACHINE_KERNEL = 0, MACHINE_NOBODY = 1 }; /* instances */
#define PID_NONE UINT32_MAX                      /* "-1": a task that was gone when perf looked */
#define NO_TASK  UINT32_MAX

struct instance {
	uint32_t pid;
	uint32_t task;   /* NO_TASK for the kernel and nobody */
	uint32_t parent; /* 0: none; always a smaller number than its own */
	uint64_t forked; /* the time at which the parent's mappings are its own too */
	uint64_t begin;
	uint32_t donor;   /* nearest ancestor that had mappings to inherit; 0: none */
	uint64_t donated; /* the time at which they were inherited */
	uint32_t before;  /* the instance that exec() ended for it; 0: none */
	struct space space;
};

/* What is known by one number: as a process, and as a thread. */
struct task {
	uint32_t id;

	/* as a process; while building: its newest instance (0: none) */
	uint32_t instance;
	uint32_t threads; /* that run in it */
	bool ended;
	uint64_t end;
	uint32_t first_span, spans; /* after sealing: its instances in machine.by_task */

	/* as a thread */
	uint32_t runs_in;               /* instance, 0: it does not run */
	uint32_t naming;                /* newest one + 1, 0: none */
	uint32_t first_naming, namings; /* after sealing */
	const char *numbered;           /* ":TID", once it was asked for */
};

/* From `time` on the task has this comm. */
struct naming {
	uint64_t time;
	const char *comm; /* NULL: not known; then that of `from` at this time */
	uint32_t task;
	uint32_t from; /* task, or NO_TASK */
	bool fork;
};

/* Open addressing: a slot holds an index + 1, 0 is free. */
struct slots {
	uint32_t *slot;
	size_t mask; /* slots - 1; 0: no table yet */
	size_t used;
};

struct machine {
	struct texts *texts;
	uint64_t now; /* time of the newest call */
	bool sealed;
	struct instance *instances;
	size_t n_instances, cap_instances;
	uint32_t *by_task; /* instances, those of a task together */
	size_t n_by_task, cap_by_task;
	struct task *tasks;
	size_t n_tasks, cap_tasks;
	struct slots task_slots;
	struct naming *namings;
	size_t n_namings, cap_namings;
	struct mapping *mappings; /* id i is mappings[i - 1] */
	size_t n_mappings, cap_mappings;
	struct slots mapping_slots;
	struct announcement *announcements;
	size_t n_announcements, cap_announcements;
};

/* The number of a task, NO_TASK: nobody spoke of it. */
uint32_t machine_find_task(const struct machine *m, uint32_t id);
/* The task of this number, made if there is none. */
uint32_t machine_have_task(struct machine *m, uint32_t id);

/* A new instance of a task (NO_TASK: of none); its number. */
uint32_t machine_add_instance(struct machine *m, uint32_t task, uint64_t begin);

/* The naming of a task that holds at `time`; its first, a fork, also before. NULL: none.  After sealing. */
const struct naming *machine_naming_at(const struct machine *m, uint32_t task, uint64_t time);

#endif
