/*
 * report/program.h - what a recording is of: in one word for tables ("server.py", "nginx"), or whole for headers.
 */
#ifndef PERFOLIO_REPORT_PROGRAM_H
#define PERFOLIO_REPORT_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

struct machine;
struct texts;

/*
 * One word or two, which do not depend on numbers that the next recording of the same has not: of a program that the
 * recorder started its base name, of an interpreter (python) the script or module that it runs; "whole system",
 * "cpu 0-3", "user NAME", "cgroup NAME".  "": the command line names none of these, but perhaps processes.
 */
const char *program_name(const char *const *cmdline, size_t n, struct texts *texts);

/*
 * The same in full: the workload's words; "pid 123 (python3), 456 (nginx)", with the names that they have at `time`;
 * "whole system", and "... during make -j4" if what was run meanwhile is more than to wait.  "": not known.
 */
const char *program_title(const char *const *cmdline, size_t n, struct machine *m, uint64_t time,
			  struct texts *texts);

/* program_name() of a command as record_command() writes it. */
const char *program_name_of(const char *command, struct texts *texts);

#endif
