#include "commands/completion.h"

#include <stdio.h>
#include <string.h>

#include "commands/options.h"

/* ---- bash ---- */

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
	puts("help --help --version --completion\" -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase $command in");
	fputs("\t--completion) values=\"bash zsh\" ;;\n\thelp) values=\"", stdout);
	for (const struct command *c = commands; c->name; c++)
		printf("%s%s", c->name, c[1].name ? " " : "\" ;;\n");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t%s)\n\t\twords=\"--help", c->name);
		for (const struct option_row *row = c->options; row->name; row++)
			if (!option_is_heading(row))
				printf(" --%s%s", row->name,
				       row->arg && !option_takes_optional(row) ? "=" : "");
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

/* ---- zsh ---- */

/* Inside of '...'; `special` characters get a backslash, as _arguments wants it. */
static void put_zsh(const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\'", stdout);
		else if (strchr(special, *text))
			putchar('\\');
		putchar(*text);
	}
}

/* What an argument is completed with: words, folders by their name, else files. */
static void put_zsh_argument(const struct option_row *row)
{
	bool folder = strcmp(row->arg, "DIR") == 0, file = strcmp(row->arg, "FILE") == 0;

	fputs(option_takes_optional(row) ? "::" : ":", stdout);
	for (const char *p = row->arg; *p; p++)
		if (*p != '[' && *p != ']')
			putchar(*p);
	putchar(':');
	if (row->values) {
		putchar('(');
		for (const char *v = row->values; *v; v++)
			putchar(*v == '|' ? ' ' : *v);
		putchar(')');
	} else if (folder || file) {
		fputs(folder ? "_files -/" : "_files", stdout);
	}
}

/* '*--view=[help]:VIEW:(python native mixed)': what has an argument may come again. */
static void put_zsh_option(const struct option_row *row)
{
	const char *mark = !row->arg ? "" : option_takes_optional(row) ? "=-" : "=";

	for (int letter = row->letter != 0; letter >= 0; letter--) {
		printf("\t\t\t'%s", row->arg ? "*" : "");
		if (letter)
			printf("-%c%s", row->letter, row->arg ? "+" : "");
		else
			printf("--%s%s", row->name, mark);
		putchar('[');
		put_zsh(row->help, ":[]\\");
		putchar(']');
		if (row->arg)
			put_zsh_argument(row);
		puts("' \\");
	}
}

/* As zsh's _arguments wants it; commands first, as with bash. */
void completion_zsh(void)
{
	puts("#compdef perfolio\n"
	     "# zsh completion for perfolio, made from its option tables\n"
	     "_perfolio()\n"
	     "{\n"
	     "\tlocal -a commands\n"
	     "\tcommands=(");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t\t'%s:", c->name);
		put_zsh(c->summary, "");
		puts("'");
	}
	puts("\t\t'help:the options of a command'\n"
	     "\t)\n"
	     "\tif ((CURRENT == 2)); then\n"
	     "\t\t_describe -t commands command commands\n"
	     "\t\tcompadd -- --help --version --completion\n"
	     "\t\treturn\n"
	     "\tfi\n"
	     "\tshift words\n"
	     "\t((CURRENT--))\n"
	     "\tcase $words[1] in\n"
	     "\thelp) ((CURRENT == 2)) && _describe -t commands command commands ;;\n"
	     "\t--completion) ((CURRENT == 2)) && compadd bash zsh ;;");
	for (const struct command *c = commands; c->name; c++) {
		printf("\t%s)\n\t\t_arguments -s -S \\\n", c->name);
		for (const struct option_row *row = c->options; row->name; row++)
			if (!option_is_heading(row))
				put_zsh_option(row);
		puts("\t\t\t'(-)'{-h,--help}'[print this help]' \\\n\t\t\t'*:file:_files'\n\t\t;;");
	}
	puts("\tesac\n"
	     "}\n"
	     "if [ \"$funcstack[1]\" = _perfolio ]; then\n"
	     "\t_perfolio \"$@\"\n"
	     "else\n"
	     "\tcompdef _perfolio perfolio\n"
	     "fi");
}
