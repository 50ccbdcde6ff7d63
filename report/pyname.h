/*
 * report/pyname.h - what CPython's names say: trampolines' symbols and modules (FACTS-python A5, DESIGN 4).
 */
#ifndef PERFOLIO_REPORT_PYNAME_H
#define PERFOLIO_REPORT_PYNAME_H

#include <stdbool.h>
#include <stddef.h>

struct texts;

/*
 * Split a perf map name "py::QUALNAME:FILE" at the first ':' behind "py::".
 * False if it is no such name.  *qualname is interned, *file too.
 */
bool pyname_split(struct texts *texts, const char *symbol, const char **qualname,
		  const char **file);

/*
 * The modules of Python files, without touching the file system: the path behind the last
 * /site-packages/, /dist-packages/, /lib/pythonX.Y/, less ".py", '/' as '.', __init__ and
 * __main__ giving the folder's name; <frozen M> is M; any other file its stem (for
 * __init__/__main__ its folder), with directories put in front until distinct files
 * have distinct modules.  `files` are distinct texts; modules[i] is interned.
 */
void pyname_modules(struct texts *texts, const char *const *files, size_t n, const char **modules);

#endif
