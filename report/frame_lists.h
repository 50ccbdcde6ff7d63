/*
 * report/frame_lists.h - distinct lists of functions: what is at an address, once with what is inlined there and once
 * without.
 */
#ifndef PERFOLIO_REPORT_FRAME_LISTS_H
#define PERFOLIO_REPORT_FRAME_LISTS_H

#include <stddef.h>
#include <stdint.h>

/* Starts as zeroes; frame_lists_done() frees.  List i: words[first[i]] is the symbol, behind it up to first[i + 1] the frames. */
struct frame_lists {
	uint32_t *words; /* functions */
	size_t n_words, cap_words;
	size_t *first; /* n + 1 of them; NULL while n is 0 */
	size_t n, cap;
	uint32_t *slots; /* index + 1; 0: free */
	size_t mask;
};

/*
 * The number of a list, a new one (the old `n`) if it is new.  symbol: the function as the symbol table has it;
 * frames: the same place as debug information has it, the outermost first, at least one.
 */
uint32_t frame_lists_add(struct frame_lists *l, uint32_t symbol, const uint32_t *frames, size_t n);
void frame_lists_done(struct frame_lists *l);

static inline uint32_t frame_list_symbol(const struct frame_lists *l, size_t list)
{
	return l->words[l->first[list]];
}

static inline const uint32_t *frame_list(const struct frame_lists *l, size_t list)
{
	return &l->words[l->first[list] + 1];
}

static inline size_t frame_list_count(const struct frame_lists *l, size_t list)
{
	return l->first[list + 1] - l->first[list] - 1;
}

#endif
