/*
 * tests/unit/category.c - what a stack beneath a Python function is paid for (report/category.h).
 *
 * A stack is written from the outermost frame inwards, "SYMBOL > OBJECT:SYMBOL > ..."; without an
 * object it is the interpreter's, "k" is the kernel, "-" for a symbol means that there is none.
 */
#include "report/category.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/category_names.h"
#include "report/clone.h"
#include "report/interp.h"
#include "tests/check.h"

enum { FRAMES_MAX = 16 };

static struct texts *texts;

static struct function function_of(const char *object, const char *symbol)
{
	bool kernel = strcmp(object, "k") == 0;

	return (struct function){
		.kind = kernel           ? KIND_KERNEL
			: *object == '?' ? KIND_UNKNOWN
					 : KIND_NATIVE,
		.placeholder = strcmp(symbol, "-") == 0,
		.name = symbol,
		.symbol = "",
		.module = "",
		.file = "",
		.object = kernel           ? "[kernel.kallsyms]"
			  : *object == '?' ? ""
					   : object,
	};
}

static struct category_role role_of(const char *frame, size_t len)
{
	const char *text = texts_add(texts, frame, len), *colon = strchr(text, ':');
	const char *object = "/usr/bin/python3.14", *symbol = text;
	struct function f;

	if (colon) {
		object = texts_add(texts, text, (size_t)(colon - text));
		symbol = colon + 1;
	}
	f = function_of(object, symbol);
	return category_role(texts, &f, interp_is_object(f.object));
}

static enum category category_of_stack(const char *stack, const char **module)
{
	struct category_role roles[FRAMES_MAX];
	const struct category_role *order[FRAMES_MAX];
	size_t n = 0;

	while (*stack && n < FRAMES_MAX) {
		const char *end = strstr(stack, " > ");
		size_t len = end ? (size_t)(end - stack) : strlen(stack);

		roles[n] = role_of(stack, len);
		order[n] = &roles[n];
		n++;
		stack += len + (end ? 3 : 0);
	}
	return category_of(order, n, module);
}

#define LOOP    "_PyEval_EvalFrameDefault"
#define SYSCALL "k:entry_SYSCALL_64_after_hwframe > k:do_syscall_64 > "
#define FAULT   "k:asm_exc_page_fault > k:exc_page_fault > k:handle_mm_fault"

struct row {
	const char *label, *stack;
	enum category category;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check_text(category_name(category_of_stack(rows[i].stack, NULL)),
			   category_name(rows[i].category), rows[i].label);
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void every_category_has_its_own_name(void)
{
	for (int c = 0; c < N_CATEGORIES; c++) {
		check(*category_name((enum category)c) != '\0', "a name");
		for (int other = 0; other < c; other++)
			check(strcmp(category_name((enum category)c),
				     category_name((enum category)other)) != 0,
			      category_name((enum category)c));
	}
}

static void each_area_has_its_category(void)
{
	static const struct row rows[] = {
		{ "nothing beneath: the trampoline", "", CATEGORY_CALL },
		{ "the loop", LOOP, CATEGORY_LOOP },
		{ "its cold part", LOOP ".cold", CATEGORY_LOOP },
		{ "an opcode of a tail-call build", "_TAIL_CALL_BINARY_OP", CATEGORY_LOOP },
		{ "specialising", LOOP " > _Py_Specialize_LoadAttr", CATEGORY_LOOP },
		{ "a call", LOOP " > PyObject_Vectorcall > _PyEval_Vector", CATEGORY_CALL },
		{ "a clone", LOOP " > _PyEval_Vector.constprop.0.isra.1", CATEGORY_CALL },
		{ "a generator", LOOP " > gen_iternext > gen_send_ex2", CATEGORY_CALL },
		{ "pymalloc", LOOP " > _PyLong_Add > _PyObject_Malloc", CATEGORY_ALLOCATION },
		{ "an object's end", LOOP " > list_dealloc > tupledealloc", CATEGORY_ALLOCATION },
		{ "a look-up", LOOP " > PyObject_GetAttr", CATEGORY_LOOKUP },
		{ "a number", LOOP " > PyNumber_Add > binary_op1 > long_add", CATEGORY_NUMBER },
		{ "a text", LOOP " > PyNumber_Add > PyUnicode_Concat", CATEGORY_TEXT },
		{ "a container", LOOP " > PyNumber_Add > list_concat", CATEGORY_CONTAINER },
		{ "sorting", LOOP " > list_sort > binarysort", CATEGORY_CONTAINER },
		{ "a type", LOOP " > type_call > type_new", CATEGORY_OBJECT },
		{ "compiling", LOOP " > builtin_compile > statement_rule", CATEGORY_COMPILE },
		{ "an exception", LOOP " > _PyErr_SetObject > BaseException_new",
		  CATEGORY_EXCEPTION },
	};

	CHECK_ROWS(rows);
}

static void a_cause_wins_over_what_happens_for_it(void)
{
	static const struct row rows[] = {
		{ "collecting frees", LOOP " > _Py_RunGC > gc_collect_main > _PyObject_Free",
		  CATEGORY_GC },
		{ "collecting for an allocation", LOOP " > _PyObject_GC_New > gc_collect_main",
		  CATEGORY_GC },
		{ "collecting calls into an extension",
		  LOOP " > gc_collect_main > /x/a.cpython-314-x86_64-linux-gnu.so:a_traverse",
		  CATEGORY_GC },
		{ "importing reads files",
		  LOOP " > _imp_create_dynamic > /lib/libc.so.6:dlopen > " SYSCALL
		       "k:__x64_sys_openat",
		  CATEGORY_IMPORT },
		{ "importing allocates", LOOP " > marshal_loads > r_object > _PyObject_Malloc",
		  CATEGORY_IMPORT },
		{ "compiling allocates", LOOP " > builtin_compile > _PyObject_Malloc",
		  CATEGORY_COMPILE },
		{ "raising allocates", LOOP " > PyErr_Format > _PyObject_Malloc",
		  CATEGORY_EXCEPTION },
		{ "the GIL after a system call",
		  LOOP " > os_read > PyEval_RestoreThread > take_gil > "
		       "/lib/libc.so.6:pthread_cond_timedwait > " SYSCALL "k:__x64_sys_futex",
		  CATEGORY_GIL },
		{ "a look-up compares keys",
		  LOOP " > dict_subscript > PyObject_RichCompare > unicode_compare_eq",
		  CATEGORY_LOOKUP },
	};

	CHECK_ROWS(rows);
}

static void the_system_is_asked_for_memory_or_for_something_else(void)
{
	static const struct row rows[] = {
		{ "a system call",
		  LOOP " > os_stat > /lib/libc.so.6:stat > " SYSCALL "k:__x64_sys_newfstatat",
		  CATEGORY_SYSCALL },
		{ "the C library's frame is lost", LOOP " > " SYSCALL "k:__x64_sys_read",
		  CATEGORY_SYSCALL },
		{ "Arm", LOOP " > k:el0t_64_sync > k:el0_svc > k:invoke_syscall",
		  CATEGORY_SYSCALL },
		{ "memory mapped", LOOP " > /lib/libc.so.6:- > " SYSCALL "k:__x64_sys_munmap",
		  CATEGORY_ALLOCATION },
		{ "a fault inside malloc", LOOP " > /lib/libc.so.6:malloc > " FAULT,
		  CATEGORY_ALLOCATION },
		{ "a fault in a number", LOOP " > long_add > " FAULT, CATEGORY_NUMBER },
		{ "a fault in the loop", LOOP " > " FAULT, CATEGORY_LOOP },
		{ "an interrupt", LOOP " > k:asm_sysvec_apic_timer_interrupt > k:irq_exit_rcu",
		  CATEGORY_LOOP },
		{ "what a fault runs is no system call",
		  LOOP " > " FAULT " > k:do_syscall_64 > k:__do_sys_x", CATEGORY_LOOP },
		{ "a fault inside a system call",
		  LOOP " > os_read > " SYSCALL "k:ksys_read > " FAULT, CATEGORY_SYSCALL },
		{ "a kernel without symbols, from the C library",
		  LOOP " > os_read > /lib/libc.so.6:read > k:-", CATEGORY_SYSCALL },
		{ "a kernel without symbols, from copying",
		  LOOP " > list_concat > /lib/libc.so.6:__memcpy_evex > k:-", CATEGORY_CONTAINER },
		{ "a kernel without symbols, from the interpreter", LOOP " > long_add > k:-",
		  CATEGORY_NUMBER },
		{ "an allocator of another file", LOOP " > /usr/lib/libjemalloc.so.2:-",
		  CATEGORY_ALLOCATION },
		{ "malloc by its door", LOOP " > malloc@plt", CATEGORY_ALLOCATION },
		{ "pymalloc by its door", LOOP " > PyObject_Malloc@plt", CATEGORY_ALLOCATION },
	};

	CHECK_ROWS(rows);
}

static void threads_wait_for_the_gil_or_for_a_lock(void)
{
	static const struct row rows[] = {
		{ "take_gil is inlined",
		  LOOP " > _Py_HandlePending > /lib/libc.so.6:pthread_cond_timedwait",
		  CATEGORY_GIL },
		{ "the C library has no symbols",
		  LOOP " > _Py_HandlePending > /lib/libc.so.6:- > " SYSCALL "k:__x64_sys_futex",
		  CATEGORY_GIL },
		{ "a lock of the program",
		  LOOP " > lock_PyThread_acquire_lock > PyThread_acquire_lock_timed > "
		       "/lib/libc.so.6:sem_clockwait > " SYSCALL "k:__x64_sys_futex",
		  CATEGORY_SYSCALL },
		{ "an extension's condition variable",
		  LOOP " > /x/a.abi3.so:wait > /lib/libc.so.6:pthread_cond_wait",
		  CATEGORY_EXTENSION },
	};

	CHECK_ROWS(rows);
}

static void an_extension_is_the_innermost_module(void)
{
	static const struct {
		const char *label, *stack, *module;
	} rows[] = {
		{ "a file",
		  LOOP " > cfunction_call > /x/_json.cpython-314-x86_64-linux-gnu.so:scan_once",
		  "_json" },
		{ "with the stable interface", LOOP " > /x/rust.abi3.so:f", "rust" },
		{ "built in", LOOP " > scanner_call > scan_once_unicode", "_json" },
		{ "calls the interpreter", LOOP " > /x/np.so:add > PyNumber_Add > float_add",
		  "np" },
		{ "calls a library", LOOP " > /x/zlib.so:compress > /lib/libz.so.1:deflate",
		  "zlib" },
		{ "a library alone", LOOP " > /lib/libz.so.1.2.13:deflate", "libz" },
		{ "a module whose name begins like a library's",
		  LOOP " > /x/np.so:f > /x/libx.cpython-314.so:g", "libx" },
		{ "a built-in library", LOOP " > _blake2_blake2b_update > _Py_LibHacl_Hacl_f",
		  "_blake2" },
		{ "calls another", LOOP " > partial_call > pattern_subx", "_sre" },
		{ "faults", LOOP " > /x/np.so:f > /lib/libc.so.6:memset > " FAULT, "np" },
		{ "looks up", LOOP " > PyObject_GetAttr > /x/np.so:getattro", "np" },
		{ "no extension", LOOP " > long_add", NULL },
		{ "an extension allocates", LOOP " > /x/np.so:f > /lib/libc.so.6:malloc", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *module;
		enum category c = category_of_stack(rows[i].stack, &module);

		check_text(module, rows[i].module, rows[i].label);
		check((c == CATEGORY_EXTENSION) == (rows[i].module != NULL), rows[i].label);
	}
}

static void what_has_no_row_counts_for_its_caller(void)
{
	static const struct row rows[] = {
		{ "a helper of a number", LOOP " > long_mod > qqq", CATEGORY_NUMBER },
		{ "a helper of the loop", LOOP " > Py_DECREF", CATEGORY_LOOP },
		{ "not known, of the loop", LOOP " > qqq", CATEGORY_OTHER },
		{ "not known, of a call", LOOP " > PyObject_Vectorcall > qqq", CATEGORY_OTHER },
		{ "not known, but what it calls", LOOP " > qqq > float_add", CATEGORY_NUMBER },
		{ "the C library for a text", LOOP " > unicode_concat > /lib/libc.so.6:memcpy",
		  CATEGORY_TEXT },
		{ "the C library, caller lost", LOOP " > /lib/libc.so.6:memcpy", CATEGORY_LIBRARY },
		{ "the C library, loop lost", "/lib/libc.so.6:-", CATEGORY_LOOP },
		{ "the C library by name, loop lost", "/lib/libc.so.6:memcpy", CATEGORY_LOOP },
		{ "its allocator, loop lost", "/lib/libc.so.6:malloc", CATEGORY_ALLOCATION },
		{ "code outside of files, loop lost", "?:-", CATEGORY_OTHER },
		{ "the thread's own data", LOOP " > /lib/ld-linux-x86-64.so.2:__tls_get_addr",
		  CATEGORY_LOOP },
		{ "code outside of files", LOOP " > ?:-", CATEGORY_OTHER },
		{ "the clock", LOOP " > PyObject_Vectorcall > time_time > [vdso]:clock_gettime",
		  CATEGORY_EXTENSION },
	};

	CHECK_ROWS(rows);
}

static void without_symbols_the_loop_is_known_by_its_place(void)
{
	static const struct row rows[] = {
		{ "called by a Python frame", "-", CATEGORY_LOOP },
		{ "what the loop calls", "- > -", CATEGORY_UNNAMED },
		{ "what a named loop calls", LOOP " > -", CATEGORY_UNNAMED },
		{ "what a call leads to", LOOP " > PyObject_Vectorcall > -", CATEGORY_UNNAMED },
		{ "an exported name beneath", "- > - > PyUnicode_New", CATEGORY_TEXT },
		{ "beneath an exported name", "- > PyLong_FromString > -", CATEGORY_NUMBER },
	};

	CHECK_ROWS(rows);
}

static void an_evaluation_loop_starts_afresh(void)
{
	static const struct row rows[] = {
		{ "code run by an import", LOOP " > PyImport_Import > " LOOP " > long_add",
		  CATEGORY_NUMBER },
		{ "a finalizer", LOOP " > gc_collect_main > slot_tp_finalize > " LOOP,
		  CATEGORY_LOOP },
		{ "a callback of an extension", LOOP " > /x/np.so:apply > " LOOP " > float_add",
		  CATEGORY_NUMBER },
	};

	CHECK_ROWS(rows);
}

/* The names of interp.h carry calls; none of them may be unknown here. */
static void plumbing_of_the_mixed_view_is_known(void)
{
	struct interp_row row;

	for (size_t i = 0; interp_row(i, &row); i++) {
		struct category_role role = role_of(row.name, strlen(row.name));

		check(role.kind != ROLE_UNKNOWN, row.name);
	}
}

static void each_row_is_there_once_and_can_be_found(void)
{
	struct category_row row, other, found;

	for (size_t i = 0; category_row(i, &row); i++) {
		char *example = mem_text(row.pattern, strlen(row.pattern));
		size_t stars = 0;

		check_in(row.pattern);
		for (char *s = example; *s; s++)
			if (*s == '*') {
				*s = 'Q';
				stars += s == example || !s[1] ? 1 : 2;
			}
		check(stars <= 1, "at most one star, at an end");
		check_u64(clone_base(example), strlen(example), "no suffix of clones");
		check(category_find(example, strlen(example), &found), "it is found");
		check_text(found.pattern, row.pattern, "and not hidden by another");
		for (size_t k = 0; k < i && category_row(k, &other); k++)
			if (strcmp(row.pattern, other.pattern) == 0)
				check(false, "once");
		free(example);
	}
	check_in(NULL);
}

static void the_best_pattern_decides(void)
{
	static const struct {
		const char *symbol, *pattern;
	} rows[] = {
		{ "PyDict_Next", "PyDict_*" },
		{ "PyDict_GetItemRef", "PyDict_GetItem*" },
		{ "list_dealloc", "*_dealloc" },
		{ "gc_alloc", "gc_alloc" },
		{ "gc_collect_main", "gc_*" },
		{ "tupledealloc", "tupledealloc" },
		{ "PyObject_Call", "PyObject_Call*" },
		{ "PyObject_Repr", "PyObject_*" },
		{ "_dealloc", NULL }, /* an end needs something before it */
		{ "qqq", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct category_row row = { 0 };

		category_find(rows[i].symbol, strlen(rows[i].symbol), &row);
		check_text(row.pattern, rows[i].pattern, rows[i].symbol);
	}
}

int main(void)
{
	texts = texts_new();
	every_category_has_its_own_name();
	each_area_has_its_category();
	a_cause_wins_over_what_happens_for_it();
	the_system_is_asked_for_memory_or_for_something_else();
	threads_wait_for_the_gil_or_for_a_lock();
	an_extension_is_the_innermost_module();
	what_has_no_row_counts_for_its_caller();
	without_symbols_the_loop_is_known_by_its_place();
	an_evaluation_loop_starts_afresh();
	plumbing_of_the_mixed_view_is_known();
	each_row_is_there_once_and_can_be_found();
	the_best_pattern_decides();
	texts_free(texts);
	return check_done("category");
}
