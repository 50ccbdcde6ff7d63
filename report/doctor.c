#include "report/doctor.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/doctor_parts.h"
#include "report/table.h"

enum {
	SERIOUS_SHARE = 1000, /* a tenth of the samples: the table misleads */
	ADVICE_SHARE = 100,
};

/* ---- what examinations share ---- */

uint64_t examination_share(const struct examination *x, uint64_t samples)
{
	struct cost part = { samples, 0 }, whole = { x->whole, 0 };

	return cost_share(&part, &whole);
}

enum harm examination_harm(const struct examination *x, uint64_t samples, enum harm most)
{
	uint64_t share = examination_share(x, samples);
	enum harm harm = share >= SERIOUS_SHARE  ? HARM_SERIOUS
			 : share >= ADVICE_SHARE ? HARM_ADVICE
						 : HARM_NOTE;

	return harm < most ? harm : most;
}

const char *examination_text(struct examination *x, const char *fmt, ...)
{
	const char *result;
	va_list args;
	char *own;
	int n;

	va_start(args, fmt);
	n = vasprintf(&own, fmt, args);
	va_end(args);
	if (n < 0)
		return "";
	result = texts_add_z(x->in->texts, own);
	free(own);
	return result;
}

const char *examination_numbers(struct examination *x, uint64_t samples)
{
	uint64_t share = examination_share(x, samples);

	return examination_text(x, "%" PRIu64 ".%02" PRIu64 " %% of the samples (%" PRIu64 ")",
				share / 100, share % 100, samples);
}

const char *examination_again(const struct examination *x, const struct record_changes *changes)
{
	return record_again(x->in->command, changes, x->in->texts);
}

bool examination_has_python(const struct examination *x)
{
	for (size_t i = 0; i < x->in->functions->n; i++)
		if (x->in->functions->items[i].kind == KIND_PYTHON)
			return true;
	return false;
}

static int by_samples(const void *va, const void *vb)
{
	const struct finding_file *a = va, *b = vb;

	if (a->samples != b->samples)
		return a->samples > b->samples ? -1 : 1;
	return strcmp(a->name, b->name);
}

void examination_add(struct examination *x, const struct finding *f)
{
	struct doctor *d = x->d;
	struct finding *own;

	d->findings = mem_grow(d->findings, d->n, 1, &d->cap, sizeof(*d->findings));
	own = &d->findings[d->n++];
	*own = *f;
	if (!own->command)
		own->command = "";
	own->share = examination_share(x, f->samples);
	for (size_t i = 0; i < own->n_files; i++)
		own->files[i].share = examination_share(x, own->files[i].samples);
	if (own->n_files)
		qsort(own->files, own->n_files, sizeof(*own->files), by_samples);
}

/* ---- all together ---- */

static uint64_t kept_samples(const struct calltree *t)
{
	uint64_t sum = 0;

	for (size_t n = 0; n < t->n_nodes; n++)
		sum += costs_samples(&t->costs, t->nodes[n].cost);
	return sum;
}

static void examine_no_samples(struct examination *x)
{
	if (x->in->collected->samples)
		return;
	examination_add(x, &(struct finding){
				   .kind = "no-samples",
				   .harm = HARM_SERIOUS,
				   .title = "the recording has no samples",
				   .evidence = "no record of it is a sample",
				   .consequence = "there is nothing to report",
				   .remedy = "see that the program runs and that its events happen",
				   .command = examination_again(
					   x, &(struct record_changes){ .event = "cpu-clock" }),
			   });
}

/* A finding that concerns who may read the recording, or whether it is whole, goes before shares. */
static int rank(const struct finding *f)
{
	static const char *const first[] = { "environment-in-copies", "unfinished", "truncated" };

	for (int i = 0; i < 3; i++)
		if (strcmp(f->kind, first[i]) == 0)
			return i;
	return 3;
}

static int most_harmful_first(const void *va, const void *vb)
{
	const struct finding *a = va, *b = vb;
	int order = strcmp(a->title, b->title);

	if (a->harm != b->harm)
		return a->harm > b->harm ? -1 : 1;
	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	if (a->samples != b->samples)
		return a->samples > b->samples ? -1 : 1;
	return order ? order : strcmp(a->evidence, b->evidence);
}

struct doctor *doctor_new(const struct doctor_input *in)
{
	struct doctor *d = mem_calloc(1, sizeof(*d));
	struct examination x = { .in = in, .d = d };

	d->recording = "";
	x.whole = d->samples = kept_samples(in->collected->tree);
	unnamed_init(&x.unnamed, in->collected->tree, in->functions, in->frames, in->texts);
	d->unnamed = unnamed_in(&x.unnamed, "");
	examine_chains(&x);
	examine_no_samples(&x);
	examine_problems(&x);
	examine_numbers(&x);
	unnamed_done(&x.unnamed);
	examine_python(&x);
	/* these are counted as the recording is read, before filters */
	x.whole = in->collected->samples;
	examine_copies(&x);
	examine_environment(&x);
	if (d->n)
		qsort(d->findings, d->n, sizeof(*d->findings), most_harmful_first);
	return d;
}

void doctor_free(struct doctor *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		free(d->findings[i].files);
	free(d->findings);
	free(d);
}

void doctor_keep(struct doctor *d, const char *recording, struct texts *texts)
{
	d->recording = texts_add_z(texts, recording);
	for (size_t i = 0; i < d->n; i++) {
		struct finding *f = &d->findings[i];
		const char **own[] = { &f->kind,        &f->title,  &f->evidence,
				       &f->consequence, &f->remedy, &f->command };

		for (size_t k = 0; k < sizeof(own) / sizeof(own[0]); k++)
			*own[k] = texts_add_z(texts, *own[k]);
		for (size_t k = 0; k < f->n_files; k++) {
			f->files[k].name = texts_add_z(texts, f->files[k].name);
			f->files[k].evidence = texts_add_z(texts, f->files[k].evidence);
		}
	}
}

size_t doctor_count(const struct doctor *d, enum harm harm)
{
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++)
		n += d->findings[i].harm == harm;
	return n;
}

const char *harm_name(enum harm harm)
{
	static const char *const names[] = {
		[HARM_NOTE] = "note",
		[HARM_ADVICE] = "advice",
		[HARM_SERIOUS] = "serious",
	};

	return names[harm];
}
