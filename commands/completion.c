#include "commands/completion.h"

#include <stdio.h>

#include "commands/options.h"

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
	fputs("\t--completion) values=bash ;;\n\thelp) values=\"", stdout);
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
