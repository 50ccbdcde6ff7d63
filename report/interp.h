/*
 * report/interp.h - which symbols are the CPython interpreter's own plumbing (DESIGN 4, FACTS-python B4).
 *
 * The names stand in one table, by CPython version, in interp.c; tail-call handlers,
 * cold parts and clones count as the function they belong to.
 */
#ifndef PERFOLIO_REPORT_INTERP_H
#define PERFOLIO_REPORT_INTERP_H

#include <stdbool.h>

/* Between two Python frames: does this symbol only carry the call? `name` is the raw symbol. */
bool interp_is_plumbing(const char *name);

/* Below the last Python frame: evaluation loop, vectorcall or trampoline? (a subset of the above) */
bool interp_is_loop(const char *name);

/* Is this file (path or base name) a CPython interpreter or its library? */
bool interp_is_object(const char *path);

#endif
