/*
 * commands/batch_equal.h - the inputs of a batch that are the same recording (batch_identity()), of which one stands for all.
 *
 * That is the first in their order that can be made: of several profile files of one recording some may not answer what is
 * asked.  listing_join() has the same rule.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_EQUAL_H
#define PERFOLIO_COMMANDS_BATCH_EQUAL_H

#include "commands/batch.h"

/* Of an input, by its index. Those of `first` are true of a first one only. */
struct equal {
	uint32_t first; /* of those equal to it */
	uint32_t
		next; /* the equal one behind it; 0: none, for the first of all inputs is behind none */
	uint32_t last;   /* first: of those equal to it */
	uint32_t stands; /* first: the one that is made, or was tried last */
};

struct equals {
	const struct input_result *results; /* borrowed: their identities */
	struct equal *items;
	uint32_t *slots; /* of first ones by identity: index + 1 */
	size_t mask;
};

/* n: of results. */
void equals_open(struct equals *e, const struct input_result *results, size_t n);
void equals_close(struct equals *e);

/* Input i, whose identity is known; to be called once for each, in their order. */
void equals_add(struct equals *e, size_t i);

#endif
