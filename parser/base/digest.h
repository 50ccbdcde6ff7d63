/*
 * parser/base/digest.h - the name of some bytes by their content: BLAKE2b with 32 bytes (RFC 7693), without a key.
 *
 * The same on every machine, as `b2sum -l 256` prints it; nobody can make two files of one digest.
 * For tables in memory hash.h is faster.
 */
#ifndef PERFOLIO_PARSER_BASE_DIGEST_H
#define PERFOLIO_PARSER_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32, DIGEST_TEXT = 2 * DIGEST_SIZE + 1 };

struct digest {
	uint8_t bytes[DIGEST_SIZE];
};

struct digesting {
	uint64_t h[8];
	uint64_t done; /* bytes compressed so far */
	size_t used;   /* bytes waiting in the block */
	uint8_t block[128];
};

void digest_begin(struct digesting *d);
void digest_add(struct digesting *d, const void *bytes, size_t len);
struct digest digest_end(struct digesting *d);

/* Lower-case hexadecimal into `text`, which is returned. */
const char *digest_text(const struct digest *d, char text[DIGEST_TEXT]);
/* False: it is none. */
bool digest_parse(struct digest *d, const char *text);

#endif
