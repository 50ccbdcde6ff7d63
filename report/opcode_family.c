#include "report/opcode_family.h"

#include <stdlib.h>
#include <string.h>

/*
 * The table.  `since` is the first of CPython 3.12, 3.13, 3.14 and 3.15 that has the opcode; those that later versions
 * lost stay.  No name ever changed its family.
 * Sources: _specializations, of Lib/opcode.py (3.12) and of Lib/_opcode_metadata.py (since 3.13).
 */
static const struct opcode_row rows[] = {
	{ "BINARY_OP_ADD_FLOAT", "BINARY_OP", "3.12" },
	{ "BINARY_OP_ADD_INT", "BINARY_OP", "3.12" },
	{ "BINARY_OP_ADD_UNICODE", "BINARY_OP", "3.12" },
	{ "BINARY_OP_EXTEND", "BINARY_OP", "3.14" },
	{ "BINARY_OP_INPLACE_ADD_UNICODE", "BINARY_OP", "3.12" },
	{ "BINARY_OP_MULTIPLY_FLOAT", "BINARY_OP", "3.12" },
	{ "BINARY_OP_MULTIPLY_INT", "BINARY_OP", "3.12" },
	{ "BINARY_OP_SUBSCR_BYTES_INT", "BINARY_OP", "3.15" },
	{ "BINARY_OP_SUBSCR_DICT", "BINARY_OP", "3.14" },
	{ "BINARY_OP_SUBSCR_GETITEM", "BINARY_OP", "3.14" },
	{ "BINARY_OP_SUBSCR_LIST_INT", "BINARY_OP", "3.14" },
	{ "BINARY_OP_SUBSCR_LIST_SLICE", "BINARY_OP", "3.14" },
	{ "BINARY_OP_SUBSCR_STR_INT", "BINARY_OP", "3.14" },
	{ "BINARY_OP_SUBSCR_TUPLE_INT", "BINARY_OP", "3.14" },
	{ "BINARY_OP_SUBSCR_USTR_INT", "BINARY_OP", "3.15" },
	{ "BINARY_OP_SUBTRACT_FLOAT", "BINARY_OP", "3.12" },
	{ "BINARY_OP_SUBTRACT_INT", "BINARY_OP", "3.12" },
	{ "BINARY_SUBSCR_DICT", "BINARY_SUBSCR", "3.12" },
	{ "BINARY_SUBSCR_GETITEM", "BINARY_SUBSCR", "3.12" },
	{ "BINARY_SUBSCR_LIST_INT", "BINARY_SUBSCR", "3.12" },
	{ "BINARY_SUBSCR_STR_INT", "BINARY_SUBSCR", "3.13" },
	{ "BINARY_SUBSCR_TUPLE_INT", "BINARY_SUBSCR", "3.12" },
	{ "CALL_ALLOC_AND_ENTER_INIT", "CALL", "3.13" },
	{ "CALL_BOUND_METHOD_EXACT_ARGS", "CALL", "3.12" },
	{ "CALL_BOUND_METHOD_GENERAL", "CALL", "3.13" },
	{ "CALL_BUILTIN_CLASS", "CALL", "3.12" },
	{ "CALL_BUILTIN_FAST", "CALL", "3.13" },
	{ "CALL_BUILTIN_FAST_WITH_KEYWORDS", "CALL", "3.12" },
	{ "CALL_BUILTIN_O", "CALL", "3.13" },
	{ "CALL_EX_NON_PY_GENERAL", "CALL_FUNCTION_EX", "3.15" },
	{ "CALL_EX_PY", "CALL_FUNCTION_EX", "3.15" },
	{ "CALL_ISINSTANCE", "CALL", "3.13" },
	{ "CALL_KW_BOUND_METHOD", "CALL_KW", "3.14" },
	{ "CALL_KW_NON_PY", "CALL_KW", "3.14" },
	{ "CALL_KW_PY", "CALL_KW", "3.14" },
	{ "CALL_LEN", "CALL", "3.13" },
	{ "CALL_LIST_APPEND", "CALL", "3.13" },
	{ "CALL_METHOD_DESCRIPTOR_FAST", "CALL", "3.13" },
	{ "CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS", "CALL", "3.12" },
	{ "CALL_METHOD_DESCRIPTOR_NOARGS", "CALL", "3.13" },
	{ "CALL_METHOD_DESCRIPTOR_O", "CALL", "3.13" },
	{ "CALL_NON_PY_GENERAL", "CALL", "3.13" },
	{ "CALL_NO_KW_BUILTIN_FAST", "CALL", "3.12" },
	{ "CALL_NO_KW_BUILTIN_O", "CALL", "3.12" },
	{ "CALL_NO_KW_ISINSTANCE", "CALL", "3.12" },
	{ "CALL_NO_KW_LEN", "CALL", "3.12" },
	{ "CALL_NO_KW_LIST_APPEND", "CALL", "3.12" },
	{ "CALL_NO_KW_METHOD_DESCRIPTOR_FAST", "CALL", "3.12" },
	{ "CALL_NO_KW_METHOD_DESCRIPTOR_NOARGS", "CALL", "3.12" },
	{ "CALL_NO_KW_METHOD_DESCRIPTOR_O", "CALL", "3.12" },
	{ "CALL_NO_KW_STR_1", "CALL", "3.12" },
	{ "CALL_NO_KW_TUPLE_1", "CALL", "3.12" },
	{ "CALL_NO_KW_TYPE_1", "CALL", "3.12" },
	{ "CALL_PY_EXACT_ARGS", "CALL", "3.12" },
	{ "CALL_PY_GENERAL", "CALL", "3.13" },
	{ "CALL_PY_WITH_DEFAULTS", "CALL", "3.12" },
	{ "CALL_STR_1", "CALL", "3.13" },
	{ "CALL_TUPLE_1", "CALL", "3.13" },
	{ "CALL_TYPE_1", "CALL", "3.13" },
	{ "COMPARE_OP_FLOAT", "COMPARE_OP", "3.12" },
	{ "COMPARE_OP_INT", "COMPARE_OP", "3.12" },
	{ "COMPARE_OP_STR", "COMPARE_OP", "3.12" },
	{ "CONTAINS_OP_DICT", "CONTAINS_OP", "3.13" },
	{ "CONTAINS_OP_SET", "CONTAINS_OP", "3.13" },
	{ "FOR_ITER_BYTES", "FOR_ITER", "3.15" },
	{ "FOR_ITER_GEN", "FOR_ITER", "3.12" },
	{ "FOR_ITER_LIST", "FOR_ITER", "3.12" },
	{ "FOR_ITER_RANGE", "FOR_ITER", "3.12" },
	{ "FOR_ITER_TUPLE", "FOR_ITER", "3.12" },
	{ "FOR_ITER_VIRTUAL", "FOR_ITER", "3.15" },
	{ "GET_ITER_SELF", "GET_ITER", "3.15" },
	{ "GET_ITER_VIRTUAL", "GET_ITER", "3.15" },
	{ "JUMP_BACKWARD_JIT", "JUMP_BACKWARD", "3.14" },
	{ "JUMP_BACKWARD_NO_JIT", "JUMP_BACKWARD", "3.14" },
	{ "LOAD_ATTR_CLASS", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_CLASS_WITH_METACLASS_CHECK", "LOAD_ATTR", "3.14" },
	{ "LOAD_ATTR_GETATTRIBUTE_OVERRIDDEN", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_INSTANCE_VALUE", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_METHOD_LAZY_DICT", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_METHOD_NO_DICT", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_METHOD_WITH_VALUES", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_MODULE", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_NONDESCRIPTOR_NO_DICT", "LOAD_ATTR", "3.13" },
	{ "LOAD_ATTR_NONDESCRIPTOR_WITH_VALUES", "LOAD_ATTR", "3.13" },
	{ "LOAD_ATTR_PROPERTY", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_SLOT", "LOAD_ATTR", "3.12" },
	{ "LOAD_ATTR_WITH_HINT", "LOAD_ATTR", "3.12" },
	{ "LOAD_CONST_IMMORTAL", "LOAD_CONST", "3.14" },
	{ "LOAD_CONST_MORTAL", "LOAD_CONST", "3.14" },
	{ "LOAD_CONST__LOAD_FAST", "LOAD_CONST", "3.12" },
	{ "LOAD_FAST__LOAD_CONST", "LOAD_FAST", "3.12" },
	{ "LOAD_FAST__LOAD_FAST", "LOAD_FAST", "3.12" },
	{ "LOAD_GLOBAL_BUILTIN", "LOAD_GLOBAL", "3.12" },
	{ "LOAD_GLOBAL_MODULE", "LOAD_GLOBAL", "3.12" },
	{ "LOAD_SUPER_ATTR_ATTR", "LOAD_SUPER_ATTR", "3.12" },
	{ "LOAD_SUPER_ATTR_METHOD", "LOAD_SUPER_ATTR", "3.12" },
	{ "RESUME_CHECK", "RESUME", "3.13" },
	{ "RESUME_CHECK_JIT", "RESUME", "3.15" },
	{ "SEND_ASYNC_GEN", "SEND", "3.15" },
	{ "SEND_GEN", "SEND", "3.12" },
	{ "SEND_VIRTUAL", "SEND", "3.15" },
	{ "STORE_ATTR_INSTANCE_VALUE", "STORE_ATTR", "3.12" },
	{ "STORE_ATTR_SLOT", "STORE_ATTR", "3.12" },
	{ "STORE_ATTR_WITH_HINT", "STORE_ATTR", "3.12" },
	{ "STORE_FAST__LOAD_FAST", "STORE_FAST", "3.12" },
	{ "STORE_FAST__STORE_FAST", "STORE_FAST", "3.12" },
	{ "STORE_SUBSCR_DICT", "STORE_SUBSCR", "3.12" },
	{ "STORE_SUBSCR_LIST_INT", "STORE_SUBSCR", "3.12" },
	{ "TO_BOOL_ALWAYS_TRUE", "TO_BOOL", "3.13" },
	{ "TO_BOOL_BOOL", "TO_BOOL", "3.13" },
	{ "TO_BOOL_INT", "TO_BOOL", "3.13" },
	{ "TO_BOOL_LIST", "TO_BOOL", "3.13" },
	{ "TO_BOOL_NONE", "TO_BOOL", "3.13" },
	{ "TO_BOOL_STR", "TO_BOOL", "3.13" },
	{ "UNPACK_SEQUENCE_LIST", "UNPACK_SEQUENCE", "3.12" },
	{ "UNPACK_SEQUENCE_TUPLE", "UNPACK_SEQUENCE", "3.12" },
	{ "UNPACK_SEQUENCE_TWO_TUPLE", "UNPACK_SEQUENCE", "3.12" },
};

enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static int compare(const void *name, const void *row)
{
	return strcmp(name, ((const struct opcode_row *)row)->name);
}

const char *opcode_family(const char *opcode)
{
	const struct opcode_row *row = bsearch(opcode, rows, N_ROWS, sizeof(rows[0]), compare);

	return row ? row->family : opcode;
}

bool opcode_row(size_t i, struct opcode_row *row)
{
	if (i >= N_ROWS)
		return false;
	*row = rows[i];
	return true;
}
