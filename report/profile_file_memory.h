/*
 * report/profile_file_memory.h - accesses to memory in profile files: section MEMO (doc/PROFILE-FORMAT.md).
 *
 * The same log gives the same bytes, in whatever order it was added up.  What is read may be made up: it gives a log
 * whose numbers fit together, or an overrun of the cursor.
 */
#ifndef PERFOLIO_REPORT_PROFILE_FILE_MEMORY_H
#define PERFOLIO_REPORT_PROFILE_FILE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/buffer.h"
#include "parser/base/cursor.h"
#include "report/memory_log.h"

/* A log in the order of the file, less what no access needs any more. */
struct memory_order;

struct memory_order *memory_order_new(const struct memory_log *m, const uint32_t *event_places,
				      const uint32_t *node_places);
void memory_order_free(struct memory_order *o);

/* The texts that the section needs, sorted: it names them by their place in this list. */
const char *const *memory_order_texts(const struct memory_order *o, size_t *n);

/* What stands behind the list of texts. */
void memory_order_write(const struct memory_order *o, struct buffer *b);

/* What the section speaks of. */
struct memory_reading {
	const char *const *texts;
	size_t n_texts, n_events;
	const uint32_t *nodes; /* by node of the file: of the tree */
	size_t n_nodes;
};

/* Into an empty log. */
void memory_section_read(struct cursor *c, const struct memory_reading *r, struct memory_log *out);

#endif
