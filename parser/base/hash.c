#include "parser/base/hash.h"

#include <string.h>

/*
 * Multiply-and-fold mixing: each step folds the 128-bit product of two 64-bit
 * words, which spreads every input bit over the result in two instructions.
 */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t word(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* Odd constants without structure: digits of the square roots of 2, 3, 5, 7. */
#define K0 0x6a09e667f3bcc909u
#define K1 0xbb67ae8584caa73bu
#define K2 0x3c6ef372fe94f82bu
#define K3 0xa54ff53a5f1d36f1u

struct hash128 hash128_bytes(const void *bytes, size_t len, uint64_t seed)
{
	const uint8_t *p = bytes;
	uint64_t a = seed ^ K0, b = (seed + len) ^ K1;
	uint64_t c = seed ^ K2, d = (seed + len) ^ K3;
	uint64_t tail[4] = { 0 };
	size_t left = len;

	for (; left >= 32; left -= 32, p += 32) {
		uint64_t w0 = word(p), w1 = word(p + 8), w2 = word(p + 16), w3 = word(p + 24);

		a = fold(w0 ^ a, w1 ^ K0) + w2;
		b = fold(w2 ^ b, w3 ^ K1) + w0;
		c = fold(w1 ^ c, w2 ^ K2) + w3;
		d = fold(w3 ^ d, w0 ^ K3) + w1;
	}
	memcpy(tail, p, left);
	a = fold(tail[0] ^ a, tail[1] ^ K0) + tail[2];
	b = fold(tail[2] ^ b, tail[3] ^ K1) + tail[0];
	c = fold(tail[1] ^ c, tail[2] ^ K2) + tail[3];
	d = fold(tail[3] ^ d, tail[0] ^ K3) + tail[1];
	return (struct hash128){
		.low = hash_u64(fold(a ^ K2, b ^ K3) + c),
		.high = hash_u64(fold(c ^ K0, d ^ K1) + b),
	};
}

uint64_t hash_bytes(const void *bytes, size_t len)
{
	return hash128_bytes(bytes, len, 0).low;
}
