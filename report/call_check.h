/*
 * report/call_check.h - does a call instruction end here?
 *
 * What lies behind a call may be a return address; a word of a stack that does not is none.
 * Only the instruction's form is looked at, not where it leads.  x86 code can also be read wrongly from its
 * end, so a "yes" is likely, a "no" certain.
 * Sources: Intel SDM volume 2 (CALL), Arm ARM C6.2 (BL, BLR, BLRAA ...).
 */
#ifndef PERFOLIO_REPORT_CALL_CHECK_H
#define PERFOLIO_REPORT_CALL_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LONGEST_CALL = 7 };

/* How many bytes before an address must be looked at on this machine (e_machine); at most LONGEST_CALL. */
size_t call_check_bytes(uint16_t machine);

/* Do those bytes end with a call?  EM_X86_64 and EM_AARCH64. */
bool call_check_is_call(uint16_t machine, const uint8_t *code);

#endif
