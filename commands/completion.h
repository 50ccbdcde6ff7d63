/*
 * commands/completion.h - scripts for shells that complete commands, options and words, made from the option tables.
 */
#ifndef PERFOLIO_COMMANDS_COMPLETION_H
#define PERFOLIO_COMMANDS_COMPLETION_H

/* A bash completion script for all commands on stdout. */
void completion_bash(void);

#endif
