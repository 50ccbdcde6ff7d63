/*
 * tests/bench/program.h - the made-up programs that the benchmark's recordings are of.
 *
 * A program is a few ELF files, with as many symbols as real ones have, and a
 * static call graph over them; PROGRAM_PYTHON has a perf map with trampolines
 * too.  The files hold no code, but whoever looks up a symbol finds it.
 * Everything follows from fixed numbers: the same files and addresses each time.
 *
 *	program_new(kind, folder)     sizes, addresses, names
 *	program_write(program, err)   folder/objects/NAME and folder/perf-PID.map
 *	program_callee(...)           what a stack can look like
 */
#ifndef TESTS_BENCH_PROGRAM_H
#define TESTS_BENCH_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/error.h"

enum program_kind { PROGRAM_PYTHON, PROGRAM_NATIVE, PROGRAM_KINDS };

/* What a function may call, and so what may stand below it in a stack. */
enum role {
	ROLE_START,      /* from main() to the first function that matters, one after the other */
	ROLE_NATIVE,     /* calls a few others */
	ROLE_TRAMPOLINE, /* a Python function; calls the evaluation loop */
	ROLE_LOOP,       /* the evaluation loop; calls Python functions and native ones */
	ROLE_VECTORCALL, /* the first of two that lie between the loop and a Python function */
	ROLE_VECTOR,     /* the second */
};

struct function {
	char name[80];
	uint32_t object; /* its index; one behind the last: the perf map */
	uint32_t offset; /* in its object's file, or in the trampolines' mapping */
	uint32_t size;
	enum role role;
};

struct object {
	const char *name;
	char path[512];
	uint8_t build_id[20];
	uint64_t address;  /* where the file's first byte is mapped */
	uint32_t len;      /* of the mapping */
	uint32_t first, n; /* its functions */
	uint32_t busy;     /* so many of them are ever seen in a stack */
};

enum { PROGRAM_OBJECTS = 4 };

struct program {
	enum program_kind kind;
	uint32_t pid; /* above what Linux gives out, so no living process has it */
	const char *comm;
	char folder[400];
	struct object objects[PROGRAM_OBJECTS];
	size_t n_objects;
	struct object map; /* the trampolines of PROGRAM_PYTHON; n is 0 without */
	struct function *functions;
	size_t n_functions;
	size_t n_start; /* the first functions are those of ROLE_START, in order of calls */
};

struct program *program_new(enum program_kind kind, const char *folder);
void program_free(struct program *p);

/* Folders must exist. */
bool program_write(const struct program *p, struct error *err);

/* How many places a function is left from by calls, and how many it is sampled at. */
unsigned program_sites(const struct program *p, uint32_t function);
unsigned program_points(const struct program *p, uint32_t function);

/* Those of the loop's sites that call Python functions come first. */
enum { LOOP_PYTHON_SITES = 3 };

/* Where the call at a site returns to; inside the function, behind its first byte. */
uint64_t program_site(const struct program *p, uint32_t function, unsigned site);
/* An instruction that samples hit. */
uint64_t program_point(const struct program *p, uint32_t function, unsigned point);

/*
 * Whom the function calls at that site.  What the loop and those between
 * it and a Python function call depends on the Python function that the loop runs
 * (`running`) and on the loop's site, which they get as theirs.
 */
uint32_t program_callee(const struct program *p, uint32_t function, unsigned site,
			uint32_t running);

/* A well mixed number that depends on both, for choices that must always be the same. */
uint64_t program_mix(uint64_t a, uint64_t b);

#endif
