/*
 * report/program.h - what a recording is of, in one word: "server.py", "nginx".
 */
#ifndef PERFOLIO_REPORT_PROGRAM_H
#define PERFOLIO_REPORT_PROGRAM_H

#include <stddef.h>

/* Where the program begins in "perf record OPTIONS [--] PROGRAM ..."; n: the command names none (-a, -p). */
size_t program_begin(const char *const *cmdline, size_t n);

/*
 * The program in a command line of perf record: the base name of what stands behind perf's options, of
 * an interpreter (python) the script or module that it runs.  "": the command names none (-a, -p).
 */
const char *program_name(const char *const *cmdline, size_t n);

/* The same of a command as loading_program() gives it, one text with spaces between its words; free() it. */
char *program_name_of(const char *command);

#endif
