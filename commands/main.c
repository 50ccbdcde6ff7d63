/*
 * perfolio - reads recordings of `perf record` and tells what they say.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "commands/commands.h"
#include "commands/completion.h"
#include "commands/session.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/near_names.h"

const struct command commands[] = {
	{ "report", "Which functions cost what: a table of the recording's functions.",
	  "[RECORDING...]", report_options, command_report },
	{ "annotate", "Where in a function the cost is: source lines and instructions.",
	  "[RECORDING...] [FUNCTION...]", annotate_options, command_annotate },
	{ "cache",
	  "What events say together: misses per function, ratios, and what beneath it misses.",
	  "[RECORDING...]", cache_options, command_cache },
	{ "export", "Write the profile for another tool: callgrind, DOT, folded stacks.",
	  "[RECORDING...]", export_options, command_export },
	{ "batch",
	  "Outputs of many recordings, an index and a summary over all; goes on where it was.",
	  "INPUT...", batch_options, command_batch },
	{ "doctor", "What is wrong with a recording, and how to record it right.", "[RECORDING...]",
	  doctor_options, command_doctor },
	{ "save", "Write a profile file: small, and all that other commands need.", "[RECORDING]",
	  save_options, command_save },
	{ "merge", "Write a profile file that is the sum of several recordings.", "INPUT...",
	  merge_options, command_merge },
	{ "info", "What was recorded, where and how, and what is wrong with it.", "[RECORDING]",
	  info_options, command_info },
	{ "dump", "Every header, feature and record with its offset and fields.", "[RECORDING]",
	  dump_options, command_dump },
	{ 0 },
};

/* No stdio here: it may need memory. */
static void out_of_memory(size_t bytes)
{
	static const char message[] =
		"perfolio: out of memory; if a limit is set (ulimit -v), raise it\n";

	(void)bytes;
	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		_exit(EXIT_NOTHING);
	_exit(EXIT_NOTHING);
}

static void usage(FILE *f)
{
	fputs("usage: perfolio COMMAND [OPTION...] [RECORDING]\n\n"
	      "Reads recordings of `perf record` (perf.data), from any machine, and tells what they say.\n\n",
	      f);
	for (const struct command *c = commands; c->name; c++)
		fprintf(f, "  %-8s %s\n", c->name, c->summary);
	fputs("\nperfolio COMMAND --help, or perfolio help COMMAND, tells the options of a command.\n\n"
	      "  -h, --help              print this help\n"
	      "      --version           print the version, and what it was built with\n"
	      "      --completion SHELL  print a completion script: bash|zsh\n",
	      f);
}

static const struct command *find(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

static int no_command(const char *name)
{
	static const char *const others[] = { "help", "--help", "--version", "--completion" };
	struct near_names near;
	char *hint;

	near_names_begin(&near, name);
	for (const struct command *c = commands; c->name; c++)
		near_names_offer(&near, c->name);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		near_names_offer(&near, others[i]);
	hint = near_names_hint(&near);
	session_say(*name == '-' ? "perfolio: there is no option %s before the command%s"
				 : "perfolio: there is no command '%s'%s",
		    name, hint);
	fputs("\nsee: perfolio --help\n", stderr);
	free(hint);
	return EXIT_USAGE;
}

/* What was printed is not done before it is written. */
static int flushed(void)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_DONE;
	fputs("perfolio: cannot write to standard output\n", stderr);
	return EXIT_NOTHING;
}

/* The first line is for programs, the second for who is told of a mistake. */
static void version(void)
{
	static const char *const optional[] = {
#ifdef HAVE_LIBARCHIVE
		"libarchive",
#endif
#ifdef HAVE_LIBDEBUGINFOD
		"libdebuginfod",
#endif
#ifdef HAVE_CAPSTONE
		"capstone",
#endif
#ifdef HAVE_LIBIBERTY
		"libiberty",
#endif
		NULL
	};

	puts("perfolio " PACKAGE_VERSION);
	fputs("optional libraries:", stdout);
	for (size_t i = 0; optional[i]; i++)
		printf("%s %s", i ? "," : "", optional[i]);
	puts(optional[0] ? "" : " none");
}

static int completion(const char *shell)
{
	if (strcmp(shell, "bash") == 0) {
		completion_bash();
	} else if (strcmp(shell, "zsh") == 0) {
		completion_zsh();
	} else {
		session_say("perfolio: --completion takes one of bash|zsh, not '%s'", shell);
		fputs("\nsee: perfolio --help\n", stderr);
		return EXIT_USAGE;
	}
	return flushed();
}

static int help(const char *name)
{
	const struct command *c = name ? find(name) : NULL;

	if (name && !c)
		return no_command(name);
	if (c)
		options_help(c);
	else
		usage(stdout);
	return flushed();
}

/*
 * A closed descriptor 0, 1 or 2 would be given to the next file that is opened, and messages written into that.  What
 * takes its place cannot be written, so that lost output is noticed as before.
 */
static void hold_standard_descriptors(void)
{
	int fd = open("/dev/null", O_RDONLY);

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/dev/null", O_RDONLY);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* Many programs are made of more files than the usual limit, which is meant for those that call select(). */
static void allow_many_open_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : NULL;
	const struct command *c;
	int status;

	hold_standard_descriptors();
	allow_many_open_files();
	memory_set_handler(out_of_memory);
	hash_randomize(getenv("PERFOLIO_HASH_SEED"));
	if (!name) {
		usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
		return help(argc > 2 ? argv[2] : NULL);
	if (strcmp(name, "--version") == 0) {
		version();
		return flushed();
	}
	if (strcmp(name, "--completion") == 0)
		return completion(argc > 2 ? argv[2] : "");
	c = find(name);
	if (!c)
		return no_command(name);
	status = c->run(c, argc - 1, argv + 1);
	return flushed() == EXIT_DONE ? status : EXIT_NOTHING; /* its --help */
}
