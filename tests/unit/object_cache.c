/*
 * tests/unit/object_cache.c - opened files for several recordings (report/object_cache.h).
 */
#include "report/object_cache.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/make_elf.h"

static char folder[] = "/tmp/perfolio-cache-XXXXXX";

static const char *at(const char *name)
{
	static char paths[4][80];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

/* An ELF file with one function. */
static void make(const char *name, const char *function)
{
	struct elf_image e;

	elf_image_begin(&e, EM_X86_64);
	elf_image_symbol(&e, function, ELF_TEXT + 0x100, 16);
	elf_image_rule(&e, ELF_TEXT + 0x100, 16, "", "", 0);
	elf_image_end(&e);
	check(elf_image_write(&e, at(name)), "written");
	elf_image_free(&e);
}

static const char *function_of(const struct object_file *f)
{
	const struct elf_symbol *s = f->elf ? elf_find_symbol(f->elf, ELF_TEXT + 0x104) : NULL;

	return s ? s->name : NULL;
}

static void a_file_is_opened_once_as_long_as_it_is_the_same(void)
{
	struct object_cache *c = object_cache_new(1 << 20);
	struct object_file *a, *b, *twin;
	struct cfi *rules;

	make("a", "alpha");
	make("b", "beta_");
	make("twin", "alpha");
	a = object_cache_get(c, at("a"), NULL);
	check_text(function_of(a), "alpha", "its symbol");
	rules = object_file_cfi(a);
	check(rules != NULL, "its rules");
	object_cache_release(c, a);
	check(object_cache_get(c, at("a"), NULL) == a, "again");
	check(object_file_cfi(a) == rules, "... with its rules");
	twin = object_cache_get(c, at("twin"), NULL);
	check(twin == a, "a copy of it");
	b = object_cache_get(c, at("b"), NULL);
	check(b != a, "another one of the same size");
	check_text(function_of(b), "beta_", "... with its own symbol");
	check(object_cache_get(c, at("a"), at("b")) != a, "with a debug file it is another one");
	check(object_file_debug_info(a) == NULL, "no debug information");
	object_cache_release(c, a);
	object_cache_release(c, twin);
	object_cache_release(c, b);
	make("a", "gamma"); /* of the same size, in the same place */
	check_text(function_of(object_cache_get(c, at("a"), NULL)), "gamma",
		   "a file that was changed is read anew");
	check_text(function_of(a), "alpha", "... who holds the old one has that");
	twin = object_cache_get(c, at("twin"), NULL);
	check_text(function_of(twin), "alpha", "... but nobody takes it for another's copy");
	object_cache_free(c);
}

static void what_nobody_holds_goes_when_it_is_too_much(void)
{
	struct object_cache *none = object_cache_new(0), *one;
	struct object_file *f;
	struct stat st;

	make("a", "alpha");
	make("b", "beta");
	f = object_cache_get(none, at("a"), NULL);
	check(object_cache_get(none, at("a"), NULL) == f, "held: it stays");
	object_cache_release(none, f);
	check_text(function_of(f), "alpha", "... until all let go");
	object_cache_release(none, f);
	object_cache_free(none);

	check(stat(at("a"), &st) == 0, "its size");
	one = object_cache_new((uint64_t)st.st_size + (uint64_t)st.st_size / 2);
	f = object_cache_get(one, at("a"), NULL);
	object_cache_release(one, f);
	object_cache_release(one, object_cache_get(one, at("b"), NULL)); /* a goes */
	unlink(at("b"));
	make("b2", "beta");
	check_text(function_of(object_cache_get(one, at("a"), NULL)), "alpha", "it is read anew");
	object_cache_free(one);
}

static void files_without_a_name_are_kept_open(void)
{
	struct object_cache *c = object_cache_new(1 << 20);
	struct object_file *f, *again;
	char path[40];
	int fd, other;

	make("a", "alpha");
	fd = open(at("a"), O_RDONLY);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	f = object_cache_get(c, path, NULL);
	object_cache_release(c, f);
	unlink(at("a"));
	close(fd);
	make("b", "beta");
	other = open(at("b"), O_RDONLY); /* most likely the same number */
	check(object_file_cfi(f) != NULL, "its rules can still be read");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", other);
	again = object_cache_get(c, path, NULL);
	check_text(function_of(again), "beta", "the number says nothing");
	close(other);
	object_cache_free(c);
}

static void what_cannot_be_read_says_why(void)
{
	struct object_cache *c = object_cache_new(1 << 20);
	struct object_file *f = object_cache_get(c, at("nowhere"), NULL);

	check(!f->elf && f->error.what[0], "no such file");
	check(!object_file_cfi(f) && !object_file_debug_info(f), "... has nothing");
	object_cache_release(c, f);
	object_cache_free(c);
}

int main(void)
{
	char command[100];

	if (!mkdtemp(folder))
		return 1;
	a_file_is_opened_once_as_long_as_it_is_the_same();
	what_nobody_holds_goes_when_it_is_too_much();
	files_without_a_name_are_kept_open();
	what_cannot_be_read_says_why();
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0)
		return 1;
	return check_done("object_cache");
}
