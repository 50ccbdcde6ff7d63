#include "commands/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands/session.h"
#include "parser/base/memory.h"
#include "parser/base/near_names.h"
#include "parser/base/text.h"

enum { ID_HELP = 'h' };

static const struct option_row help_row = {
	"help", ID_HELP, NULL, NULL, "print this help", ID_HELP
};

void options_begin(struct options *o, const struct command *command, int argc, char **argv)
{
	size_t n = 0, letters = 0, longs = 0;

	while (command->options[n].name)
		n++;
	*o = (struct options){ .command = command, .argc = argc, .argv = argv };
	o->longs = mem_calloc(n + 2, sizeof(*o->longs));
	o->shorts = mem_calloc(3 * n + 5, 1);
	o->shorts[letters++] = '-'; /* operands come in their order, too */
	o->shorts[letters++] = ':'; /* errors are ours to print */
	for (size_t i = 0; i < n; i++) {
		const struct option_row *row = &command->options[i];
		struct option *to = &o->longs[longs];

		if (option_is_heading(row))
			continue;
		*to = (struct option){ .name = row->name, .val = row->id };
		if (row->arg)
			to->has_arg =
				option_takes_optional(row) ? optional_argument : required_argument;
		longs++;
		if (!row->letter)
			continue;
		o->shorts[letters++] = row->letter;
		if (row->arg)
			o->shorts[letters++] = ':';
	}
	o->longs[longs] = (struct option){ .name = help_row.name, .val = help_row.id };
	o->shorts[letters] = ID_HELP;
	optind = 1;
	opterr = 0;
}

void options_end(struct options *o)
{
	free(o->longs);
	free(o->shorts);
	free(o->own_operands);
	o->longs = NULL;
	o->shorts = NULL;
	o->own_operands = NULL;
}

int options_usage(const struct options *o, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	fprintf(stderr, "perfolio %s: ", o->command->name);
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0)
		session_put(text);
	va_end(args);
	free(text);
	fprintf(stderr, "\nsee: perfolio %s --help\n", o->command->name);
	return EXIT_USAGE;
}

/* The long options that begin like this, with commas between, as far as they fit. */
static size_t list_beginnings(const struct options *o, const char *word, char *list, size_t size)
{
	size_t len = strcspn(word, "="), n = 0, used = 0;

	*list = '\0';
	for (const struct option *long_option = o->longs; long_option->name; long_option++) {
		if (strncmp(long_option->name, word, len) != 0)
			continue;
		if (used + strlen(long_option->name) + sizeof(", --") < size)
			used += (size_t)snprintf(list + used, size - used, "%s--%s", n ? ", " : "",
						 long_option->name);
		n++;
	}
	return n;
}

/* The long option that may have been meant, with its dashes as it is typed. */
static void tell_no_option(const struct options *o, const char *word)
{
	struct near_names near;
	char *wanted, *hint, **names;
	size_t n = 0;

	while (o->longs[n].name)
		n++;
	names = mem_calloc(n, sizeof(*names));
	wanted = mem_text(word, strcspn(word, "="));
	near_names_begin(&near, wanted);
	for (size_t i = 0; i < n; i++)
		if (asprintf(&names[i], "--%s", o->longs[i].name) >= 0)
			near_names_offer(&near, names[i]);
	hint = near_names_hint(&near);
	options_usage(o, "unknown option %s%s", wanted, hint);
	free(hint);
	free(wanted);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

/* getopt's '?': no such option, one that takes no argument has one, or a beginning of several. */
static void tell_unknown(const struct options *o, const char *word)
{
	char list[200];
	size_t n = 0;

	if (strncmp(word, "--", 2) == 0)
		n = list_beginnings(o, word + 2, list, sizeof(list));
	if (n && optopt)
		options_usage(o, "%.*s takes no argument", (int)strcspn(word, "="), word);
	else if (n)
		options_usage(o, "%s can be any of %s", word, list);
	else if (optopt && optopt < 256)
		options_usage(o, "unknown option -%c", optopt);
	else
		tell_no_option(o, word);
}

/* A script whose variable was not set gives an empty name; no file has one.  False: told. */
static bool check_operands(const struct options *o)
{
	for (size_t i = 0; i < o->n_operands; i++) {
		if (*o->operands[i])
			continue;
		options_usage(o, "one of the operands is empty: '' names nothing");
		return false;
	}
	return true;
}

/* The same of an argument that is a name; an empty expression would match all, so nobody means it. */
static bool check_name(const struct options *o, int id)
{
	static const char *const names[] = { "FILE", "DIR", "NAME,...", "REGEX", "EVENT" };
	const struct option_row *row = o->command->options;

	if (!o->arg || *o->arg)
		return true;
	while (row->name && (row->id != id || option_is_heading(row)))
		row++;
	for (size_t i = 0; row->arg && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(row->arg, names[i]) != 0)
			continue;
		options_usage(o, "--%s: '' names nothing", row->name);
		return false;
	}
	return true;
}

static void add_operand(struct options *o, const char *operand)
{
	o->own_operands = mem_grow(o->own_operands, o->n_operands, 1, &o->cap_operands,
				   sizeof(*o->own_operands));
	o->own_operands[o->n_operands++] = operand;
}

int options_next(struct options *o)
{
	enum { AN_OPERAND = 1 };
	int id;

	/* A letter that takes an argument takes it as getopt does; an id of a letter is the letter. */
	while ((id = getopt_long(o->argc, o->argv, o->shorts, o->longs, NULL)) == AN_OPERAND)
		add_operand(o, optarg);
	o->arg = optarg;
	switch (id) {
	case -1:
		o->n_plain = (size_t)(o->argc - optind);
		for (; optind < o->argc; optind++)
			add_operand(o, o->argv[optind]);
		o->operands = o->own_operands;
		return check_operands(o) ? OPTIONS_END : OPTIONS_WRONG;
	case ID_HELP:
		options_help(o->command);
		return OPTIONS_HELP;
	case ':':
		options_usage(o, "%s needs an argument", o->argv[optind - 1]);
		return OPTIONS_WRONG;
	case '?':
		tell_unknown(o, o->argv[optind - 1]);
		return OPTIONS_WRONG;
	default:
		return check_name(o, id) ? id : OPTIONS_WRONG;
	}
}

int options_word(const struct options *o, const char *option, const char *values)
{
	size_t len = strlen(o->arg);
	const char *v = values;
	char *hint;

	for (int i = 0; *v; i++) {
		size_t n = strcspn(v, "|");

		if (n == len && strncmp(v, o->arg, n) == 0)
			return i;
		v += n + (v[n] == '|');
	}
	hint = near_words_hint(o->arg, values);
	options_usage(o, "--%s takes one of %s, not '%s'%s", option, values, o->arg, hint);
	free(hint);
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
		if (max == SIZE_MAX && errno != ERANGE)
			options_usage(o, "--%s takes a whole number, not '%s'", option, o->arg);
		else
			options_usage(o, "--%s takes a whole number from %llu to %llu, not '%s'",
				      option, (unsigned long long)min, (unsigned long long)max,
				      o->arg);
		return false;
	}
	*out = v;
	return true;
}

static bool refuse_path(const struct options *o, const char *option, const char *path, int why)
{
	options_usage(o, "--%s: %s: %s", option, path, strerror(why));
	return false;
}

bool options_file(const struct options *o, const char *option, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0 || access(path, R_OK) != 0)
		return refuse_path(o, option, path, errno);
	return !S_ISDIR(st.st_mode) || refuse_path(o, option, path, EISDIR);
}

bool options_folder(const struct options *o, const char *option, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return refuse_path(o, option, path, errno);
	if (!S_ISDIR(st.st_mode))
		return refuse_path(o, option, path, ENOTDIR);
	return access(path, R_OK | X_OK) == 0 || refuse_path(o, option, path, errno);
}

bool options_percent(const struct options *o, const char *option, double *out)
{
	double v;
	const char *end = text_decimal(o->arg, &v);

	if (!end || *end || v > 100) {
		options_usage(o, "--%s takes a share in percent, 0 to 100, not '%s'", option,
			      o->arg);
		return false;
	}
	*out = v;
	return true;
}

/* ---- --help ---- */

/* The widest lines that people like to read, less on a terminal that is narrower. */
static size_t help_columns(void)
{
	enum { WIDEST = 100, NARROWEST = 60 };
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col >= WIDEST || !size.ws_col)
		return WIDEST;
	return size.ws_col > NARROWEST ? size.ws_col : NARROWEST;
}

/* Words from column `at` on, wrapped before `columns` with an indent of `left`; gives the column behind them. */
static size_t print_wrapped(const char *text, size_t at, size_t left, size_t columns)
{
	for (const char *p = text; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (at > left && at + 1 + n > columns) {
			printf("\n%*s", (int)left, "");
			at = left;
		} else if (at > left) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)n, p);
		at += n;
		p += n;
	}
	return at;
}

/* What stands before the name: "  -i, ". */
enum { LETTER_WIDTH = 6 };

static size_t option_width(const struct option_row *row)
{
	return LETTER_WIDTH + strlen("--") + strlen(row->name) +
	       (row->arg ? strlen(row->arg) + strlen("=") : 0);
}

static void print_option(const struct option_row *row, size_t left, size_t columns)
{
	size_t at = left;

	if (row->letter)
		printf("  -%c, --%s", row->letter, row->name);
	else
		printf("%*s--%s", LETTER_WIDTH, "", row->name);
	if (row->arg)
		printf("%s%s", option_takes_optional(row) ? "[=" : "=",
		       row->arg + option_takes_optional(row));
	printf("%*s", (int)(left - option_width(row)), "");
	at = print_wrapped(row->help, at, left, columns);
	if (row->values) {
		putchar(':');
		print_wrapped(row->values, at + 1, left, columns);
	}
	putchar('\n');
}

void options_help(const struct command *c)
{
	size_t columns = help_columns(), left = option_width(&help_row);
	const struct option_row *row;

	for (row = c->options; row->name; row++)
		if (option_width(row) > left)
			left = option_width(row);
	left += 2;
	printf("usage: perfolio %s [OPTION...] %s\n\n%s\n\n", c->name, c->operands, c->summary);
	for (row = c->options; row->name && !option_is_heading(row); row++)
		print_option(row, left, columns);
	print_option(&help_row, left, columns);
	for (; row->name; row++) {
		if (option_is_heading(row))
			printf("\n%s:\n", row->help);
		else
			print_option(row, left, columns);
	}
}
