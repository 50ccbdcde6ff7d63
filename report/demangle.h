/*
 * report/demangle.h - C++ and Rust names as people write them (libiberty).
 */
#ifndef PERFOLIO_REPORT_DEMANGLE_H
#define PERFOLIO_REPORT_DEMANGLE_H

struct texts;

/*
 * The readable form of a symbol, interned; the name itself if it is not mangled
 * or the library is not there.  With parameters, as perf shows them
 * ("ns::f(int)" : DMGL_PARAMS | DMGL_ANSI as perf report does it).  A clone's suffix
 * (".cold", ".isra.0", "@plt") stays behind the name.  Names that take too long are left mangled.
 */
const char *demangle(struct texts *texts, const char *name);

#endif
