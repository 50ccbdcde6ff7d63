#include "report/collect.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/record.h"
#include "parser/sample.h"
#include "report/deferred.h"
#include "report/increase.h"
#include "report/multiplexing.h"
#include "report/numbers.h"
#include "report/stacks.h"
#include "report/whole_chain.h"

enum { STEP_RECORDS = 50000 };

/* The address space that a pid had at the time of its newest sample. */
struct recent_instance {
	bool known;
	uint32_t pid;
	struct instance_id instance;
	uint64_t from, to;
};

enum { RECENT = 64 };

struct collect {
	struct recording *recording;
	struct machine *machine;
	bool timed;
	struct collect_options options;
	struct texts *texts;
	struct diag *diag;
	struct sample_decoder *decoder;
	struct increases *increases;
	struct multiplexing *multiplexing;
	struct stacks *stacks;
	struct deferred *deferred;
	struct recent_instance recent[RECENT];
	struct numbers pids, tids;
	struct numbers task_names; /* pointers of interned names -> number */
	struct numbers spans;      /* task and instance -> number */
	struct numbers ends;       /* task and node -> number */
	const char *nothing;       /* the interned "" */
	size_t cap_tasks, cap_user_samples, cap_spans, cap_ends, n_task_times, cap_task_times;
	struct whole_chains *chains;
	uint64_t newest; /* time of the newest sample that has one */
	uint32_t file;
	struct collected out;
};

struct collect *collect_new(struct recording *r, struct machine *m, bool timed,
			    const struct collect_options *options, struct texts *texts,
			    struct diag *diag)
{
	struct collect *c = mem_calloc(1, sizeof(*c));

	c->recording = r;
	c->machine = m;
	c->timed = timed;
	c->options = *options;
	c->texts = texts;
	c->nothing = texts_add_z(texts, "");
	c->diag = diag;
	c->decoder = sample_decoder_new(r);
	c->increases = increases_new();
	c->multiplexing = multiplexing_new(r);
	c->deferred = deferred_new();
	c->chains = whole_chains_new(r, options->unwinder, options->environment, texts, diag);
	c->out.tree = calltree_new(recording_events(r)->n);
	c->out.filtered = mem_calloc(recording_events(r)->n, sizeof(*c->out.filtered));
	costs_init(&c->out.end_costs, recording_events(r)->n);
	c->stacks = stacks_new(m, c->out.tree, options->jitmaps);
	if (options->memory)
		memory_begin(options->memory, m, texts);
	recording_rewind(r);
	return c;
}

/* ---- whose sample it is ---- */

static struct instance_id instance_of(struct collect *c, uint32_t pid, uint64_t time)
{
	struct recent_instance *r = &c->recent[pid % RECENT];

	if (r->known && r->pid == pid && r->from <= time && time < r->to)
		return r->instance;
	r->known = true;
	r->pid = pid;
	r->instance = machine_instance_span(c->machine, pid, time, &r->from, &r->to);
	return r->instance;
}

static uint32_t root_node(struct collect *c, uint32_t parent, char *own)
{
	struct collected *out = &c->out;
	struct location l = { .space = SPACE_TASK, .exact = true };
	const char *name = texts_add_z(c->texts, own);
	bool is_new;

	free(own);
	l.addr = numbers_add(&c->task_names, (uintptr_t)name, &is_new);
	if (is_new) {
		out->tasks =
			mem_grow(out->tasks, out->n_tasks, 1, &c->cap_tasks, sizeof(*out->tasks));
		out->tasks[out->n_tasks++] = name;
	}
	return calltree_child(out->tree, parent, calltree_location(out->tree, &l));
}

static struct sampled_task task_of(struct collect *c, const struct sample *s, uint64_t time)
{
	unsigned keys = c->options.roots | c->options.keys;
	struct sampled_task t = { .pid = s->pid, .tid = s->tid };

	t.host = t.recording = t.comm = t.process = c->nothing;
	if (s->type & SAMPLE_CPU)
		t.cpu_1 = s->cpu + 1;
	if (keys & (ROOT_BIT(ROOT_COMM) | ROOT_BIT(ROOT_THREAD)))
		t.comm = machine_comm_at(c->machine, s->pid, s->tid, time);
	if (keys & ROOT_BIT(ROOT_PROCESS)) /* it has the name of its main thread */
		t.process = machine_comm_at(c->machine, s->pid, s->pid, time);
	return t;
}

/* The node that the sample's stack begins at. */
static uint32_t sample_root(struct collect *c, const struct sampled_task *t)
{
	uint32_t node = 0;

	for (int key = 0; key < ROOT_KEYS; key++)
		if (c->options.roots >> key & 1)
			node = root_node(c, node, task_name(t, (enum root_key)key));
	return node;
}

/* The number of the task, of what is kept of it. */
static uint32_t see_task(struct collect *c, const struct sampled_task *t, const struct sample *s,
			 uint64_t time)
{
	struct sampled_task kept = task_kept(t, c->options.keys, c->texts);
	struct task_time now = { (s->type & SAMPLE_TIME) != 0, time, time };
	uint32_t task = tasks_add(&c->out.by_task, &kept);
	size_t n = c->out.by_task.n;

	if (n > c->n_task_times) {
		c->out.task_times =
			mem_grow(c->out.task_times, c->n_task_times, n - c->n_task_times,
				 &c->cap_task_times, sizeof(*c->out.task_times));
		while (c->n_task_times < n)
			c->out.task_times[c->n_task_times++] = (struct task_time){ 0 };
	}
	task_time_add(&c->out.task_times[task], &now);
	return task;
}

static void count_span(struct collect *c, uint32_t task, struct instance_id instance)
{
	struct collected *out = &c->out;
	bool is_new;
	uint32_t i = numbers_add(&c->spans, (uint64_t)task << 32 | instance.i, &is_new);

	if (is_new) {
		out->spans =
			mem_grow(out->spans, out->n_spans, 1, &c->cap_spans, sizeof(*out->spans));
		out->spans[out->n_spans++] = (struct task_span){ task, instance.i, 0 };
	}
	out->spans[i].user_samples++;
}

/* The number of the end. */
static uint32_t count_end(struct collect *c, uint32_t task, uint32_t node,
			  const struct share *shares, size_t n)
{
	struct collected *out = &c->out;
	bool is_new;
	uint32_t i = numbers_add(&c->ends, (uint64_t)task << 32 | node, &is_new);

	if (is_new) {
		out->ends = mem_grow(out->ends, out->n_ends, 1, &c->cap_ends, sizeof(*out->ends));
		out->ends[out->n_ends++] = (struct task_end){ task, node };
		costs_add_rows(&out->end_costs, 1);
	}
	for (size_t k = 0; k < n; k++) {
		struct cost cost = { 1, shares[k].weight };

		costs_add(&out->end_costs, i, (size_t)shares[k].event,
			  &cost); /* the tree's sums tell overflow */
	}
	return i;
}

static void count_user_sample(struct collect *c, struct instance_id instance)
{
	struct collected *out = &c->out;

	if (instance.i >= out->n_instances) {
		size_t more = instance.i + 1 - out->n_instances;

		out->user_samples = mem_grow(out->user_samples, out->n_instances, more,
					     &c->cap_user_samples, sizeof(*out->user_samples));
		memset(out->user_samples + out->n_instances, 0, more * sizeof(*out->user_samples));
		out->n_instances += more;
	}
	out->user_samples[instance.i]++;
}

/* ---- counting ---- */

static bool is_taken(struct collect *c, const struct sample *s, uint64_t time)
{
	const struct sample_filter *f = c->options.filter;
	struct sample_facts facts = {
		.pid = s->pid,
		.tid = s->tid,
		.cpu = s->cpu,
		.has_cpu = (s->type & SAMPLE_CPU) != 0,
		.time = time,
	};

	if (!f)
		return true;
	if (f->cpus.n && !facts.has_cpu)
		diag_add(c->diag, PROBLEM_NO_CPUS, "",
			 "samples do not say on which processor they were taken");
	if (f->comms)
		facts.comm = machine_comm_at(c->machine, s->pid, s->tid, time);
	return sample_filter_takes(f, &facts);
}

static void leave_out(struct collect *c, const struct share *shares, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct cost cost = { 1, shares[i].weight };

		cost_add(&c->out.filtered[shares[i].event], &cost);
	}
}

/* A sample that counts: whose it is, and when it was taken. */
static void see_sample(struct collect *c, const struct sample *s, uint64_t time)
{
	struct collected *out = &c->out;
	bool is_new;

	numbers_add(&c->pids, s->pid, &is_new);
	out->processes += is_new;
	numbers_add(&c->tids, s->tid, &is_new);
	out->threads += is_new;
	if (!(s->type & SAMPLE_TIME))
		return;
	if (!out->has_time || time < out->first_ns)
		out->first_ns = time;
	if (!out->has_time || time > out->last_ns)
		out->last_ns = time;
	out->has_time = true;
}

/* A sample whose chain is whole: find its node and count what it stands for. */
static void count(struct collect *c, const struct sample *s, uint64_t time,
		  const struct share *shares, size_t n)
{
	struct stack_key key = {
		.instance = instance_of(c, s->pid, time),
		.cpumode = s->misc & MISC_CPUMODE_MASK,
		.time = time,
		.ip = s->ip,
		.chain = s->chain,
		.chain_nr = s->chain_nr,
	};
	bool in_user = stacks_space(key.cpumode, s->ip) == SPACE_USER;
	struct sampled_task t;
	struct stack_leaf leaf;
	uint32_t task;

	if (!is_taken(c, s, time)) {
		leave_out(c, shares, n);
		if (c->options.memory)
			memory_leave_out(c->options.memory, s);
		return;
	}
	see_sample(c, s, time);
	if (c->options.roots || c->options.by_task)
		t = task_of(c, s, time);
	if (c->options.roots)
		key.root = sample_root(c, &t);
	leaf = stacks_leaf(c->stacks, &key);
	for (size_t i = 0; i < n; i++)
		calltree_count(c->out.tree, leaf.row, (size_t)shares[i].event, shares[i].weight);
	if (in_user)
		count_user_sample(c, key.instance);
	if (c->options.by_task) {
		task = see_task(c, &t, s, time);
		leaf.node = count_end(c, task, leaf.node, shares, n);
		if (in_user)
			count_span(c, task, key.instance);
	}
	if (c->options.memory)
		memory_add(c->options.memory, leaf.node, s, key.instance, time);
}

/* Samples of guests are not the host's (D1). */
static void tell_guest(struct collect *c, const struct sample *s)
{
	enum space_kind space = stacks_space(s->misc & MISC_CPUMODE_MASK, s->ip);

	if (space == SPACE_GUEST_KERNEL || space == SPACE_GUEST_USER || space == SPACE_HYPERVISOR)
		diag_add(c->diag, PROBLEM_GUEST_SAMPLES, "",
			 "samples were taken in a guest or the hypervisor");
}

/* When the sample was taken: its position where nothing is timed; the newest time before where only it is not. */
static uint64_t time_of(const struct collect *c, const struct record_view *v,
			const struct sample *s)
{
	if (!c->timed)
		return v->ordinal;
	return s->type & SAMPLE_TIME ? s->time : c->newest;
}

/* What a sample stands for; false: nothing (no counter of its group increased). */
static bool shares_of(struct collect *c, const struct sample *s, struct share *one,
		      const struct share **shares, size_t *n)
{
	struct share *list;
	size_t kept = 0;

	if (!increases_apply(s)) {
		*one = (struct share){ s->event, sample_weight(c->recording, s) };
		*shares = one;
		*n = 1;
		return true;
	}
	list = (struct share *)increases_shares(c->increases, c->recording, c->decoder, s, n);
	for (size_t i = 0; i < *n; i++)
		if (list[i].weight)
			list[kept++] = list[i];
	*shares = list;
	*n = kept;
	return kept != 0;
}

static void use_sample(struct collect *c, const struct record_view *v)
{
	const struct share *shares;
	struct share one;
	struct sample s;
	struct error err;
	uint64_t time;
	size_t n;

	c->out.samples++;
	if (!sample_decode(c->decoder, v, &s, NULL, &err)) {
		c->out.unused++;
		recording_tell_at(c->recording, c->diag, v, PROBLEM_BAD_RECORD, "SAMPLE", &err);
		return;
	}
	if (s.event < 0) {
		c->out.unused++;
		recording_tell(c->recording, c->diag, v, PROBLEM_UNKNOWN_EVENT, "",
			       "a sample's id belongs to no event");
		return;
	}
	time = time_of(c, v, &s);
	if (s.type & SAMPLE_TIME)
		c->newest = time;
	tell_guest(c, &s);
	multiplexing_sample(c->multiplexing, c->decoder, &s);
	if (!shares_of(c, &s, &one, &shares, &n)) {
		c->out.no_increase++;
		return;
	}
	whole_chain(c->chains, &s, instance_of(c, s.pid, time), time);
	if (!deferred_hold(c->deferred, &s, time, shares, n))
		count(c, &s, time, shares, n);
}

/* ---- what the kernel or perf left out ---- */

static void count_lost(struct collect *c, const struct record_view *v)
{
	struct record r;
	struct error err;

	if (!record_decode(c->recording, v, &r, NULL, &err)) {
		recording_tell_at(c->recording, c->diag, v, PROBLEM_BAD_RECORD,
				  record_name(v->type), &err);
		return;
	}
	if (v->type == RECORD_LOST)
		c->out.lost_events += r.lost.lost;
	else
		c->out.lost_samples += r.lost.lost;
}

static void tell_lost(const struct collect *c)
{
	if (c->out.lost_events || c->out.lost_samples)
		diag_add(c->diag, PROBLEM_LOST, "",
			 "perf lost %" PRIu64 " %s and %" PRIu64 " %s while recording",
			 c->out.lost_events, plural(c->out.lost_events, "record", "records"),
			 c->out.lost_samples, plural(c->out.lost_samples, "sample", "samples"));
}

/* ---- samples that wait for their user chain ---- */

static void use_held(struct collect *c, struct held_sample *h)
{
	count(c, &h->sample, h->time, h->shares, h->n_shares);
	held_free(h);
}

static void give_up_held(struct collect *c, struct held_sample *h)
{
	diag_add(c->diag, PROBLEM_DEFERRED_CHAINS, "",
		 "the user part of call chains never arrived");
	use_held(c, h);
}

static void chain_arrived(struct collect *c, const struct record_view *v)
{
	bool swap = recording_swapped(c->recording);
	struct held_sample *h;
	struct record r;
	struct error err;

	if (!record_decode(c->recording, v, &r, NULL, &err)) {
		recording_tell_at(c->recording, c->diag, v, PROBLEM_BAD_RECORD,
				  record_name(v->type), &err);
		return;
	}
	while ((h = deferred_take(c->deferred, r.id.has_tid ? r.id.tid : UINT32_MAX,
				  r.deferred.cookie))) {
		held_complete(h, r.deferred.ips, r.deferred.nr, swap);
		use_held(c, h);
	}
}

static void thread_ended(struct collect *c, const struct record_view *v)
{
	struct held_sample *h;
	struct record r;
	struct error err;

	if (!record_decode(c->recording, v, &r, NULL, &err))
		return; /* told by the first walk */
	while ((h = deferred_take_thread(c->deferred, r.task.tid)))
		give_up_held(c, h);
}

static void file_ended(struct collect *c)
{
	struct held_sample *h;

	while ((h = deferred_take_any(c->deferred)))
		give_up_held(c, h);
}

/* What was read of counters, and whose counters they are. */
static void see_counters(struct collect *c, const struct record_view *v)
{
	struct record r;
	struct error err;

	if (!record_decode(c->recording, v, &r, NULL, &err))
		recording_tell_at(c->recording, c->diag, v, PROBLEM_BAD_RECORD,
				  record_name(v->type), &err);
	else if (v->type == RECORD_READ)
		multiplexing_read(c->multiplexing, &r);
	else
		multiplexing_id_index(c->multiplexing, &r);
}

static void use_record(struct collect *c, const struct record_view *v)
{
	switch (v->type) {
	case RECORD_SAMPLE:
		use_sample(c, v);
		break;
	case RECORD_CALLCHAIN_DEFERRED:
		chain_arrived(c, v);
		break;
	case RECORD_EXIT:
		thread_ended(c, v);
		break;
	case RECORD_LOST:
	case RECORD_LOST_SAMPLES:
		count_lost(c, v);
		break;
	case RECORD_READ:
	case RECORD_ID_INDEX:
		see_counters(c, v);
		break;
	case RECORD_THROTTLE:
		diag_add(c->diag, PROBLEM_THROTTLED, "", "the kernel throttled an event");
		break;
	default:
		break;
	}
}

bool collect_step(struct collect *c)
{
	struct record_view v;

	for (int i = 0; i < STEP_RECORDS; i++) {
		if (!recording_next(c->recording, &v)) {
			file_ended(c);
			tell_lost(c);
			return false;
		}
		if (v.file != c->file)
			file_ended(c);
		c->file = v.file;
		use_record(c, &v);
	}
	return true;
}

void collect_finish(struct collect *c, struct collected *out)
{
	if (c->out.no_increase)
		diag_add(c->diag, PROBLEM_NO_INCREASE, "",
			 "no counter of a sample's group went on since the last one");
	if (!c->timed && c->out.samples)
		diag_add(c->diag, PROBLEM_NO_TIMES, "", "the records have no times");
	if (c->out.tree->overflow)
		diag_add(c->diag, PROBLEM_OVERFLOW, "",
			 "the sum of the periods is too large for 64 bits");
	memcpy(c->out.stacks, whole_chains_ends(c->chains), sizeof(c->out.stacks));
	c->out.counted = multiplexing_times(c->multiplexing);
	*out = c->out;
	sample_decoder_free(c->decoder);
	increases_free(c->increases);
	multiplexing_free(c->multiplexing);
	deferred_free(c->deferred);
	stacks_free(c->stacks);
	whole_chains_free(c->chains);
	numbers_done(&c->pids);
	numbers_done(&c->tids);
	numbers_done(&c->task_names);
	numbers_done(&c->spans);
	numbers_done(&c->ends);
	free(c);
}

void collected_free(struct collected *d)
{
	calltree_free(d->tree);
	free(d->tasks);
	free(d->filtered);
	free(d->counted);
	free(d->user_samples);
	tasks_done(&d->by_task);
	free(d->task_times);
	free(d->spans);
	free(d->ends);
	costs_done(&d->end_costs);
	*d = (struct collected){ 0 };
}
