/*
 * parser/lines.h - text files of a line for each symbol: perf maps, kallsyms.
 */
#ifndef PERFOLIO_PARSER_LINES_H
#define PERFOLIO_PARSER_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/base/error.h"

/*
 * The file, *len bytes and a NUL behind them, the caller's to free; NULL and *err if it cannot be read.
 * Its size is not asked for: in /proc it is 0, and a process may be writing a perf map.  Of one with more than `max`
 * bytes the whole lines in the first `max`; *more says so.
 */
char *lines_read(const char *path, size_t max, size_t *len, bool *more, struct error *err);

/* Make each line a text.  The CR of a CRLF becomes a second NUL: a blank line, which is no line. */
void lines_cut(char *text, size_t len);

bool lines_is_blank(const char *text);

#endif
