#include "commands/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { ID_HELP = 'h' };

static bool takes_optional(const struct option_row *row)
{
	return row->arg && row->arg[0] == '[';
}

void options_begin(struct options *o, const struct command *command, int argc, char **argv)
{
	size_t n = 0, letters = 0;

	while (command->options[n].name)
		n++;
	*o = (struct options){ .command = command, .argc = argc, .argv = argv };
	o->longs = mem_calloc(n + 2, sizeof(*o->longs));
	o->shorts = mem_calloc(3 * n + 4, 1);
	o->shorts[letters++] = ':'; /* errors are ours to print */
	for (size_t i = 0; i < n; i++) {
		const struct option_row *row = &command->options[i];

		o->longs[i] = (struct option){ .name = row->name, .val = row->id };
		if (row->arg)
			o->longs[i].has_arg =
				takes_optional(row) ? optional_argument : required_argument;
		if (!row->letter)
			continue;
		o->shorts[letters++] = row->letter;
		if (row->arg)
			o->shorts[letters++] = ':';
	}
	o->longs[n] = (struct option){ .name = "help", .val = ID_HELP };
	o->shorts[letters] = ID_HELP;
	optind = 1;
	opterr = 0;
}

void options_end(struct options *o)
{
	free(o->longs);
	free(o->shorts);
	o->longs = NULL;
	o->shorts = NULL;
}

int options_usage(const struct options *o, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "perfolio %s: ", o->command->name);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "\nsee: perfolio %s --help\n", o->command->name);
	return EXIT_USAGE;
}

int options_next(struct options *o)
{
	/* A letter that takes an argument takes it as getopt does; an id of a letter is the letter. */
	int id = getopt_long(o->argc, o->argv, o->shorts, o->longs, NULL);

	o->arg = optarg;
	switch (id) {
	case -1:
		o->operands = (const char **)(o->argv + optind);
		o->n_operands = (size_t)(o->argc - optind);
		return OPTIONS_END;
	case ID_HELP:
		options_help(o->command);
		return OPTIONS_HELP;
	case ':':
		options_usage(o, "%s needs an argument", o->argv[optind - 1]);
		return OPTIONS_WRONG;
	case '?':
		if (optopt && optopt < 256)
			options_usage(o, "unknown option -%c", optopt);
		else
			options_usage(o, "unknown option %s", o->argv[optind - 1]);
		return OPTIONS_WRONG;
	default:
		return id;
	}
}

int options_word(const struct options *o, const char *option, const char *values)
{
	size_t len = strlen(o->arg);
	const char *v = values;

	for (int i = 0; *v; i++) {
		size_t n = strcspn(v, "|");

		if (n == len && strncmp(v, o->arg, n) == 0)
			return i;
		v += n + (v[n] == '|');
	}
	options_usage(o, "--%s takes one of %s, not '%s'", option, values, o->arg);
	return -1;
}

bool options_number(const struct options *o, const char *option, uint64_t min, uint64_t max,
		    uint64_t *out)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(o->arg, &end, 10);
	if (o->arg[0] < '0' || o->arg[0] > '9' || *end || errno || v < min || v > max) {
		options_usage(o, "--%s takes a whole number from %llu to %llu, not '%s'", option,
			      (unsigned long long)min, (unsigned long long)max, o->arg);
		return false;
	}
	*out = v;
	return true;
}

bool options_percent(const struct options *o, const char *option, double *out)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(o->arg, &end);
	if (end == o->arg || *end || errno || !(v >= 0 && v <= 100)) {
		options_usage(o, "--%s takes a share in percent, 0 to 100, not '%s'", option,
			      o->arg);
		return false;
	}
	*out = v;
	return true;
}

static int option_width(const struct option_row *row)
{
	return (int)(strlen(row->name) + (row->arg ? strlen(row->arg) + 1 : 0));
}

void options_help(const struct command *c)
{
	int width = 6;

	for (const struct option_row *row = c->options; row->name; row++)
		if (option_width(row) > width)
			width = option_width(row);
	printf("usage: perfolio %s [OPTION...] %s\n\n%s\n\n", c->name, c->operands, c->summary);
	for (const struct option_row *row = c->options; row->name; row++) {
		printf("  %c%c%s --%s%s%-*s  %s", row->letter ? '-' : ' ',
		       row->letter ? row->letter : ' ', row->letter ? "," : " ", row->name,
		       row->arg ? (takes_optional(row) ? "" : "=") : "",
		       width - (int)strlen(row->name) - (row->arg && !takes_optional(row) ? 1 : 0),
		       row->arg ? row->arg : "", row->help);
		if (row->values)
			printf(": %s", row->values);
		putchar('\n');
	}
	printf("  -h, --%-*s  print this help\n", width, "help");
}

/* Completion: commands first, then the options of the command, then the words of an option. */
void completion_bash(void)
{
	puts("# bash completion for perfolio, made from its option tables\n"
	     "_perfolio()\n"
	     "{\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	     "\tlocal command=${COMP_WORDS[1]} words= values=\n"
	     "\tCOMPREPLY=()\n"
	     "\t# bash splits --option=word at the equals sign\n"
	     "\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
	     "\t[[ $cur == = ]] && cur=");
	fputs("\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W \"", stdout);
	for (const struct command *c = commands; c->name; c++)
		printf("%s ", c->name);
	puts("help --help --version\" -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase $command in");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t%s)\n\t\twords=\"--help", c->name);
		for (const struct option_row *row = c->options; row->name; row++)
			printf(" --%s%s", row->name, row->arg && !takes_optional(row) ? "=" : "");
		puts("\"\n\t\tcase $prev in");
		for (const struct option_row *row = c->options; row->name; row++) {
			if (!row->values)
				continue;
			printf("\t\t--%s) values=\"", row->name);
			for (const char *v = row->values; *v; v++)
				putchar(*v == '|' ? ' ' : *v);
			puts("\" ;;");
		}
		puts("\t\tesac\n\t\t;;");
	}
	puts("\tesac\n"
	     "\tif [[ $values ]]; then\n"
	     "\t\tCOMPREPLY=($(compgen -W \"$values\" -- \"$cur\"))\n"
	     "\telif [[ $cur == -* ]]; then\n"
	     "\t\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
	     "\t\t[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
	     "\telse\n"
	     "\t\tcompopt -o filenames\n"
	     "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	     "\tfi\n"
	     "}\n"
	     "complete -F _perfolio perfolio");
}
