/*
 * commands/annotate_code.h - what was loaded, as an annotation asks for it: its code and its sources.
 *
 * Sources and files of code lie beside the inputs; beside the recordings that a profile file was made from they may lie, too,
 * unless no file may be used that the user did not name.
 */
#ifndef PERFOLIO_COMMANDS_ANNOTATE_CODE_H
#define PERFOLIO_COMMANDS_ANNOTATE_CODE_H

#include <stddef.h>

#include "commands/loading.h"
#include "commands/session.h"
#include "report/annotation.h"
#include "report/folio_code.h"
#include "report/recorded_code.h"
#include "report/source_files.h"

/* Starts as zeroes. */
struct annotate_code {
	struct recorded_code *code;
	struct source_files *sources;
	struct code_folder *folders; /* by path, as are the directories */
	size_t n_folders;
	const char **directories; /* of the folders, each once */
	size_t n_directories;
};

/* dirs: of --source-dir.  What was loaded is borrowed.  annotate_code_end() it before that goes. */
void annotate_code_begin(struct annotate_code *c, const struct session *s, const struct loading *l,
			 const struct loading_options *options, const struct source_dir *dirs,
			 size_t n_dirs);
void annotate_code_end(struct annotate_code *c);

/* From all that, the profile being the one that was loaded. */
struct annotation_input annotate_code_input(const struct annotate_code *c, const struct session *s,
					    const struct loading *l);

#endif
