/*
 * report/shell_words.h - words of a command line as one text that can be typed into a shell, and back.
 *
 * The text has no control byte, whatever the words have: such bytes, and those that are not UTF-8, are written as
 * bash, ksh, zsh and POSIX.1-2024 read them, $'\x1b'.
 */
#ifndef PERFOLIO_REPORT_SHELL_WORDS_H
#define PERFOLIO_REPORT_SHELL_WORDS_H

#include <stddef.h>

struct texts;

/* Starts as zeroes; shell_words_done() frees.  Texts are borrowed. */
struct shell_words {
	const char **items;
	size_t n, cap;
};

void shell_words_add(struct shell_words *w, const char *word);
void shell_words_done(struct shell_words *w);

/* "grep -e 'a b' file"; an interned text. */
const char *shell_words_join(const struct shell_words *w, struct texts *texts);

/*
 * Add the words of such a text, interned.  Takes what shell_words_join() writes, not all that a shell does; of
 * anything else it makes some words, too.
 */
void shell_words_split(struct shell_words *w, const char *text, struct texts *texts);

#endif
