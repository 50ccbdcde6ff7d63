/*
 * parser/content_hash.h - what tells contents apart, wherever a file lies and whatever it is called.
 */
#ifndef PERFOLIO_PARSER_CONTENT_HASH_H
#define PERFOLIO_PARSER_CONTENT_HASH_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/base/error.h"
#include "parser/source.h"

enum { CONTENT_HASH_TEXT = 80 };

/*
 * "sha256:" and the digits that sha256sum(1) prints for the file; of several files (a directory recording) those
 * of their sizes (8 bytes, little-endian) and bytes one after the other.  Built without nettle: "perfolio128:" and
 * a hash of our own, which tells files apart as well, but not against somebody who wants two to be equal.
 * False: one cannot be read.
 */
bool content_hash(const struct source *files, size_t n, char text[CONTENT_HASH_TEXT],
		  struct error *err);

#endif
