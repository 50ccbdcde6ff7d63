/*
 * tests/unit/debug_files.c - names and lines of stripped objects (report/debug_files.h, mini_debug.h,
 * debug_info.h, kernel.h's vmlinux).
 *
 * A small library is compiled, taken apart as distributions do it, and its parts are put where
 * they may lie; then what is known of one address must be what the whole library says of it.
 */
#include "report/debug_files.h"

#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/cfi.h"
#include "report/debug_info.h"
#include "report/elf_file.h"
#include "report/kernel.h"
#include "report/unpack.h"
#include "tests/check.h"
#include "tests/walked.h"

#define LIB "/usr/lib/libx.so"

enum { START = 0x10000000 };

static const char source[] =
	"static volatile int sink;\n"
	"static inline __attribute__((always_inline)) int inner(int x) { return sink * x + 3; }\n"
	"static __attribute__((noinline)) int hidden(int x)\n"
	"{\n"
	"\treturn inner(x) + 1;\n"
	"}\n"
	"int visible(int x) { return hidden(x) * 2; }\n";

static char root[PATH_MAX - 512];
static int skipped;

/* ---- commands and files --------------------------------------------------- */

/* Run a shell command in the scenes' folder; false: it failed (what it says is thrown away). */
static bool run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static bool run(const char *fmt, ...)
{
	char command[4096], *text;
	va_list args;
	bool ok;

	va_start(args, fmt);
	vsnprintf(command, sizeof(command), fmt, args);
	va_end(args);
	if (asprintf(&text, "cd '%s' && { %s; } >log 2>&1", root, command) < 0)
		return false;
	ok = system(text) == 0; /* NOLINT(cert-env33-c): compilers are started this way */
	free(text);
	return ok;
}

static bool have(const char *tool, const char *what)
{
	if (run("command -v %s", tool))
		return true;
	printf("skip: %s: %s is not installed\n", what, tool);
	skipped++;
	return false;
}

static const char *at(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static const char *at(const char *fmt, ...)
{
	static char paths[4][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % 4];
	int len = snprintf(path, PATH_MAX, "%s/", root);
	va_list args;

	va_start(args, fmt);
	vsnprintf(path + len, (size_t)(PATH_MAX - len), fmt, args);
	va_end(args);
	return path;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *walk)
{
	(void)st;
	(void)type;
	(void)walk;
	return remove(path);
}

/* ELF, its build id and the address that is asked for. */
struct library {
	struct elf_segment code;
	char id[2 * BUILD_ID_MAX + 1];
	uint64_t pc; /* inside inner(), inlined into hidden() */
};

/* The first address with an inlined function in hidden(). */
static bool find_pc(const char *path, const struct elf_file *elf, uint64_t *pc)
{
	struct error err;
	struct debug_info *d = debug_info_open(path, NULL, &err);
	struct source_frame frames[4];
	bool found = false;

	for (size_t i = 0; d && i < elf->n_symbols && !found; i++) {
		const struct elf_symbol *s = &elf->symbols[i];

		if (strcmp(s->name, "hidden") != 0)
			continue;
		for (*pc = s->start; *pc < s->end && !found; *pc += !found)
			found = debug_info_frames(d, *pc, frames, 4) == 2;
	}
	debug_info_free(d);
	return found;
}

/* Compile the library, to PATH below the root. */
static bool compile(struct library *l, const char *path, const char *options)
{
	const char *cc = getenv("CC");
	struct elf_file *elf;
	struct object_id id;
	struct error err;

	*l = (struct library){ .pc = 0 };
	if (!run("%s -g -O1 -fPIC %s -c -o x.o x.c && %s -shared %s -o %s x.o",
		 cc && *cc ? cc : "cc", options, cc && *cc ? cc : "cc",
		 strstr(options, "-Wl") ? options : "-Wl,--build-id=sha1", path))
		return false;
	elf = elf_file_open(at("%s", path), NULL, &err);
	if (!elf)
		return false;
	for (size_t i = 0; i < elf->n_segments; i++)
		if (elf->segments[i].exec)
			l->code = elf->segments[i];
	id = object_id_of(elf->build_id, elf->build_id_size);
	object_id_text(&id, l->id);
	/* -gsplit-dwarf: the functions are found in the .dwo, which is at hand when this runs. */
	if (!find_pc(at("%s", path), elf, &l->pc))
		l->pc = 0;
	elf_file_free(elf);
	return l->pc != 0;
}

/* ---- what is known of the address ------------------------------------------- */

struct asked {
	struct walked w;
	struct walk_options options;
	char symfs[PATH_MAX], debug_dir[PATH_MAX];
	const char *dirs[1];
	char text[500];
	char missing[100]; /* the .dwo file that is not there */
};

/* A recording whose one mapping is the library; `id`: NULL for none. */
static void write_recording(const struct library *l, const char *id)
{
	struct image_event event = { .attr = { .type = TYPE_SOFTWARE } };
	struct image_options options = { .events = &event, .n_events = 1 };
	struct image_mmap m = {
		.misc = MISC_USER,
		.pid = 7,
		.tid = 7,
		.addr = START,
		.len = 0x1000,
		.pgoff = l->code.offset & ~UINT64_C(0xfff),
		.prot = PROT_READ | PROT_EXEC,
		.filename = LIB,
	};
	struct image img;

	for (; id && id[2 * m.build_id_size]; m.build_id_size++) {
		char byte[3] = { id[2 * m.build_id_size], id[2 * m.build_id_size + 1], '\0' };

		m.build_id[m.build_id_size] = (uint8_t)strtoul(byte, NULL, 16);
	}
	image_begin(&img, &options);
	image_mmap2(&img, &m);
	image_end(&img);
	mkdir(at("rec"), 0700);
	check(image_write(&img, at("rec/perf.data")), "the recording is written");
	image_free(&img);
}

static struct mapping_id library_mapping(const struct walked *w)
{
	struct mapping_id id = { 1 };

	while (id.i < machine_mappings(w->machine) &&
	       strcmp(machine_mapping(w->machine, id)->filename, LIB) != 0)
		id.i++;
	return id;
}

/* "SYMBOL: FUNCTION LINE, FUNCTION LINE", innermost first; "" for what is not known. */
static void describe(struct asked *a, const struct library *l)
{
	struct mapping_id id = library_mapping(&a->w);
	const struct mapping *m = machine_mapping(a->w.machine, id);
	uint64_t addr = START + (l->pc - l->code.vaddr) + l->code.offset - m->pgoff, vaddr, start;
	const char *symbol = objects_symbol(a->w.objects, id, m, addr);
	struct debug_info *d = objects_debug_info(a->w.objects, id, m, addr, &vaddr, &start);
	struct source_frame frames[4];
	size_t n = d ? debug_info_frames(d, vaddr, frames, 4) : 0;
	int len = snprintf(a->text, sizeof(a->text), "%s:", symbol ? symbol : "");

	for (size_t i = 0; i < n; i++)
		len += snprintf(a->text + len, sizeof(a->text) - (size_t)len, "%s %s %u",
				i ? "," : "", frames[i].name, frames[i].line);
	if (d && debug_info_missing(d, vaddr))
		snprintf(a->missing, sizeof(a->missing), "%s", debug_info_missing(d, vaddr));
}

/* Walk and describe; ask_done(). */
static void ask(struct asked *a, const struct library *l, bool with_id)
{
	*a = (struct asked){ .text = "" };
	snprintf(a->symfs, sizeof(a->symfs), "%s", at("sym"));
	snprintf(a->debug_dir, sizeof(a->debug_dir), "%s", at("debug"));
	a->dirs[0] = a->debug_dir;
	a->options.finder = (struct finder_options){ .symfs = a->symfs,
						     .debug_dirs = a->dirs,
						     .n_debug_dirs = 1 };
	write_recording(l, with_id ? l->id : NULL);
	if (walk_path(&a->w, at("rec/perf.data"), &a->options))
		describe(a, l);
}

static void ask_done(struct asked *a)
{
	walk_done(&a->w);
}

/* Only what `ask` says counts. */
static void check_known(const struct library *l, bool with_id, const char *want, const char *row)
{
	struct asked a;

	ask(&a, l, with_id);
	check_text(a.text, want, row);
	ask_done(&a);
}

#define WHOLE  "hidden: inner 2, hidden 5"
#define NO_ONE ":"

static uint64_t told(const struct asked *a, enum problem_kind kind)
{
	return opened_problems(&a->w.o, kind);
}

/* Empty the places for the next row; the library, stripped and with a link, is in elf/. */
static void put_stripped(const char *built)
{
	check(run("rm -rf rec sym debug home && mkdir -p rec/elf/usr/lib && "
		  "objcopy --only-keep-debug %s libx.debug && "
		  "objcopy --strip-all --add-gnu-debuglink=libx.debug %s rec/elf" LIB,
		  built, built),
	      "the library is taken apart");
}

/* Put a file of the root elsewhere below it. */
static void put(const char *from, const char *to)
{
	check(run("mkdir -p \"$(dirname '%s')\" && cp %s '%s'", to, from, to), to);
}

/* ---- separate debug files ----------------------------------------------------- */

static const char *const link_places[] = {
	"rec/elf/usr/lib/libx.debug",
	"rec/elf/usr/lib/.debug/libx.debug",
	"debug/usr/lib/libx.debug",
	"sym/usr/lib/debug/usr/lib/libx.debug",
};

enum { LINK_PLACES = sizeof(link_places) / sizeof(link_places[0]) };

static void a_stripped_library_alone_says_little(void)
{
	struct library l;

	check(compile(&l, "libx.so", ""), "compiled");
	put_stripped("libx.so");
	check_known(&l, true, NO_ONE, "no symbol, no lines");
	put("libx.so", "rec/elf" LIB);
	check_known(&l, true, WHOLE, "the whole library");
}

static void a_debug_file_is_found_by_the_link_to_it(void)
{
	struct library l;

	check(compile(&l, "libx.so", ""), "compiled");
	for (size_t i = 0; i < LINK_PLACES; i++) {
		put_stripped("libx.so");
		put("libx.debug", link_places[i]);
		check_known(&l, true, WHOLE, link_places[i]);
		check_known(&l, false, WHOLE, "the recording has no build id, but the files have");
	}
}

static void without_build_ids_the_crc_is_the_proof(void)
{
	struct library l;

	check(compile(&l, "libx.so", "-Wl,--build-id=none"), "compiled");
	for (size_t i = 0; i < LINK_PLACES; i++) {
		bool beside_recording = i < 2;
		struct asked a;

		put_stripped("libx.so");
		put("libx.debug", link_places[i]);
		check_known(&l, false, WHOLE, link_places[i]);
		check(run("printf x >>%s", link_places[i]), "a byte more");
		ask(&a, &l, false);
		check_text(a.text, NO_ONE, "a wrong one is not used");
		check_u64(told(&a, PROBLEM_WRONG_OBJECT), beside_recording,
			  "told, but not of this machine's own");
		ask_done(&a);
	}
}

static void another_librarys_debug_file_is_refused(void)
{
	struct library l, other;
	struct asked a;

	check(compile(&l, "libx.so", "") && compile(&other, "other.so", "-DOTHER -O2"), "compiled");
	put_stripped("libx.so");
	check(run("objcopy --only-keep-debug other.so other.debug"), "another one's debug file");
	put("other.debug", "rec/elf/usr/lib/libx.debug");
	ask(&a, &l, true);
	check_text(a.text, NO_ONE, "not used");
	check_u64(told(&a, PROBLEM_WRONG_OBJECT), 1, "and told");
	ask_done(&a);
	put("libx.debug", "rec/elf/usr/lib/.debug/libx.debug");
	check_known(&l, true, WHOLE, "the search goes on");
}

static void a_link_does_not_lead_elsewhere(void)
{
	static const char *const names[] = { "../libx.debug", "/tmp/libx.debug", ".", "" };
	struct library l;

	check(compile(&l, "libx.so", ""), "compiled");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		put_stripped("libx.so");
		put("libx.debug", "rec/elf/usr/libx.debug");
		check(run("printf '%s\\0\\0\\0\\0xxxxxxxx' >link && objcopy --remove-section "
			  ".gnu_debuglink rec/elf" LIB " && objcopy --add-section "
			  ".gnu_debuglink=link rec/elf" LIB,
			  names[i]),
		      "a link");
		check_known(&l, true, NO_ONE, names[i]);
	}
}

/* ---- forms of debug information --------------------------------------------------- */

static void compressed_sections_are_read(void)
{
	static const struct {
		const char *options, *section;
	} rows[] = {
		{ "zlib-gabi", ".debug_info" },
		{ "zlib-gnu", ".zdebug_info" },
	};
	struct library l;

	check(compile(&l, "libx.so", ""), "compiled");
	for (size_t i = 0; i < 2; i++) {
		put_stripped("libx.so");
		check(run("objcopy --compress-debug-sections=%s libx.debug "
			  "rec/elf/usr/lib/libx.debug && readelf -SW rec/elf/usr/lib/libx.debug | "
			  "grep -F '%s '",
			  rows[i].options, rows[i].section),
		      "compressed");
		check_known(&l, true, WHOLE, rows[i].options);
	}
}

/* Symbols (and .debug_frame) of the library, packed into it. */
static bool put_mini(const char *built, const char *keep)
{
	put_stripped(built);
	return run("rm -f mini mini.xz && objcopy --strip-debug %s libx.debug mini && xz mini && "
		   "objcopy --add-section .gnu_debugdata=mini.xz rec/elf" LIB,
		   keep);
}

static void symbols_are_read_from_mini_debug_info(void)
{
	struct library l;
	struct asked a;

	if (!have("xz", "MiniDebugInfo"))
		return;
	check(compile(&l, "libx.so", ""), "compiled");
	check(put_mini("libx.so", ""), "packed");
	check_known(&l, true, unpack_supported() ? "hidden:" : NO_ONE, "a symbol, no lines");
	put("libx.debug", "rec/elf/usr/lib/libx.debug");
	check_known(&l, true, WHOLE, "a debug file has more");

	put_stripped("libx.so");
	check(run("printf 'no xz' >mini.xz && objcopy --add-section .gnu_debugdata=mini.xz "
		  "rec/elf" LIB),
	      "damaged");
	ask(&a, &l, true);
	check_text(a.text, NO_ONE, "damaged");
	check_u64(told(&a, PROBLEM_BAD_OBJECT), unpack_supported(), "told");
	ask_done(&a);
}

static void unwinding_rules_are_read_from_mini_debug_info(void)
{
	struct library l;
	struct error err;
	struct cfi *c;

	if (!have("xz", "rules in MiniDebugInfo") || !unpack_supported())
		return;
	check(compile(&l, "libx.so", "-fno-asynchronous-unwind-tables"), "compiled");
	put_stripped("libx.so");
	c = cfi_open(at("rec/elf" LIB), NULL, &err);
	check(c && !cfi_row(c, l.pc), "there are none otherwise");
	cfi_free(c);
	check(put_mini("libx.so", "--keep-section=.debug_frame"), "packed");
	c = cfi_open(at("rec/elf" LIB), NULL, &err);
	check(c && cfi_row(c, l.pc), "a rule");
	check(c && !cfi_row(c, 1) && cfi_row(c, l.pc + 1), "and others");
	cfi_free(c);
}

/* ---- debug information in pieces ---------------------------------------------------- */

/* Two debug files, and what they have in common in a third: dwz.debug. */
static bool run_dwz(void)
{
	put_stripped("libx.so");
	return run("cp libx.debug one.debug && cp libx.debug two.debug && rm -f dwz.debug && "
		   "dwz -m dwz.debug -L none -l none one.debug two.debug") &&
	       run("readelf -SW one.debug | grep gnu_debugaltlink");
}

static bool id_of(const char *path, char digits[OBJECT_ID_TEXT])
{
	uint8_t bytes[BUILD_ID_MAX], size = 0;
	struct object_id id;

	if (!elf_build_id(at("%s", path), bytes, &size))
		return false;
	id = object_id_of(bytes, size);
	object_id_text(&id, digits);
	return true;
}

static void a_part_that_dwz_moved_is_found_by_its_build_id(void)
{
	char id[OBJECT_ID_TEXT] = "", by_id[PATH_MAX];
	struct library l;
	struct asked a;

	if (!have("dwz", "alternate debug files"))
		return;
	check(compile(&l, "libx.so",
		      "-fno-eliminate-unused-debug-types -include stdio.h -include elf.h"),
	      "compiled");
	check(run_dwz() && id_of("dwz.debug", id), "taken apart");
	put("one.debug", "rec/elf/usr/lib/libx.debug");
	ask(&a, &l, true);
	check_text(a.text, "hidden:", "without it nothing of the debug information is used");
	check_u64(told(&a, PROBLEM_MISSING_DEBUG_FILE), 1, "and that is told");
	ask_done(&a);

	snprintf(by_id, sizeof(by_id), "debug/.build-id/%.2s/%s.debug", id, id + 2);
	put("dwz.debug", by_id);
	check_known(&l, true, WHOLE, "in --debug-dir");

	put("libx.debug", by_id);
	ask(&a, &l, true);
	check_text(a.text, "hidden:", "another file is not used");
	ask_done(&a);
}

/* gcc -gsplit-dwarf -o x.o makes x.dwo. */
static void functions_are_read_from_split_dwarf(void)
{
	static const char *const versions[] = { "-gdwarf-5", "-gdwarf-4" };

	for (size_t i = 0; i < 2; i++) {
		char options[80];
		struct library l;
		struct asked a;

		check_in(versions[i]);
		snprintf(options, sizeof(options), "-gsplit-dwarf %s", versions[i]);
		check(compile(&l, "libx.so", options), "compiled");
		put_stripped("libx.so");
		put("libx.so", "rec/elf" LIB);
		check_known(&l, true, WHOLE, "where it was compiled");
		ask(&a, &l, true);
		check_text(a.missing, "", "nothing is missing");
		ask_done(&a);
		put("x.dwo", "rec/elf/usr/lib/x.dwo");
		check(run("rm x.dwo"), "moved");
		check_known(&l, true, WHOLE, "beside the library");
		check(run("rm rec/elf/usr/lib/x.dwo && mkfifo x.dwo"), "a FIFO in its place");
		check_known(&l, true, "hidden:  2", "is not waited for; the line is known");
		check(run("rm x.dwo && $CC -g -O2 -DOTHER -fPIC %s -c -o x.o x.c", options),
		      "compiled again");
		ask(&a, &l, true);
		check_text(a.text, "hidden:  2", "another compilation's is not used");
		check_text(a.missing, "x.dwo", "and the right one is missing");
		ask_done(&a);
	}
	check_in(NULL);
}

/* libdw reads packages of .dwo files from 0.191 on. */
static void a_package_of_split_dwarf_costs_no_more_than_the_functions(void)
{
	struct library l;
	struct asked a;

	if (!have("dwp", "packages of split DWARF"))
		return;
	check(compile(&l, "libx.so", "-gsplit-dwarf"), "compiled");
	put_stripped("libx.so");
	put("libx.so", "rec/elf" LIB);
	check(run("dwp -o rec/elf" LIB ".dwp x.dwo && rm x.dwo"), "packed");
	ask(&a, &l, true);
	check_text(a.text, debug_info_packages() ? WHOLE : "hidden:  2", "what is known");
	check_text(a.missing, debug_info_packages() ? "" : "x.dwo", "what is missing");
	ask_done(&a);
}

/* ---- the kernel ------------------------------------------------------------------------ */

/* An address, by its distance from _text as the file has both. */
static struct function kernel_function_of(const struct walked *w, uint64_t text, const char *path,
					  const char *symbol)
{
	struct kernel *k = kernel_new(w->machine, w->finder, w->o.texts, w->o.diag);
	uint64_t begin = 0, at_symbol = 0;
	struct function f;

	check(elf_symbol_address(path, "_text", &begin) &&
		      elf_symbol_address(path, symbol, &at_symbol),
	      "the file has the symbols");
	f = kernel_function(k, text + at_symbol - begin,
			    machine_mapping(w->machine, library_mapping(w)));
	kernel_free(k);
	return f;
}

static void write_kernel_recording(const char *id, uint64_t text)
{
	struct image_build_id table = { .misc = MISC_KERNEL, .path = "[kernel.kallsyms]" };
	struct image_event event = { .attr = { .type = TYPE_SOFTWARE } };
	struct image_options options = { .events = &event,
					 .n_events = 1,
					 .features = { .build_ids = &table, .n_build_ids = 1 } };
	struct image_mmap m = {
		.misc = MISC_KERNEL,
		.pid = UINT32_MAX,
		.addr = text,
		.len = 0x1000000,
		.pgoff = text,
		.filename = "[kernel.kallsyms]_text",
	};
	struct image img;

	for (size_t i = 0; id[2 * i]; i++) {
		char byte[3] = { id[2 * i], id[2 * i + 1], '\0' };

		table.build_id[i] = (uint8_t)strtoul(byte, NULL, 16);
	}
	image_begin(&img, &options);
	image_mmap(&img, &m);
	image_end(&img);
	check(run("rm -rf rec sym debug home && mkdir rec"), "empty places");
	check(image_write(&img, at("rec/perf.data")), "the recording is written");
	image_free(&img);
}

static void without_kallsyms_the_kernel_has_the_symbols_of_its_vmlinux(void)
{
	static const uint64_t text = 0xffffffff9a000000;
	char id[OBJECT_ID_TEXT] = "", by_id[PATH_MAX];

	check(run("printf 'int _text(void) { return 1; } int do_it(void) { return 2; }' >k.c && "
		  "$CC -O1 -nostdlib -static -Wl,-e,_text -Wl,--build-id=sha1 -o vmlinux k.c") &&
		      id_of("vmlinux", id),
	      "a kernel");
	snprintf(by_id, sizeof(by_id), "rec/elf/.build-id/%.2s/%s.debug", id, id + 2);
	for (int there = 0; there < 2; there++) {
		struct walked w;

		write_kernel_recording(id, text);
		if (there)
			put("vmlinux", by_id);
		if (walk_path(&w, at("rec/perf.data"), NULL)) {
			struct function f = kernel_function_of(&w, text, at("vmlinux"), "do_it");

			check_text(f.name, there ? "do_it" : "[kernel]", "its name");
			check_text(f.object, "[kernel.kallsyms]", "its object");
			check_u64(opened_problems(&w.o, PROBLEM_MISSING_KALLSYMS), !there,
				  "told only without one");
		}
		walk_done(&w);
	}
}

int main(void)
{
	const char *tmp = getenv("TMPDIR"), *cc = getenv("CC");
	FILE *f;

	snprintf(root, sizeof(root), "%s/perfolio-debug-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(root)) {
		perror(root);
		return EXIT_FAILURE;
	}
	setenv("HOME", at("home"), 1);
	setenv("CC", cc && *cc ? cc : "cc", 1);
	f = fopen(at("x.c"), "we");
	if (f) {
		fputs(source, f);
		fclose(f);
	}
	if (!run("$CC --version && objcopy --version")) {
		puts("skip: a C compiler or objcopy is not installed");
		skipped++;
	} else {
		a_stripped_library_alone_says_little();
		a_debug_file_is_found_by_the_link_to_it();
		without_build_ids_the_crc_is_the_proof();
		another_librarys_debug_file_is_refused();
		a_link_does_not_lead_elsewhere();
		compressed_sections_are_read();
		symbols_are_read_from_mini_debug_info();
		unwinding_rules_are_read_from_mini_debug_info();
		a_part_that_dwz_moved_is_found_by_its_build_id();
		functions_are_read_from_split_dwarf();
		a_package_of_split_dwarf_costs_no_more_than_the_functions();
		without_kallsyms_the_kernel_has_the_symbols_of_its_vmlinux();
	}
	nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	return check_done("debug_files");
}
