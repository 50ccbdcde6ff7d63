/*
 * parser/base/plural.h - "1 sample", "2 samples": the word behind a number.
 */
#ifndef PERFOLIO_PARSER_BASE_PLURAL_H
#define PERFOLIO_PARSER_BASE_PLURAL_H

#include <stdint.h>

static inline const char *plural(uint64_t n, const char *one, const char *several)
{
	return n == 1 ? one : several;
}

#endif
