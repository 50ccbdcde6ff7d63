/*
 * tests/unit/finder.c - which files belong to a recording (report/finder.h, objects_txt.h, map_files.h).
 *
 * Each test is a scene: a folder of its own with a recording directory (rec/), a root for
 * --symfs (sym/), a home (home/), and a folder whose files play those at original paths (host/).
 * Files' times are set, no clock is read.
 */
#include "report/finder.h"

#include <elf.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "report/map_files.h"
#include "report/objects_txt.h"
#include "tests/check.h"
#include "tests/image.h"
#include "tests/opened.h"

#define LIB        "/usr/lib/libx.so"
#define ID1        "1122334455667788990011223344556677889900"
#define ELF_OF_ID1 "rec/elf/.build-id/11/22334455667788990011223344556677889900.elf"
#define BELOW_ID1  ".build-id/11/22334455667788990011223344556677889900"
#define ID2        "aabbccddeeff00112233445566778899aabbccdd"

enum { TEXT = 0x4000 }; /* bytes of the executable segment, if nothing else is said */

static const time_t EARLY = 1000000000, LATE = 4102444800; /* before and after the tests' files */

static char root[PATH_MAX - 512]; /* of all scenes */
static const char *here;          /* the scene's folder, below root */
static char symfs[PATH_MAX];      /* sym/ in it */

/* ---- files --------------------------------------------------------------- */

/* The path of a file of the scene; one of a few buffers. */
static const char *at(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static const char *at(const char *fmt, ...)
{
	static char paths[8][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 8];
	int len = snprintf(path, PATH_MAX, "%s/%s/", root, here);
	va_list args;

	va_start(args, fmt);
	vsnprintf(path + len, (size_t)(PATH_MAX - len), fmt, args);
	va_end(args);
	return path;
}

static void make_folders_of(const char *path)
{
	char folder[PATH_MAX];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
		mkdir(folder, 0700);
	}
}

static void write_bytes(const char *path, const void *bytes, size_t len)
{
	FILE *f;

	make_folders_of(path);
	f = fopen(path, "wbe");
	if (!f || fwrite(bytes, 1, len, f) != len || fclose(f) != 0) {
		perror(path);
		exit(EXIT_FAILURE);
	}
}

static void write_text(const char *path, const char *text)
{
	write_bytes(path, text, strlen(text));
}

static size_t bytes_of(const char *digits, uint8_t *bytes)
{
	size_t n = 0;

	for (unsigned value; sscanf(digits + 2 * n, "%2x", &value) == 1; n++)
		bytes[n] = (uint8_t)value;
	return n;
}

struct small_elf {
	Elf64_Ehdr header;
	Elf64_Phdr segments[3];
	Elf64_Nhdr note;
	char owner[4];
	uint8_t id[BUILD_ID_MAX];
};

/* An ELF file: headers, a build id if `id` is not NULL, then an executable segment of `text` bytes. */
static void write_elf(const char *path, const char *id, uint64_t text)
{
	struct small_elf e = { .owner = "GNU" };
	size_t id_size = id ? bytes_of(id, e.id) : 0;

	memcpy(e.header.e_ident, ELFMAG, SELFMAG);
	e.header.e_ident[EI_CLASS] = ELFCLASS64;
	e.header.e_ident[EI_DATA] =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	e.header.e_ident[EI_VERSION] = EV_CURRENT;
	e.header.e_type = ET_DYN;
	e.header.e_machine = EM_X86_64;
	e.header.e_version = EV_CURRENT;
	e.header.e_phoff = sizeof(e.header);
	e.header.e_ehsize = sizeof(e.header);
	e.header.e_phentsize = sizeof(Elf64_Phdr);
	e.header.e_phnum = id ? 3 : 2;
	e.segments[0] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R,
		.p_filesz = sizeof(e),
		.p_memsz = sizeof(e),
	};
	e.segments[1] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_offset = 0x1000,
		.p_vaddr = 0x1000,
		.p_filesz = text,
		.p_memsz = text,
	};
	e.segments[2] = (Elf64_Phdr){
		.p_type = PT_NOTE,
		.p_flags = PF_R,
		.p_offset = offsetof(struct small_elf, note),
		.p_filesz = sizeof(e.note) + sizeof(e.owner) + id_size,
		.p_memsz = sizeof(e.note) + sizeof(e.owner) + id_size,
		.p_align = 4,
	};
	e.note = (Elf64_Nhdr){ sizeof(e.owner), (Elf64_Word)id_size, NT_GNU_BUILD_ID };
	write_bytes(path, &e, sizeof(e));
	if (truncate(path, (off_t)(0x1000 + text)) != 0)
		perror(path);
}

static void set_mtime(const char *path, time_t t)
{
	const struct timespec times[2] = { { .tv_sec = t }, { .tv_sec = t } };

	if (utimensat(AT_FDCWD, path, times, 0) != 0)
		perror(path);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- scenes --------------------------------------------------------------- */

struct scene {
	struct opened o;
	struct finder *finder;
};

static const char *this_host(void)
{
	static struct utsname names;

	uname(&names);
	return names.nodename;
}

/* Begin a scene of this name; files come next, then open_scene(). */
static void begin(const char *name)
{
	check_in(name);
	here = name;
	snprintf(symfs, sizeof(symfs), "%s", at("sym"));
	setenv("HOME", at("home"), 1);
}

static void write_recording(const char *path, const struct image_features *features,
			    enum image_container container)
{
	struct image_event event = { .attr = { .type = TYPE_SOFTWARE } };
	struct image_options options = { .container = container, .events = &event, .n_events = 1 };
	struct image img;

	if (features)
		options.features = *features;
	image_begin(&img, &options);
	image_comm(&img, 7, 7, "x", false);
	image_end(&img);
	make_folders_of(path);
	check(image_write(&img, path), "the recording is written");
	image_free(&img);
	set_mtime(path, LATE);
}

/* The recording is read to its end, as the finder wants it. */
static bool open_finder(struct scene *s, const char *path, const struct finder_options *options)
{
	static const struct finder_options none;
	bool ok = open_path(&s->o, path);

	s->finder = NULL;
	check(ok, "the recording opens");
	if (!ok)
		return false;
	opened_records(&s->o);
	s->finder = finder_new(s->o.recording, options ? options : &none, s->o.texts, s->o.diag);
	return true;
}

static bool open_scene(struct scene *s, const struct image_features *features,
		       const struct finder_options *options)
{
	write_recording(at("rec/perf.data"), features, IMAGE_FILE);
	return open_finder(s, at("rec/perf.data"), options);
}

static void end_scene(struct scene *s)
{
	finder_free(s->finder);
	open_done(&s->o);
	remove_tree(at("."));
	check_in(NULL);
}

static struct mapping map_of(const char *filename, const char *id)
{
	struct mapping m = {
		.start = 0x10000,
		.end = 0x10000 + TEXT,
		.pgoff = 0x1000,
		.filename = filename,
		.prot = PROT_READ | PROT_EXEC,
		.is_mmap2 = true,
	};

	if (id)
		m.build_id_size = (uint8_t)bytes_of(id, m.build_id);
	return m;
}

/* Is the mapping's file this one of the scene?  (`want` is below its folder; NULL: there is none.) */
static void check_object(struct scene *s, const struct mapping *m, const char *want,
			 const char *row)
{
	struct found_object found = finder_object(s->finder, m);

	check_text(found.path, want ? at("%s", want) : NULL, row);
}

static uint64_t told(const struct scene *s, enum problem_kind kind)
{
	return opened_problems(&s->o, kind);
}

/* Is there a problem of this kind about a file of the scene, whose message has all these words? */
static void check_told(const struct scene *s, enum problem_kind kind, const char *subject,
		       const char *words, const char *row)
{
	for (size_t i = 0; i < diag_count(s->o.diag); i++) {
		const struct problem *p = diag_get(s->o.diag, i);

		if (p->kind == kind && strcmp(p->subject, subject) == 0 &&
		    strstr(p->message, words)) {
			check(true, row);
			return;
		}
	}
	check(false, row);
	for (size_t i = 0; i < diag_count(s->o.diag); i++)
		printf("\ttold: %s\n", diag_get(s->o.diag, i)->message);
}

/* ---- where files are looked for ------------------------------------------------ */

static void the_first_place_that_has_the_build_id_wins(void)
{
	static const char *const rows[] = { "elf/ by build id", "elf/ by path", "--symfs",
					    "original path", "nowhere" };

	for (size_t first = 0; first < 5; first++) {
		struct finder_options options = { 0 };
		char host[PATH_MAX], paths[4][2 * PATH_MAX];
		struct mapping m;
		struct scene s;

		begin("places");
		options.symfs = symfs;
		snprintf(host, sizeof(host), "%s", at("host/libx.so"));
		m = map_of(host, ID1);
		snprintf(paths[0], sizeof(paths[0]), "%s", at("%s", ELF_OF_ID1));
		snprintf(paths[1], sizeof(paths[1]), "%s%s", at("rec/elf"), host);
		snprintf(paths[2], sizeof(paths[2]), "%s%s", at("sym"), host);
		snprintf(paths[3], sizeof(paths[3]), "%s", host);
		for (size_t i = first; i < 4; i++)
			write_elf(paths[i], ID1, TEXT);
		if (open_scene(&s, NULL, &options)) {
			check_text(finder_object(s.finder, &m).path,
				   first < 4 ? paths[first] : NULL, rows[first]);
			check_u64(diag_count(s.o.diag), first == 4, "only the missing one is told");
		}
		end_scene(&s);
	}
}

/* Without a recording: by the build id alone, first where the file was once, then beside what stands for the recording. */
static void without_a_recording_only_the_build_id_proves_a_file(void)
{
	static const struct {
		const char *label, *known,
			*beside; /* build ids of the files there; NULL: there is none */
		bool named;      /* where it was once is known */
		const char *want;
	} rows[] = {
		{ "where it was", ID1, ID1, true, "once/libx.so" },
		{ "nobody says where it was", ID1, ID1, false, "rec/elf/usr/libx.so" },
		{ "another build is there now", ID2, ID1, true, "rec/elf/usr/libx.so" },
		{ "nothing is there now", NULL, ID1, true, "rec/elf/usr/libx.so" },
		{ "other builds only", ID2, ID2, true, NULL },
		{ "nowhere", NULL, NULL, true, NULL },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* whatever --force says */
		const struct finder_options options = { .force = true, .no_host_files = true };
		struct texts *texts = texts_new();
		struct diag *diag = diag_new();
		char once[2 * PATH_MAX], rec[2 * PATH_MAX];
		uint8_t bytes[BUILD_ID_MAX];
		struct object_id id;
		struct finder *f;

		begin("beside");
		check_in(rows[i].label);
		id = object_id_of(bytes, bytes_of(ID1, bytes));
		snprintf(once, sizeof(once), "%s", at("once/libx.so"));
		snprintf(rec, sizeof(rec), "%s", at("rec"));
		if (rows[i].known)
			write_elf(once, rows[i].known, TEXT);
		if (rows[i].beside)
			write_elf(at("rec/elf/usr/libx.so"), rows[i].beside, TEXT);
		f = finder_new_beside(at("rec/x.perfolio"), rec, &options, texts, diag);
		check_text(finder_by_id(f, "/usr/libx.so", &id, rows[i].named ? once : NULL).path,
			   rows[i].want ? at("%s", rows[i].want) : NULL, "the file");
		finder_free(f);
		diag_free(diag);
		texts_free(texts);
		remove_tree(at("."));
	}
	check_in(NULL);
}

/* A link to a folder that has the file, as perf's cache keeps it. */
static void write_cached(const char *tree, const char *name, const char *id)
{
	char link[2 * PATH_MAX];

	write_elf(at("%s/usr/lib/libx.so/" ID1 "/%s", tree, name), id, TEXT);
	snprintf(link, sizeof(link), "%s", at("%s/" BELOW_ID1, tree));
	make_folders_of(link);
	check(symlink("../../usr/lib/libx.so/" ID1, link) == 0, "the link is made");
}

static void files_are_found_where_they_are_kept_under_their_build_ids(void)
{
	static const struct {
		const char *label, *tree, *name;
		bool cached, debug;
	} rows[] = {
		{ "elf/", "rec/elf", ".elf", false, false },
		{ "its debug file", "rec/elf", ".debug", false, true },
		{ "what perf archive packed", "rec", "/elf", true, false },
		{ "its debug file", "rec", "/debug", true, true },
		{ "perf's cache", "home/.debug", "/elf", true, false },
		{ "its debug file", "home/.debug", "/debug", true, true },
		{ "an old perf's cache", "home/.debug", "", false, false },
		{ "--debug-dir: a cache", "one", "/elf", true, false },
		{ "another --debug-dir", "two", "", false, false },
		{ "--debug-dir: debug files", "two", ".debug", false, true },
		{ "below --symfs", "sym/usr/lib/debug", ".debug", false, true },
		{ "below --symfs, a program", "sym/usr/lib", "", false, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char one[PATH_MAX], two[PATH_MAX];
		const char *dirs[] = { one, two };
		struct finder_options options = { .debug_dirs = dirs,
						  .n_debug_dirs = 2,
						  .symfs = symfs };
		struct mapping m = map_of(LIB, ID1);
		struct found_object found;
		struct scene s;

		begin("trees");
		snprintf(one, sizeof(one), "%s", at("one"));
		snprintf(two, sizeof(two), "%s", at("two"));
		if (rows[i].cached)
			write_cached(rows[i].tree, rows[i].name + 1, ID1);
		else
			write_elf(at("%s/" BELOW_ID1 "%s", rows[i].tree, rows[i].name), ID1, TEXT);
		if (rows[i].debug)
			write_elf(at("rec/elf" LIB), ID1, TEXT);
		if (open_scene(&s, NULL, &options)) {
			found = finder_object(s.finder, &m);
			check_text(rows[i].debug ? found.debug_path : found.path,
				   at("%s/" BELOW_ID1 "%s", rows[i].tree, rows[i].name),
				   rows[i].label);
			check_u64(diag_count(s.o.diag), 0, "it is proof");
		}
		end_scene(&s);
	}
}

static void what_is_kept_under_a_build_id_must_have_it(void)
{
	struct mapping m = map_of(LIB, ID1);
	struct scene s;

	begin("cache-wrong");
	write_cached("home/.debug", "elf", ID2);
	if (open_scene(&s, NULL, NULL)) {
		check_object(&s, &m, NULL, "another one is refused");
		check_u64(told(&s, PROBLEM_WRONG_OBJECT), 1, "and told");
	}
	end_scene(&s);
}

static void the_mappings_build_id_goes_before_the_tables_and_that_before_objects_txt(void)
{
	struct image_build_id table = { .misc = MISC_USER, .pid = -1, .path = "/b" };
	struct image_features features = { .build_ids = &table, .n_build_ids = 1 };
	struct mapping in_mapping = map_of("/b", ID1), in_table = map_of("/b", NULL),
		       in_list = map_of("/c", NULL);
	struct scene s;

	begin("sources");
	bytes_of(ID2, table.build_id);
	write_text(at("rec/objects.txt"), "3300000000000000000000000000000000000033 /b\n"
					  "3300000000000000000000000000000000000033 /c\n");
	write_elf(at(ELF_OF_ID1), ID1, TEXT);
	write_elf(at("rec/elf/.build-id/aa/bbccddeeff00112233445566778899aabbccdd.elf"), ID2, TEXT);
	write_elf(at("rec/elf/.build-id/33/00000000000000000000000000000000000033.elf"),
		  "3300000000000000000000000000000000000033", TEXT);
	if (open_scene(&s, &features, NULL)) {
		check_object(&s, &in_mapping, ELF_OF_ID1, "the mapping has one");
		check_object(&s, &in_table,
			     "rec/elf/.build-id/aa/bbccddeeff00112233445566778899aabbccdd.elf",
			     "the BUILD_ID table has one");
		check_u64(diag_count(s.o.diag), 0, "both are proof");
		check_object(&s, &in_list,
			     "rec/elf/.build-id/33/00000000000000000000000000000000000033.elf",
			     "objects.txt has one");
		check_told(&s, PROBLEM_UNVERIFIED_OBJECT,
			   at("rec/elf/.build-id/33/00000000000000000000000000000000000033.elf"),
			   "objects.txt", "objects.txt is no proof");
	}
	end_scene(&s);
}

static void build_ids_of_guests_and_those_that_disagree_do_not_count(void)
{
	struct image_build_id table[] = {
		{ .misc = MISC_GUEST_USER, .path = LIB }, { .misc = MISC_USER, .path = "/twice" },
		{ .misc = MISC_USER, .path = "/twice" },  { .misc = MISC_USER, .path = "/zero" },
		{ .misc = MISC_USER, .path = "/same" },   { .misc = MISC_USER, .path = "/same" },
	};
	struct image_features features = { .build_ids = table, .n_build_ids = 6 };
	static const struct {
		const char *path, *says;
	} rows[] = {
		{ LIB, "build id not known" },
		{ "/twice", "build id not known" },
		{ "/zero", "build id not known" },
		{ "/same", ID1 },
	};
	struct scene s;

	begin("tables");
	for (size_t i = 0; i < 6; i++)
		if (i != 3)
			bytes_of(i == 2 ? ID2 : ID1, table[i].build_id);
	if (open_scene(&s, &features, NULL)) {
		for (size_t i = 0; i < 4; i++) {
			struct mapping m = map_of(rows[i].path, NULL);

			check_object(&s, &m, NULL, rows[i].path);
			check_told(&s, PROBLEM_MISSING_OBJECT, rows[i].path, rows[i].says,
				   rows[i].path);
		}
	}
	end_scene(&s);
}

static void a_pipes_build_ids_come_with_its_records(void)
{
	struct image_build_id entry = { .misc = MISC_USER, .pid = -1, .path = LIB };
	struct image_features features = { .build_ids = &entry, .n_build_ids = 1 };
	struct mapping m = map_of(LIB, NULL);
	struct scene s;

	begin("pipe");
	bytes_of(ID1, entry.build_id);
	write_elf(at("rec/elf" LIB), ID1, TEXT);
	write_recording(at("rec/perf.data"), &features, IMAGE_PIPE);
	if (open_finder(&s, at("rec/perf.data"), NULL)) {
		check_object(&s, &m, "rec/elf" LIB, "found");
		check_u64(diag_count(s.o.diag), 0, "and verified");
	}
	end_scene(&s);
}

static void short_build_ids_are_found_padded_or_not(void)
{
	static const char short_id[] = "0123456789abcdef0123456789abcdef";
	static const char padded[] = "0123456789abcdef0123456789abcdef00000000";
	static const char path[] = "rec/elf/.build-id/01/23456789abcdef0123456789abcdef.elf";
	struct mapping one = map_of(LIB, short_id), two = map_of("/other", padded);
	struct scene s;

	begin("short");
	write_elf(at("%s", path), short_id, TEXT);
	if (open_scene(&s, NULL, NULL)) {
		check_object(&s, &one, path, "16 bytes");
		check_object(&s, &two, path, "16 bytes in a table of 20");
		check_u64(diag_count(s.o.diag), 0, "both are proof");
	}
	end_scene(&s);
}

static void a_deleted_file_is_searched_by_the_name_it_had(void)
{
	struct image_build_id table = { .misc = MISC_USER, .path = "/a (deleted)" };
	struct image_features features = { .build_ids = &table,
					   .n_build_ids = 1,
					   .hostname = this_host() };
	struct mapping a = map_of("/a (deleted)", NULL), b = map_of("/b (deleted)", NULL), c;
	char gone[PATH_MAX];
	struct scene s;

	begin("deleted");
	snprintf(gone, sizeof(gone), "%s (deleted)", at("host/c"));
	c = map_of(gone, NULL);
	bytes_of(ID1, table.build_id);
	write_text(at("rec/objects.txt"), ID2 " /b\n");
	write_elf(at("rec/elf/a"), ID1, TEXT);
	write_elf(at("rec/elf/b"), ID2, TEXT);
	write_elf(at("host/c"), ID2, TEXT);
	if (open_scene(&s, &features, NULL)) {
		check_object(&s, &a, "rec/elf/a", "the table has the name with the mark");
		check_object(&s, &b, "rec/elf/b", "objects.txt has it without");
		check_object(&s, &c, NULL, "what is at its path now is not it");
		check_told(&s, PROBLEM_MISSING_OBJECT, at("host/c"), "deleted", "and why is told");
	}
	end_scene(&s);
}

/* ---- refusals ------------------------------------------------------------------- */

static void a_file_that_contradicts_is_refused_and_the_search_goes_on(void)
{
	struct finder_options options = { 0 };
	struct mapping m = map_of(LIB, ID1), plain = map_of("/plain", ID1);
	struct scene s;

	begin("contradiction");
	options.symfs = symfs;
	write_elf(at("rec/elf" LIB), ID2, TEXT);
	write_elf(at("sym" LIB), ID1, TEXT);
	write_elf(at("rec/elf/plain"), NULL, TEXT);
	if (open_scene(&s, NULL, &options)) {
		check_object(&s, &m, "sym" LIB, "the next place has the right one");
		check_told(&s, PROBLEM_WRONG_OBJECT, at("rec/elf" LIB), "build id is " ID2,
			   "the refused one is told with its build id");
		check_told(&s, PROBLEM_WRONG_OBJECT, at("rec/elf" LIB), "the recording says " ID1,
			   "and the one wanted");
		check_object(&s, &plain, NULL, "a file without a build id is not one that has it");
		check_told(&s, PROBLEM_WRONG_OBJECT, at("rec/elf/plain"), "has no build id",
			   "told");
		check_u64(told(&s, PROBLEM_MISSING_OBJECT), 0,
			  "what is refused is not missing, too");
	}
	end_scene(&s);
}

static void force_uses_a_refused_file_if_there_is_no_right_one(void)
{
	struct finder_options options = { .force = true };
	struct mapping wrong = map_of(LIB, ID1), right = map_of("/right", ID1),
		       small = map_of("/small", NULL), garbage = map_of("/garbage", ID1), stranger;
	char path[PATH_MAX];
	struct scene s;

	begin("force");
	options.symfs = symfs;
	snprintf(path, sizeof(path), "%s", at("host/x.so"));
	stranger = map_of(path, NULL);
	write_elf(at("rec/elf" LIB), ID2, TEXT);
	write_elf(at("rec/elf/right"), ID2, TEXT);
	write_elf(at("sym/right"), ID1, TEXT);
	write_elf(at("rec/elf/small"), ID1, TEXT);
	write_text(at("rec/elf/garbage"), "this is no ELF file");
	write_elf(path, ID2, TEXT);
	small.end += 0x100000;
	if (open_scene(&s, NULL, &options)) {
		check_object(&s, &wrong, "rec/elf" LIB, "another build id");
		check_told(&s, PROBLEM_UNVERIFIED_OBJECT, at("rec/elf" LIB), "--force",
			   "and it is told");
		check_object(&s, &right, "sym/right", "the right one goes before");
		check_object(&s, &small, "rec/elf/small", "too small");
		check_object(&s, &stranger, "host/x.so", "of another machine");
		check_object(&s, &garbage, NULL, "what is no ELF file helps nobody");
		check_u64(told(&s, PROBLEM_WRONG_OBJECT), 0, "nothing was refused");
	}
	end_scene(&s);
}

static void a_file_that_cannot_be_read_is_told_and_the_search_goes_on(void)
{
	struct finder_options options = { 0 };
	struct mapping with_id = map_of("/a", ID1), without = map_of("/b", NULL),
		       empty = map_of("/empty", ID1);
	struct scene s;

	begin("garbage");
	options.symfs = symfs;
	write_text(at("rec/elf/a"), "\x7f"
				    "ELF, or so it seems");
	write_text(at("rec/elf/b"), "#!/bin/sh\n");
	write_text(at("rec/elf/empty"), "");
	write_elf(at("sym/a"), ID1, TEXT);
	write_elf(at("sym/b"), ID2, TEXT);
	if (open_scene(&s, NULL, &options)) {
		check_object(&s, &with_id, "sym/a", "with a build id");
		check_object(&s, &without, "sym/b", "without");
		check_told(&s, PROBLEM_BAD_OBJECT, at("rec/elf/a"), "", "a is told");
		check_told(&s, PROBLEM_BAD_OBJECT, at("rec/elf/b"), "", "b is told");
		check_object(&s, &empty, NULL, "an empty file");
		check_told(&s, PROBLEM_MISSING_OBJECT, "/empty", ID1, "is none");
	}
	end_scene(&s);
}

static void a_segment_must_hold_the_mapping(void)
{
	static const struct {
		const char *label;
		uint64_t pgoff, len;
		uint32_t prot;
		bool data, fits;
	} rows[] = {
		{ "just the segment", 0x1000, 0x40000, 5, false, true },
		{ "a part of it", 0x2000, 0x1000, 5, false, true },
		{ "the whole image, as the loader maps it first", 0, 0x41000, 5, false, true },
		{ "up to the end of a large page", 0x1000, 0x4f000, 5, false, true },
		{ "more than there is", 0x1000, 0x80000, 5, false, false },
		{ "behind the end", 0x90000, 0x1000, 5, false, false },
		{ "sums that leave 64 bits", UINT64_MAX - 0x100, 0x1000, 5, false, false },
		{ "data may be anything", 0x90000, 0x1000, 3, false, true },
		{ "data of perf record -d", 0x90000, 0x1000, 5, true, true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mapping m = map_of(LIB, NULL);
		struct scene s;

		begin("segments");
		m.pgoff = rows[i].pgoff;
		m.end = m.start + rows[i].len;
		m.prot = rows[i].prot;
		m.data = rows[i].data;
		write_elf(at("rec/elf" LIB), ID1, 0x40000);
		if (open_scene(&s, NULL, NULL)) {
			check_object(&s, &m, rows[i].fits ? "rec/elf" LIB : NULL, rows[i].label);
			check_u64(told(&s, PROBLEM_WRONG_OBJECT), !rows[i].fits, rows[i].label);
		}
		end_scene(&s);
	}
}

static void a_later_mapping_that_does_not_fit_has_another_file(void)
{
	struct mapping m = map_of(LIB, NULL), large = m;
	struct scene s;

	begin("later");
	large.end += 0x100000;
	write_elf(at("rec/elf" LIB), ID1, TEXT);
	if (open_scene(&s, NULL, NULL)) {
		check_object(&s, &m, "rec/elf" LIB, "the first fits");
		check_object(&s, &large, NULL, "the second does not");
		check_object(&s, &m, "rec/elf" LIB, "the first again");
		check_u64(told(&s, PROBLEM_WRONG_OBJECT), 1, "told");
	}
	end_scene(&s);
}

/* ---- without a build id ------------------------------------------------------------ */

static void what_the_user_put_there_is_used_and_not_verified(void)
{
	struct finder_options options = { 0 };
	struct mapping a = map_of("/a", NULL), b = map_of("/b", NULL);
	struct scene s;

	begin("unverified");
	options.symfs = symfs;
	write_elf(at("rec/elf/a"), NULL, TEXT);
	write_elf(at("sym/a"), ID1, TEXT);
	write_elf(at("sym/b"), ID1, TEXT);
	if (open_scene(&s, NULL, &options)) {
		check_object(&s, &a, "rec/elf/a", "in elf/");
		check_told(&s, PROBLEM_UNVERIFIED_OBJECT, at("rec/elf/a"), "elf/", "a note");
		check_object(&s, &b, "sym/b", "below --symfs");
		check_told(&s, PROBLEM_UNVERIFIED_OBJECT, at("sym/b"), "--symfs", "a note");
		check_u64(diag_count(s.o.diag), 2, "nothing else");
	}
	end_scene(&s);
}

enum inode { INODE_NONE, INODE_SAME, INODE_OTHER, INODE_OTHER_DEVICE, INODE_OTHER_GENERATION };

static void set_inode(struct mapping *m, const char *path, enum inode inode)
{
	struct stat st;

	if (inode == INODE_NONE || stat(path, &st) != 0)
		return;
	m->maj = major(st.st_dev);
	m->min = minor(st.st_dev) + (inode == INODE_OTHER_DEVICE);
	m->ino = st.st_ino + (inode == INODE_OTHER);
	m->ino_generation = inode == INODE_OTHER_GENERATION ? 0x123456789 : 0;
}

static void a_file_at_its_original_path_needs_evidence(void)
{
	static const struct {
		const char *label;
		enum inode inode;
		const char *host; /* "": this one */
		time_t recorded;
		bool used;
		enum problem_kind told;
		const char *words;
	} rows[] = {
		{ "inode, another host", INODE_SAME, "elsewhere", EARLY, true,
		  PROBLEM_UNVERIFIED_OBJECT, "inode" },
		{ "this host, later", INODE_NONE, "", LATE, true, PROBLEM_UNVERIFIED_OBJECT,
		  "later" },
		{ "this host, earlier", INODE_NONE, "", EARLY, false, PROBLEM_MISSING_OBJECT,
		  "older" },
		{ "another host, later", INODE_NONE, "elsewhere", LATE, false,
		  PROBLEM_MISSING_OBJECT, "elsewhere" },
		{ "no host, later", INODE_NONE, NULL, LATE, false, PROBLEM_MISSING_OBJECT,
		  "unknown" },
		{ "another inode of this host", INODE_OTHER, "", LATE, false, PROBLEM_WRONG_OBJECT,
		  "inode" },
		{ "another inode of another host", INODE_OTHER, "elsewhere", LATE, false,
		  PROBLEM_MISSING_OBJECT, "elsewhere" },
		{ "another device says nothing", INODE_OTHER_DEVICE, "", LATE, true,
		  PROBLEM_UNVERIFIED_OBJECT, "later" },
		{ "another generation", INODE_OTHER_GENERATION, "elsewhere", LATE, false,
		  PROBLEM_MISSING_OBJECT, "elsewhere" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image_features features = { .hostname = rows[i].host };
		char path[PATH_MAX];
		struct mapping m;
		struct scene s;

		begin("evidence");
		if (rows[i].host && !*rows[i].host)
			features.hostname = this_host();
		snprintf(path, sizeof(path), "%s", at("host/libx.so"));
		write_elf(path, NULL, TEXT);
		m = map_of(path, NULL);
		set_inode(&m, path, rows[i].inode);
		write_recording(at("rec/perf.data"), &features, IMAGE_FILE);
		set_mtime(at("rec/perf.data"), rows[i].recorded);
		if (open_finder(&s, at("rec/perf.data"), NULL)) {
			check_object(&s, &m, rows[i].used ? "host/libx.so" : NULL, rows[i].label);
			check_u64(diag_count(s.o.diag), 1, "one problem");
			check_told(&s, rows[i].told, path, rows[i].words, rows[i].label);
		}
		end_scene(&s);
	}
}

static void the_recordings_own_clock_goes_before_the_time_of_its_file(void)
{
	struct image_features features = { .hostname = this_host(),
					   .clockid = 1,
					   .clock_ns = 1,
					   .clock_wall_ns = UINT64_C(1000000000000000000) };
	char path[PATH_MAX];
	struct mapping m;
	struct scene s;

	begin("clock");
	snprintf(path, sizeof(path), "%s", at("host/libx.so"));
	write_elf(path, NULL, TEXT);
	m = map_of(path, NULL);
	if (open_scene(&s, &features, NULL)) {
		check_object(&s, &m, NULL, "a copy of an old recording is no younger recording");
		check_told(&s, PROBLEM_MISSING_OBJECT, path, "older", "told");
	}
	end_scene(&s);
}

static void the_generation_of_an_inode_counts_where_the_file_system_has_one(void)
{
	struct image_features features = { .hostname = "elsewhere" };
	unsigned int generation[2] = { 0 };
	char path[PATH_MAX];
	struct mapping m;
	struct scene s;
	int fd;

	begin("generation");
	snprintf(path, sizeof(path), "%s", at("host/libx.so"));
	write_elf(path, NULL, TEXT);
	m = map_of(path, NULL);
	set_inode(&m, path, INODE_SAME);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (ioctl(fd, FS_IOC_GETVERSION, generation) == 0 && open_scene(&s, &features, NULL)) {
		m.ino_generation = generation[0];
		check_object(&s, &m, "host/libx.so", "equal");
		m.ino_generation = (uint64_t)generation[0] + 1;
		check_object(&s, &m, NULL, "another one");
		finder_free(s.finder);
		open_done(&s.o);
	}
	close(fd);
	remove_tree(at("."));
	check_in(NULL);
}

static void a_stream_has_no_directory(void)
{
	struct mapping m = map_of(LIB, ID1), other = map_of("/b", ID1);
	struct finder_options options = { 0 };
	int saved = dup(0), fd;
	struct scene s;

	begin("stdin");
	options.symfs = symfs;
	write_elf(at("sym/b"), ID1, TEXT);
	write_recording(at("rec/perf.data"), NULL, IMAGE_PIPE);
	fd = open(at("rec/perf.data"), O_RDONLY | O_CLOEXEC);
	dup2(fd, 0);
	if (open_finder(&s, "-", &options)) {
		check_object(&s, &m, NULL, "no elf/");
		check_object(&s, &other, "sym/b", "but --symfs");
		check(finder_perfmap(s.finder, 7) == NULL, "no maps");
		check_u64(finder_perfmaps(s.finder), 0, "none at all");
		check(finder_kallsyms(s.finder, NULL) == NULL, "no kallsyms");
	}
	dup2(saved, 0);
	close(saved);
	close(fd);
	end_scene(&s);
}

/* ---- names from strangers ------------------------------------------------------------- */

static void names_that_no_file_is_behind_tell_nothing(void)
{
	static const char *const names[] = {
		"[vdso]",
		"[vsyscall]",
		"[heap]",
		"[stack]",
		"[stack:123]",
		"[kernel.kallsyms]_text",
		"[guest.kernel.kallsyms]",
		"//anon",
		"//deleted",
		"/anon_hugepage",
		"/anon_hugepage (deleted)",
		"/dev/zero (deleted)",
		"/dev/dri/card0",
		"/SYSV00000000 (deleted)",
		"/memfd:jit (deleted)",
		"/memfd:a/b (deleted)",
		"/[aio] (deleted)",
		"/tmp/perf-12.map",
		"/tmp/jit-12.dump",
		"/home/u/.debug/jit/x/jit-12.dump",
		"/proc/kcore",
		"/sys/kernel/tracing/trace_pipe",
		"anon_inode:[perf_event]",
		"relative/libx.so",
		"",
		"/tmp/jitted-12-3.so",
	};
	struct mapping symbol = map_of("/bpf_prog", NULL);
	struct scene s;

	begin("names");
	if (open_scene(&s, NULL, NULL)) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			struct mapping m = map_of(names[i], NULL);

			check_object(&s, &m, NULL, names[i]);
			check_u64(diag_count(s.o.diag), 0, names[i]);
		}
		symbol.is_symbol = true;
		check_object(&s, &symbol, NULL, "a KSYMBOL");
		check_u64(diag_count(s.o.diag), 0, "a KSYMBOL");
	}
	end_scene(&s);
}

static void a_vdso_can_be_given_by_its_build_id(void)
{
	struct mapping m = map_of("[vdso]", ID1);
	struct scene s;

	begin("vdso");
	write_elf(at(ELF_OF_ID1), ID1, TEXT);
	if (open_scene(&s, NULL, NULL))
		check_object(&s, &m, ELF_OF_ID1, "found");
	end_scene(&s);
}

static void a_recorded_name_does_not_lead_out_of_elf(void)
{
	static const char *const names[] = { "/../secret.so", "/..//../rec/secret.so",
					     "/usr/../../secret.so", "/usr/..", "/.." };
	char elf[PATH_MAX];
	static const char *const harmless[] = { "/usr/..x/libx.so", "/usr/x../libx.so" };
	struct finder_options options = { 0 };
	struct scene s;

	begin("climbing");
	options.symfs = elf;
	snprintf(elf, sizeof(elf), "%s", at("rec/elf"));
	write_elf(at("rec/secret.so"), NULL, TEXT);
	write_elf(at("rec/elf/usr/..x/libx.so"), NULL, TEXT);
	write_elf(at("rec/elf/usr/x../libx.so"), NULL, TEXT);
	if (open_scene(&s, NULL, &options)) {
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			struct mapping m = map_of(names[i], NULL);

			check_object(&s, &m, NULL, names[i]);
			check_u64(told(&s, PROBLEM_MISSING_OBJECT), i + 1, "missing");
		}
		for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++) {
			struct mapping m = map_of(harmless[i], NULL);

			check(finder_object(s.finder, &m).path != NULL, harmless[i]);
		}
	}
	end_scene(&s);
}

static void nothing_but_regular_files_is_opened(void)
{
	struct mapping m = map_of(LIB, NULL), folder = map_of("/folder", NULL), fifo;
	char path[PATH_MAX];
	struct scene s;

	begin("fifos");
	snprintf(path, sizeof(path), "%s", at("host/fifo"));
	fifo = map_of(path, NULL);
	make_folders_of(at("host/x"));
	make_folders_of(at("rec/elf" LIB));
	make_folders_of(at("rec/elf/folder/x"));
	mkfifo(path, 0600);
	mkfifo(at("rec/elf" LIB), 0600);
	mkfifo(at("rec/objects.txt"), 0600);
	mkfifo(at("rec/kallsyms"), 0600);
	mkfifo(at("rec/perf-7.map"), 0600);
	alarm(60); /* who opens a FIFO waits for ever */
	if (open_scene(&s, NULL, NULL)) {
		check_object(&s, &m, NULL, "in elf/");
		check_object(&s, &folder, NULL, "a folder");
		check_object(&s, &fifo, NULL, "at the original path");
		check(finder_kallsyms(s.finder, NULL) == NULL, "kallsyms");
		check(finder_perfmap(s.finder, 7) == NULL, "perf map");
	}
	alarm(0);
	end_scene(&s);
}

static void elf_may_be_a_link(void)
{
	struct mapping m = map_of(LIB, ID1);
	struct scene s;

	begin("link");
	write_elf(at("objects" LIB), ID1, TEXT);
	make_folders_of(at("rec/x"));
	check(symlink("../objects", at("rec/elf")) == 0, "the link is made");
	if (open_scene(&s, NULL, NULL))
		check_object(&s, &m, "rec/elf" LIB, "followed");
	end_scene(&s);
}

/* ---- debug files ------------------------------------------------------------------------ */

static void a_debug_file_must_have_the_objects_build_id(void)
{
	static const char by_id[] =
		"rec/elf/.build-id/11/22334455667788990011223344556677889900.debug";
	static const struct {
		const char *label, *id, *beside; /* build ids of the files; NULL: not there */
		const char *want;
		uint64_t refused;
	} rows[] = {
		{ "none", NULL, NULL, NULL, 0 },
		{ "by build id", ID1, NULL, by_id, 0 },
		{ "beside the object", NULL, ID1, "rec/elf" LIB ".debug", 0 },
		{ "both", ID1, ID1, by_id, 0 },
		{ "a wrong one", ID2, NULL, NULL, 1 },
		{ "a wrong one first", ID2, ID1, "rec/elf" LIB ".debug", 1 },
		{ "one without a build id", NULL, "", NULL, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mapping m = map_of(LIB, ID1);
		struct scene s;

		begin("debug");
		write_elf(at("rec/elf" LIB), ID1, TEXT);
		if (rows[i].id)
			write_elf(at("%s", by_id), rows[i].id, TEXT);
		if (rows[i].beside)
			write_elf(at("rec/elf" LIB ".debug"),
				  *rows[i].beside ? rows[i].beside : NULL, TEXT);
		if (open_scene(&s, NULL, NULL)) {
			struct found_object found = finder_object(s.finder, &m);

			check(found.path != NULL, "the object is found");
			check_text(found.debug_path, rows[i].want ? at("%s", rows[i].want) : NULL,
				   rows[i].label);
			check_u64(told(&s, PROBLEM_WRONG_OBJECT), rows[i].refused, rows[i].label);
		}
		end_scene(&s);
	}
}

static void an_unverified_object_has_its_debug_file_too(void)
{
	struct mapping m = map_of(LIB, NULL);
	struct scene s;

	begin("debug-unverified");
	write_elf(at("rec/elf" LIB), ID1, TEXT);
	write_elf(at("rec/elf/.build-id/11/22334455667788990011223344556677889900.debug"), ID1,
		  TEXT);
	if (open_scene(&s, NULL, NULL))
		check(finder_object(s.finder, &m).debug_path != NULL,
		      "found by the object's own build id");
	end_scene(&s);
}

/* ---- once for each file -------------------------------------------------------------------- */

static void a_file_is_searched_and_told_once(void)
{
	struct mapping m = map_of(LIB, ID1), gone = map_of("/gone", NULL);
	struct scene s;

	begin("once");
	write_elf(at("rec/elf" LIB), ID1, TEXT);
	if (open_scene(&s, NULL, NULL)) {
		check_object(&s, &m, "rec/elf" LIB, "the first");
		remove(at("rec/elf" LIB));
		for (uint32_t i = 0; i < 5000; i++) {
			m.start += 0x100000;
			m.end += 0x100000;
			gone.start += 0x100000;
			gone.end += 0x100000;
			finder_object(s.finder, &gone);
		}
		check_object(&s, &m, "rec/elf" LIB, "is not searched again");
		check_u64(told(&s, PROBLEM_MISSING_OBJECT), 1, "5000 mappings, one problem");
		check_told(&s, PROBLEM_MISSING_OBJECT, "/gone", "/gone was not found", "named");
	}
	end_scene(&s);
}

static void another_build_id_or_inode_is_another_file(void)
{
	struct mapping m = map_of(LIB, NULL);
	char name[32];
	struct scene s;

	begin("keys");
	if (open_scene(&s, NULL, NULL)) {
		finder_object(s.finder, &m);
		m.ino = 5;
		finder_object(s.finder, &m);
		m.ino_generation = 5;
		finder_object(s.finder, &m);
		m.build_id_size = (uint8_t)bytes_of(ID1, m.build_id);
		finder_object(s.finder, &m);
		check_u64(told(&s, PROBLEM_MISSING_OBJECT), 4, "four files of one name");
		for (unsigned i = 0; i < 3000; i++) {
			snprintf(name, sizeof(name), "/lib/%u", i);
			m = map_of(name, NULL);
			finder_object(s.finder, &m);
			finder_object(s.finder, &m);
		}
		check_u64(told(&s, PROBLEM_MISSING_OBJECT), 3004, "each of many files");
	}
	end_scene(&s);
}

/* ---- objects.txt ---------------------------------------------------------------------------- */

static void a_line_of_objects_txt_is_a_build_id_and_a_path(void)
{
	static const struct {
		const char *label, *text;
		size_t len; /* 0: up to the NUL */
		size_t lines, malformed;
		const char *path, *id; /* NULL: no id for the path */
	} rows[] = {
		{ "a line", ID1 " /a\n", 0, 1, 0, "/a", ID1 },
		{ "without its end", ID1 " /a", 0, 1, 0, "/a", ID1 },
		{ "CRLF", ID1 " /a\r\n\r\n" ID2 " /b\r\n", 0, 2, 0, "/a", ID1 },
		{ "upper case", "AABBCCDDEEFF00112233445566778899AABBCCDD /a\n", 0, 1, 0, "/a",
		  ID2 },
		{ "blanks", "  " ID1 " \t /a b\n", 0, 1, 0, "/a b", ID1 },
		{ "comments and blank lines", "# x\n\n  # y\n \t\n" ID1 " /a\n", 0, 1, 0, "/a",
		  ID1 },
		{ "a short build id", "0123456789abcdef /a\n", 0, 1, 0, "/a", "0123456789abcdef" },
		{ "empty", "", 0, 0, 0, "/a", NULL },
		{ "no path", ID1 "\n" ID1 " \n", 0, 2, 2, "/a", NULL },
		{ "no build id", "/a\n /a\n", 0, 2, 2, "/a", NULL },
		{ "an odd number of digits", "123 /a\n", 0, 1, 1, "/a", NULL },
		{ "no digits", "xyz /a\n", 0, 1, 1, "/a", NULL },
		{ "21 bytes", ID1 "00 /a\n", 0, 1, 1, "/a", NULL },
		{ "zeroes only", "0000000000 /a\n", 0, 1, 1, "/a", NULL },
		{ "a NUL", ID1 " /a\0b\n" ID2 " /a", sizeof(ID1) + 5 + sizeof(ID2) + 2, 2, 1, "/a",
		  ID2 },
		{ "bad lines do not hurt good ones", "x\n" ID1 " /a\ny", 0, 3, 2, "/a", ID1 },
		{ "the same twice", ID1 " /a\n" ID1 " /a\n", 0, 2, 0, "/a", ID1 },
		{ "two that disagree", ID1 " /a\n" ID2 " /a\n" ID1 " /b\n", 0, 3, 0, "/a", NULL },
		{ "beside two that disagree", ID1 " /a\n" ID2 " /a\n" ID1 " /b\n", 0, 3, 0, "/b",
		  ID1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct object_id *id;
		char digits[OBJECT_ID_TEXT];
		struct objects_txt t;

		check_in(rows[i].label);
		objects_txt_parse(rows[i].text, rows[i].len ? rows[i].len : strlen(rows[i].text),
				  &t);
		check_u64(t.lines, rows[i].lines, "lines");
		check_u64(t.malformed, rows[i].malformed, "malformed");
		id = objects_txt_find(&t, rows[i].path);
		check_text(id ? object_id_text(id, digits) : NULL, rows[i].id, "build id");
		check(objects_txt_find(&t, "/") == NULL, "a path that is not there");
		objects_txt_free(&t);
	}
	check_in(NULL);
}

static void a_bad_objects_txt_is_told(void)
{
	struct mapping m = map_of(LIB, NULL);
	struct scene s;

	begin("bad-list");
	write_text(at("rec/objects.txt"), ID1 " " LIB "\nnonsense\nmore nonsense\n");
	write_elf(at("rec/elf" LIB), ID1, TEXT);
	if (open_scene(&s, NULL, NULL)) {
		check_object(&s, &m, "rec/elf" LIB, "its good line counts");
		check_told(&s, PROBLEM_BAD_OBJECT, at("rec/objects.txt"), "2 of 3 lines", "told");
	}
	end_scene(&s);

	begin("large-list");
	write_text(at("rec/objects.txt"), "");
	check(truncate(at("rec/objects.txt"), 1 << 25) == 0, "made large");
	if (open_scene(&s, NULL, NULL)) {
		check_object(&s, &m, NULL, "not read");
		check_told(&s, PROBLEM_BAD_OBJECT, at("rec/objects.txt"), "too large", "told");
	}
	end_scene(&s);
}

/* ---- perf maps and kallsyms ---------------------------------------------------------------- */

static void perf_maps_are_found_two_folders_down_but_not_through_links(void)
{
	static const struct {
		uint32_t pid;
		const char *want, *label;
	} rows[] = {
		{ 1, "rec/perf-1.map", "beside the recording, though one is below" },
		{ 2, "rec/a/perf-2.map", "the upper of two" },
		{ 3, "rec/a/perf-3.map", "the first by name of two" },
		{ 4, "rec/a/b/perf-4.map", "two down" },
		{ 5, NULL, "three down" },
		{ 6, NULL, "in a linked folder" },
		{ 7, "rec/perf-7.map", "a link beside the recording" },
		{ 8, NULL, "a link below" },
		{ 9, NULL, "in a hidden folder" },
		{ 10, NULL, "a folder of that name" },
		{ 4294967295u, "rec/z/perf-4294967295.map", "the largest number" },
		{ 123, NULL, "not there" },
	};
	static const char *const files[] = {
		"rec/perf-1.map",
		"rec/a/perf-1.map",
		"rec/a/b/perf-2.map",
		"rec/a/perf-2.map",
		"rec/z/perf-3.map",
		"rec/a/perf-3.map",
		"rec/a/b/perf-4.map",
		"rec/a/b/c/perf-5.map",
		"other/perf-6.map",
		"rec/.h/perf-9.map",
		"rec/perf-10.map/x",
		"rec/z/perf-4294967295.map",
		"rec/z/perf-4294967296.map",
		"rec/z/perf-007.map",
		"rec/z/perf-.map",
		"rec/z/perf--1.map",
		"rec/z/perf-12.map.gz",
		"rec/z/xperf-12.map",
		"rec/z/perf-12",
		"rec/z/perf- 12.map",
	};
	static const uint32_t all[] = { 1, 1, 2, 2, 3, 3, 4, 7, 4294967295u };
	uint32_t pid;
	struct scene s;

	begin("maps");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		write_text(at("%s", files[i]), "1000 10 f\n");
	check(symlink("../other", at("rec/linked")) == 0 &&
		      symlink("../other/perf-6.map", at("rec/perf-7.map")) == 0 &&
		      symlink("../../other/perf-6.map", at("rec/a/perf-8.map")) == 0,
	      "links are made");
	if (open_scene(&s, NULL, NULL)) {
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			check_text(finder_perfmap(s.finder, rows[i].pid),
				   rows[i].want ? at("%s", rows[i].want) : NULL, rows[i].label);
		check_u64(finder_perfmaps(s.finder), sizeof(all) / sizeof(all[0]), "all maps");
		for (size_t i = 0;
		     i < finder_perfmaps(s.finder) && i < sizeof(all) / sizeof(all[0]); i++) {
			check(finder_perfmap_at(s.finder, i, &pid) != NULL, "a path");
			check_u64(pid, all[i], "sorted by pid");
		}
		check_text(finder_perfmap_at(s.finder, 8, &pid), at("rec/z/perf-4294967295.map"),
			   "the last");
		check_u64(diag_count(s.o.diag), 0, "nothing is told");
	}
	end_scene(&s);
}

static void a_huge_tree_is_not_searched_to_its_end(void)
{
	struct scene s;

	begin("huge");
	for (unsigned i = 0; i < 1100; i++)
		make_folders_of(at("rec/%04u/x", i));
	write_text(at("rec/0001/perf-1.map"), "");
	write_text(at("rec/1099/perf-2.map"), "");
	write_text(at("rec/perf-3.map"), "");
	if (open_scene(&s, NULL, NULL)) {
		check(finder_perfmap(s.finder, 3) != NULL, "beside the recording");
		check(finder_perfmap(s.finder, 1) != NULL, "in an early folder");
		check_u64(diag_count(s.o.diag), 0, "found, so nothing is told");
		check(finder_perfmap(s.finder, 2) == NULL, "too far behind");
		check_told(&s, PROBLEM_MISSING_PERF_MAP, at("rec"), "too many", "and told");
	}
	end_scene(&s);
}

static void a_map_in_tmp_is_a_candidate_on_the_recorded_machine_only(void)
{
	/* A pid that no process has. */
	uint32_t pid = 3000000000u + (uint32_t)getpid();
	struct image_features features = { .hostname = this_host() };
	time_t mtime = 0;
	char path[40];
	struct scene s;

	snprintf(path, sizeof(path), "/tmp/perf-%u.map", pid);
	for (int other = 0; other <= 1; other++) {
		begin(other ? "tmp-other" : "tmp");
		if (other)
			features.hostname = "elsewhere";
		if (open_scene(&s, &features, NULL)) {
			check(finder_host_perfmap(s.finder, pid, &mtime) == NULL, "not there");
			check(symlink("/dev/null", path) == 0, "a link is made");
			check(finder_host_perfmap(s.finder, pid, &mtime) == NULL, "a link");
			remove(path);
			check_u64(diag_count(s.o.diag), 0, "nothing to tell");
			write_text(path, "1000 10 f\n");
			set_mtime(path, EARLY);
			check_text(finder_host_perfmap(s.finder, pid, &mtime), other ? NULL : path,
				   "a file");
			check(other || mtime == EARLY, "its time");
			check_u64(told(&s, PROBLEM_REFUSED_PERF_MAP), other ? 1 : 0,
				  "told why not");
			remove(path);
		}
		end_scene(&s);
	}
}

static void kallsyms_lie_beside_the_recording_or_where_the_user_says(void)
{
	struct finder_options options = { 0 };
	char path[PATH_MAX];
	struct scene s;

	begin("kallsyms");
	write_text(at("rec/kallsyms"), "0 T x\n");
	write_text(at("other"), "0 T x\n");
	if (open_scene(&s, NULL, NULL))
		check_text(finder_kallsyms(s.finder, NULL), at("rec/kallsyms"),
			   "beside the recording");
	finder_free(s.finder);
	open_done(&s.o);
	snprintf(path, sizeof(path), "%s", at("other"));
	options.kallsyms = path;
	if (open_scene(&s, NULL, &options))
		check_text(finder_kallsyms(s.finder, NULL), at("other"), "--kallsyms");
	end_scene(&s);

	begin("no-kallsyms");
	if (open_scene(&s, NULL, NULL)) {
		check_text(finder_kallsyms(s.finder, NULL), NULL, "none");
	}
	end_scene(&s);
}

#define KERNEL_ID ID2

/* The kernel, as perf records it: with the address of its symbol _text. */
static struct mapping kernel_map(const char *id)
{
	struct mapping m = map_of("[kernel.kallsyms]_text", id);

	m.pgoff = 0xffffffff81000000;
	return m;
}

static void kernel_symbols_are_found_by_the_kernels_build_id(void)
{
	static const char tree[] =
		"home/.debug/.build-id/aa/bbccddeeff00112233445566778899aabbccdd";
	struct image_build_id table = { .misc = MISC_KERNEL, .path = "[kernel.kallsyms]" };
	struct image_features features = { .build_ids = &table, .n_build_ids = 1 };
	struct mapping by_table = kernel_map(NULL), by_itself = kernel_map(KERNEL_ID),
		       other = kernel_map(ID1), unplaced = kernel_map(KERNEL_ID);
	char kallsyms[PATH_MAX];
	struct scene s;

	unplaced.pgoff = 0;
	begin("kallsyms-by-id");
	bytes_of(KERNEL_ID, table.build_id);
	snprintf(kallsyms, sizeof(kallsyms), "%s", at("%s/kallsyms", tree));
	write_text(kallsyms, "0 T x\n");
	if (open_scene(&s, &features, NULL)) {
		check_text(finder_kallsyms(s.finder, &by_table), kallsyms, "of the table");
		check_text(finder_kallsyms(s.finder, &by_itself), kallsyms, "of the mapping");
		check_text(finder_kallsyms(s.finder, &other), NULL, "of another kernel");
		check_text(finder_kallsyms(s.finder, &unplaced), NULL,
			   "of another boot, perhaps: where the kernel lay is not known");
		check_text(finder_kallsyms(s.finder, NULL), NULL, "of no kernel");
	}
	end_scene(&s);
}

/* What /sys/kernel/notes has: another note, the build id, another. */
static void write_notes(const char *path, const char *id)
{
	static const uint8_t before[] = { 5,   0,   0,   0,   3, 0, 0, 0, 3, 0, 0, 0,
					  'X', 'X', 'X', 'X', 0, 0, 0, 0, 1, 2, 3, 0 };
	uint8_t bytes[sizeof(before) + 3 * sizeof(uint32_t) + 4 + 20 + 3];
	uint32_t head[] = { 4, 20, 3 };
	const char cut[] = { 'c', 'u', 't' };
	size_t n = sizeof(before);

	memcpy(bytes, before, n);
	memcpy(bytes + n, head, sizeof(head));
	n += sizeof(head);
	memcpy(bytes + n, "GNU", 4);
	n += 4;
	n += bytes_of(id, bytes + n);
	memcpy(bytes + n, cut, sizeof(cut));
	write_bytes(path, bytes, n + sizeof(cut));
}

static void check_host_kallsyms(struct scene *s, const struct mapping *m, const char *want_why,
				const char *row)
{
	const char *why = NULL, *path = finder_host_kallsyms(s->finder, m, &why);

	check_text(path, want_why ? NULL : at("host/proc/kallsyms"), row);
	check_text(why, want_why, row);
}

static void this_machines_kallsyms_is_taken_if_it_runs_the_recorded_kernel(void)
{
	char host[PATH_MAX];
	struct finder_options options = { .host = host };
	struct mapping same = kernel_map(KERNEL_ID), other = kernel_map(ID1),
		       unplaced = kernel_map(KERNEL_ID), unknown = kernel_map(NULL);
	struct scene s;

	unplaced.pgoff = 0;
	begin("host-kallsyms");
	snprintf(host, sizeof(host), "%s", at("host"));
	if (open_scene(&s, NULL, &options)) {
		check_host_kallsyms(&s, &same,
				    "which kernel runs here is not known (/sys/kernel/notes)",
				    "no notes");
		write_text(at("host/sys/kernel/notes"), "no notes");
		check_host_kallsyms(&s, &same,
				    "which kernel runs here is not known (/sys/kernel/notes)",
				    "notes that are none");
		write_notes(at("host/sys/kernel/notes"), KERNEL_ID);
		check_host_kallsyms(&s, &same, NULL, "the recorded kernel");
		check_host_kallsyms(&s, &other, "another kernel runs here", "another kernel");
		check_host_kallsyms(&s, &unplaced,
				    "the recording does not say where the kernel lay",
				    "at no address");
		check_host_kallsyms(&s, NULL, "the recording does not say where the kernel lay",
				    "no kernel");
		check_host_kallsyms(&s, &unknown,
				    "the recording has no build id of the kernel to compare",
				    "no id");
	}
	finder_free(s.finder);
	open_done(&s.o);
	options.no_host_files = true;
	if (open_scene(&s, NULL, &options))
		check_host_kallsyms(&s, &same, "--no-host-files leaves it out", "not wanted");
	end_scene(&s);
}

static void a_vmlinux_is_found_by_the_kernels_build_id(void)
{
	static const char *const rows[] = {
		"rec/elf/.build-id/aa/bbccddeeff00112233445566778899aabbccdd.elf",
		"home/.debug/.build-id/aa/bbccddeeff00112233445566778899aabbccdd/elf",
		"sym/usr/lib/debug/.build-id/aa/bbccddeeff00112233445566778899aabbccdd.debug",
		"rec/elf/boot/vmlinux-6.1.0-test",
		"sym/usr/lib/debug/boot/vmlinux-6.1.0-test",
		"sym/usr/lib/debug/lib/modules/6.1.0-test/vmlinux",
		"sym/lib/modules/6.1.0-test/build/vmlinux",
	};
	struct image_features features = { .osrelease = "6.1.0-test" };
	struct finder_options options = { .symfs = symfs };
	struct mapping kernel = kernel_map(KERNEL_ID), other = kernel_map(ID1),
		       unplaced = kernel_map(KERNEL_ID);

	unplaced.pgoff = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scene s;

		begin("vmlinux");
		write_elf(at("%s", rows[i]), KERNEL_ID, TEXT);
		if (open_scene(&s, &features, &options)) {
			check_text(finder_vmlinux(s.finder, &kernel), at("%s", rows[i]), rows[i]);
			check_text(finder_vmlinux(s.finder, &other), NULL, "another kernel");
			check_text(finder_vmlinux(s.finder, &unplaced), NULL, "at no address");
		}
		end_scene(&s);
	}
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%s/perfolio-finder-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(root)) {
		perror(root);
		return EXIT_FAILURE;
	}
	the_first_place_that_has_the_build_id_wins();
	without_a_recording_only_the_build_id_proves_a_file();
	files_are_found_where_they_are_kept_under_their_build_ids();
	what_is_kept_under_a_build_id_must_have_it();
	the_mappings_build_id_goes_before_the_tables_and_that_before_objects_txt();
	build_ids_of_guests_and_those_that_disagree_do_not_count();
	a_pipes_build_ids_come_with_its_records();
	short_build_ids_are_found_padded_or_not();
	a_deleted_file_is_searched_by_the_name_it_had();
	a_file_that_contradicts_is_refused_and_the_search_goes_on();
	force_uses_a_refused_file_if_there_is_no_right_one();
	a_file_that_cannot_be_read_is_told_and_the_search_goes_on();
	a_segment_must_hold_the_mapping();
	a_later_mapping_that_does_not_fit_has_another_file();
	what_the_user_put_there_is_used_and_not_verified();
	a_file_at_its_original_path_needs_evidence();
	the_recordings_own_clock_goes_before_the_time_of_its_file();
	the_generation_of_an_inode_counts_where_the_file_system_has_one();
	a_stream_has_no_directory();
	names_that_no_file_is_behind_tell_nothing();
	a_vdso_can_be_given_by_its_build_id();
	a_recorded_name_does_not_lead_out_of_elf();
	nothing_but_regular_files_is_opened();
	elf_may_be_a_link();
	a_debug_file_must_have_the_objects_build_id();
	an_unverified_object_has_its_debug_file_too();
	a_file_is_searched_and_told_once();
	another_build_id_or_inode_is_another_file();
	a_line_of_objects_txt_is_a_build_id_and_a_path();
	a_bad_objects_txt_is_told();
	perf_maps_are_found_two_folders_down_but_not_through_links();
	a_huge_tree_is_not_searched_to_its_end();
	a_map_in_tmp_is_a_candidate_on_the_recorded_machine_only();
	kallsyms_lie_beside_the_recording_or_where_the_user_says();
	kernel_symbols_are_found_by_the_kernels_build_id();
	this_machines_kallsyms_is_taken_if_it_runs_the_recorded_kernel();
	a_vmlinux_is_found_by_the_kernels_build_id();
	remove_tree(root);
	return check_done("finder");
}
