#include "report/interp.h"

#include <stdlib.h>
#include <string.h>

#include "report/label.h"

/*
 * The table.  `since` is the first of CPython 3.12, 3.13, 3.14 and 3.15 that has the function; older
 * names that later versions lost stay.  Which of them a build really shows is its compiler's affair:
 * static functions are inlined here and cloned there.
 *
 * LOOP   the evaluation loop (ceval.c), vectorcall in all its forms (call.c, methodobject.c,
 *        descrobject.c, classobject.c, the slots' in typeobject.c), the trampolines' caller
 *        (perf_trampoline.c); from 3.14 on the handlers of opcodes in tail-call builds, from
 *        3.15 on the pieces of the loop that became functions (..._StackRef or ..._StackRefSteal)
 * CARRY  other ways from one Python frame to the next: calls and attributes (call.c, object.c,
 *        descrobject.c), protocols (abstract.c, typeobject.c), generators (genobject.c), running
 *        code and imports
 *
 * Not in the table, since they tell why a call was made: builtin_*, list_sort*, map_next, partial_call,
 * context_run, type_new, PyImport_ImportModuleLevelObject, gc_collect_main and their like.
 */
struct symbol {
	const char *name;
	const char *since;
	enum { CARRY, LOOP } role;
};

/* In the order of strcmp(): searched by halving. */
static const struct symbol symbols[] = {
	{ "PyCFunction_Call", "3.12", CARRY },
	{ "PyEval_CallFunction", "3.12", CARRY },
	{ "PyEval_CallMethod", "3.12", CARRY },
	{ "PyEval_CallObjectWithKeywords", "3.12", CARRY },
	{ "PyEval_EvalCode", "3.12", CARRY },
	{ "PyEval_EvalCodeEx", "3.12", CARRY },
	{ "PyEval_EvalFrame", "3.12", LOOP },
	{ "PyEval_EvalFrameEx", "3.12", LOOP },
	{ "PyGen_am_send", "3.12", CARRY },
	{ "PyIter_Next", "3.12", CARRY },
	{ "PyIter_NextItem", "3.14", CARRY },
	{ "PyIter_Send", "3.12", CARRY },
	{ "PyMapping_GetOptionalItem", "3.13", CARRY },
	{ "PyMapping_Length", "3.12", CARRY },
	{ "PyMapping_Size", "3.12", CARRY },
	{ "PyObject_ASCII", "3.12", CARRY },
	{ "PyObject_Bytes", "3.12", CARRY },
	{ "PyObject_Call", "3.12", CARRY },
	{ "PyObject_CallFinalizer", "3.12", CARRY },
	{ "PyObject_CallFinalizerFromDealloc", "3.12", CARRY },
	{ "PyObject_CallFunction", "3.12", CARRY },
	{ "PyObject_CallFunctionObjArgs", "3.12", CARRY },
	{ "PyObject_CallMethod", "3.12", CARRY },
	{ "PyObject_CallMethodObjArgs", "3.12", CARRY },
	{ "PyObject_CallNoArgs", "3.12", CARRY },
	{ "PyObject_CallObject", "3.12", CARRY },
	{ "PyObject_CallOneArg", "3.12", CARRY },
	{ "PyObject_DelAttr", "3.13", CARRY },
	{ "PyObject_DelItem", "3.12", CARRY },
	{ "PyObject_Format", "3.12", CARRY },
	{ "PyObject_GenericGetAttr", "3.12", CARRY },
	{ "PyObject_GenericSetAttr", "3.12", CARRY },
	{ "PyObject_GetAIter", "3.12", CARRY },
	{ "PyObject_GetAttr", "3.12", CARRY },
	{ "PyObject_GetAttrString", "3.12", CARRY },
	{ "PyObject_GetItem", "3.12", CARRY },
	{ "PyObject_GetIter", "3.12", CARRY },
	{ "PyObject_GetOptionalAttr", "3.13", CARRY },
	{ "PyObject_GetOptionalAttrString", "3.13", CARRY },
	{ "PyObject_HasAttr", "3.12", CARRY },
	{ "PyObject_HasAttrWithError", "3.13", CARRY },
	{ "PyObject_Hash", "3.12", CARRY },
	{ "PyObject_IsInstance", "3.12", CARRY },
	{ "PyObject_IsSubclass", "3.12", CARRY },
	{ "PyObject_IsTrue", "3.12", CARRY },
	{ "PyObject_Length", "3.12", CARRY },
	{ "PyObject_LengthHint", "3.12", CARRY },
	{ "PyObject_Not", "3.12", CARRY },
	{ "PyObject_Repr", "3.12", CARRY },
	{ "PyObject_RichCompare", "3.12", CARRY },
	{ "PyObject_RichCompareBool", "3.12", CARRY },
	{ "PyObject_SetAttr", "3.12", CARRY },
	{ "PyObject_SetAttrString", "3.12", CARRY },
	{ "PyObject_SetItem", "3.12", CARRY },
	{ "PyObject_Size", "3.12", CARRY },
	{ "PyObject_Str", "3.12", CARRY },
	{ "PyObject_Vectorcall", "3.12", LOOP },
	{ "PyObject_VectorcallDict", "3.12", LOOP },
	{ "PyObject_VectorcallMethod", "3.12", LOOP },
	{ "PyRun_StringFlags", "3.12", CARRY },
	{ "PySequence_Contains", "3.12", CARRY },
	{ "PySequence_DelItem", "3.12", CARRY },
	{ "PySequence_GetItem", "3.12", CARRY },
	{ "PySequence_Length", "3.12", CARRY },
	{ "PySequence_SetItem", "3.12", CARRY },
	{ "PySequence_Size", "3.12", CARRY },
	{ "PyVectorcall_Call", "3.12", LOOP },
	{ "_PyAsyncGenASend_Send", "3.15", CARRY },
	{ "_PyCallMethodDescriptorFastWithKeywords_StackRef", "3.15", LOOP },
	{ "_PyCallMethodDescriptorFastWithKeywords_StackRefSteal", "3.15", LOOP },
	{ "_PyCallMethodDescriptorFast_StackRef", "3.15", LOOP },
	{ "_PyCallMethodDescriptorFast_StackRefSteal", "3.15", LOOP },
	{ "_PyEval_EvalFrame", "3.12", LOOP },
	{ "_PyEval_EvalFrameDefault", "3.12", LOOP },
	{ "_PyEval_Vector", "3.12", LOOP },
	{ "_PyForIter_VirtualIteratorNext", "3.15", LOOP },
	{ "_PyFunction_Vectorcall", "3.12", LOOP },
	{ "_PyIter_Send", "3.15", CARRY },
	{ "_PyObject_Call", "3.12", CARRY },
	{ "_PyObject_CallFunctionVa", "3.12", CARRY },
	{ "_PyObject_CallFunction_SizeT", "3.12", CARRY },
	{ "_PyObject_CallMethod", "3.12", CARRY },
	{ "_PyObject_CallMethodFormat", "3.12", CARRY },
	{ "_PyObject_CallMethodId", "3.12", CARRY },
	{ "_PyObject_CallMethodIdObjArgs", "3.12", CARRY },
	{ "_PyObject_CallMethodId_SizeT", "3.12", CARRY },
	{ "_PyObject_CallMethod_SizeT", "3.12", CARRY },
	{ "_PyObject_Call_Prepend", "3.12", CARRY },
	{ "_PyObject_FastCall", "3.12", LOOP },
	{ "_PyObject_FastCallDictTstate", "3.12", LOOP },
	{ "_PyObject_GenericGetAttrWithDict", "3.12", CARRY },
	{ "_PyObject_GenericSetAttrWithDict", "3.12", CARRY },
	{ "_PyObject_GetAttrStackRef", "3.15", CARRY },
	{ "_PyObject_GetMethod", "3.12", CARRY },
	{ "_PyObject_GetMethodStackRef", "3.15", CARRY },
	{ "_PyObject_LookupAttr", "3.12", CARRY },
	{ "_PyObject_LookupSpecial", "3.12", CARRY },
	{ "_PyObject_LookupSpecialMethod", "3.14", CARRY },
	{ "_PyObject_MakeTpCall", "3.12", CARRY },
	{ "_PyObject_MaybeCallSpecialNoArgs", "3.14", CARRY },
	{ "_PyObject_MaybeCallSpecialOneArg", "3.14", CARRY },
	{ "_PyObject_VectorcallDictTstate", "3.13", LOOP },
	{ "_PyObject_VectorcallPrepend", "3.15", LOOP },
	{ "_PyObject_VectorcallTstate", "3.12", LOOP },
	{ "_PyRun_StringFlagsWithName", "3.13", CARRY },
	{ "_PySuper_Lookup", "3.12", CARRY },
	{ "_PyVectorcall_Call", "3.12", LOOP },
	{ "_Py_BuiltinCallFastWithKeywords_StackRef", "3.15", LOOP },
	{ "_Py_BuiltinCallFastWithKeywords_StackRefSteal", "3.15", LOOP },
	{ "_Py_BuiltinCallFast_StackRef", "3.15", LOOP },
	{ "_Py_BuiltinCallFast_StackRefSteal", "3.15", LOOP },
	{ "_Py_CallBuiltinClass_StackRef", "3.15", LOOP },
	{ "_Py_CallBuiltinClass_StackRefSteal", "3.15", LOOP },
	{ "_Py_Dealloc", "3.12", CARRY },
	{ "_Py_LoadAttr_StackRefSteal", "3.14", CARRY },
	{ "_Py_VectorCallInstrumentation_StackRefSteal", "3.15", LOOP },
	{ "_Py_VectorCall_StackRefSteal", "3.15", LOOP },
	{ "_Py_module_getattro", "3.12", CARRY },
	{ "_Py_module_getattro_impl", "3.12", CARRY },
	{ "_Py_slot_tp_getattr_hook", "3.12", CARRY },
	{ "_Py_slot_tp_getattro", "3.12", CARRY },
	{ "_Py_type_getattro", "3.12", CARRY },
	{ "_Py_type_getattro_impl", "3.12", CARRY },
	{ "_gen_throw", "3.12", CARRY },
	{ "anextawaitable_close", "3.12", CARRY },
	{ "anextawaitable_iternext", "3.12", CARRY },
	{ "anextawaitable_proxy", "3.15", CARRY },
	{ "anextawaitable_send", "3.12", CARRY },
	{ "anextawaitable_throw", "3.12", CARRY },
	{ "async_gen_asend_close", "3.12", CARRY },
	{ "async_gen_asend_iternext", "3.12", CARRY },
	{ "async_gen_asend_send", "3.12", CARRY },
	{ "async_gen_asend_throw", "3.12", CARRY },
	{ "async_gen_athrow_close", "3.12", CARRY },
	{ "async_gen_athrow_iternext", "3.12", CARRY },
	{ "async_gen_athrow_send", "3.12", CARRY },
	{ "async_gen_athrow_throw", "3.12", CARRY },
	{ "binary_iop", "3.12", CARRY },
	{ "binary_iop1", "3.12", CARRY },
	{ "binary_op", "3.12", CARRY },
	{ "binary_op1", "3.12", CARRY },
	{ "call_attribute", "3.12", CARRY },
	{ "call_unbound", "3.12", CARRY },
	{ "call_unbound_noarg", "3.12", CARRY },
	{ "callmethod", "3.12", CARRY },
	{ "cfunction_call", "3.12", CARRY },
	{ "classmethoddescr_call", "3.12", CARRY },
	{ "cm_descr_get", "3.12", CARRY },
	{ "coro_wrapper_close", "3.12", CARRY },
	{ "coro_wrapper_send", "3.12", CARRY },
	{ "coro_wrapper_throw", "3.12", CARRY },
	{ "do_richcompare", "3.12", CARRY },
	{ "do_super_lookup", "3.12", CARRY },
	{ "gen_close", "3.12", CARRY },
	{ "gen_close_iter", "3.12", CARRY },
	{ "gen_iternext", "3.12", CARRY },
	{ "gen_send", "3.12", CARRY },
	{ "gen_send_ex", "3.12", CARRY },
	{ "gen_send_ex2", "3.12", CARRY },
	{ "gen_throw", "3.12", CARRY },
	{ "gen_throw_current_exception", "3.15", CARRY },
	{ "import_find_and_load", "3.12", CARRY },
	{ "import_find_and_load_with_name", "3.15", CARRY },
	{ "import_from", "3.12", CARRY },
	{ "import_name", "3.12", CARRY },
	{ "instancemethod_call", "3.12", CARRY },
	{ "instancemethod_getattro", "3.12", CARRY },
	{ "iternext", "3.15", CARRY },
	{ "maybe_call_special_no_args", "3.14", CARRY },
	{ "maybe_call_special_one_arg", "3.14", CARRY },
	{ "method_getattro", "3.12", CARRY },
	{ "method_vectorcall", "3.12", LOOP },
	{ "object_isinstance", "3.12", CARRY },
	{ "object_issubclass", "3.12", CARRY },
	{ "object_recursive_isinstance", "3.12", CARRY },
	{ "object_vacall", "3.12", CARRY },
	{ "property_descr_get", "3.12", CARRY },
	{ "property_descr_set", "3.12", CARRY },
	{ "py_trampoline_evaluator", "3.12", LOOP },
	{ "run_eval_code_obj", "3.12", CARRY },
	{ "run_mod", "3.12", CARRY },
	{ "sm_call", "3.12", CARRY },
	{ "subtype_dealloc", "3.12", CARRY },
	{ "super_getattro", "3.12", CARRY },
	{ "ternary_iop", "3.12", CARRY },
	{ "ternary_op", "3.12", CARRY },
	{ "tp_new_wrapper", "3.12", CARRY },
	{ "type_call", "3.12", CARRY },
	{ "type_vectorcall", "3.12", CARRY },
	{ "vectorcall_maybe", "3.12", LOOP },
	{ "vectorcall_method", "3.12", LOOP },
	{ "vectorcall_unbound", "3.12", LOOP },
	{ "wrap_binaryfunc", "3.12", CARRY },
	{ "wrap_binaryfunc_l", "3.12", CARRY },
	{ "wrap_binaryfunc_r", "3.12", CARRY },
	{ "wrap_buffer", "3.12", CARRY },
	{ "wrap_call", "3.12", CARRY },
	{ "wrap_del", "3.12", CARRY },
	{ "wrap_delattr", "3.12", CARRY },
	{ "wrap_delitem", "3.12", CARRY },
	{ "wrap_descr_delete", "3.12", CARRY },
	{ "wrap_descr_get", "3.12", CARRY },
	{ "wrap_descr_set", "3.12", CARRY },
	{ "wrap_hashfunc", "3.12", CARRY },
	{ "wrap_indexargfunc", "3.12", CARRY },
	{ "wrap_init", "3.12", CARRY },
	{ "wrap_inquirypred", "3.12", CARRY },
	{ "wrap_lenfunc", "3.12", CARRY },
	{ "wrap_next", "3.12", CARRY },
	{ "wrap_objobjargproc", "3.12", CARRY },
	{ "wrap_objobjproc", "3.12", CARRY },
	{ "wrap_releasebuffer", "3.12", CARRY },
	{ "wrap_richcmpfunc", "3.12", CARRY },
	{ "wrap_setattr", "3.12", CARRY },
	{ "wrap_sq_delitem", "3.12", CARRY },
	{ "wrap_sq_item", "3.12", CARRY },
	{ "wrap_sq_setitem", "3.12", CARRY },
	{ "wrap_ternaryfunc", "3.12", CARRY },
	{ "wrap_ternaryfunc_r", "3.12", CARRY },
	{ "wrap_unaryfunc", "3.12", CARRY },
	{ "wrapper_call", "3.12", CARRY },
	{ "wrapperdescr_call", "3.12", CARRY },
	{ "wrapperdescr_raw_call", "3.12", CARRY },
};

/* All symbols that begin so. */
static const struct symbol prefixes[] = {
	{ "PyNumber_", "3.12", CARRY },         { "_PyEvalFrame", "3.12", CARRY },
	{ "_PyEval_", "3.12", CARRY },          { "_PyNumber_", "3.12", CARRY },
	{ "_TAIL_CALL_", "3.14", LOOP },        { "cfunction_vectorcall_", "3.12", LOOP },
	{ "method_vectorcall_", "3.12", LOOP }, { "slot_am_", "3.12", CARRY },
	{ "slot_bf_", "3.12", CARRY },          { "slot_mp_", "3.12", CARRY },
	{ "slot_nb_", "3.12", CARRY },          { "slot_sq_", "3.12", CARRY },
	{ "slot_tp_", "3.12", CARRY },
};

#define N_SYMBOLS  (sizeof(symbols) / sizeof(symbols[0]))
#define N_PREFIXES (sizeof(prefixes) / sizeof(prefixes[0]))

bool interp_row(size_t i, struct interp_row *row)
{
	bool prefix = i >= N_SYMBOLS;
	const struct symbol *s;

	if (i >= N_SYMBOLS + N_PREFIXES)
		return false;
	s = prefix ? &prefixes[i - N_SYMBOLS] : &symbols[i];
	*row = (struct interp_row){
		.name = s->name,
		.since = s->since,
		.loop = s->role == LOOP,
		.prefix = prefix,
	};
	return true;
}

/* A symbol without what compilers and linkers put behind it. */
struct key {
	const char *name;
	size_t len;
};

static int compare(const void *key, const void *row)
{
	const struct key *k = key;
	const struct symbol *s = row;
	int order = strncmp(k->name, s->name, k->len);

	return order == 0 && s->name[k->len] != '\0' ? -1 : order;
}

static const struct symbol *find(const char *name)
{
	struct key key = { .name = name };
	const struct symbol *found;

	if (!*name)
		return NULL;
	key.len = 1 + strcspn(name + 1, ".@");
	found = bsearch(&key, symbols, N_SYMBOLS, sizeof(symbols[0]), compare);
	for (size_t i = 0; !found && i < N_PREFIXES; i++)
		if (strncmp(name, prefixes[i].name, strlen(prefixes[i].name)) == 0)
			found = &prefixes[i];
	return found;
}

bool interp_is_plumbing(const char *name)
{
	return find(name) != NULL;
}

bool interp_is_loop(const char *name)
{
	const struct symbol *s = find(name);

	return s && s->role == LOOP;
}

/* ---- objects ------------------------------------------------------------------ */

/* Step over "3", "3.12" or "3.12.1", and over ABI flags as in "3.13t" and "3.12d". */
static const char *skip_version(const char *s)
{
	size_t digits = strspn(s, "0123456789");

	if (digits == 0)
		return s;
	s += digits;
	while (*s == '.' && (digits = strspn(s + 1, "0123456789")) > 0)
		s += 1 + digits;
	return s + strspn(s, "dmtu");
}

static const char *skip_text(const char *s, const char *text)
{
	size_t len = strlen(text);

	return strncmp(s, text, len) == 0 ? s + len : s;
}

bool interp_is_object(const char *path)
{
	const char *base = label_base(path);
	const char *python = skip_text(base, "lib");
	const char *s = skip_text(python, "python"), *end;

	if (s == python)
		return false;
	s = skip_version(s);
	if (python != base) { /* libpython3.12.so.1.0 */
		end = skip_text(s, ".so");
		if (end == s)
			return false;
		s = end;
		while (*s == '.' && s[1] >= '0' && s[1] <= '9')
			s += 1 + strspn(s + 1, "0123456789");
	} else {
		s = skip_text(s, "-dbg");
	}
	s = skip_text(s, " (deleted)");
	return *s == '\0';
}

unsigned interp_minor(const char *path)
{
	const char *python = skip_text(label_base(path), "lib");
	const char *version = skip_text(python, "python3.");
	unsigned long minor;

	if (version == python || !interp_is_object(path))
		return 0;
	minor = strtoul(version, NULL, 10);
	return minor < 1000 ? (unsigned)minor : 0;
}
