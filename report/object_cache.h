/*
 * report/object_cache.h - opened object files, for several recordings one after the other.
 *
 * Which file is the right one for a mapping, each recording's finder decides anew; here is only what was read of it:
 * symbols, unwinding rules, debug information.  A file is the same if it is the same inode, unchanged, or if all its bytes
 * are (recording directories have copies).  What nobody holds stays until the files that are kept have
 * more bytes than the limit; the one that was used longest ago goes first.
 */
#ifndef PERFOLIO_REPORT_OBJECT_CACHE_H
#define PERFOLIO_REPORT_OBJECT_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/error.h"
#include "report/cfi.h"
#include "report/debug_info.h"
#include "report/elf_file.h"

/* Read only, but for the functions here. */
struct object_file {
	const char *path, *debug_path; /* debug_path NULL: without */
	struct elf_file *elf;          /* NULL: it cannot be read: */
	struct error error;
};

struct object_cache;

/* limit: bytes of files that nobody holds; 0: they go at once. */
struct object_cache *object_cache_new(uint64_t limit);
void object_cache_free(struct object_cache *c);

/* The file at `path` with its separate debug file (or NULL); never NULL, to be released. */
struct object_file *object_cache_get(struct object_cache *c, const char *path,
				     const char *debug_path);
void object_cache_release(struct object_cache *c, struct object_file *f);

/* Opened when they are asked for first; NULL: the file has none. */
struct cfi *object_file_cfi(struct object_file *f);
struct debug_info *object_file_debug_info(struct object_file *f);

/* As debug_info_alternate() says it; *of_debug: the debug file needs it, not the object.  False: none is needed. */
bool object_file_alternate(const struct object_file *f, bool *of_debug,
			   struct debug_alternate *out);

/*
 * The debug information with the file at `path` for its alternate (debug_info.h).  NULL: it was given another one
 * before, for another recording; or it cannot be.
 */
struct debug_info *object_file_with_alternate(struct object_file *f, const char *path);

#endif
