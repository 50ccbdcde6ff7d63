/*
 * report/space.h - which announcement of a mapping is in force at an address, at a time.
 *
 * For one address space: a list of "from this time on, this mapping lies here",
 * in the order of time, made once and then asked.  The newest announcement over
 * an address is the answer.  Knows nothing of processes; see machine.h.
 */
#ifndef PERFOLIO_REPORT_SPACE_H
#define PERFOLIO_REPORT_SPACE_H

#include <stddef.h>
#include <stdint.h>

struct announcement {
	uint64_t start, end; /* [start, end), not empty */
	uint64_t time;
	uint32_t mapping; /* never 0; equal for the same mapping announced again */
	uint32_t owner;   /* the caller's */
};

struct space_tree;

/* Starts as zeroes: a space without announcements. */
struct space {
	const struct announcement *items; /* borrowed, sorted by time */
	size_t n;
	struct space_tree *tree; /* NULL: few enough to look at each */
};

/* Make the look-up structure: O(n log n) time and memory, however the mappings overlap. */
void space_build(struct space *s, const struct announcement *items, size_t n);
void space_done(struct space *s);

struct space_answer {
	uint32_t mapping; /* 0: nothing had been announced for the address yet */
	uint64_t from;    /* when it was announced; 0 for none */
	uint64_t to;      /* when the next other one covers the address; UINT64_MAX: never */
};

/* Of announcements of equal time the later one in the list wins. */
struct space_answer space_ask(const struct space *s, uint64_t addr, uint64_t time);

#endif
