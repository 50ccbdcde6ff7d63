/*
 * report/doctor_parts.h - what the examinations of the doctor share; not for others.
 *
 * Each examination is a function that looks at one thing and adds at most a few findings.
 */
#ifndef PERFOLIO_REPORT_DOCTOR_PARTS_H
#define PERFOLIO_REPORT_DOCTOR_PARTS_H

#include "report/doctor.h"
#include "report/record_again.h"
#include "report/unnamed.h"

enum { WHOLE = 10000 }; /* shares are in hundredths of a percent */

struct examination {
	const struct doctor_input *in;
	struct doctor *d;
	struct unnamed unnamed;
	/* samples among which a finding's are counted: those that filters keep, or all that were read */
	uint64_t whole;
};

/* Takes the finding over, with its files. Its share is set here. */
void examination_add(struct examination *x, const struct finding *f);

/* Of x->whole. */
uint64_t examination_share(const struct examination *x, uint64_t samples);

/* The one rule for findings that are counted in samples; never more than `most`. */
enum harm examination_harm(const struct examination *x, uint64_t samples, enum harm most);

/* A text that lives as long as the profile's. */
const char *examination_text(struct examination *x, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* "12.34 % of the samples (56)" */
const char *examination_numbers(struct examination *x, uint64_t samples);

/* The command to record the same once more, with these changes. */
const char *examination_again(const struct examination *x, const struct record_changes *changes);

/* Is there any Python function? */
bool examination_has_python(const struct examination *x);

/* doctor_stacks.c: the call chains, of samples that filters keep; and those that were unwound, of all. */
void examine_chains(struct examination *x);
void examine_copies(struct examination *x);

/* doctor_problems.c: what other layers told. */
void examine_problems(struct examination *x);

/* doctor_python.c: interpreters that did not tell which functions they ran. */
void examine_python(struct examination *x);

/* doctor_numbers.c: how exact they are. */
void examine_numbers(struct examination *x);

/* doctor_environment.c: what the recording gives away. */
void examine_environment(struct examination *x);

#endif
