#include "report/entry.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/collect.h"
#include "report/doctor.h"
#include "report/entry_facts.h"
#include "report/table.h"

/* ---- facts ---- */

static void find_health(struct entry *e, const struct entry_input *in)
{
	static const char *const broken[] = { "broken-chains", "chains-cut",
					      "stack-copies-too-short" };
	const struct doctor *d = in->doctor;
	struct health *h = &e->health;

	h->samples = d->samples;
	h->unnamed = d->unnamed;
	for (size_t i = 0; i < d->n; i++)
		for (size_t k = 0; k < sizeof(broken) / sizeof(broken[0]); k++)
			if (strcmp(d->findings[i].kind, broken[k]) == 0)
				h->broken += d->findings[i].samples;
	if (h->broken > h->samples)
		h->broken = h->samples;
	if (__builtin_add_overflow(in->collected->lost_samples, in->collected->lost_events,
				   &h->lost))
		h->lost = UINT64_MAX;
	for (size_t i = 0; i < diag_count(in->diag); i++) {
		enum problem_kind kind = diag_get(in->diag, i)->kind;

		if (kind == PROBLEM_UNFINISHED || kind == PROBLEM_TRUNCATED ||
		    kind == PROBLEM_BAD_RECORD || kind == PROBLEM_BAD_HEADER ||
		    kind == PROBLEM_BAD_COMPRESSION)
			h->damaged = true;
	}
}

void entry_add_problem(struct entry *e, const struct entry_problem *p)
{
	e->problems =
		mem_grow(e->problems, e->n_problems, 1, &e->cap_problems, sizeof(*e->problems));
	e->problems[e->n_problems++] = *p;
}

static void add_problem(struct entry *e, const struct problem *p)
{
	struct entry_problem own = {
		.severity = severity_name(p->severity),
		.kind = p->name,
		.subject = p->subject,
		.message = p->message,
		.count = p->count,
	};

	entry_add_problem(e, &own);
}

static void find_top(struct entry *e, const struct table *t)
{
	const struct function *f;

	if (!t->n_rows || !t->n_events)
		return;
	f = &t->profile->functions[t->rows[0].function];
	e->top_name = f->name;
	e->top_module = f->module;
	e->top = *table_self(t, t->rows[0].function, 0);
	e->has_top = true;
}

static void empty(struct entry *e)
{
	*e = (struct entry){
		.content = "",
		.options = "",
		.version = "",
		.input = "",
		.host = "",
		.program = "",
		.command = "",
		.view = "",
		.top_name = "",
		.top_module = "",
	};
}

void entry_make(struct entry *e, const struct entry_input *in)
{
	const struct entry_facts *f = in->facts;
	const struct collected *c = in->collected;
	const struct profile *p = in->profile;

	empty(e);
	e->host = f->host;
	e->command = f->command;
	e->program = f->program;
	e->has_when = f->has_when;
	e->when_is_file = f->when_is_file;
	e->when = f->when;
	e->duration_ns = c->has_time ? c->last_ns - c->first_ns : 0;
	e->view = view_name(p->view);
	e->processes = c->processes;
	e->threads = c->threads;
	e->python = p->python_samples;
	e->native = p->native_samples;
	e->kernel = p->kernel_samples;
	e->unknown = p->unknown_samples;
	find_health(e, in);
	for (size_t i = 0; i < in->table->n_events && i < ENTRY_EVENTS; i++) {
		const struct profile_event *from = &p->events[in->table->events[i]];

		e->events = mem_grow(e->events, e->n_events, 1, &e->cap_events, sizeof(*e->events));
		e->events[e->n_events++] =
			(struct entry_event){ from->name, from->unit, from->sum };
	}
	for (size_t i = 0; i < diag_count(in->diag); i++)
		add_problem(e, diag_get(in->diag, i));
	find_top(e, in->table);
}

void entry_add_output(struct entry *e, const char *name, uint64_t bytes)
{
	e->outputs = mem_grow(e->outputs, e->n_outputs, 1, &e->cap_outputs, sizeof(*e->outputs));
	e->outputs[e->n_outputs++] = (struct entry_output){ name, bytes };
}

void entry_done(struct entry *e)
{
	free(e->events);
	free(e->problems);
	free(e->outputs);
	free(e->bytes_read);
	empty(e);
}
