/*
 * report/cfi_check.h - can an .eh_frame be handed to libdw, which believes the numbers in it?
 *
 * libdw (up to 0.188 at least) makes room for every register up to the highest that is named, and a copy of all for each
 * state that is remembered: a few bytes can ask for gigabytes.  Such rules are refused; whether they mean
 * anything otherwise is not asked.
 * Source: DWARF 5, 6.4.2; LSB Core, "Exception Frames".
 */
#ifndef PERFOLIO_REPORT_CFI_CHECK_H
#define PERFOLIO_REPORT_CFI_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `n` bytes of an .eh_frame of a little-endian 64-bit machine. */
bool cfi_check(const uint8_t *eh_frame, size_t n);

#endif
