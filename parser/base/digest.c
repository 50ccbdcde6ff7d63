#include "parser/base/digest.h"

#include <endian.h>
#include <string.h>

enum { ROUNDS = 12, BLOCK = 128 };

/* RFC 7693, 2.6: the fractional parts of the square roots of the first eight primes. */
static const uint64_t iv[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

/* RFC 7693, 2.7: which words of the message a round takes; rounds 10 and 11 are 0 and 1 again. */
static const uint8_t sigma[10][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
};

static inline uint64_t rotated(uint64_t x, unsigned right)
{
	return x >> right | x << (64 - right);
}

static inline void mix(uint64_t *v, int a, int b, int c, int d, uint64_t x, uint64_t y)
{
	v[a] += v[b] + x;
	v[d] = rotated(v[d] ^ v[a], 32);
	v[c] += v[d];
	v[b] = rotated(v[b] ^ v[c], 24);
	v[a] += v[b] + y;
	v[d] = rotated(v[d] ^ v[a], 16);
	v[c] += v[d];
	v[b] = rotated(v[b] ^ v[c], 63);
}

/* Little-endian, whatever the machine. */
static inline uint64_t word(const uint8_t *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

static void compress(struct digesting *d, const uint8_t *block, bool last)
{
	uint64_t v[16], m[16];

	memcpy(v, d->h, sizeof(d->h));
	memcpy(v + 8, iv, sizeof(iv));
	v[12] ^= d->done; /* its upper half stays 0: no file has 2^64 bytes */
	if (last)
		v[14] = ~v[14];
	for (int i = 0; i < 16; i++)
		m[i] = word(block + 8 * i);
#pragma GCC unroll 12 /* the words of each round are known then: twice as fast */
	for (int r = 0; r < ROUNDS; r++) {
		const uint8_t *s = sigma[r % 10];

		mix(v, 0, 4, 8, 12, m[s[0]], m[s[1]]);
		mix(v, 1, 5, 9, 13, m[s[2]], m[s[3]]);
		mix(v, 2, 6, 10, 14, m[s[4]], m[s[5]]);
		mix(v, 3, 7, 11, 15, m[s[6]], m[s[7]]);
		mix(v, 0, 5, 10, 15, m[s[8]], m[s[9]]);
		mix(v, 1, 6, 11, 12, m[s[10]], m[s[11]]);
		mix(v, 2, 7, 8, 13, m[s[12]], m[s[13]]);
		mix(v, 3, 4, 9, 14, m[s[14]], m[s[15]]);
	}
	for (int i = 0; i < 8; i++)
		d->h[i] ^= v[i] ^ v[i + 8];
}

void digest_begin(struct digesting *d)
{
	*d = (struct digesting){ .done = 0 };
	memcpy(d->h, iv, sizeof(iv));
	d->h[0] ^= 0x01010000 ^ DIGEST_SIZE; /* no key; the tree of one node */
}

void digest_add(struct digesting *d, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len) {
		size_t n = BLOCK - d->used;

		if (d->used == BLOCK) { /* more follows, so it is not the last */
			d->done += BLOCK;
			compress(d, d->block, false);
			d->used = 0;
			n = BLOCK;
		}
		if (d->used == 0 && len > BLOCK) { /* where it lies */
			d->done += BLOCK;
			compress(d, p, false);
			p += BLOCK;
			len -= BLOCK;
			continue;
		}
		if (n > len)
			n = len;
		memcpy(d->block + d->used, p, n);
		d->used += n;
		p += n;
		len -= n;
	}
}

struct digest digest_end(struct digesting *d)
{
	struct digest out;

	d->done += d->used;
	memset(d->block + d->used, 0, BLOCK - d->used);
	compress(d, d->block, true);
	for (unsigned i = 0; i < DIGEST_SIZE; i++)
		out.bytes[i] = (uint8_t)(d->h[i / 8] >> 8 * (i % 8));
	return out;
}

const char *digest_text(const struct digest *d, char text[DIGEST_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < DIGEST_SIZE; i++) {
		text[2 * i] = digits[d->bytes[i] >> 4];
		text[2 * i + 1] = digits[d->bytes[i] & 15];
	}
	text[DIGEST_TEXT - 1] = '\0';
	return text;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool digest_parse(struct digest *d, const char *text)
{
	struct digest out;

	if (strlen(text) != DIGEST_TEXT - 1)
		return false;
	for (unsigned i = 0; i < DIGEST_SIZE; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out.bytes[i] = (uint8_t)(high << 4 | low);
	}
	*d = out;
	return true;
}
