/*
 * tests/unit/id_archive.c - what is kept under build ids: names, and tarballs of `perf archive`
 * (report/id_tree.h, id_archive.h, unpack.h).
 *
 * The tarballs are written here block by block, so that names and sizes can be anything.
 */
#include "report/id_archive.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/unpack.h"
#include "tests/check.h"
#include "tests/opened.h"

#define ID1 "1122334455667788990011223344556677889900"
#define ID2 "aabbccddeeff00112233445566778899aabbccdd"

enum { BLOCK = 512, MAX_TAR = 64 * BLOCK };

struct tar {
	uint8_t bytes[MAX_TAR];
	size_t len;
};

/* A header and the contents, in blocks.  Source: POSIX.1-2008, pax, ustar interchange format. */
static void add(struct tar *t, const char *name, char type, const char *contents, unsigned size)
{
	char *h = (char *)t->bytes + t->len;
	size_t len = strlen(contents);
	unsigned sum = 0;

	memset(h, 0, BLOCK);
	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0644u);
	snprintf(h + 124, 12, "%011o", size);
	h[156] = type;
	if (type == '2')
		snprintf(h + 157, 100, "%s", contents);
	snprintf(h + 257, 6, "ustar");
	h[263] = h[264] = '0';
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (uint8_t)h[i];
	snprintf(h + 148, 8, "%06o", sum);
	t->len += BLOCK;
	if (type != '0')
		return;
	memset(t->bytes + t->len, 0, (len + BLOCK - 1) / BLOCK * BLOCK);
	memcpy(t->bytes + t->len, contents, len);
	t->len += (len + BLOCK - 1) / BLOCK * BLOCK;
}

static void add_file(struct tar *t, const char *name, const char *contents)
{
	add(t, name, '0', contents, (unsigned)strlen(contents));
}

static void end(struct tar *t)
{
	memset(t->bytes + t->len, 0, 2 * BLOCK);
	t->len += 2 * BLOCK;
}

static struct object_id id_of(const char *digits)
{
	uint8_t bytes[BUILD_ID_MAX] = { 0 };
	size_t n = 0;

	for (unsigned value; sscanf(digits + 2 * n, "%2x", &value) == 1; n++)
		bytes[n] = (uint8_t)value;
	return object_id_of(bytes, n);
}

struct opened_archive {
	int fd;
	char path[32], text[100];
	struct diag *diag;
	struct id_archive *archive;
};

static void open_archive(struct opened_archive *o, const void *bytes, size_t len)
{
	o->fd = memory_file(bytes, len, o->path);
	o->diag = diag_new();
	o->archive = id_archive_new(o->path, o->diag);
}

static void close_archive(struct opened_archive *o)
{
	id_archive_free(o->archive);
	diag_free(o->diag);
	close(o->fd);
}

/* The contents of a member; NULL: there is none. */
static const char *contents(struct opened_archive *o, const char *digits, enum id_file what)
{
	struct object_id id = id_of(digits);
	const char *path = id_archive_find(o->archive, &id, what);
	FILE *f = path ? fopen(path, "re") : NULL;
	size_t n;

	if (!f)
		return NULL;
	n = fread(o->text, 1, sizeof(o->text) - 1, f);
	o->text[n] = '\0';
	fclose(f);
	return o->text;
}

/* ---- names ------------------------------------------------------------------- */

static void the_end_of_a_name_says_whose_file_it_is(void)
{
	static const struct {
		const char *path, *id; /* NULL: it is none */
		enum id_file what;
	} rows[] = {
		{ "usr/lib/libx.so/" ID1 "/elf", ID1, ID_OBJECT },
		{ "usr/lib/libx.so/" ID1 "/debug", ID1, ID_DEBUG },
		{ "[kernel.kallsyms]/" ID1 "/kallsyms", ID1, ID_KALLSYMS },
		{ "[vdso]/" ID1 "/vdso", ID1, ID_OBJECT },
		{ "/usr/lib/libx.so/" ID1, ID1, ID_OBJECT },
		{ "../" ID2 "/elf", ID2, ID_OBJECT },
		{ "x/0123456789abcdef0123456789abcdef/elf", "0123456789abcdef0123456789abcdef",
		  ID_OBJECT },
		{ "usr/lib/libx.so/" ID1 "/probes", NULL, ID_OBJECT },
		{ "usr/lib/libx.so/" ID1 "00/elf", NULL, ID_OBJECT },
		{ "x/112/elf", NULL, ID_OBJECT },
		{ "x/11/elf", NULL, ID_OBJECT },
		{ "x/11g2/elf", NULL, ID_OBJECT },
		{ "x/0000000000/elf", NULL, ID_OBJECT },
		{ "elf", NULL, ID_OBJECT },
		{ "/elf", NULL, ID_OBJECT },
		{ "//elf", NULL, ID_OBJECT },
		{ "", NULL, ID_OBJECT },
		{ "/", NULL, ID_OBJECT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct object_id id = { 0 };
		enum id_file what = ID_FILES;
		char text[OBJECT_ID_TEXT];
		bool is = id_tree_parse(rows[i].path, &id, &what);

		check_in(rows[i].path);
		check_text(is ? object_id_text(&id, text) : NULL, rows[i].id, "build id");
		check(!is || what == rows[i].what, "what it is");
	}
	check_in(NULL);
}

/* ---- tarballs ------------------------------------------------------------------ */

static void a_member_is_found_by_its_build_id(void)
{
	struct tar t = { .len = 0 };
	struct opened_archive o;

	add(&t, ".build-id/11/22334455667788990011223344556677889900", '2',
	    "../../usr/lib/libx.so/" ID1, 0);
	add(&t, "usr/lib/libx.so/" ID1 "/", '5', "", 0);
	add_file(&t, "usr/lib/libx.so/" ID1 "/elf", "the object");
	add_file(&t, "usr/lib/libx.so/" ID1 "/debug", "its debug file");
	add_file(&t, "usr/lib/libx.so/" ID1 "/probes", "");
	add_file(&t, "[kernel.kallsyms]/" ID2 "/kallsyms", "0 T x");
	add(&t, "usr/lib/liby.so/" ID2, '2', "../../etc/passwd", 0);
	end(&t);
	open_archive(&o, t.bytes, t.len);
	check_text(contents(&o, ID2, ID_KALLSYMS), "0 T x", "kallsyms");
	check_text(contents(&o, ID1, ID_OBJECT), "the object", "an object");
	check_text(contents(&o, ID1, ID_DEBUG), "its debug file", "a debug file");
	check_text(contents(&o, ID1, ID_OBJECT), "the object", "again");
	check_text(contents(&o, ID2, ID_OBJECT), NULL, "a link is no file");
	check_text(contents(&o, ID1, ID_KALLSYMS), NULL, "another name");
	check_u64(diag_count(o.diag), 0, "nothing to tell");
	close_archive(&o);
}

static void names_lead_nowhere(void)
{
	const char *tmp = getenv("TMPDIR");
	char outside[200], climbing[300];
	struct tar t = { .len = 0 };
	struct opened_archive o;

	snprintf(outside, sizeof(outside), "%s/" ID1, tmp && *tmp ? tmp : "/tmp");
	snprintf(climbing, sizeof(climbing), "../../../../../../../..%s", outside);
	add_file(&t, strlen(climbing) < 100 ? climbing : "../" ID1, "one");
	add_file(&t, "/" ID2 "/elf", "two");
	add_file(&t, "x/../" ID2 "/elf", "three");
	end(&t);
	open_archive(&o, t.bytes, t.len);
	check_text(contents(&o, ID1, ID_OBJECT), NULL, "a name with ..");
	check_text(contents(&o, ID2, ID_OBJECT), "three",
		   "an absolute name; one that stays within");
	check(access(outside, F_OK) != 0 && access("/" ID2, F_OK) != 0, "no file was made");
	check(diag_count(o.diag) == 1 && diag_get(o.diag, 0)->count == 2, "told, both");
	close_archive(&o);
}

static void what_is_no_file_is_left_out(void)
{
	static const struct {
		const char *label, *name;
		char type;
		const char *target;
		const char *told; /* NULL: nothing */
	} rows[] = {
		{ "a character device", "x/" ID1 "/elf", '3', "", "neither file" },
		{ "a block device", "x/" ID1 "/elf", '4', "", "neither file" },
		{ "a FIFO", "x/" ID1 "/elf", '6', "", "neither file" },
		{ "a link to the root", "x/" ID1 "/elf", '2', "/etc/passwd", "leads out" },
		{ "a climbing link", "x/" ID1 "/elf", '2', "../../../etc/passwd", "leads out" },
		{ "a link that dives first", "x/" ID1 "/elf", '2', "a/../../../../b", "leads out" },
		{ "a link within", "x/" ID1 "/elf", '2', "../../y", NULL },
		{ "perf's own", ".build-id/11/22334455", '2', "../../usr/lib/x", NULL },
		{ "a folder", "x/" ID1 "/elf", '5', "", NULL },
		{ "a folder outside", "../x/" ID1, '5', "", "leads out" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct tar t = { .len = 0 };
		struct opened_archive o;

		check_in(rows[i].label);
		add(&t, rows[i].name, rows[i].type, rows[i].target, 0);
		end(&t);
		open_archive(&o, t.bytes, t.len);
		check_text(contents(&o, ID1, ID_OBJECT), NULL, "no file");
		check_u64(diag_count(o.diag), rows[i].told != NULL, "told");
		if (rows[i].told && diag_count(o.diag))
			check(strstr(diag_get(o.diag, 0)->message, rows[i].told) != NULL, "why");
		close_archive(&o);
	}
	check_in(NULL);
}

static void of_two_files_for_one_build_id_the_first_counts(void)
{
	struct tar t = { .len = 0 };
	struct opened_archive o;

	add_file(&t, "x/" ID1 "/elf", "the first");
	add_file(&t, "y/" ID1 "/elf", "the second");
	add_file(&t, "x/" ID1 "/debug", "another kind");
	end(&t);
	open_archive(&o, t.bytes, t.len);
	check_text(contents(&o, ID1, ID_OBJECT), "the first", "the object");
	check_text(contents(&o, ID1, ID_DEBUG), "another kind", "its debug file");
	check(diag_count(o.diag) == 1 && strstr(diag_get(o.diag, 0)->message, "twice"), "told");
	close_archive(&o);
}

static void of_a_damaged_tarball_what_stands_before_is_used(void)
{
	struct tar t = { .len = 0 };
	size_t first;

	add_file(&t, "x/" ID1 "/elf", "the object");
	first = t.len;
	add_file(&t, "x/" ID2 "/elf", "another");
	end(&t);
	for (size_t len = 0; len <= t.len; len += BLOCK / 4) {
		struct opened_archive o;
		char row[40];

		snprintf(row, sizeof(row), "%zu bytes", len);
		check_in(row);
		open_archive(&o, t.bytes, len);
		check_text(contents(&o, ID1, ID_OBJECT), len >= first ? "the object" : NULL,
			   "the first");
		if (len < first)
			check_u64(diag_count(o.diag), 1, "told");
		close_archive(&o);
	}
	check_in(NULL);
}

static void sizes_are_claims(void)
{
	struct tar t = { .len = 0 };
	struct opened_archive o;

	add(&t, "x/" ID1 "/elf", '0', "little", 0x1fffffff);
	end(&t);
	open_archive(&o, t.bytes, t.len);
	check_text(contents(&o, ID1, ID_OBJECT), NULL, "more is promised than is there");
	check_u64(diag_count(o.diag), 1, "told");
	close_archive(&o);
}

static void what_is_no_tarball_is_told(void)
{
	struct opened_archive o;

	open_archive(&o, "no tarball", 10);
	check_text(contents(&o, ID1, ID_OBJECT), NULL, "nothing in it");
	check_text(contents(&o, ID2, ID_OBJECT), NULL, "still");
	check_u64(diag_count(o.diag), 1, "told once");
	close_archive(&o);
}

/* 100 MiB of zeroes shrink to a few KiB. */
static void more_than_can_be_true_does_not_come_out(void)
{
	static const char command[] =
		"cd \"$TMPDIR\" && mkdir " ID1 " && head -c 104857600 /dev/zero >" ID1 "/elf && "
		"tar cf bomb.tar " ID1 " && bzip2 -f bomb.tar && rm -r " ID1;
	struct object_id id = id_of(ID1);
	struct diag *diag = diag_new();
	struct id_archive *a;
	char path[4096];

	snprintf(path, sizeof(path), "%s/bomb.tar.bz2", getenv("TMPDIR"));
	/* NOLINTNEXTLINE(cert-env33-c): tar and bzip2 are started this way */
	if (system(command) != 0) {
		puts("skip: a bomb: tar and bzip2 are not installed");
		diag_free(diag);
		return;
	}
	a = id_archive_new(path, diag);
	check(!id_archive_find(a, &id, ID_OBJECT), "not the whole");
	check(diag_count(diag) == 1 && strstr(diag_get(diag, 0)->message, "than can be true"),
	      "told");
	id_archive_free(a);
	diag_free(diag);
	remove(path);
}

static void without_libarchive_it_is_told(void)
{
	struct opened_archive o;

	open_archive(&o, "", 0);
	check_text(contents(&o, ID1, ID_OBJECT), NULL, "nothing");
	check_u64(diag_count(o.diag), 1, "told");
	close_archive(&o);
}

static void bytes_that_are_not_packed_do_not_unpack(void)
{
	static const char xz[] = "\xfd"
				 "7zXZ\0 and no more";
	size_t len;
	uint8_t *bytes = unpack(xz, sizeof(xz), &len);

	check(!bytes, "a head alone");
	free(bytes);
}

int main(void)
{
	char own[] = "/tmp/perfolio-archive-XXXXXX";
	bool by_hand = !getenv("TMPDIR");

	if (by_hand && mkdtemp(own))
		setenv("TMPDIR", own, 1);
	the_end_of_a_name_says_whose_file_it_is();
	bytes_that_are_not_packed_do_not_unpack();
	if (unpack_supported()) {
		a_member_is_found_by_its_build_id();
		names_lead_nowhere();
		what_is_no_file_is_left_out();
		of_two_files_for_one_build_id_the_first_counts();
		of_a_damaged_tarball_what_stands_before_is_used();
		sizes_are_claims();
		what_is_no_tarball_is_told();
		more_than_can_be_true_does_not_come_out();
	} else {
		without_libarchive_it_is_told();
	}
	if (by_hand)
		rmdir(own);
	return check_done("id_archive");
}
