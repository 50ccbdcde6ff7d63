/*
 * report/doctor.h - what is wrong with a recording or could be better, most harmful first: a model.
 */
#ifndef PERFOLIO_REPORT_DOCTOR_H
#define PERFOLIO_REPORT_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/collect.h"
#include "report/environment.h"
#include "report/functions.h"
#include "report/profile.h"
#include "report/sampled_event.h"
#include "report/symbols.h"

/* SERIOUS: the numbers mislead; ADVICE: could be better; NOTE: good to know. */
enum harm { HARM_NOTE, HARM_ADVICE, HARM_SERIOUS };

/* A file, or what else the finding is about several of. */
struct finding_file {
	const char *name;
	const char *evidence; /* what is said of it; "": what the finding says of all */
	uint64_t samples;     /* as the finding's */
	uint64_t share;
};

/* Texts are never NULL. */
struct finding {
	enum harm harm;
	const char *kind;        /* stable: "broken-chains" */
	const char *title;       /* one sentence */
	const char *evidence;    /* counts */
	const char *consequence; /* in numbers where there are any */
	const char *remedy;      /* what to do */
	const char *command;     /* with which, ready to be typed; "": with none */
	uint64_t samples;        /* that it concerns; 0: not counted in samples */
	uint64_t share; /* of these samples, or of all recorded ones, in hundredths of a percent */
	struct finding_file *files; /* those with most samples first */
	size_t n_files;
	bool files_told; /* the evidence names them already */
};

struct doctor {
	const char *recording;    /* which of several; "": there is one */
	struct finding *findings; /* most harmful first */
	size_t n, cap;
	uint64_t samples; /* of all events together, that filters keep */
	uint64_t unnamed; /* of them: without a symbol where they were taken */
};

struct doctor_input {
	const struct sampled_event *events; /* of the call tree */
	const struct collected *collected;
	const struct functions *functions;
	const struct frames *frames;
	const struct profile *profile;         /* of the view that is reported */
	const struct environment *environment; /* NULL: not looked for */
	const struct diag *diag;
	const char *command; /* that recorded it, see record_again.h; "" if not known */
	struct texts *texts;
};

/* doctor_free() it. Texts are the input's. */
struct doctor *doctor_new(const struct doctor_input *in);
void doctor_free(struct doctor *d);

/* Let its texts be of these, so that it outlives the input, as the findings on this recording. */
void doctor_keep(struct doctor *d, const char *recording, struct texts *texts);

/* Findings of this harm. */
size_t doctor_count(const struct doctor *d, enum harm harm);
const char *harm_name(enum harm harm); /* "serious", "advice", "note" */

#endif
