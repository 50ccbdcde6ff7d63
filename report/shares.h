/*
 * report/shares.h - many shares (hundredths of a percent), and the quartiles among them, in bounded memory.
 */
#ifndef PERFOLIO_REPORT_SHARES_H
#define PERFOLIO_REPORT_SHARES_H

#include <stddef.h>
#include <stdint.h>

enum { SHARE_WHOLE = 10000 };

/* Starts as zeroes. */
struct shares {
	uint64_t n;
	uint16_t *list; /* the shares, as long as they are few */
	size_t cap;
	uint32_t *counts; /* then: how often each of 0 .. SHARE_WHOLE; NULL before */
};

void shares_add(struct shares *s, uint64_t share);

/* The least share that `part` of `parts` of all shares do not exceed (nearest rank); 0 without any. */
uint32_t shares_quantile(struct shares *s, unsigned part, unsigned parts);

void shares_done(struct shares *s);

#endif
