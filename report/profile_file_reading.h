/*
 * report/profile_file_reading.h - what the files profile_file_read*.c share; nobody else includes it.
 *
 *   profile_file_read.c       the file and most of its sections
 *   profile_file_read_code.c  where frames are in the code: POSN and CODE
 *
 * A field that cannot be is an overrun of the cursor, which end_section() tells.
 */
#ifndef PERFOLIO_REPORT_PROFILE_FILE_READING_H
#define PERFOLIO_REPORT_PROFILE_FILE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "parser/base/cursor.h"
#include "parser/base/error.h"
#include "parser/sections.h"
#include "report/folio.h"

struct reading {
	const struct source *source;
	struct sections sections;
	struct error *err;
	struct folio *f;
	bool positions; /* are wanted */
	const char **texts;
	size_t n_texts;
	/* of the file's tree: at what frames are */
	uint32_t
		*locations; /* of the tree, by position of the file, or by list where it has none */
	size_t n_positions;
	/* the section that is being read */
	const struct section *section;
	uint8_t *bytes;
	struct cursor c;
};

/* What is wrong is in this section; nobody needs to know at which of its unpacked bytes. */
static inline bool wrong(struct reading *r, const char *what)
{
	return fail_at(r->err, ERR_FORMAT, r->section->offset, "section %s: %s", r->section->tag,
		       what);
}

static inline bool begin_section(struct reading *r, const char *tag)
{
	r->section = sections_find(&r->sections, tag);
	if (!r->section)
		return fail_at(r->err, ERR_FORMAT, r->sections.end, "it has no section %s", tag);
	r->bytes = section_unpack(r->source, r->section, r->err);
	if (!r->bytes)
		return false;
	r->c = (struct cursor){ .base = r->bytes, .len = r->section->size };
	return true;
}

/* Behind the last field: newer minor versions may have more behind it. */
static inline bool end_section(struct reading *r)
{
	bool ok = !r->c.overrun;

	free(r->bytes);
	r->bytes = NULL;
	return ok || wrong(r, "it ends inside a field");
}

static inline uint64_t number(struct reading *r)
{
	return cursor_varint(&r->c);
}

/* A number that is kept in 32 bits; more is an overrun, which end_section() tells. */
static inline uint32_t small(struct reading *r)
{
	uint64_t v = cursor_varint(&r->c);

	if (v > UINT32_MAX)
		r->c.overrun = true;
	return (uint32_t)v;
}

/* A number below `n`; the same. */
static inline uint32_t place(struct reading *r, size_t n)
{
	uint64_t v = cursor_varint(&r->c);

	if (v < n)
		return (uint32_t)v;
	r->c.overrun = true;
	return 0;
}

static inline uint64_t difference(struct reading *r)
{
	uint64_t v = cursor_varint(&r->c);

	return v >> 1 ^ (v & 1 ? UINT64_MAX : 0);
}

static inline const char *text(struct reading *r)
{
	return r->texts[place(r, r->n_texts)];
}

/* How many things follow, of at least `size` bytes each; 0 if so many cannot. */
static inline size_t count(struct reading *r, size_t size)
{
	uint64_t n = cursor_varint(&r->c);

	if (cursor_fits(&r->c, n, size))
		return (size_t)n;
	r->c.overrun = true;
	return 0;
}

/* When the lists are known: the positions of the file, or those that are lists where it has none. */
bool read_positions(struct reading *r);
void use_lists(struct reading *r);

#endif
