/*
 * report/category_names.h - the symbols that tell what a cost is paid for, by area: the data of category.h.
 */
#ifndef PERFOLIO_REPORT_CATEGORY_NAMES_H
#define PERFOLIO_REPORT_CATEGORY_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "report/category.h"

enum category_row_kind {
	ROW_CLAIM,  /* says what a cost is for */
	ROW_LOOP,   /* the evaluation loop itself */
	ROW_HELPER, /* says nothing: counts for its caller */
};

/* A row: `pattern` is a symbol, the beginning of symbols ("PyList_*") or their end ("*_dealloc"). */
struct category_row {
	const char *pattern;
	enum category_row_kind kind;
	enum category category;
	enum category_rank rank;
	const char *module; /* of CATEGORY_EXTENSION */
};

/*
 * The row for a symbol (`len` bytes) of the interpreter; false: none.  A whole name is better than an
 * end, an end better than a beginning, a longer pattern better than a shorter.
 */
bool category_find(const char *symbol, size_t len, struct category_row *row);

/* Row number i of all, for those who check them; false behind the last. */
bool category_row(size_t i, struct category_row *row);

/* The C library's allocator, and system calls for memory made in its name? */
bool category_is_malloc(const char *symbol, size_t len);

/* The C library's copying, comparing and searching of memory and strings, which never calls the kernel? */
bool category_is_memory(const char *symbol, size_t len);

/* Waiting for and waking threads through a condition variable? */
bool category_is_condition(const char *symbol, size_t len);

/* Finding the thread's own data? */
bool category_is_thread_helper(const char *symbol, size_t len);

/* How a kernel function says the kernel was entered. */
enum kernel_entry {
	ENTRY_UNSAID,
	ENTRY_FAULT,   /* a page fault, another exception or an interrupt */
	ENTRY_SYSCALL, /* a system call */
	ENTRY_MEMORY,  /* one for memory: mmap, brk ... */
	ENTRY_FUTEX,   /* one to wait for another thread or to wake it */
};

enum kernel_entry category_kernel_entry(const char *symbol, size_t len);

/* Objects by base name: an allocator in place of the C library's; what belongs to the C run time. */
bool category_is_allocator_object(const char *base);
bool category_is_runtime_object(const char *base);

#endif
