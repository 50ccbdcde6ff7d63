/*
 * report/recording_code.h - what a recording tells of its code (recorded_code.h): by its machine, and by the files that
 * belong to it.
 */
#ifndef PERFOLIO_REPORT_RECORDING_CODE_H
#define PERFOLIO_REPORT_RECORDING_CODE_H

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/collect.h"
#include "report/finder.h"
#include "report/functions.h"
#include "report/jitmaps.h"
#include "report/machine.h"
#include "report/objects.h"
#include "report/recorded_code.h"
#include "report/symbols.h"

/* Everything is borrowed and must outlive the code. */
struct recording_code_input {
	const struct recording *recording;
	const struct machine *machine;
	const struct collected *collected;
	const struct functions *functions; /* of the locations */
	const struct frames *frames;
	struct objects *objects;
	struct jitmaps *jitmaps;
	struct finder *finder;
	struct texts *texts;
	struct diag *diag;
};

/* recorded_code_free() it. */
struct recorded_code *recording_code_new(const struct recording_code_input *in);

#endif
