/*
 * parser/base/hash.h - hashes of bytes and of numbers, for tables in memory only.
 *
 * They are keyed: whoever writes a recording cannot choose its addresses and names so that they meet in one slot of
 * a table and make every look-up a walk.  The keys are of the process, so no hash may show in anything that is
 * written, nor may the order of a table; what outlasts the process takes hash_lasting_*().
 *
 * Tables compare the key, too, except where 128 bits stand for it.
 */
#ifndef PERFOLIO_PARSER_BASE_HASH_H
#define PERFOLIO_PARSER_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

enum { HASH_KEYS = 4 };

/* Known to all until hash_randomize(); read only by the functions here. */
extern uint64_t hash_keys[HASH_KEYS];

/*
 * Before the first table is made: keys that nobody knows; or, for tests, those that follow from a seed.  seed: digits, or
 * NULL.
 */
void hash_randomize(const char *seed);

struct hash128 {
	uint64_t low, high;
};

/* Two independent 64-bit hashes of the bytes, made in one pass. */
struct hash128 hash128_bytes(const void *bytes, size_t len, uint64_t seed);

/* A 64-bit hash of the bytes. */
uint64_t hash_bytes(const void *bytes, size_t len);

/* The 128-bit product folded: each bit of either goes into every bit of it. */
static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of a number. */
static inline uint64_t hash_u64(uint64_t x)
{
	return hash_fold(x ^ hash_keys[0], hash_keys[1]);
}

/* The hash of two numbers, in this order. */
static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
	return hash_fold(hash_u64(a) + b, hash_keys[2]);
}

/* The same in every process and on every machine. */
uint64_t hash_lasting_bytes(const void *bytes, size_t len);
uint64_t hash_lasting_pair(uint64_t a, uint64_t b);

#endif
