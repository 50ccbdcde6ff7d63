/*
 * commands/options.h - one option table for each command.
 *
 * --help, the completions and the check of the man pages are made from the same
 * rows that the parser uses, so they agree.
 */
#ifndef PERFOLIO_COMMANDS_OPTIONS_H
#define PERFOLIO_COMMANDS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_row {
	const char *name; /* long name without dashes; "": a heading; NULL ends the table */
	char letter;      /* short name, 0 for none */
	const char
		*arg; /* what its argument is called: "FILE"; NULL: takes none; "[X]": optional */
	const char *values; /* the words it takes, "a|b|c", or NULL */
	const char *help;   /* of a heading its text */
	int id;             /* what options_next() gives; the letter where there is one */
};

static inline bool option_is_heading(const struct option_row *row)
{
	return !*row->name;
}

static inline bool option_takes_optional(const struct option_row *row)
{
	return row->arg && row->arg[0] == '[';
}

struct command {
	const char *name;
	const char *summary;  /* one line */
	const char *operands; /* "[RECORDING]" */
	const struct option_row *options;
	int (*run)(const struct command *self, int argc, char **argv); /* returns the exit status */
};

/* All commands; the last row's name is NULL. */
extern const struct command commands[];

/* Exit statuses (DESIGN 6). */
enum { EXIT_DONE = 0, EXIT_NOTHING = 1, EXIT_USAGE = 2, EXIT_UNWELL = 3 };

struct options {
	const struct command *command;
	int argc;
	char **argv;
	struct option *longs; /* getopt's view of the table */
	char *shorts;
	const char *arg; /* of the option that options_next() gave */
	const char **operands;
	size_t n_operands;
	size_t n_plain;            /* the last so many of them stood behind "--" */
	const char **own_operands; /* ours, whoever moves `operands` */
	size_t cap_operands;
};

enum { OPTIONS_END = 0, OPTIONS_WRONG = -1, OPTIONS_HELP = -2 };

void options_begin(struct options *o, const struct command *command, int argc, char **argv);

/*
 * The id of the next option, its argument in o->arg; OPTIONS_END when all are
 * read (operands are in o->operands then); OPTIONS_WRONG: the message was printed, exit 2;
 * OPTIONS_HELP: the help was printed, exit 0.
 */
int options_next(struct options *o);
void options_end(struct options *o);

/* Is there a long option of this name?  Its word's index in `values`; prints the error and gives -1. */
int options_word(const struct options *o, const char *option, const char *values);

/* A whole number from `min` to `max`; prints the error and gives false. */
bool options_number(const struct options *o, const char *option, uint64_t min, uint64_t max,
		    uint64_t *out);

/*
 * Is the file or folder of an option there, to be read?  One that was named and is not there is a mistake, not one
 * source less.  Prints the error and gives false.
 */
bool options_file(const struct options *o, const char *option, const char *path);
bool options_folder(const struct options *o, const char *option, const char *path);

/* A share in percent, 0 to 100. */
bool options_percent(const struct options *o, const char *option, double *out);

/* "perfolio report: MESSAGE" and where the help is, on stderr; gives EXIT_USAGE. */
int options_usage(const struct options *o, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The help of one command on stdout. */
void options_help(const struct command *c);

#endif
