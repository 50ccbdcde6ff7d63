/*
 * report/clone.h - symbols of a compiler's clones: "f.cold", "f.part.0.isra.1" are code of f.
 */
#ifndef PERFOLIO_REPORT_CLONE_H
#define PERFOLIO_REPORT_CLONE_H

#include <stddef.h>

/* The length of a raw symbol less the suffixes of clones (gcc's and clang's); its whole length if it has none. */
size_t clone_base(const char *symbol);

#endif
