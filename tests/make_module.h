/*
 * tests/make_module.h - an object file like a kernel module, made by the C compiler.
 *
 * Its code, as the kernel lays it out from 0 on: first at 0 (5 bytes), cold at 16 (3), leave at 24 (2); not loaded in the end:
 * start, in .init.text.  Its build id is MODULE_ID.
 */
#ifndef TESTS_MAKE_MODULE_H
#define TESTS_MAKE_MODULE_H

#include <stdbool.h>
#include <stdint.h>

enum { MODULE_FIRST = 0, MODULE_COLD = 16, MODULE_LEAVE = 24, MODULE_END = 26 };

extern const uint8_t module_id[20];

/* module: else it lacks what makes it one.  False: there is no compiler. */
bool make_module(const char *path, bool module);

#endif
