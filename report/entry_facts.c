#include "report/entry_facts.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/recording.h"
#include "report/collect.h"
#include "report/folio.h"
#include "report/machine.h"
#include "report/program.h"

enum { NS = 1000000000 };

/* ---- of a recording ---- */

/*
 * When the first sample was taken, if the recording has CLOCK_DATA (perf record -k): the same moment on
 * both clocks.  Else when its file was written, which is what perf says, too.
 */
static void find_time(struct entry_facts *out, const struct recording *r, const struct collected *c)
{
	const struct features *f = recording_features(r);

	if (f->has_clock_data && c->has_time) {
		int64_t since = (int64_t)(c->first_ns - f->clock_ns);

		out->when = (int64_t)(f->clock_wall_ns / NS) + since / NS;
		out->has_when = true;
	} else if (recording_mtime(r)) {
		out->when = recording_mtime(r);
		out->has_when = out->when_is_file = true;
	}
}

/* What the process with the most samples was called at its end. */
static const char *busiest_process(const struct machine *m, const struct collected *c)
{
	uint32_t best = 0;
	uint32_t pid;

	for (uint32_t i = 1; i < c->n_instances; i++)
		if (c->user_samples[i] > c->user_samples[best])
			best = i;
	if (!best || !c->user_samples[best])
		return "";
	pid = machine_pid(m, (struct instance_id){ best });
	return machine_comm_at((struct machine *)m, pid, pid, c->last_ns);
}

void entry_facts_of_recording(struct entry_facts *out, const struct recording *r,
			      const struct machine *m, const struct collected *c,
			      struct texts *texts)
{
	const struct features *f = recording_features(r);

	*out = (struct entry_facts){ .host = "", .command = "" };
	out->program = program_name(f->cmdline, f->n_cmdline, texts);
	if (!*out->program)
		out->program = busiest_process(m, c);
	find_time(out, r, c);
}

/* ---- of a folio ---- */

static const char *name_of(const struct folio *f, const struct folio_source *s)
{
	return program_name_of(s->command, f->texts);
}

/* The one program of all recordings; "": there are several, or it is not known. */
static const char *common_program(const struct folio *f)
{
	const char *name = f->n_sources ? name_of(f, &f->sources[0]) : "";

	for (size_t i = 1; i < f->n_sources; i++)
		if (strcmp(name_of(f, &f->sources[i]), name) != 0)
			return "";
	return name;
}

static const char *task_comm(const struct sampled_task *t)
{
	return *t->process ? t->process : t->comm;
}

/* The task that stands for the address space with the most samples: its main one. */
static const char *busiest_task(const struct folio *f)
{
	uint64_t *sums = mem_calloc(f->n_instances, sizeof(*sums));
	const struct folio_span *main = NULL;
	uint32_t best = 0;

	for (size_t i = 0; i < f->n_spans; i++)
		sums[f->spans[i].instance] += f->spans[i].user_samples;
	for (uint32_t i = 1; i < f->n_instances; i++)
		if (sums[i] > sums[best])
			best = i;
	for (size_t i = 0; i < f->n_spans; i++) {
		const struct folio_span *s = &f->spans[i];

		if (s->instance == best && s->user_samples &&
		    (!main || s->user_samples > main->user_samples))
			main = s;
	}
	free(sums);
	return main ? task_comm(&f->tasks.items[main->task]) : "";
}

void entry_facts_of_folio(struct entry_facts *out, const struct folio *f)
{
	*out = (struct entry_facts){ .host = "", .command = "" };
	out->program = common_program(f);
	if (!*out->program)
		out->program = busiest_task(f);
	for (size_t i = 0; i < f->n_sources; i++) {
		int64_t when = (int64_t)(f->sources[i].wall_ns / NS);

		if (!when || (out->has_when && out->when <= when))
			continue;
		out->has_when = true;
		out->when = when;
		out->when_is_file = f->sources[i].wall_is_mtime;
	}
}
