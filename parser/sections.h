/*
 * parser/sections.h - the container of profile files: named sections, each compressed and checked by itself.
 *
 * Knows nothing of what is in them.  The format, for other programs too: doc/PROFILE-FORMAT.md.
 */
#ifndef PERFOLIO_PARSER_SECTIONS_H
#define PERFOLIO_PARSER_SECTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/cursor.h"
#include "parser/base/error.h"
#include "parser/source.h"

enum { SECTIONS_MAGIC_BYTES = 8 };

/* Do these first bytes of a file begin such a container? */
bool is_sections_magic(const void *eight_bytes);

enum { SECTION_TAG_BYTES = 4 };
enum { SECTION_NEEDED = 1 }; /* flag: who does not know the section cannot use the file */

/* ---- writing ---- */

struct sections_writer;

struct sections_writer *sections_writer_new(uint16_t major, uint16_t minor);
void sections_writer_add(struct sections_writer *w, const char *tag, uint32_t flags,
			 const void *bytes, size_t len);

/* The whole file, free() it; ends the writer. */
uint8_t *sections_writer_finish(struct sections_writer *w, size_t *len);

/* ---- reading ---- */

struct section {
	char tag[SECTION_TAG_BYTES + 1];
	uint32_t flags;
	uint64_t offset, stored; /* in the file */
	uint64_t size;           /* unpacked */
};

struct sections {
	uint16_t major, minor;
	struct section *items; /* in the order of the file */
	size_t n;
	uint64_t end; /* of the last section */
};

/*
 * Read the header and the table of sections.  Sizes are held against the file's; sections_done() frees.  False:
 * *err says what is wrong at which byte.  Another major version is the caller's to refuse.
 */
bool sections_read(const struct source *s, struct sections *out, struct error *err);
void sections_done(struct sections *s);

/* The section of this tag; NULL: there is none. */
const struct section *sections_find(const struct sections *s, const char *tag);

/* Unpack a section and check it: `size` bytes, free() them.  NULL: *err says what is wrong at which byte. */
uint8_t *section_unpack(const struct source *s, const struct section *section, struct error *err);

#endif
