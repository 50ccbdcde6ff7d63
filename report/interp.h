/*
 * report/interp.h - which symbols are the CPython interpreter's own plumbing (DESIGN 4, FACTS-python B4).
 *
 * The names stand in one table, by CPython version, in interp.c.  Cold parts and clones count as
 * the function they belong to: a name is looked up without what follows its first '.' or
 * '@' (".cold", ".constprop.0", ".lto_priv.0", ".llvm.123", "@plt").  Many of the names are local
 * symbols that other objects may have too, so ask only about symbols of an interp_is_object().
 */
#ifndef PERFOLIO_REPORT_INTERP_H
#define PERFOLIO_REPORT_INTERP_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Between two Python frames: does this symbol only carry the call?  `name` is the raw symbol.
 * Not those that say why the call was made: builtin_sorted, list_sort, map_next, context_run ...
 */
bool interp_is_plumbing(const char *name);

/* Below the last Python frame: evaluation loop, vectorcall or trampoline? (a subset of the above) */
bool interp_is_loop(const char *name);

/*
 * Is this file (path or base name) a CPython interpreter or its library?  python, python3,
 * python3.13t, python3.12d, python3-dbg, libpython3.so, libpython3.12.so.1.0, and
 * those that were " (deleted)"; not pypy3, python3-config, or what embeds an interpreter.
 */
bool interp_is_object(const char *path);

/* The N of "3.N" in the name of such a file; 0: it does not say. */
unsigned interp_minor(const char *path);

/* A row of the table, for those who check it. */
struct interp_row {
	const char *name;
	const char *since; /* the version of CPython: "3.12", "3.15" */
	bool loop;
	bool prefix; /* stands for every symbol that begins so */
};

/* Row number i, those of whole names first and in the order of strcmp(); false behind the last. */
bool interp_row(size_t i, struct interp_row *row);

#endif
