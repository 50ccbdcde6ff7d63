/*
 * tests/unit/samples.c - what ships in samples/: whole, and nothing private in it.
 *
 * A stack copy can hold the environment of the process, as can a command line; with
 * it passwords and the names of machines and people get into a recording.  So every
 * byte is looked at, compressed ones too, for `NAME=value` texts.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/diag.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/perf_format.h"
#include "parser/recording.h"
#include "parser/source.h"
#include "tests/check.h"

enum { SAMPLES_AT_LEAST = 4, SAMPLES_BYTES = 1 << 24 };

/* ---- looking for the environment ---- */

/* What a recording made in a clean environment may say; with a `*`: and all longer names. */
static const char *const harmless[] = { "PATH", "HOME", "LANG", "PYTHON*" };

static bool is_harmless(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
		size_t stem = strcspn(harmless[i], "*");

		if (memcmp(harmless[i], name, len < stem ? len : stem) == 0 &&
		    (len == stem || (len > stem && harmless[i][stem] == '*')))
			return true;
	}
	return false;
}

static bool is_text_byte(uint8_t c)
{
	return c >= ' ' && c != 0x7f;
}

/*
 * Bytes of the name, if `bytes` begins with NAME=VALUE and a NUL, or ends inside VALUE;
 * else 0.  One letter is no name: in binary data that happens by chance.
 */
static size_t environment_name(const uint8_t *bytes, size_t len)
{
	size_t name = 0, end;

	while (name < len && (isalnum(bytes[name]) || bytes[name] == '_'))
		name++;
	if (name < 2 || name == len || bytes[name] != '=' || isdigit(bytes[0]))
		return 0;
	end = name + 1;
	while (end < len && is_text_byte(bytes[end]))
		end++;
	return end == len || bytes[end] == '\0' ? name : 0;
}

/* Name of the first environment text that is not harmless, to be freed; NULL: there is none. */
static char *find_private(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		size_t name;

		if (i > 0 && is_text_byte(bytes[i - 1]))
			continue;
		name = environment_name(bytes + i, len - i);
		if (name && !is_harmless((const char *)bytes + i, name))
			return mem_text((const char *)bytes + i, name);
	}
	return NULL;
}

static void check_nothing_private(const uint8_t *bytes, size_t len, const char *row)
{
	char *name = find_private(bytes, len);

	check_text(name, NULL, row);
	free(name);
}

static void an_environment_text_is_found_wherever_it_stands(void)
{
#define BYTES(text) text, sizeof(text) - 1
	static const struct {
		const char *label;
		const char *bytes;
		size_t len;
		const char *name;
	} rows[] = {
		{ "alone", BYTES("USER=me\0"), "USER" },
		{ "behind another", BYTES("HOME=/root\0USER=me\0"), "USER" },
		{ "behind binary data", BYTES("\x01\x02\x1fTOKEN_2=abc\0"), "TOKEN_2" },
		{ "small letters", BYTES("\0http_proxy=http://me:word@host\0"), "http_proxy" },
		{ "without a value", BYTES("\0DEBUGINFOD_URLS=\0"), "DEBUGINFOD_URLS" },
		{ "cut off in its value", BYTES("\0PREFIX=/us"), "PREFIX" },
		{ "with letters beyond ASCII", BYTES("\0NAMES=\xc3\xa9\0"), "NAMES" },
		{ "a longer name than one that may be there", BYTES("\0PATHS=/bin\0"), "PATHS" },
		{ "a shorter one", BYTES("\0PYTHO=1\0"), "PYTHO" },
		{ "those that may be there",
		  BYTES("PATH=/bin\0HOME=/\0LANG=C\0PYTHON=1\0PYTHONPATH=.\0"), NULL },
		{ "inside another text", BYTES("\0a USER=me\0"), NULL },
		{ "an option", BYTES("\0--limit=3\0"), NULL },
		{ "no text behind it", BYTES("\0sp=\xa7\xf5\xfe\x7f\0"), NULL },
		{ "one letter", BYTES("\0P=:\0"), NULL },
		{ "nothing", BYTES(""), NULL },
	};
#undef BYTES

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *name = find_private((const uint8_t *)rows[i].bytes, rows[i].len);

		check_text(name, rows[i].name, rows[i].label);
		free(name);
	}
}

/* ---- the samples ---- */

/* The file as it lies there: header, features, and records that are not compressed. */
static void check_file_bytes(const char *path)
{
	struct source s;
	struct error err = { 0 };
	uint8_t *bytes;
	size_t got = 0;

	if (!source_open(path, &s, &err)) {
		check_text(err.what, NULL, "it can be opened");
		return;
	}
	check(s.size < SAMPLES_BYTES, "it is small");
	bytes = mem_calloc(SAMPLES_BYTES, 1);
	check(source_read(&s, 0, bytes, SAMPLES_BYTES, &got, &err), "it can be read");
	check_nothing_private(bytes, got, "no environment in the file");
	free(bytes);
	source_close(&s);
}

/* Every record, as it was before it was compressed; those it came in are random bytes. */
static void check_records(struct recording *r)
{
	struct record_view v;
	unsigned long samples = 0;
	char *name = NULL;

	recording_rewind(r);
	while (!name && recording_next(r, &v)) {
		samples += v.type == RECORD_SAMPLE;
		if (v.type != RECORD_COMPRESSED && v.type != RECORD_COMPRESSED2)
			name = find_private(v.payload, v.len);
	}
	check_text(name, NULL, "no environment in the records");
	check(name || recording_finished(r), "it can be read to its end");
	check(samples > 0, "it has samples");
	free(name);
}

static void check_no_problems(const struct diag *d)
{
	for (size_t i = 0; i < diag_count(d); i++)
		check_text(diag_get(d, i)->message, NULL, "it is read without a problem");
}

static void check_sample(const char *path)
{
	struct diag *diag = diag_new();
	struct texts *texts = texts_new();
	struct error err = { 0 };
	struct recording *r = recording_open(path, diag, texts, &err);

	check_in(path);
	check_text(r ? NULL : err.what, NULL, "it is a recording");
	if (r) {
		check_file_bytes(recording_path(r));
		check_records(r);
		check_no_problems(diag);
	}
	recording_close(r);
	texts_free(texts);
	diag_free(diag);
	check_in(NULL);
}

static int is_shown(const struct dirent *e)
{
	return e->d_name[0] != '.' && !strchr(e->d_name, '.');
}

static void the_samples_are_whole_and_say_nothing_of_their_makers(void)
{
	const char *root = getenv("SRCDIR");
	struct dirent **names;
	char folder[4096];
	char path[4096];
	int n;

	snprintf(folder, sizeof(folder), "%s/samples", root ? root : ".");
	n = scandir(folder, &names, is_shown, alphasort);
	check(n >= SAMPLES_AT_LEAST, "the samples are there");
	for (int i = 0; i < n; i++) {
		if ((size_t)snprintf(path, sizeof(path), "%s/%s", folder, names[i]->d_name) <
		    sizeof(path))
			check_sample(path);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

int main(void)
{
	an_environment_text_is_found_wherever_it_stands();
	the_samples_are_whole_and_say_nothing_of_their_makers();
	return check_done("samples");
}
