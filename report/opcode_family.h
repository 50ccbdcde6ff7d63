/*
 * report/opcode_family.h - which opcode of CPython a specialized one stands for.
 *
 * While code runs, the interpreter replaces instructions by specialized ones (PEP 659).  The names and what they
 * belong to stand in one table, by version.  Instrumented opcodes (of sys.monitoring) are
 * families of their own.
 */
#ifndef PERFOLIO_REPORT_OPCODE_FAMILY_H
#define PERFOLIO_REPORT_OPCODE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

/* BINARY_OP of BINARY_OP_ADD_INT; an opcode that is not in the table is its own. */
const char *opcode_family(const char *opcode);

/* A row of the table, for those who check it; in the order of strcmp(); false behind the last. */
struct opcode_row {
	const char *name, *family;
	const char *since; /* the version of CPython: "3.12", "3.15" */
};
bool opcode_row(size_t i, struct opcode_row *row);

#endif
