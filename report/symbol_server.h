/*
 * report/symbol_server.h - files by build id from debuginfod servers (--debuginfod).
 *
 * The servers are those of $DEBUGINFOD_URLS; what they give is kept in libdebuginfod's cache.
 * The library is loaded when the first file is asked for: perfolio does not link with it,
 * and nothing is sent anywhere unless there is a symbol_server.
 */
#ifndef PERFOLIO_REPORT_SYMBOL_SERVER_H
#define PERFOLIO_REPORT_SYMBOL_SERVER_H

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "report/id_tree.h"

struct symbol_server;

struct symbol_server *symbol_server_new(struct texts *texts, struct diag *diag);
void symbol_server_free(struct symbol_server *s);

/* The path of the file in the cache; NULL: no server has it. That no server can be asked is told, once. */
const char *symbol_server_find(struct symbol_server *s, const struct object_id *id,
			       enum id_file what);

#endif
