#include "report/shell_words.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/buffer.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/base/utf8.h"

void shell_words_add(struct shell_words *w, const char *word)
{
	w->items = mem_grow(w->items, w->n, 1, &w->cap, sizeof(*w->items));
	w->items[w->n++] = word;
}

void shell_words_done(struct shell_words *w)
{
	free(w->items);
	*w = (struct shell_words){ 0 };
}

/* ---- writing ---- */

static void put(struct buffer *b, const char *s)
{
	buffer_put(b, s, strlen(s));
}

/* Bytes that mean nothing to a shell wherever they stand. */
static bool is_plain(const char *word)
{
	return *word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789_@%+=:,./-") == strlen(word);
}

static bool is_seen(const char *word)
{
	uint32_t c;

	for (; *word; word += utf8_next(word, &c)) {
		utf8_next(word, &c);
		if (c == UTF8_BAD || utf8_is_control(c))
			return false;
	}
	return true;
}

/* 'it'\''s' */
static void put_quoted(struct buffer *b, const char *word)
{
	put(b, "'");
	for (; *word; word++)
		put(b, *word == '\'' ? "'\\''" : (const char[]){ *word, '\0' });
	put(b, "'");
}

/* $'\x1b[1m' */
static void put_escaped(struct buffer *b, const char *word)
{
	put(b, "$'");
	while (*word) {
		uint32_t c;
		size_t len = utf8_next(word, &c);
		bool hidden = c == UTF8_BAD || utf8_is_control(c);
		char hex[8];

		for (size_t i = 0; i < len && hidden; i++) {
			snprintf(hex, sizeof(hex), "\\x%02x", (uint8_t)word[i]);
			put(b, hex);
		}
		if (!hidden && (*word == '\'' || *word == '\\'))
			put(b, "\\");
		if (!hidden)
			buffer_put(b, word, len);
		word += len;
	}
	put(b, "'");
}

const char *shell_words_join(const struct shell_words *w, struct texts *texts)
{
	struct buffer b = { 0 };
	const char *text;

	for (size_t i = 0; i < w->n; i++) {
		if (i)
			put(&b, " ");
		if (is_plain(w->items[i]))
			put(&b, w->items[i]);
		else if (is_seen(w->items[i]))
			put_quoted(&b, w->items[i]);
		else
			put_escaped(&b, w->items[i]);
	}
	text = texts_add(texts, b.n ? (const char *)b.data : "", b.n);
	buffer_done(&b);
	return text;
}

/* ---- reading ---- */

static unsigned hex_digit(char c)
{
	return c >= '0' && c <= '9'   ? (unsigned)(c - '0')
	       : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
				      : 16;
}

/* Behind the backslash of $'..': a character, or "xHH". */
static const char *take_escape(struct buffer *b, const char *s)
{
	unsigned high = *s == 'x' ? hex_digit(s[1]) : 16;
	unsigned low = high < 16 ? hex_digit(s[2]) : 16;
	uint8_t byte = (uint8_t)(low < 16 ? high << 4 | low : (uint8_t)*s);

	if (!*s)
		return s;
	buffer_put(b, &byte, 1);
	return s + (low < 16 ? 3 : 1);
}

/* Up to the closing quote, and behind it. */
static const char *take_quoted(struct buffer *b, const char *s, bool escapes)
{
	while (*s && *s != '\'') {
		if (escapes && *s == '\\')
			s = take_escape(b, s + 1);
		else
			buffer_put(b, s++, 1);
	}
	return *s ? s + 1 : s;
}

static const char *take_word(struct buffer *b, const char *s)
{
	while (*s && *s != ' ') {
		if (*s == '\'')
			s = take_quoted(b, s + 1, false);
		else if (s[0] == '$' && s[1] == '\'')
			s = take_quoted(b, s + 2, true);
		else if (s[0] == '\\' && s[1]) {
			buffer_put(b, s + 1, 1);
			s += 2;
		} else {
			buffer_put(b, s++, 1);
		}
	}
	return s;
}

void shell_words_split(struct shell_words *w, const char *text, struct texts *texts)
{
	for (;;) {
		struct buffer b = { 0 };

		text += strspn(text, " ");
		if (!*text)
			return;
		text = take_word(&b, text);
		shell_words_add(w, texts_add(texts, b.n ? (const char *)b.data : "", b.n));
		buffer_done(&b);
	}
}
