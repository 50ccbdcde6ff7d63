/*
 * parser/base/spool.h - bytes that are too many for memory go to an unlinked file in $TMPDIR.
 */
#ifndef PERFOLIO_PARSER_BASE_SPOOL_H
#define PERFOLIO_PARSER_BASE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>

#include "parser/base/error.h"

/* A new file without a name; -1: *err says why.  close() it. */
int spool_open(struct error *err);

/* All of it, or false (errno says why: most likely the disk is full). */
bool spool_write(int fd, const void *bytes, size_t len);

#endif
