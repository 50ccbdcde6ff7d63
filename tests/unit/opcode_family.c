/*
 * tests/unit/opcode_family.c - the table of specialized opcodes (report/opcode_family.h).
 *
 * Whether it says what the interpreters say is for tests/differential/opcodes.
 */
#include "report/opcode_family.h"

#include <string.h>

#include "tests/check.h"

static void a_specialized_opcode_is_of_its_family(void)
{
	static const struct {
		const char *opcode, *family;
	} rows[] = {
		{ "BINARY_OP_ADD_INT", "BINARY_OP" },
		{ "BINARY_OP_SUBSCR_LIST_INT", "BINARY_OP" },
		{ "BINARY_SUBSCR_LIST_INT", "BINARY_SUBSCR" },
		{ "CALL_NO_KW_LIST_APPEND", "CALL" },
		{ "CALL_KW_PY", "CALL_KW" },
		{ "LOAD_FAST__LOAD_FAST", "LOAD_FAST" },
		{ "JUMP_BACKWARD_NO_JIT", "JUMP_BACKWARD" },
		/* opcodes of their own */
		{ "BINARY_OP", "BINARY_OP" },
		{ "LOAD_FAST_LOAD_FAST", "LOAD_FAST_LOAD_FAST" },
		{ "CALL_FUNCTION_EX", "CALL_FUNCTION_EX" },
		{ "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_BACKWARD_NO_INTERRUPT" },
		{ "INSTRUMENTED_CALL", "INSTRUMENTED_CALL" },
		{ "AN_OPCODE_OF_3_20", "AN_OPCODE_OF_3_20" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(opcode_family(rows[i].opcode), rows[i].family, rows[i].opcode);
}

static void the_table_is_sorted_and_its_families_are_no_rows(void)
{
	struct opcode_row row, before = { "", "", "" };
	size_t n = 0;

	for (; opcode_row(n, &row); n++) {
		check(strcmp(before.name, row.name) < 0, row.name);
		check_text(opcode_family(row.name), row.family, row.name);
		check_text(opcode_family(row.family), row.family, row.family);
		check(strcmp(row.since, "3.12") >= 0 && strcmp(row.since, "3.15") <= 0, row.name);
		before = row;
	}
	check(n > 100, "rows");
}

int main(void)
{
	a_specialized_opcode_is_of_its_family();
	the_table_is_sorted_and_its_families_are_no_rows();
	return check_done("opcode_family");
}
