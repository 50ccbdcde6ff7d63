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

#include "parser/base/cursor.h"

/* `n` bytes of an .eh_frame of a little-endian 64-bit machine. */
bool cfi_check(const uint8_t *eh_frame, size_t n);

/*
 * The instructions up to the cursor's end, whose addresses have so many bytes.  What is not known is no harm: libdw
 * gives up there.
 */
bool cfi_check_program(struct cursor *c, size_t address);

/* Bytes of a value in a DW_EH_PE_* encoding on a 64-bit machine; 0: it has no fixed size, or is not known. */
size_t cfi_encoded_size(uint8_t encoding);

/* A length in LEB128, and as many bytes. */
void cfi_skip_block(struct cursor *c);

#endif
