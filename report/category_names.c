/*
 * Symbols of CPython 3.12 to 3.15.  A version behind a row says since when there is such a symbol,
 * without one since 3.12 or before; rows that a later version has lost stay.  What a build really
 * shows is its compiler's affair: static functions are inlined here and cloned there.  So the
 * entries of an area matter most: what they call counts for them if it is not in the table.
 */
#include "report/category_names.h"

#include <string.h>

/* ceval.c: the loop itself */
static const char *const loop_starts[] = {
	"_PyEval_EvalFrameDefault",
	"_TAIL_CALL_*", /* 3.14: a function for each opcode, where built so */
};

/* the rest of ceval.c that has no row elsewhere, specialize.c, instrumentation.c, legacy_tracing.c, optimizer.c */
static const char *const loop[] = {
	"PyEval_*",
	"PyStackRef_*",
	"PyUnstable_Optimizer_*",
	"Py_AddPendingCall",
	"Py_MakePendingCalls",
	"_PyCode_Quicken",
	"_PyEval_*",
	"_PyExecutor*",
	"_PyFrame_GetStackPointer",
	"_PyFrame_SetStackPointer",
	"_PyFrame_Stack*",
	"_PyInstruction_*",
	"_PyJIT_*",
	"_PyJit*",
	"_PyMonitoring_*",
	"_PyOptimizer_*",
	"_Py_ClearExecutor*",
	"_Py_Executor*",
	"_Py_FinishPendingCalls",
	"_Py_GetBaseOpcode",
	"_Py_GetExecutor*",
	"_Py_HandlePending",
	"_Py_Instrument*",
	"_Py_Specialize_*",
	"_Py_call_instrumentation*",
	"_make_pending_calls",
	"analyze_descriptor*",
	"call_instrumentation*",
	"call_profile_func",
	"call_trace_func",
	"deopt_code*",
	"instrument_*",
	"make_pending_calls",
	"monitor_stop_iteration",
	"profile_trampoline",
	"remove_unused_tools",
	"specialize*",
	"sys_profile_*",
	"sys_trace_*",
	"trace_trampoline",
	"uop_*",
};

/* call.c, frame.c, frameobject.c, methodobject.c, classobject.c, funcobject.c, codeobject.c, cellobject.c,
   genobject.c, getargs.c, modsupport.c, perf_trampoline.c; the calling parts of ceval.c, typeobject.c, descrobject.c */
static const char *const calls[] = {
	"PyArg_*",
	"PyAsyncGen*",
	"PyCFunction_*",
	"PyCMethod_New",
	"PyCell_*",
	"PyClassMethod_*",
	"PyCode_*",
	"PyCoro_*",
	"PyEval_Call*",
	"PyEval_EvalCode*",
	"PyEval_EvalFrame*",
	"PyFrame_*",
	"PyFunction_*",
	"PyGen_*",
	"PyInstanceMethod_*",
	"PyIter_Send",
	"PyMethod_*",
	"PyObject_Call*",
	"PyObject_Vectorcall*",
	"PyRun_*",
	"PyStaticMethod_*",
	"PyUnstable_Code_*",
	"PyUnstable_InterpreterFrame_*",
	"PyUnstable_PerfMapState_*",
	"PyUnstable_PerfTrampoline_*",
	"PyUnstable_WritePerfMapEntry",
	"PyVectorcall_*",
	"Py_BuildValue*",
	"Py_EnterRecursiveCall",
	"Py_LeaveRecursiveCall",
	"Py_VaBuildValue*",
	"_PyArg_*",
	"_PyAsyncGen*",
	"_PyCallMethodDescriptor*", /* 3.15 */
	"_PyCode_*",
	"_PyCoro_*",
	"_PyEvalFrame*",
	"_PyEval_EvalFrame",
	"_PyEval_FrameClearAndPop", /* 3.13 */
	"_PyEval_GetANext",
	"_PyEval_GetAwaitable",
	"_PyEval_Vector",
	"_PyFrameLocalsProxy_*",
	"_PyFrame_*",
	"_PyFunction_*",
	"_PyGen_*",
	"_PyIter_Send",
	"_PyLineTable_*",
	"_PyObjectArray_*", /* 3.15 */
	"_PyObject_Call*",
	"_PyObject_FastCall*",
	"_PyObject_MakeTpCall",
	"_PyObject_Vectorcall*",
	"_PyPerfTrampoline_*",
	"_PyRun_*",
	"_PyStack_*",
	"_PyStolenTuple_*", /* 3.15 */
	"_PyThreadState_PopFrame",
	"_PyThreadState_PushFrame",
	"_PyVectorcall_*",
	"_Py_BuildValue*",
	"_Py_BuiltinCall*", /* 3.15 */
	"_Py_CallBuiltin*", /* 3.15 */
	"_Py_CheckFunctionResult",
	"_Py_CheckRecursive*",
	"_Py_CheckSlotResult",
	"_Py_EnterRecursive*",
	"_Py_LeaveRecursive*",
	"_Py_MakeCoro",
	"_Py_MakeRecCheck",
	"_Py_ReachedRecursionLimit*", /* 3.14 */
	"_Py_VaBuild*",
	"_Py_VectorCall*", /* 3.15 */
	"_Py_convert_optional_to_*",
	"_gen_*",
	"ag_get*",
	"anextawaitable_*",
	"async_gen_*",
	"builtin_eval*",
	"builtin_exec*",
	"call_unbound*",
	"callmethod",
	"cell_*",
	"cfunction_*",
	"check_num_args",
	"classmethoddescr_call",
	"cleanreturn",
	"clear_gen_frame",
	"clear_thread_frame",
	"code_*",
	"compile_trampoline",
	"compute_cr_origin",
	"convertitem*",
	"convertsimple*",
	"coro_*",
	"countformat",
	"cr_get*",
	"do_mk*",
	"do_mktuple",
	"error_unexpected_keyword_arg*",
	"find_keyword*",
	"frame_*",
	"framelocalsproxy_*", /* 3.13 */
	"func_*",
	"function_*",
	"gen_*",
	"getargs_*",
	"initialize_locals",
	"instancemethod_*",
	"intern_*", /* constants of code objects */
	"lineiter_*",
	"make_gen",
	"maybe_call_special_*", /* 3.14 */
	"meth_*",
	"method_vectorcall*",
	"missing_arguments",
	"new_kwtuple",
	"object_vacall",
	"parser_init*",
	"perf_map_*",
	"perf_trampoline*",
	"positional_only_passed_as_keyword",
	"positionsiter_*",
	"push_chunk",
	"py_trampoline_evaluator",
	"run_eval_code_obj",
	"run_mod",
	"skipitem",
	"slot_am_*",
	"slot_bf_*",
	"slot_mp_*",
	"slot_nb_*",
	"slot_sq_*",
	"slot_tp_*",
	"sm_call",
	"take_ownership",
	"too_many_positional",
	"tp_new_wrapper",
	"type_call*",
	"type_vectorcall",
	"unpack_stack",
	"va_build_value",
	"vectorcall_*",
	"vgetargs*",
	"wrap_*",
	"wrapper_call",
	"wrapperdescr_call",
	"wrapperdescr_raw_call",
};

/* obmalloc.c, mimalloc, tracemalloc.c; the allocating part of gcmodule.c (3.13: gc.c); freelists */
static const char *const allocation[] = {
	"PyMem_*",
	"PyObject_Calloc",
	"PyObject_Free",
	"PyObject_GC_Del",
	"PyObject_Malloc",
	"PyObject_Realloc",
	"PyTraceMalloc_*",
	"PyType_GenericAlloc",
	"PyUnstable_Object_GC_New*",
	"_PyDebugAllocatorStats",
	"_PyFreeList_*", /* 3.14 */
	"_PyMem_*",
	"_PyObjectStack*",
	"_PyObject_Calloc",
	"_PyObject_Free",
	"_PyObject_FreeDelayed",
	"_PyObject_GC_Link",
	"_PyObject_GC_New*",
	"_PyObject_GC_Resize",
	"_PyObject_Malloc*",
	"_PyObject_MiCalloc",
	"_PyObject_MiFree",
	"_PyObject_MiMalloc",
	"_PyObject_MiRealloc",
	"_PyObject_New*",
	"_PyObject_Realloc",
	"_PyObject_Virtual*",
	"_PyTraceMalloc_*",
	"_PyType_AllocNoTrack",
	"_mi_*",
	"address_in_range",
	"allocate_chunk",
	"allocate_from_new_pool",
	"arena_map_*",
	"gc_alloc",
	"insert_to_freepool",
	"insert_to_usedpool",
	"mi_*",
	"new_arena",
	"pymalloc_*",
	"tracemalloc_*",
	"unix_mmap*",
};

/* Deallocators: no stronger than other rows, since what they do for an object (close its file) is its own. */
static const char *const deallocators[] = {
	"*_dealloc",
	"PyObject_CallFinalizer*",
	"PyObject_ClearManagedDict",
	"PyObject_ClearWeakRefs",
	"_PyDictKeys_DecRef",
	"_PyFloat_ExactDealloc",
	"_PyLong_ExactDealloc",
	"_PyObject_ClearManagedDict",
	"_PyObject_FreeInstanceAttributes",
	"_PyTrash_*",
	"_PyUnicode_ClearInterned",
	"_PyUnicode_ExactDealloc",
	"_Py_Dealloc",
	"_Py_MergeZeroLocalRefcount",
	"clear_inline_values",
	"clear_slots",
	"dictkeys_decref",
	"free_keys_object",
	"free_list_items",
	"free_values",
	"subtype_clear",
	"tupledealloc",
};

/* gcmodule.c, since 3.13 gc.c; some of 3.14 only, which collects in increments */
static const char *const collection[] = {
	"*_traverse",
	"PyGC_*",
	"PyUnstable_GC_*",
	"_PyGC_*",
	"_Py_RunGC",
	"clear_unreachable_mask",
	"completed_scavenge",
	"debug_cycle",
	"deduce_unreachable",
	"delete_garbage",
	"expand_region_transitively_reachable",
	"finalize_garbage",
	"gc_*",
	"handle_legacy_finalizers",
	"handle_resurrected_objects",
	"handle_weakrefs",
	"mark_all_reachable",
	"mark_at_start",
	"mark_stacks",
	"move_legacy_finalizer*",
	"move_unreachable",
	"subtract_refs",
	"tupletraverse",
	"untrack_dicts",
	"untrack_tuples",
	"update_refs",
	"visit_add_to_container",
	"visit_decref*",
	"visit_move",
	"visit_reachable",
};

/* dictobject.c by key; attributes in object.c, typeobject.c, descrobject.c, moduleobject.c; names in ceval.c */
static const char *const lookup[] = {
	"PyDict_Contains*",
	"PyDict_DelItem*",
	"PyDict_GetItem*",
	"PyDict_Pop*",
	"PyDict_SetDefault*",
	"PyDict_SetItem*",
	"PyMapping_GetItemString",
	"PyMapping_GetOptionalItem*",
	"PyMapping_HasKey*",
	"PyMember_*",
	"PyObject_DelAttr*",
	"PyObject_GenericGet*",
	"PyObject_GenericSet*",
	"PyObject_GetAttr*",
	"PyObject_GetOptionalAttr*",
	"PyObject_HasAttr*",
	"PyObject_SetAttr*",
	"PyUnstable_Type_AssignVersionTag",
	"_PyDictKeys_*",
	"_PyDict_Contains*",
	"_PyDict_DelItem*",
	"_PyDict_GetItem*",
	"_PyDict_GetMethodStackRef", /* 3.15 */
	"_PyDict_LoadBuiltinsFromGlobals",
	"_PyDict_LoadGlobal*",
	"_PyDict_LookupIndex*",
	"_PyDict_Pop*",
	"_PyDict_SetItem*",
	"_PyEval_GetBuiltin",
	"_PyEval_LoadGlobal*",
	"_PyEval_LoadName",
	"_PyObjectDict_SetItem",
	"_PyObject_ComputedDictPointer",
	"_PyObject_GenericGetAttr*",
	"_PyObject_GenericSetAttr*",
	"_PyObject_GetAttr*",
	"_PyObject_GetDictPtr",
	"_PyObject_GetInstanceAttribute",
	"_PyObject_GetMethod*",
	"_PyObject_LookupAttr*",
	"_PyObject_LookupSpecial*",
	"_PyObject_MaterializeManagedDict*",
	"_PyObject_SetAttr*",
	"_PyObject_StoreInstanceAttribute",
	"_PyObject_TryGetInstanceAttribute",
	"_PySuper_Lookup*",
	"_PyType_CacheGetItem*",
	"_PyType_Lookup*",
	"_Py_LoadAttr_StackRefSteal", /* 3.14 */
	"_Py_dict_lookup*",
	"_Py_module_getattro*",
	"_Py_slot_tp_getattr*",
	"_Py_type_getattro*",
	"assign_version_tag",
	"builtin_delattr*",
	"builtin_getattr*",
	"builtin_hasattr*",
	"builtin_setattr*",
	"call_attribute",
	"classmethod_get",
	"cm_descr_get",
	"compare_generic*",
	"compare_unicode_*",
	"delitem_*",
	"dict___contains__*",
	"dict_ass_sub",
	"dict_contains",
	"dict_get*",
	"dict_pop*",
	"dict_setdefault*",
	"dict_subscript",
	"dictkeys_generic_lookup*",
	"do_super_lookup",
	"ensure_managed_dict",
	"find_empty_slot",
	"find_name_in_mro",
	"func_descr_get",
	"getset_get",
	"getset_set",
	"insert_combined_dict",
	"insert_split_*",
	"insert_to_emptydict",
	"insertdict",
	"insertion_resize",
	"lookup_maybe_method",
	"lookup_method",
	"make_dict_from_instance_attributes",
	"member_get",
	"member_set",
	"method_get",
	"method_getattro",
	"property_descr_*",
	"setitem_*",
	"slot_tp_setattro",
	"sm_descr_get",
	"store_instance_attr_*",
	"super_getattro",
	"type_setattro",
	"unicode_get_hash",
	"unicodekeys_lookup_*",
	"update_cache*",
	"wrapperdescr_get",
};

/* longobject.c, floatobject.c, complexobject.c, boolobject.c, dtoa.c, pystrtod.c; operators in abstract.c */
static const char *const numbers[] = {
	"PyBool_*",
	"PyComplex_*",
	"PyFloat_*",
	"PyLongWriter_*", /* 3.14 */
	"PyLong_*",
	"PyNumber_*",
	"PyOS_double_to_string",
	"PyOS_string_to_double",
	"PyOS_strto*",
	"PyUnstable_Long_*",
	"_PyCompactLong_*", /* 3.15 */
	"_PyComplex_*",
	"_PyFloat_*",
	"_PyLong_*",
	"_PyNumber_*",
	"_Py_HashDouble",
	"_Py_c_*",
	"_Py_cr_*", /* 3.14 */
	"_Py_dg_*",
	"_Py_parse_inf_or_nan",
	"_Py_rc_*", /* 3.14 */
	"_Py_string_to_number_with_underscores",
	"_float_div_mod",
	"binary_iop*",
	"binary_op*",
	"bool_*",
	"builtin_abs",
	"builtin_bin",
	"builtin_divmod*",
	"builtin_hex",
	"builtin_oct",
	"builtin_pow*",
	"builtin_round*",
	"builtin_sum*",
	"compactlong*", /* 3.14 */
	"complex_*",
	"cs_*", /* 3.14: sum()'s compensation */
	"divrem1",
	"float_*",
	"format_float_short*",
	"get_small_int",
	"int_*",
	"k_lopsided_mul",
	"k_mul*",
	"l_divmod",
	"l_mod",
	"long_*",
	"maybe_small_long",
	"multadd",
	"nonzero_*", /* 3.14 */
	"pow5mult",
	"ternary_iop",
	"ternary_op",
	"unary_pos",
	"x_add",
	"x_divrem",
	"x_mul",
	"x_sub",
};

/* unicodeobject.c, bytesobject.c, bytearrayobject.c, bytes_methods.c, memoryobject.c, unicodectype.c,
   codecs.c, formatter_unicode.c, stringlib/, pyhash.c; 3.14: templateobject.c, interpolationobject.c; 3.15: unicode_*.c */
static const char *const texts[] = {
	"MarkupIterator_*",
	"PyBuffer_*",
	"PyByteArray_*",
	"PyBytesWriter_*", /* 3.15 */
	"PyBytes_*",
	"PyCodec_*",
	"PyMemoryView_*",
	"PyOS_mystr*",
	"PyOS_snprintf",
	"PyOS_vsnprintf",
	"PyObject_GetBuffer",
	"PyUnicodeWriter_*", /* 3.14 */
	"PyUnicode_*",
	"Py_HashBuffer", /* 3.14 */
	"_PyBuffer_*",
	"_PyByteArray_*",
	"_PyBytesWriter_*",
	"_PyBytes_*",
	"_PyCodec*",
	"_PyInterpolation_*", /* 3.14 */
	"_PyManagedBuffer_*",
	"_PyMemoryView_*",
	"_PyTemplate_*", /* 3.14 */
	"_PyUnicodeWriter_*",
	"_PyUnicode_*",
	"_Py_BuildInterpolation*", /* 3.14 */
	"_Py_BuildString_*",       /* 3.15 */
	"_Py_BuildTemplate*",      /* 3.14 */
	"_Py_DecodeUTF8*",
	"_Py_EncodeUTF8*",
	"_Py_GetErrorHandler",
	"_Py_HashBytes",
	"_Py_bytes_*",
	"_Py_normalize_encoding",
	"_Py_strhex*",
	"_copy_characters*",
	"any_find_slice",
	"ascii_decode*",
	"asciilib_*",
	"build_string*",
	"builtin_ascii*",
	"builtin_chr*",
	"builtin_format*",
	"builtin_ord*",
	"bytearray*",
	"bytes_*",
	"case_operation",
	"codec_*",
	"do_argstrip",
	"do_string_format*",
	"do_strip",
	"do_xstrip",
	"fieldnameiter_*",
	"find_maxchar_surrogates",
	"format_complex_internal*",
	"format_float_internal*",
	"format_long_internal*",
	"format_string_internal*",
	"formatter_*",
	"formatteriter_*",
	"getslice",
	"interpolation_*", /* 3.14 */
	"mbuf_*",
	"memory_*",
	"memoryiter_*",
	"memoryview*",
	"output_markup",
	"pysiphash",
	"render_field",
	"resize_compact",
	"siphash13",
	"siphash24",
	"stringlib_*",
	"striter_*",
	"tailmatch",
	"template_*", /* 3.14 */
	"templateiter_*",
	"ucs1lib_*",
	"ucs2lib_*",
	"ucs4lib_*",
	"unicode_*",
	"unicodeiter_*",
};

/* listobject.c, tupleobject.c, setobject.c, odictobject.c, the rest of dictobject.c, iterobject.c, enumobject.c,
   rangeobject.c, sliceobject.c, structseq.c, namespaceobject.c; sequences and iteration in abstract.c, bltinmodule.c */
static const char *const containers[] = {
	"OrderedDict_*",
	"PyCallIter_*",
	"PyDictProxy_*",
	"PyDict_*",
	"PyFrozenDict_*", /* 3.15 */
	"PyFrozenSet_*",
	"PyIter_*",
	"PyList_*",
	"PyMapping_*",
	"PyODict_*",
	"PyObject_DelItem*",
	"PyObject_GetAIter",
	"PyObject_GetItem",
	"PyObject_GetIter",
	"PyObject_Length*",
	"PyObject_SelfIter",
	"PyObject_SetItem",
	"PyObject_Size",
	"PySeqIter_*",
	"PySequence_*",
	"PySet_*",
	"PySlice_*",
	"PyStructSequence_*",
	"PyTuple_*",
	"_PyBuildSlice_*",
	"_PyDict*",
	"_PyEval_GetIter", /* 3.15 */
	"_PyEval_MatchClass",
	"_PyEval_MatchKeys",
	"_PyEval_SliceIndex*",
	"_PyEval_UnpackI*",
	"_PyForIter_*", /* 3.15 */
	"_PyFrozenSet_*",
	"_PyList_*",
	"_PyMapping_*",
	"_PyNamespace_*",
	"_PyODict_*",
	"_PySequence_*",
	"_PySet_*",
	"_PySlice_*",
	"_PyStructSequence_*",
	"_PyTuple_*",
	"_Py_BuildMap_*", /* 3.15 */
	"_list_*",
	"_odict_*",
	"all_contained_in",
	"binarysort",
	"build_indices_*",
	"builtin_aiter",
	"builtin_all",
	"builtin_anext*",
	"builtin_any",
	"builtin_iter",
	"builtin_len",
	"builtin_max",
	"builtin_min",
	"builtin_next",
	"builtin_sorted",
	"calliter_*",
	"clone_combined_dict_keys",
	"compute_range_*",
	"copy_lock_held",
	"count_run",
	"dict*",
	"enum_*",
	"enumerate_*",
	"filter_*",
	"frozendict_*", /* 3.15 */
	"frozenset_*",
	"gallop_left",
	"gallop_right",
	"iter_*",
	"iternext", /* 3.15 */
	"list_*",
	"listiter_*",
	"listreviter_*",
	"longrangeiter_*",
	"make_new_set*",
	"map_*",
	"mappingproxy_*",
	"match_class*",
	"match_keys",
	"merge_at",
	"merge_force_collapse",
	"merge_hi",
	"merge_lo",
	"min_max",
	"mutablemapping_*",
	"namespace_*",
	"new_dict*",
	"new_keys_object",
	"odict*",
	"range_*",
	"rangeiter_*",
	"reversed_*",
	"safe_object_compare",
	"set_*",
	"setiter_*",
	"slice_*",
	"slicehash",
	"sortslice_*",
	"structseq_*",
	"tuple*",
	"tupleiter_*",
	"unpack_iterable",
	"unsafe_float_compare",
	"unsafe_latin_compare",
	"unsafe_long_compare",
	"unsafe_object_compare",
	"unsafe_tuple_compare",
	"zip_*",
};

/* the rest of object.c, typeobject.c, abstract.c, bltinmodule.c; weakrefobject.c, moduleobject.c, capsule.c,
   genericaliasobject.c, unionobject.c, typevarobject.c, context.c and hamt.c, fileobject.c, sysmodule.c's C API */
static const char *const objects[] = {
	"PyCallable_Check",
	"PyCapsule_*",
	"PyContext*",
	"PyDescr_*",
	"PyFile_*",
	"PyIndex_Check",
	"PyModule*",
	"PyObject_*",
	"PyPickleBuffer_*",
	"PySys_*",
	"PyType_*",
	"PyUnstable_Object_*",
	"PyWeakref_*",
	"PyWrapper_*",
	"Py_GenericAlias",
	"Py_HashPointer",
	"Py_Repr*",
	"_PyContext*",
	"_PyHamt_*",
	"_PyInterpreterID_*",
	"_PyLazyImport_*",
	"_PyModule*",
	"_PyObject_*",
	"_PyStaticType_*",
	"_PySys_*",
	"_PyType_*",
	"_PyWeakref_*",
	"_Py_BaseObject_RichCompare",
	"_Py_GetConstant*",
	"_Py_HashPointer*",
	"_Py_make_*",
	"_Py_set_function_type_params",
	"_Py_subs_parameters",
	"_Py_subscript_generic",
	"_Py_union_*",
	"_add_methods_to_object",
	"_contextvars_*",
	"_weakref_*",
	"abstract_*",
	"add_operators",
	"add_subclass",
	"best_base",
	"builtin_*",
	"capsule_*",
	"context_*",
	"contextvar_*",
	"do_richcompare",
	"ellipsis_*",
	"fixup_slot_dispatchers",
	"ga_*",
	"get_type_attr_as_size",
	"getset_*",
	"hamt_*",
	"inherit_slots",
	"inherit_special",
	"insert_weakref",
	"is_subtype_with_mro",
	"make_union",
	"member_*",
	"merge_class_dict",
	"module_*",
	"mro_*",
	"new_module*",
	"nodefault_*",
	"none_*",
	"notimplemented_*",
	"object_*",
	"paramspec*",
	"picklebuf_*",
	"pmerge",
	"property_*",
	"proxy_*",
	"recursive_issubclass",
	"richcmp_*",
	"slot_inherited",
	"subtype_*",
	"super_*",
	"token_*",
	"type_*",
	"typealias_*",
	"typevar*",
	"union_*",
	"update_one_slot",
	"update_slot*",
	"weakref_*",
	"wrapper_*",
	"wrapperdescr_*",
};

/* import.c, importdl.c, dynload_shlib.c, marshal.c, frozen.c; 3.15: lazy imports */
static const char *const imports[] = {
	"PyImport_*",
	"PyMarshal_*",
	"PyState_*",
	"_PyEval_ImportFrom",
	"_PyEval_ImportName*",
	"_PyEval_LazyImport*", /* 3.15 */
	"_PyImport_*",
	"_PyMarshal_*",
	"_Py_ext_module_*",
	"_extensions_cache_*",
	"_imp_*",
	"builtin___import__*",
	"create_builtin",
	"find_frozen",
	"import_*",
	"marshal_*",
	"r_object",
	"read_object",
	"remove_importlib_frames",
	"unmarshal_frozen_code",
	"w_object",
};

/* Parser/, ast*.c, compile.c, symtable.c, flowgraph.c, assemble.c; 3.14: codegen.c */
static const char *const compiling[] = {
	"*_rule",
	"PyAST_*",
	"PySymtable_*",
	"Py_Compile*",
	"_PyAST_*",
	"_PyArena_*",
	"_PyAssemble_*",
	"_PyCfg*",
	"_PyCodegen_*", /* 3.14 */
	"_PyCompile_*",
	"_PyInstructionSequence_*",
	"_PyLexer_*",
	"_PyParser_*",
	"_PyPegen_*",
	"_PySymtable_*",
	"_PyTokenizer_*",
	"_Py_SourceAsString",
	"_Py_SymtableString*",
	"assemble_*",
	"ast2obj_*",
	"astfold_*",
	"builtin_compile*",
	"codegen_*",
	"compiler_*",
	"obj2ast_*",
	"symtable_*",
	"tok_*",
	"tokenizeriter_*",
};

/* exceptions.c, errors.c, traceback.c, suggestions.c, _warnings.c; the raising and matching parts of ceval.c */
static const char *const exceptions[] = {
	"AttributeError_*",
	"BaseException*",
	"ImportError_*",
	"KeyError_*",
	"MemoryError_*",
	"NameError_*",
	"OSError_*",
	"PyErr_*",
	"PyException*",
	"PyTraceBack_*",
	"PyUnicodeDecodeError_*",
	"PyUnicodeEncodeError_*",
	"PyUnicodeTranslateError_*",
	"PyUnstable_Exc_*",
	"StopIteration_*",
	"SyntaxError_*",
	"SystemExit_*",
	"UnicodeDecodeError_*",
	"UnicodeEncodeError_*",
	"UnicodeError_*",
	"UnicodeTranslateError_*",
	"_PyErr_*",
	"_PyEval_CheckExcept*",
	"_PyEval_ExceptionGroupMatch", /* 3.13 */
	"_PyEval_FormatAwaitableError",
	"_PyEval_FormatExc*",
	"_PyEval_FormatKwargsError",
	"_PyEval_MonitorRaise",
	"_PyEval_NoToolsForUnwind",
	"_PyExc_*",
	"_PyException*",
	"_PyTraceBack_*",
	"_PyTraceback_*",
	"_PyUnicodeError_*", /* 3.14 */
	"_PyWarnings_*",
	"_Py_CalculateSuggestions",
	"_Py_DisplaySourceLine",
	"_Py_DumpTraceback*",
	"_Py_Offer_Suggestions",
	"check_except_*",
	"do_raise",
	"exception_group_match",
	"exceptiongroup_*",
	"format_awaitable_error",
	"format_exc_*",
	"format_kwargs_error",
	"get_exception_handler",
	"monitor_raise",
	"monitor_reraise",
	"oserror_*",
	"raise_error",
	"tb_*",
	"unicode_decode_call_errorhandler*",
	"unicode_encode_call_errorhandler*",
	"warn_*",
	"warnings_*",
};

/* ceval_gil.c (3.12: with parts in ceval.c and pystate.c) */
static const char *const gil[] = {
	"PyEval_AcquireLock",     "PyEval_AcquireThread",
	"PyEval_ReleaseLock",     "PyEval_ReleaseThread",
	"PyEval_RestoreThread",   "PyEval_SaveThread",
	"PyGILState_Ensure",      "PyGILState_Release",
	"PyThreadState_Swap",     "_PyEval_AcquireLock",
	"_PyEval_ReInitThreads",  "_PyEval_ReleaseLock",
	"_PyEval_StartTheWorld*", /* 3.13 */
	"_PyEval_StopTheWorld*",  /* 3.13 */
	"_PyThreadState_Attach",  /* 3.13 */
	"_PyThreadState_Detach",  /* 3.13 */
	"_PyThreadState_Suspend", /* 3.13 */
	"_PyThreadState_Swap*",   "create_gil",
	"detach_thread",          "drop_gil*",
	"recreate_gil",           "take_gil",
};

/* Small helpers, inlined in most builds: reference counts, types, thread state, tracking by the collector. */
static const char *const helpers[] = {
	"*_GET_SIZE",
	"PyCriticalSection*",
	"PyErr_CheckSignals*",
	"PyErr_Occurred",
	"PyObject_GC_Is*",
	"PyObject_GC_Track",
	"PyObject_GC_UnTrack",
	"PyObject_IS_GC",
	"PyThreadState_Get*",
	"PyThread_get_thread_ident*",
	"PyThread_tss_get",
	"PyType_HasFeature",
	"PyType_IS_GC",
	"Py_DECREF*",
	"Py_DecRef",
	"Py_INCREF*",
	"Py_IS_TYPE",
	"Py_IncRef",
	"Py_Is*",
	"Py_NewRef",
	"Py_REFCNT",
	"Py_SET_*",
	"Py_SIZE",
	"Py_TYPE",
	"Py_XDECREF*",
	"Py_XINCREF*",
	"Py_XNewRef",
	"_PyCriticalSection*",
	"_PyErr_CheckSignals*",
	"_PyErr_Occurred",
	"_PyGCHead_*",
	"_PyInterpreterState_GET",
	"_PyInterpreterState_Get*",
	"_PyObject_GC_IS_TRACKED",
	"_PyObject_GC_MAY_BE_TRACKED",
	"_PyObject_GC_TRACK",
	"_PyObject_GC_UNTRACK",
	"_PyObject_IS_GC",
	"_PyObject_Init",
	"_PyObject_InitVar",
	"_PyThreadState_GET",
	"_PyThreadState_Get*",
	"_PyThreadState_UncheckedGet",
	"_PyType_HasFeature",
	"_PyType_IS_GC",
	"_Py_DECREF*",
	"_Py_DecRef*",
	"_Py_INCREF*",
	"_Py_IncRef*",
	"_Py_IsImmortal*",
	"_Py_IsMainThread",
	"_Py_NewRef*",
	"_Py_NewReference*",
	"_Py_ScheduleGC",
	"_Py_ThreadCanHandleSignals",
	"_Py_TriggerGC",
	"_Py_TryIncref*",
	"_Py_XGetRef*",
	"_Py_XNewRef*",
	"_Py_atomic_*",
	"current_fast_get",
};

static const struct area {
	enum category_row_kind kind;
	enum category category;
	enum category_rank rank;
	const char *const *patterns;
	size_t n;
} areas[] = {
#define AREA(kind, category, rank, patterns)                                           \
	{                                                                              \
		kind, category, rank, patterns, sizeof(patterns) / sizeof(*(patterns)) \
	}
	AREA(ROW_LOOP, CATEGORY_LOOP, RANK_PLAIN, loop_starts),
	AREA(ROW_CLAIM, CATEGORY_LOOP, RANK_PLAIN, loop),
	AREA(ROW_CLAIM, CATEGORY_CALL, RANK_PLAIN, calls),
	AREA(ROW_CLAIM, CATEGORY_ALLOCATION, RANK_ALLOCATION, allocation),
	AREA(ROW_CLAIM, CATEGORY_ALLOCATION, RANK_PLAIN, deallocators),
	AREA(ROW_CLAIM, CATEGORY_GC, RANK_GC, collection),
	AREA(ROW_CLAIM, CATEGORY_LOOKUP, RANK_LOOKUP, lookup),
	AREA(ROW_CLAIM, CATEGORY_NUMBER, RANK_PLAIN, numbers),
	AREA(ROW_CLAIM, CATEGORY_TEXT, RANK_PLAIN, texts),
	AREA(ROW_CLAIM, CATEGORY_CONTAINER, RANK_PLAIN, containers),
	AREA(ROW_CLAIM, CATEGORY_OBJECT, RANK_PLAIN, objects),
	AREA(ROW_CLAIM, CATEGORY_IMPORT, RANK_IMPORT, imports),
	AREA(ROW_CLAIM, CATEGORY_COMPILE, RANK_COMPILE, compiling),
	AREA(ROW_CLAIM, CATEGORY_EXCEPTION, RANK_EXCEPTION, exceptions),
	AREA(ROW_CLAIM, CATEGORY_GIL, RANK_GIL, gil),
	AREA(ROW_HELPER, CATEGORY_OTHER, RANK_NONE, helpers),
};

/*
 * Modules that some or all builds have in the interpreter itself (Modules/): which symbols lead into
 * them.  Like objects, a name that begins with "lib" is no module but what modules call.
 */
static const struct builtin_module {
	const char *pattern, *module;
} modules[] = {
	{ "_abc_*", "_abc" },
	{ "_add_to_weak_set", "_abc" },
	{ "abc_*", "_abc" },
	{ "FutureIter_*", "_asyncio" },
	{ "FutureObj_*", "_asyncio" },
	{ "TaskObj_*", "_asyncio" },
	{ "TaskStepMethWrapper_*", "_asyncio" },
	{ "_asyncio_*", "_asyncio" },
	{ "future_*", "_asyncio" },
	{ "task_*", "_asyncio" },
	{ "_bisect_*", "_bisect" },
	{ "internal_bisect_*", "_bisect" },
	{ "PyBlake2_*", "_blake2" },
	{ "_blake2_*", "_blake2" },
	{ "blake2*", "_blake2" },
	{ "py_blake2*", "_blake2" },
	{ "_codecs_*", "_codecs" },
	{ "_collections_*", "_collections" },
	{ "_deque_*", "_collections" },
	{ "defdict_*", "_collections" },
	{ "deque*", "_collections" },
	{ "tuplegetter_*", "_collections" },
	{ "Dialect_*", "_csv" },
	{ "Reader_*", "_csv" },
	{ "Writer_*", "_csv" },
	{ "_csv_*", "_csv" },
	{ "csv_*", "_csv" },
	{ "add_datetime_timedelta", "_datetime" },
	{ "date_*", "_datetime" },
	{ "datetime_*", "_datetime" },
	{ "delta_*", "_datetime" },
	{ "iso_calendar_*", "_datetime" },
	{ "new_date*", "_datetime" },
	{ "new_delta_ex", "_datetime" },
	{ "new_time*", "_datetime" },
	{ "timezone_*", "_datetime" },
	{ "tzinfo_*", "_datetime" },
	{ "_elementtree_*", "_elementtree" },
	{ "create_new_element", "_elementtree" },
	{ "element_*", "_elementtree" },
	{ "elementiter_*", "_elementtree" },
	{ "expat_*", "_elementtree" },
	{ "treebuilder_*", "_elementtree" },
	{ "xmlparser_*", "_elementtree" },
	{ "_functools_*", "_functools" },
	{ "bounded_lru_cache_*", "_functools" },
	{ "functools_*", "_functools" },
	{ "infinite_lru_cache_*", "_functools" },
	{ "keyobject_*", "_functools" },
	{ "lru_*", "_functools" },
	{ "partial_*", "_functools" },
	{ "uncached_lru_cache_*", "_functools" },
	{ "_heapq_*", "_heapq" },
	{ "cache_friendly_heapify", "_heapq" },
	{ "heapify_*", "_heapq" },
	{ "heappop_*", "_heapq" },
	{ "heapreplace_*", "_heapq" },
	{ "siftdown*", "_heapq" },
	{ "siftup*", "_heapq" },
	{ "_PyFileIO_*", "_io" },
	{ "_PyIOBase_*", "_io" },
	{ "_PyIO_*", "_io" },
	{ "_PyIncrementalNewlineDecoder_*", "_io" },
	{ "_buffered*", "_io" },
	{ "_io_*", "_io" },
	{ "_stringio_*", "_io" },
	{ "_textiowrapper_*", "_io" },
	{ "buffered*", "_io" },
	{ "bytesio*", "_io" },
	{ "fileio_*", "_io" },
	{ "incrementalnewlinedecoder_*", "_io" },
	{ "iobase_*", "_io" },
	{ "rawiobase_*", "_io" },
	{ "stringio_*", "_io" },
	{ "textiobase_*", "_io" },
	{ "textiowrapper_*", "_io" },
	{ "write_str", "_io" },
	{ "_encoded_const", "_json" },
	{ "_json_*", "_json" },
	{ "_parse_array_unicode", "_json" },
	{ "_parse_object_unicode", "_json" },
	{ "ascii_escape_*", "_json" },
	{ "encoder_*", "_json" },
	{ "escape_unicode", "_json" },
	{ "py_encode_basestring*", "_json" },
	{ "py_scanstring", "_json" },
	{ "scan_once_unicode", "_json" },
	{ "scanner_*", "_json" },
	{ "scanstring_*", "_json" },
	{ "write_escaped_*", "_json" },
	{ "_locale_*", "_locale" },
	{ "MD5Type_*", "_md5" },
	{ "_md5_*", "_md5" },
	{ "_operator_*", "_operator" },
	{ "attrgetter_*", "_operator" },
	{ "itemgetter_*", "_operator" },
	{ "methodcaller_*", "_operator" },
	{ "Pdata_*", "_pickle" },
	{ "Pickler_*", "_pickle" },
	{ "PyMemoTable_*", "_pickle" },
	{ "Unpickler_*", "_pickle" },
	{ "_Pickler_*", "_pickle" },
	{ "_Unpickler_*", "_pickle" },
	{ "_pickle_*", "_pickle" },
	{ "subprocess_fork_exec*", "_posixsubprocess" },
	{ "_random_*", "_random" },
	{ "genrand_uint32", "_random" },
	{ "init_by_array", "_random" },
	{ "random_*", "_random" },
	{ "SHA1Type_*", "_sha1" },
	{ "_sha1_*", "_sha1" },
	{ "SHA256Type_*", "_sha2" },
	{ "SHA512Type_*", "_sha2" },
	{ "_sha2_*", "_sha2" },
	{ "_sha3_*", "_sha3" },
	{ "py_sha3_*", "_sha3" },
	{ "_signal_*", "_signal" },
	{ "signal_*", "_signal" },
	{ "_socket_*", "_socket" },
	{ "sock_*", "_socket" },
	{ "socket_*", "_socket" },
	{ "_sre_*", "_sre" },
	{ "expand_template", "_sre" },
	{ "match_*", "_sre" },
	{ "pattern_*", "_sre" },
	{ "sre_*", "_sre" },
	{ "_statistics_*", "_statistics" },
	{ "Struct_*", "_struct" },
	{ "cache_struct_*", "_struct" },
	{ "calcsize", "_struct" },
	{ "iter_unpack", "_struct" },
	{ "pack", "_struct" },
	{ "pack_into", "_struct" },
	{ "prepare_s", "_struct" },
	{ "s_pack*", "_struct" },
	{ "s_unpack*", "_struct" },
	{ "unpack", "_struct" },
	{ "unpack_from", "_struct" },
	{ "unpackiter_*", "_struct" },
	{ "PyEvent_*", "_thread" },
	{ "PyMutex_*", "_thread" },
	{ "PyThreadHandleObject_*", "_thread" },
	{ "PyThread_*", "_thread" },
	{ "ThreadHandle_*", "_thread" },
	{ "_PyEvent_*", "_thread" },
	{ "_PyMutex_*", "_thread" },
	{ "_PyOnceFlag_*", "_thread" },
	{ "_PyParkingLot_*", "_thread" },
	{ "_PyRWMutex_*", "_thread" },
	{ "_PyRawMutex_*", "_thread" },
	{ "_PyRecursiveMutex_*", "_thread" },
	{ "_PySemaphore_*", "_thread" },
	{ "_localdummy_*", "_thread" },
	{ "_thread_*", "_thread" },
	{ "acquire_timed", "_thread" },
	{ "do_start_new_thread", "_thread" },
	{ "join_thread", "_thread" },
	{ "local_*", "_thread" },
	{ "lock_*", "_thread" },
	{ "rlock_*", "_thread" },
	{ "thread_*", "_thread" },
	{ "zoneinfo_*", "_zoneinfo" },
	{ "_zstd_*", "_zstd" }, /* 3.14 */
	{ "array_*", "array" },
	{ "arrayiter_*", "array" },
	{ "newarrayobject", "array" },
	{ "atexit_*", "atexit" },
	{ "binascii_*", "binascii" },
	{ "cmath_*", "cmath" },
	{ "faulthandler_*", "faulthandler" },
	{ "fcntl_*", "fcntl" },
	{ "grp_*", "grp" },
	{ "_grouper_*", "itertools" },
	{ "accumulate_*", "itertools" },
	{ "batched_*", "itertools" },
	{ "chain_*", "itertools" },
	{ "combinations_*", "itertools" },
	{ "compress_*", "itertools" },
	{ "count_next*", "itertools" },
	{ "cwr_*", "itertools" },
	{ "cycle_*", "itertools" },
	{ "dropwhile_*", "itertools" },
	{ "filterfalse_*", "itertools" },
	{ "groupby_*", "itertools" },
	{ "islice_*", "itertools" },
	{ "itertools_*", "itertools" },
	{ "pairwise_*", "itertools" },
	{ "permutations_*", "itertools" },
	{ "product_*", "itertools" },
	{ "repeat_new", "itertools" },
	{ "repeat_next", "itertools" },
	{ "starmap_*", "itertools" },
	{ "takewhile_*", "itertools" },
	{ "tee_*", "itertools" },
	{ "teedataobject_*", "itertools" },
	{ "zip_longest_*", "itertools" },
	{ "Hacl_*", "libHacl" },
	{ "_Py_LibHacl_*", "libHacl" }, /* 3.14; before: python_hashlib_ */
	{ "python_hashlib_*", "libHacl" },
	{ "PyExpat_*", "libexpat" },
	{ "m_*", "math" },
	{ "math_*", "math" },
	{ "vector_norm", "math" },
	{ "mmap_*", "mmap" },
	{ "new_mmap_object", "mmap" },
	{ "DirEntry_*", "posix" },
	{ "PyOS_AfterFork*", "posix" },
	{ "PyOS_BeforeFork", "posix" },
	{ "PyOS_FSPath", "posix" },
	{ "ScandirIterator_*", "posix" },
	{ "_pystat_*", "posix" },
	{ "os_*", "posix" },
	{ "path_converter", "posix" },
	{ "posix_*", "posix" },
	{ "posixmodule_*", "posix" },
	{ "pwd_*", "pwd" },
	{ "pyexpat_*", "pyexpat" },
	{ "xmlparse_*", "pyexpat" },
	{ "pyepoll_*", "select" },
	{ "select_*", "select" },
	{ "sys_*", "sys" },
	{ "syslog_*", "syslog" },
	{ "PyTime_*", "time" }, /* 3.13 */
	{ "pysleep", "time" },
	{ "time_*", "time" },
	{ "unicodedata_*", "unicodedata" },
	{ "zlib_*", "zlib" },
};

/* glibc and musl */
static const char *const mallocs[] = {
	"__brk",
	"__libc_calloc*",
	"__libc_free*",
	"__libc_malloc*",
	"__libc_memalign*",
	"__libc_realloc*",
	"__madvise",
	"__mmap*",
	"__mremap",
	"__munmap",
	"__posix_memalign",
	"__sbrk",
	"_int_*",
	"_mid_memalign",
	"aligned_alloc",
	"alloc_group",
	"alloc_perturb",
	"arena_get*",
	"brk",
	"calloc",
	"cfree",
	"free",
	"free_perturb",
	"get_meta",
	"heap_trim",
	"madvise",
	"malloc*",
	"memalign",
	"mmap",
	"mmap64",
	"mmap_chunk",
	"mremap*",
	"munmap*",
	"new_heap",
	"posix_memalign",
	"realloc",
	"reallocarray",
	"sbrk",
	"sysmalloc*",
	"systrim*",
	"tcache_*",
	"try_realloc_chunk",
	"unlink_chunk",
};

/* Without the "__" and the processor's suffix that most have: __memcmp_evex_movbe. */
static const char *const memory_functions[] = {
	"bcmp*", "bzero*", "mem*", "rawmem*", "stp*", "str*", "wcs*", "wmem*",
};

/* Where the compiler's code finds its thread: every caller pays for that itself. */
static const char *const thread_helpers[] = {
	"___tls_get_addr",
	"__tls_get_addr",
	"pthread_getspecific",
	"pthread_self",
};

static const char *const conditions[] = {
	"___pthread_cond_*",
	"__pthread_cond_*",
	"pthread_cond_*",
};

static const char *const allocator_objects[] = {
	"libhoard*", "libjemalloc*", "libmimalloc*", "libsnmalloc*", "libtcmalloc*",
};

static const char *const runtime_objects[] = {
	"[*",       "ld-*",        "ld.so*",    "libc++*",   "libc-2*",    "libc.musl*",
	"libc.so*", "libdl-2*",    "libdl.so*", "libgcc_s*", "libm-2*",    "libm.so*",
	"libmvec*", "libpthread*", "librt-2*",  "librt.so*", "libstdc++*", "linux-vdso*",
};

/* The kernel's doors: x86, Arm, RISC-V, Power, s390. */
static const char *const faults[] = {
	"__irq_*",
	"asm_common_interrupt",
	"asm_exc_*",
	"asm_sysvec_*",
	"common_interrupt*",
	"do_IRQ",
	"do_mem_abort",
	"do_page_fault*",
	"do_translation_fault",
	"do_user_addr_fault",
	"el0_da",
	"el0_fpsimd_*",
	"el0_ia",
	"el0_interrupt",
	"el0_irq*",
	"el0t_64_irq*",
	"error_entry",
	"exc_*",
	"handle_mm_fault",
	"handle_page_fault",
	"irqentry_*",
	"page_fault",
	"sysvec_*",
};

static const char *const syscall_doors[] = {
	"__do_fast_syscall_*", "__do_syscall",     "do_el0_svc*",     "do_int80_*",
	"do_syscall_*",        "do_trap_ecall_u",  "el0_svc*",        "entry_INT80_*",
	"entry_SYSCALL_*",     "entry_SYSENTER_*", "entry_syscall_*", "invoke_syscall*",
	"system_call*",        "x64_sys_call",
};

/* What stands before the system call's name. */
static const char *const syscall_prefixes[] = {
	"SyS_",         "__arm64_sys_", "__do_sys_",  "__ia32_sys_", "__riscv_sys_",
	"__s390x_sys_", "__se_sys_",    "__x64_sys_", "ksys_",       "sys_",
};

static const char *const memory_syscalls[] = {
	"brk", "madvise", "mmap", "mmap_pgoff", "mremap", "munmap",
};

static const char *const futex_syscalls[] = { "futex*" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* How well a pattern fits; 0: not. */
static size_t fit(const char *pattern, const char *symbol, size_t len)
{
	size_t n;

	if (*pattern == '*') {
		n = strlen(pattern + 1);
		return len > n && memcmp(symbol + len - n, pattern + 1, n) == 0 ? SIZE_MAX / 2 + n
										: 0;
	}
	if (*pattern != *symbol)
		return 0;
	n = strcspn(pattern, "*");
	if (n > len || memcmp(symbol, pattern, n) != 0)
		return 0;
	if (pattern[n] == '*')
		return n;
	return n == len ? SIZE_MAX : 0;
}

static bool fits_any(const char *const *patterns, size_t n, const char *symbol, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (fit(patterns[i], symbol, len))
			return true;
	return false;
}

#define FITS_ANY(patterns, symbol, len) fits_any(patterns, COUNT(patterns), symbol, len)

bool category_row(size_t i, struct category_row *row)
{
	for (size_t a = 0; a < COUNT(areas); a++) {
		const struct area *area = &areas[a];

		if (i < area->n) {
			*row = (struct category_row){
				.pattern = area->patterns[i],
				.category = area->category,
				.rank = area->rank,
				.kind = area->kind,
			};
			return true;
		}
		i -= area->n;
	}
	if (i >= COUNT(modules))
		return false;
	*row = (struct category_row){
		.kind = ROW_CLAIM,
		.pattern = modules[i].pattern,
		.category = CATEGORY_EXTENSION,
		.rank = RANK_EXTENSION,
		.module = modules[i].module,
	};
	return true;
}

bool category_find(const char *symbol, size_t len, struct category_row *row)
{
	struct category_row candidate;
	size_t best = 0;

	for (size_t i = 0; len > 0 && category_row(i, &candidate); i++) {
		size_t how = fit(candidate.pattern, symbol, len);

		if (how > best) {
			best = how;
			*row = candidate;
		}
	}
	return best > 0;
}

bool category_is_malloc(const char *symbol, size_t len)
{
	static const char internal[] = "__GI_"; /* glibc's own name for what it exports */
	size_t n = sizeof(internal) - 1;

	if (len > n && memcmp(symbol, internal, n) == 0) {
		symbol += n;
		len -= n;
	}
	return FITS_ANY(mallocs, symbol, len);
}

bool category_is_memory(const char *symbol, size_t len)
{
	while (len > 0 && *symbol == '_') {
		symbol++;
		len--;
	}
	return FITS_ANY(memory_functions, symbol, len);
}

bool category_is_condition(const char *symbol, size_t len)
{
	return FITS_ANY(conditions, symbol, len);
}

bool category_is_thread_helper(const char *symbol, size_t len)
{
	return FITS_ANY(thread_helpers, symbol, len);
}

bool category_is_allocator_object(const char *base)
{
	return FITS_ANY(allocator_objects, base, strlen(base));
}

bool category_is_runtime_object(const char *base)
{
	return FITS_ANY(runtime_objects, base, strlen(base));
}

enum kernel_entry category_kernel_entry(const char *symbol, size_t len)
{
	for (size_t i = 0; i < COUNT(syscall_prefixes); i++) {
		size_t n = strlen(syscall_prefixes[i]);

		if (len <= n || memcmp(symbol, syscall_prefixes[i], n) != 0)
			continue;
		if (FITS_ANY(memory_syscalls, symbol + n, len - n))
			return ENTRY_MEMORY;
		if (FITS_ANY(futex_syscalls, symbol + n, len - n))
			return ENTRY_FUTEX;
		return ENTRY_SYSCALL;
	}
	if (FITS_ANY(faults, symbol, len))
		return ENTRY_FAULT;
	return FITS_ANY(syscall_doors, symbol, len) ? ENTRY_SYSCALL : ENTRY_UNSAID;
}
