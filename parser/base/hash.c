#include "parser/base/hash.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

/* Odd constants without structure: digits of the square roots of 2, 3, 5, 7. */
#define LASTING_KEYS                                                                               \
	{                                                                                          \
		0x6a09e667f3bcc909u, 0xbb67ae8584caa73bu, 0x3c6ef372fe94f82bu, 0xa54ff53a5f1d36f1u \
	}

static const uint64_t lasting_keys[HASH_KEYS] = LASTING_KEYS;

uint64_t hash_keys[HASH_KEYS] = LASTING_KEYS;

/* Spread the bits of a number (the finalizer of splitmix64). */
static inline uint64_t spread(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* Where the kernel gives nothing, what differs from process to process. */
static uint64_t some_number(void)
{
	struct timespec now = { 0 };
	uint64_t random;

	if (getrandom(&random, sizeof(random), 0) == sizeof(random))
		return random;
	clock_gettime(CLOCK_REALTIME, &now);
	return spread((uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec) ^
	       spread((uint64_t)getpid() << 32 ^ (uintptr_t)&now);
}

void hash_randomize(const char *seed)
{
	uint64_t from = seed ? strtoull(seed, NULL, 10) : 0;

	for (unsigned i = 0; i < HASH_KEYS; i++) {
		from += 0x9e3779b97f4a7c15u;
		hash_keys[i] = (seed ? spread(from) : some_number()) | 1; /* never 0 */
	}
}

static inline uint64_t word(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* Each step folds two words into each of four numbers, in two instructions a word. */
static struct hash128 hash_with(const uint64_t keys[HASH_KEYS], const uint8_t *p, size_t len,
				uint64_t seed)
{
	const uint64_t k0 = keys[0], k1 = keys[1], k2 = keys[2], k3 = keys[3];
	uint64_t a = seed ^ k0, b = (seed + len) ^ k1;
	uint64_t c = seed ^ k2, d = (seed + len) ^ k3;
	uint64_t tail[4] = { 0 };
	size_t left = len;

	for (; left >= 32; left -= 32, p += 32) {
		uint64_t w0 = word(p), w1 = word(p + 8), w2 = word(p + 16), w3 = word(p + 24);

		a = hash_fold(w0 ^ a, w1 ^ k0) + w2;
		b = hash_fold(w2 ^ b, w3 ^ k1) + w0;
		c = hash_fold(w1 ^ c, w2 ^ k2) + w3;
		d = hash_fold(w3 ^ d, w0 ^ k3) + w1;
	}
	memcpy(tail, p, left);
	a = hash_fold(tail[0] ^ a, tail[1] ^ k0) + tail[2];
	b = hash_fold(tail[2] ^ b, tail[3] ^ k1) + tail[0];
	c = hash_fold(tail[1] ^ c, tail[2] ^ k2) + tail[3];
	d = hash_fold(tail[3] ^ d, tail[0] ^ k3) + tail[1];
	return (struct hash128){
		.low = spread(hash_fold(a ^ k2, b ^ k3) + c),
		.high = spread(hash_fold(c ^ k0, d ^ k1) + b),
	};
}

struct hash128 hash128_bytes(const void *bytes, size_t len, uint64_t seed)
{
	return hash_with(hash_keys, bytes, len, seed);
}

uint64_t hash_bytes(const void *bytes, size_t len)
{
	return hash128_bytes(bytes, len, 0).low;
}

uint64_t hash_lasting_bytes(const void *bytes, size_t len)
{
	return hash_with(lasting_keys, bytes, len, 0).low;
}

uint64_t hash_lasting_pair(uint64_t a, uint64_t b)
{
	return spread(spread(a) + 0x9e3779b97f4a7c15u + b);
}
