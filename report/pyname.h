/*
 * report/pyname.h - what CPython's names say: trampolines' symbols and modules (FACTS-python A5, DESIGN 4).
 *
 * Works on texts alone and never touches the file system.
 */
#ifndef PERFOLIO_REPORT_PYNAME_H
#define PERFOLIO_REPORT_PYNAME_H

#include <stdbool.h>
#include <stddef.h>

struct texts;

/*
 * Split a perf map name "py::QUALNAME:FILE" at the first ':' behind "py::".
 * False if it is no such name.  *qualname and *file are interned; either may be "",
 * as CPython writes it.
 */
bool pyname_split(struct texts *texts, const char *symbol, const char **qualname,
		  const char **file);

/*
 * The modules of Python files; `files` are distinct texts, modules[i] is interned.
 *
 *   .../site-packages/a/b.py       a.b: what stands behind the last of site-packages/, dist-packages/,
 *   .../lib/python3.12/a/b.py      lib/pythonX.Y/ (lib64/ too, and python3.13t) and, within those,
 *                                  an archive's name (x.egg/)
 *   .../a/__init__.py              the folder's name instead; so for __main__.py
 *   <frozen a.b>                   a.b
 *   <string>, <stdin>, ""          as they are
 *   .../x.zip/a/b.py               a.b (.egg, .pex, .pyz, .whl too)
 *   .../a/b.py                     b
 *
 * Of the last two kinds no file has the module of any other file: where two files (or such a file and
 * one of the other kinds) would have the same, directories are put in front ("a.b"), and a file
 * without more of them has its whole path as it stands, with "./" in front where needed to hold a '/',
 * which no other module does.  A module that was once disputed is nobody's, so the order of
 * `files` does not matter.  Files of the other kinds may have equal modules: the json of two
 * Pythons is json; their files tell them apart.
 *
 * Takes time in proportion to the length of all the paths.
 */
void pyname_modules(struct texts *texts, const char *const *files, size_t n, const char **modules);

#endif
