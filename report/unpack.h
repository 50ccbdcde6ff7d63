/*
 * report/unpack.h - bytes that lie compressed inside a file (xz, zstd, gzip or bzip2).
 */
#ifndef PERFOLIO_REPORT_UNPACK_H
#define PERFOLIO_REPORT_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* False: built without libarchive, so unpack() gives nothing. */
bool unpack_supported(void);

/*
 * Unpack to memory that the caller frees.  NULL: they are damaged, or more would come out than can be true
 * of program files.
 */
uint8_t *unpack(const void *bytes, size_t len, size_t *out_len);

#endif
