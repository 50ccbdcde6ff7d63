/*
 * report/group.h - profile -> profile: rows by other keys than the function (--group-by).
 *
 * Some keys are of a sample (comm, process, thread, cpu, category, event), the others of a frame.  A row is a
 * distinct combination of the keys' values; its self and total count each sample once, as a function's do.
 */
#ifndef PERFOLIO_REPORT_GROUP_H
#define PERFOLIO_REPORT_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/base/error.h"
#include "report/profile.h"

enum group_key {
	/* of a sample: nodes at the root of the tree, in this order */
	KEY_HOST,
	KEY_RECORDING,
	KEY_COMM,
	KEY_PROCESS,
	KEY_THREAD,
	KEY_CPU,
	KEY_CATEGORY,
	KEY_EVENT,
	/* of a frame */
	KEY_FUNCTION,
	KEY_LINE,
	KEY_MODULE,
	KEY_PACKAGE,
	KEY_OBJECT,
	KEY_FILE,
	GROUP_KEYS
};

#define GROUP_KEY_FIRST_OF_FRAME KEY_FUNCTION

struct grouping {
	enum group_key keys[GROUP_KEYS]; /* as the user said them, each once */
	size_t n;                        /* 0: not grouped */
};

/* Parse "function,category"; false: *err says which word is no key. */
bool grouping_parse(struct grouping *g, const char *text, struct error *err);

bool grouping_has(const struct grouping *g, enum group_key key);

struct texts;

/*
 * Group *p, which is replaced.  Its tree has a node of kind KIND_TASK at the root for each key of a sample that is
 * asked for, but KEY_EVENT, in the order of the enum.  rows[row], if not NULL, is set to where a row of costs of the
 * old profile went in the new one; with KEY_EVENT that is no one row.
 */
void group_profile(struct profile **p, const struct grouping *g, struct texts *texts,
		   uint32_t *rows);

#endif
