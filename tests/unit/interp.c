/*
 * tests/unit/interp.c - the interpreter's own symbols (report/interp.h).
 */
#include "report/interp.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"

static void every_row_is_found_and_the_rows_are_sorted(void)
{
	struct interp_row row, before = { 0 };
	size_t loops = 0;

	for (size_t i = 0; interp_row(i, &row); before = row, i++) {
		check_in(row.name);
		check(interp_is_plumbing(row.name), "in the table");
		check(interp_is_loop(row.name) == row.loop, "its role");
		check(strncmp(row.since, "3.1", 3) == 0, "a version");
		check(!strpbrk(row.name, ".@"), "looked up without a suffix");
		if (i > 0 && row.prefix == before.prefix)
			check(strcmp(before.name, row.name) < 0, "behind the row before it");
		loops += row.loop;
	}
	check_in(NULL);
	check(loops > 20, "some are of the loop");
	check(!interp_row(100000, &row), "behind the last row there is none");
}

/* What lay between Python frames in recordings of 3.12, 3.13 and 3.15, the most frequent first. */
static void what_only_carries_a_call_is_plumbing_and_what_tells_why_is_not(void)
{
	static const struct {
		const char *name;
		enum { SHOWN, CARRIES, LOOPS } role;
	} rows[] = {
		{ "_PyEval_EvalFrameDefault", LOOPS },
		{ "_PyEval_Vector", LOOPS },
		{ "_Py_VectorCallInstrumentation_StackRefSteal", LOOPS },
		{ "method_vectorcall", LOOPS },
		{ "context_run", SHOWN },
		{ "_PyCallMethodDescriptorFastWithKeywords_StackRef", LOOPS },
		{ "_PyObject_MakeTpCall", CARRIES },
		{ "map_next", SHOWN },
		{ "type_call", CARRIES },
		{ "slot_tp_init", CARRIES },
		{ "builtin_sum", SHOWN },
		{ "_Py_BuiltinCallFastWithKeywords_StackRef", LOOPS },
		{ "py_trampoline_evaluator", LOOPS },
		{ "_list_extend", SHOWN },
		{ "list_vectorcall", SHOWN },
		{ "_Py_CallBuiltinClass_StackRef", LOOPS },
		{ "PyObject_Vectorcall", LOOPS },
		{ "gen_iternext", CARRIES },
		{ "slot_tp_call", CARRIES },
		{ "task_step_impl", SHOWN },
		{ "PyImport_ImportModuleLevelObject", SHOWN },
		{ "object_vacall", CARRIES },
		{ "PyObject_CallMethodObjArgs", CARRIES },
		{ "gen_send_ex", CARRIES },
		{ "import_find_and_load_with_name", CARRIES },
		{ "PyEval_EvalCode", CARRIES },
		{ "builtin_exec", SHOWN },
		{ "_PyForIter_VirtualIteratorNext", LOOPS },
		{ "_PyEval_LazyImportName", CARRIES },
		{ "_PyObject_VectorcallDictTstate", LOOPS },
		{ "_PyObject_FastCallDictTstate", LOOPS },
		{ "_PyObject_Call_Prepend", CARRIES },
		{ "cfunction_vectorcall_FASTCALL_KEYWORDS", LOOPS },
		{ "cfunction_call", CARRIES },
		{ "PyGen_am_send", CARRIES },
		{ "TaskStepMethWrapper_call", SHOWN },
		{ "PyIter_Next", CARRIES },
		{ "PyObject_CallOneArg", CARRIES },
		{ "list_sort_impl", SHOWN },
		{ "builtin_sorted", SHOWN },
		{ "builtin___build_class__", SHOWN },
		{ "slot_mp_ass_subscript", CARRIES },
		{ "property_descr_get", CARRIES },
		{ "PyNumber_Or", CARRIES },
		{ "_PyNumber_PowerNoMod", CARRIES },
		{ "PySequence_Tuple", SHOWN },
		{ "PyDict_SetItem", SHOWN },
		{ "functools_reduce", SHOWN },
		{ "partial_call", SHOWN },
		{ "pattern_subx", SHOWN },
		{ "filter_next", SHOWN },
		{ "min_max", SHOWN },
		{ "_Py_slot_tp_getattr_hook", CARRIES },
		{ "_TAIL_CALL_CALL_PY_EXACT_ARGS", LOOPS },
		{ "_TAIL_CALL_error", LOOPS },
		{ "main", SHOWN },
		{ "", SHOWN },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_in(*rows[i].name ? rows[i].name : "no name");
		check(interp_is_plumbing(rows[i].name) == (rows[i].role != SHOWN), "plumbing");
		check(interp_is_loop(rows[i].name) == (rows[i].role == LOOPS), "loop");
	}
	check_in(NULL);
}

static void clones_and_cold_parts_count_as_their_function(void)
{
	static const struct {
		const char *name;
		bool loop;
	} rows[] = {
		{ "_PyEval_EvalFrameDefault.cold", true },
		{ "_PyEval_EvalFrameDefault.cold.0", true },
		{ "_PyEval_EvalFrameDefault.warm", true },
		{ "_PyEval_Vector.constprop.0", true },
		{ "_PyEval_Vector.part.0.isra.0", true },
		{ "py_trampoline_evaluator.lto_priv.0", true },
		{ "method_vectorcall_O.llvm.1234567890", true },
		{ "_TAIL_CALL_FOR_ITER.cold", true },
		{ "PyObject_Vectorcall@plt", true },
		{ "PyObject_Vectorcall@@Base", true },
		{ "._PyEval_EvalFrameDefault", false },
		{ ".cold", false },
		{ "@plt", false },
		{ "_PyEval_EvalFrameDefaults", false },
		{ "_PyEval_EvalFrameDefaul", false },
		{ "x_PyEval_EvalFrameDefault", false },
		{ "method_vectorcal", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(interp_is_loop(rows[i].name) == rows[i].loop, rows[i].name);
	check(interp_is_plumbing("slot_tp_call.lto_priv.0"), "a clone of plumbing");
	check(!interp_is_loop("slot_tp_call.lto_priv.0"), "is no loop");
	check(!interp_is_plumbing("builtin_exec.lto_priv.0"), "a clone of a builtin is shown");
}

static void an_interpreter_is_known_by_its_file_name(void)
{
	static const struct {
		const char *path;
		bool is;
	} rows[] = {
		{ "/usr/bin/python3.12", true },
		{ "/usr/bin/python3", true },
		{ "/home/u/venv/bin/python", true },
		{ "python3.13t", true },
		{ "/usr/bin/python3.12d", true },
		{ "/usr/bin/python3.13td", true },
		{ "/usr/bin/python3-dbg", true },
		{ "/usr/bin/python3.12-dbg", true },
		{ "/opt/bin/python3.12.1", true },
		{ "/usr/bin/python3.12 (deleted)", true },
		{ "/usr/lib/libpython3.so", true },
		{ "/usr/lib/libpython3.12.so", true },
		{ "/root/.pyenv/versions/3.12.1/lib/libpython3.12.so.1.0", true },
		{ "/usr/lib/libpython3.13t.so.1.0", true },
		{ "/usr/lib/libpython3.12d.so.1.0 (deleted)", true },
		{ "/usr/bin/python3.12-config", false },
		{ "/usr/bin/python3-config", false },
		{ "/usr/bin/python3.", false },
		{ "/usr/bin/pythond", false },
		{ "/usr/bin/python3.12 (gone)", false },
		{ "/usr/bin/pypy3", false },
		{ "/usr/bin/pypy3.10", false },
		{ "/usr/bin/bpython", false },
		{ "/usr/bin/ipython3", false },
		{ "/usr/bin/python3.12/x", false },
		{ "/usr/lib/libpython3.12.a", false },
		{ "/usr/lib/libpython3.12", false },
		{ "/usr/lib/libpython3.12.so.", false },
		{ "/usr/lib/libpython3.12.so.x", false },
		{ "/usr/lib/libboost_python312.so.1.83.0", false },
		{ "/usr/lib/libpypy3.10-c.so", false },
		{ "_asyncio.cpython-313-x86_64-linux-gnu.so", false },
		{ "[vdso]", false },
		{ "lib", false },
		{ "", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(interp_is_object(rows[i].path) == rows[i].is, rows[i].path);
}

int main(void)
{
	every_row_is_found_and_the_rows_are_sorted();
	what_only_carries_a_call_is_plumbing_and_what_tells_why_is_not();
	clones_and_cold_parts_count_as_their_function();
	an_interpreter_is_known_by_its_file_name();
	return check_done("interp");
}
