/*
 * tests/check.h - count what holds and print what does not.
 *
 * A unit test is a program: its main calls functions whose names are sentences
 * about behaviour, these call check() once per labelled row, and main ends with
 * `return check_done("NAME");`.  Not for fatal errors: a failed row is counted
 * and the test goes on, so guard what follows from it.
 */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Count `ok`; a row that fails is printed, with what the caller was doing (check_in). */
void check(bool ok, const char *row);

/* Do two texts agree?  NULL equals only NULL.  A failing row shows both. */
void check_text(const char *is, const char *want, const char *row);

/* Do two numbers agree?  A failing row shows both, in decimal and hexadecimal. */
void check_u64(uint64_t is, uint64_t want, const char *row);

/* Name the case that the following rows belong to; borrowed until the next call; NULL: none. */
void check_in(const char *label);

/* Print "N passed, N failed", which tests/run reads, and give main's exit status. */
int check_done(const char *name);

#endif
