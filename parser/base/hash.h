/*
 * parser/base/hash.h - hashes of bytes and of numbers, for tables in memory only.
 *
 * Not for files and not against an adversary who wants collisions: tables that
 * use them compare the key too, except where 128 bits stand for it.
 */
#ifndef PERFOLIO_PARSER_BASE_HASH_H
#define PERFOLIO_PARSER_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct hash128 {
	uint64_t low, high;
};

/* Two independent 64-bit hashes of the bytes, made in one pass. */
struct hash128 hash128_bytes(const void *bytes, size_t len, uint64_t seed);

/* A 64-bit hash of the bytes. */
uint64_t hash_bytes(const void *bytes, size_t len);

/* Spread the bits of a number (the finalizer of splitmix64). */
static inline uint64_t hash_u64(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* The hash of two numbers, in this order. */
static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
	return hash_u64(hash_u64(a) + 0x9e3779b97f4a7c15u + b);
}

#endif
