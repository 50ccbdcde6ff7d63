/*
 * report/category.h - what the cost inside a Python function is paid for: interpreter loop, allocation, look-ups ...
 *
 * Asked is what runs natively beneath the innermost Python frame.  The frames are stepped through from
 * there inwards; each step keeps the category of the stack so far, so that a call tree is
 * categorised with one step per node.  These rules decide, the first that applies:
 *
 *   1. An evaluation loop starts afresh, as a Python frame would: what called it pays for its own.
 *   2. Causes win over all that happens for them, in this order: GIL wait, garbage collection, import,
 *      compiling, exceptions.  (So the memory that an import takes is import.)
 *   3. Then what is asked of the system: allocation with all beneath it (system calls for memory, page
 *      faults inside the allocator), then system calls.
 *   4. Then C extensions, the innermost module of several; a plain library (lib*.so) counts for the
 *      module that called it.  A module counts alike whether it is a file or built into the interpreter.
 *   5. Then attribute and dict look-up, with the hashing and comparing of keys.
 *   6. Else the innermost symbol of the table decides.
 *
 * A symbol of the interpreter that the table does not have counts for its caller, and for "other
 * native" where that is the evaluation loop or a mere call.  The kernel counts for its caller too, but
 * for what rule 3 says; so does the C library.  By frame pointers, which it does not have, it hides the function that
 * called it: the stack goes on with that function's caller.  So below the loop or a call nobody knows whom it
 * worked for, and it is a category of its own.  Below the Python frame it can only be the evaluation loop that it
 * hides, since a trampoline calls nothing else, and it counts for that.  Interpreter without
 * symbols: the frame that a Python frame calls is the evaluation loop; what the loop calls is a
 * category of its own.
 *
 * The names are data: category_names.h.
 */
#ifndef PERFOLIO_REPORT_CATEGORY_H
#define PERFOLIO_REPORT_CATEGORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/profile.h"

struct texts;

enum category {
	CATEGORY_CALL,       /* frames, arguments, vectorcall, generators, trampolines */
	CATEGORY_LOOP,       /* the evaluation loop with its specialising and instrumentation */
	CATEGORY_ALLOCATION, /* giving and taking back memory; deallocators */
	CATEGORY_GC,
	CATEGORY_LOOKUP, /* attributes, names, and dicts by key */
	CATEGORY_NUMBER,
	CATEGORY_TEXT,      /* str, bytes, bytearray, memoryview; formats and codecs */
	CATEGORY_CONTAINER, /* list, tuple, set, whole dicts; iteration, sorting */
	CATEGORY_OBJECT,    /* other builtin types and functions, and types themselves */
	CATEGORY_IMPORT,
	CATEGORY_COMPILE,
	CATEGORY_EXCEPTION,
	CATEGORY_GIL,
	CATEGORY_EXTENSION, /* modules in C, built in or not, and libraries */
	CATEGORY_SYSCALL,
	CATEGORY_LIBRARY, /* C library, where its caller does not say what for */
	CATEGORY_UNNAMED, /* interpreter without symbols */
	CATEGORY_OTHER,
	N_CATEGORIES
};

/* "calls and frames", "interpreter loop" ... */
const char *category_name(enum category c);

/* How strong a claim to a stack is (rules 2 to 6); of equal ones the inner one wins. */
enum category_rank {
	RANK_NONE, /* nothing seen yet */
	RANK_PLAIN,
	RANK_LOOKUP,
	RANK_EXTENSION,
	RANK_SYSCALL,
	RANK_ALLOCATION,
	RANK_EXCEPTION,
	RANK_COMPILE,
	RANK_IMPORT,
	RANK_GC,
	RANK_GIL,
};

/* What one function says of a stack; found once per function. */
struct category_role {
	enum {
		ROLE_NEUTRAL, /* small helpers: they count for their caller */
		ROLE_CLAIM,   /* of the table, or of an extension */
		ROLE_LOOP,    /* an evaluation loop */
		ROLE_UNKNOWN, /* interpreter, not in the table */
		ROLE_UNNAMED, /* interpreter, no symbol */
		ROLE_RUNTIME, /* C library, loader, [vdso]; code outside of files */
		ROLE_WAIT,    /* the C library's condition variables: how the GIL is waited for */
		ROLE_KERNEL,
		ROLE_FAULT,   /* kernel, entered by a fault or an interrupt */
		ROLE_SYSCALL, /* kernel, entered by a system call */
		ROLE_MEMORY,  /* kernel, a system call for memory */
		ROLE_FUTEX,   /* kernel, a system call to wait for another thread */
	} kind;
	enum category category;
	enum category_rank rank;
	const char *module; /* of an extension, else NULL */
	bool library;       /* `module` is a plain library */
	bool may_enter;     /* may have entered the kernel by a system call */
	bool placeholder;   /* all code of the kernel without a symbol */
};

/* A native or kernel function's role.  interpreter: its object is (or embeds) CPython: interp_is_object(). */
struct category_role category_role(struct texts *texts, const struct function *f, bool interpreter);

/* The stack from the innermost Python frame down to here.  Starts, and starts again at each Python frame, as zeroes. */
struct category_state {
	enum category category;
	enum category_rank rank;
	const char *module; /* the innermost C extension, else NULL */
	bool may_enter;     /* the innermost frame may have entered the kernel by a system call */
	bool in_kernel;
	bool faulted; /* the kernel was entered by a fault or an interrupt, not by a system call */
};

struct category_state category_step(struct category_state s, const struct category_role *role);

/*
 * The same for whole stacks: `n` roles from the outermost inwards.  *module (may be NULL): the module if the
 * category is CATEGORY_EXTENSION, else NULL.
 */
enum category category_of(const struct category_role *const *roles, size_t n, const char **module);

#endif
