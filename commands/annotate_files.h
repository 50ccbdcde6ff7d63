/*
 * commands/annotate_files.h - `perfolio annotate -o DIR`: a file for each function, and an index of them.
 */
#ifndef PERFOLIO_COMMANDS_ANNOTATE_FILES_H
#define PERFOLIO_COMMANDS_ANNOTATE_FILES_H

#include "render/annotate.h"
#include "report/annotation.h"

enum annotate_format { ANNOTATE_TEXT, ANNOTATE_JSON, ANNOTATE_XML };

/*
 * Write the annotation into a folder, which is made if it is not there.  Names are made of the functions' names, with nothing in
 * them that could lead elsewhere, and a hash of what tells functions apart.  A file that is there and is not such a
 * file, or a link, is not touched: then nothing is written.  What earlier runs wrote stays and is told.  EXIT_DONE, or the status after the message was printed.
 */
int annotate_files(const struct annotation *a, const char *folder, enum annotate_format format,
		   const struct annotate_look *look);

#endif
