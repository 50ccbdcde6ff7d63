/*
 * report/debug_files.h - where the separate debug file of an object lies, and is it the object's?
 *
 * Looked for: by build id in all trees (report/id_tree.h); beside the object, as OBJECT.debug; by the name in
 * .gnu_debuglink beside the object, in .debug/ there, and below the global folders; then in the
 * archive, and on the servers.  It is the object's if their build ids are equal; if one
 * has none, if its CRC is the one in .gnu_debuglink.
 */
#ifndef PERFOLIO_REPORT_DEBUG_FILES_H
#define PERFOLIO_REPORT_DEBUG_FILES_H

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/id_archive.h"
#include "report/id_tree.h"
#include "report/symbol_server.h"

/* Everything is borrowed. */
struct debug_files {
	struct id_trees trees;
	struct id_trees globals;      /* roots like /usr/lib/debug: files by their objects' paths */
	struct id_archive *archive;   /* NULL: there is none */
	struct symbol_server *server; /* NULL: not to be asked */
	struct texts *texts;
	struct diag *diag;
};

/*
 * The debug file of the object at `path` (this build id; no bytes: it has none), which lay at `recorded`
 * on its machine.  NULL: none.
 */
const char *debug_files_find(struct debug_files *d, const char *path, const char *recorded,
			     const struct object_id *id);

/*
 * The file that `dwz` moved common parts of a debug file to: by its build id, which .gnu_debugaltlink has
 * beside its name.  NULL: none.
 */
const char *debug_files_alternate(struct debug_files *d, const char *debug_path, const char *name,
				  const struct object_id *id);

#endif
