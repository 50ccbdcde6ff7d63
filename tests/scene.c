/* tests/scene.c - see scene.h. */
#include "tests/scene.h"

#include <string.h>

enum { DEEPEST_CHAIN = 128, PROT_READ_EXEC = 5 };

void scene_init(struct scene *s)
{
	*s = (struct scene){ .weight = SCENE_PERIOD };
	scene_add_event(s, "cpu-clock");
	s->options.events = s->events;
}

void scene_add_event(struct scene *s, const char *name)
{
	size_t i = s->options.n_events++;

	s->events[i] = (struct image_event){
		.attr = { .type = TYPE_SOFTWARE,
			  .config = COUNT_SW_CPU_CLOCK,
			  .sample_period = 999,
			  .sample_type = SAMPLE_IDENTIFIER | SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME |
					 SAMPLE_CPU | SAMPLE_PERIOD | SAMPLE_CALLCHAIN,
			  .flags = ATTR_FREQ | ATTR_SAMPLE_ID_ALL },
		.ids = { 11 + 10 * i },
		.n_ids = 1,
		.name = name,
	};
}

void scene_begin(struct scene *s)
{
	s->options.features.event_desc = true;
	image_begin(&s->img, &s->options);
	s->img.stamp.id = s->events[0].ids[0];
}

void scene_end(struct scene *s)
{
	image_end(&s->img);
}

void scene_free(struct scene *s)
{
	image_free(&s->img);
}

static void stamp(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid)
{
	s->img.stamp.time = time;
	s->img.stamp.pid = pid;
	s->img.stamp.tid = tid;
}

/* ---- mappings ---- */

static void map(struct scene *s, uint64_t time, uint32_t pid, uint64_t start, uint64_t len,
		const char *file)
{
	stamp(s, time, pid, pid);
	image_mmap2(&s->img, &(struct image_mmap){
				     .misc = MISC_USER,
				     .pid = pid,
				     .tid = pid,
				     .addr = start,
				     .len = len,
				     .prot = PROT_READ_EXEC,
				     .filename = file,
			     });
}

void scene_map(struct scene *s, uint64_t time, uint32_t pid, uint64_t start, const char *file)
{
	map(s, time, pid, start, SCENE_PAGE, file);
}

void scene_jit(struct scene *s, uint64_t time, uint32_t pid, uint64_t start)
{
	scene_map(s, time, pid, start, "//anon");
}

void scene_arena(struct scene *s, uint64_t time, uint32_t pid, uint64_t start, uint64_t len)
{
	map(s, time, pid, start, len, "//anon");
}

void scene_kernel_map(struct scene *s, uint64_t start, uint64_t len, uint64_t pgoff,
		      const char *name)
{
	stamp(s, 0, UINT32_MAX, 0);
	image_mmap(&s->img, &(struct image_mmap){
				    .misc = MISC_KERNEL,
				    .pid = UINT32_MAX,
				    .addr = start,
				    .len = len,
				    .pgoff = pgoff,
				    .filename = name,
			    });
}

/* ---- processes ---- */

void scene_comm(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid, const char *comm)
{
	stamp(s, time, pid, tid);
	image_comm(&s->img, pid, tid, comm, false);
}

void scene_exec(struct scene *s, uint64_t time, uint32_t pid, const char *comm)
{
	stamp(s, time, pid, pid);
	image_comm(&s->img, pid, pid, comm, true);
}

void scene_fork(struct scene *s, uint64_t time, uint32_t pid, uint32_t ppid)
{
	stamp(s, time, ppid, ppid);
	image_fork(&s->img, pid, ppid, pid, ppid, false);
}

void scene_thread(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid)
{
	stamp(s, time, pid, pid);
	image_fork(&s->img, pid, pid, tid, pid, false);
}

void scene_exit(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid)
{
	stamp(s, time, pid, tid);
	image_exit(&s->img, pid, pid, tid, tid);
}

/* ---- samples ---- */

void scene_chain(struct scene *s, const struct scene_chain *c)
{
	image_sample(&s->img, &(struct image_sample){
				      .event = s->event,
				      .misc = c->cpumode,
				      .id = s->id ? s->id : s->events[s->event].ids[0],
				      .ip = c->ip,
				      .pid = c->pid,
				      .tid = c->tid,
				      .time = c->time,
				      .period = s->weight,
				      .chain = c->chain,
				      .n_chain = c->n,
			      });
}

void scene_sample(struct scene *s, uint64_t time, uint32_t pid, uint32_t tid,
		  const uint64_t *addresses, size_t n)
{
	uint64_t chain[DEEPEST_CHAIN] = { CONTEXT_USER };

	memcpy(chain + 1, addresses, n * sizeof(*addresses));
	scene_chain(s, &(struct scene_chain){
			       .time = time,
			       .ip = addresses[0],
			       .pid = pid,
			       .tid = tid,
			       .cpumode = MISC_USER,
			       .chain = chain,
			       .n = n + 1,
		       });
}
