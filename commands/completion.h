/*
 * commands/completion.h - scripts for shells that complete commands, options and words, made from the option tables.
 */
#ifndef PERFOLIO_COMMANDS_COMPLETION_H
#define PERFOLIO_COMMANDS_COMPLETION_H

/* A bash completion script for all commands on stdout. */
void completion_bash(void);

/* The same for zsh: as $fpath's _perfolio, or to be read with source. */
void completion_zsh(void);

#endif
