/*
 * render/out.h - the stream that all output goes through; it remembers the first write error.
 *
 * `-o FILE` is written beside it (aside.h) and renamed when whole; "-" is standard output.
 * Devices and FIFOs are written directly.  After a failure nothing more is
 * written, and out_close() tells; a reader that went away (EPIPE) is a failure as well, if
 * SIGPIPE is ignored.
 */
#ifndef PERFOLIO_RENDER_OUT_H
#define PERFOLIO_RENDER_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

struct out;

/* path "-" or NULL: standard output. */
struct out *out_open(const char *path, struct error *err);
/* A new file, written where it will be: for folders that nobody else looks into yet. */
struct out *out_create(const char *path, struct error *err);
/* Flush and close; false if anything was not written (a full disk), *err says so.  A file is removed then. */
bool out_close(struct out *o, struct error *err);

/* Close without keeping a file; what went to standard output or a device stays there. */
void out_discard(struct out *o);

/* errno of the first failure so far, 0 if all is well (EPIPE: nobody reads any more). */
int out_errno(const struct out *o);

void out_bytes(struct out *o, const void *bytes, size_t len);
void out_text(struct out *o, const char *s);
void out_char(struct out *o, char c);
void out_u64(struct out *o, uint64_t v);
void out_double(struct out *o, double v); /* the shortest form that reads back equal */
enum { OUT_DOUBLE = 40 };
void out_double_text(char text[OUT_DOUBLE], double v); /* the same for what is no stream */
/* Nanoseconds as seconds with three digits behind the point, rounded: "12.346". */
enum { OUT_SECONDS = 24 };
void out_seconds_text(char text[OUT_SECONDS], uint64_t ns);
void out_seconds(struct out *o, uint64_t ns);
void out_printf(struct out *o, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A name for a person: control bytes and invalid UTF-8 shown as '?', nothing else changed. */
void out_name(struct out *o, const char *s);

/* Is it a terminal, and how many columns has it (0: no terminal)? $COLUMNS is honoured when it is no terminal. */
bool out_is_terminal(const struct out *o);
unsigned out_columns(const struct out *o);

/* Can drawings be in UTF-8?  A terminal says so in its environment (LC_ALL, LC_CTYPE, LANG); everything else can. */
bool out_is_utf8(const struct out *o);

#endif
