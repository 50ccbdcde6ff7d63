/*
 * report/demangle.h - C++ and Rust names as people write them (libiberty).
 */
#ifndef PERFOLIO_REPORT_DEMANGLE_H
#define PERFOLIO_REPORT_DEMANGLE_H

struct texts;

/*
 * The readable form of a symbol, interned; the name itself if it is not mangled
 * or the library is not there.  With parameters, as perf shows them
 * ("ns::f(int)").  What stands behind the mangled name stays behind: a C++ clone as
 * "ns::f(int) [clone .cold]", Rust's ".llvm.123" and "@plt" as they are.  Bounded in time and memory:
 * a name that would take too much is left mangled (of C++ names those above 1 KiB,
 * the library's own limit).
 */
const char *demangle(struct texts *texts, const char *name);

#endif
