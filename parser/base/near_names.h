/*
 * parser/base/near_names.h - which names somebody may have meant who wrote one that is not there.
 *
 * Begin with the name that was wanted, offer all that there are, and put the hint behind the message.  A name is near
 * if a few letters are missing, too many, wrong or swapped, if it begins with the wanted one or contains it, or
 * if that is what stands behind its last '.' or "::"; upper and lower case do not matter.  The result does not
 * depend on the order of the offers.
 *
 * Not for ids: names are compared byte by byte, and longer ones than NEAR_LONGEST are never near.
 */
#ifndef PERFOLIO_PARSER_BASE_NEAR_NAMES_H
#define PERFOLIO_PARSER_BASE_NEAR_NAMES_H

#include <stddef.h>

enum { NEAR_MOST = 3, NEAR_LONGEST = 255 };

struct near_name {
	const char *name; /* borrowed from who offered it */
	unsigned steps;   /* how far away, 0 is nearest */
};

struct near_names {
	const char *wanted; /* borrowed */
	struct near_name best[NEAR_MOST];
	size_t n;
};

void near_names_begin(struct near_names *near, const char *wanted);

/* The name must live until the hint is made.  One that was offered before changes nothing. */
void near_names_offer(struct near_names *near, const char *name);

/*
 * "; did you mean 'a', 'b' or 'c'?", or "" if nothing is near.  free() it.  Names are as they were offered: with the
 * control bytes that they may have.
 */
char *near_names_hint(const struct near_names *near);

/* The same where all names are the words in "a|b|c". */
char *near_words_hint(const char *wanted, const char *words);

/* The same where they are `n` texts, and what is wanted is the first `len` bytes of a list of names. */
char *near_list_hint(const char *wanted, size_t len, const char *const *names, size_t n);

#endif
