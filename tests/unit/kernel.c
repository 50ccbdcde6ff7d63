/*
 * tests/unit/kernel.c - the kernel's functions (report/kernel.h).
 */
#include "report/kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/make_module.h"
#include "tests/scene.h"
#include "tests/walked.h"

#define TEXT   UINT64_C(0xffffffff81000000)
#define MODULE UINT64_C(0xffffffffc0000000)
#define BPF    UINT64_C(0xffffffffc0800000)
#define MOVED  UINT64_C(0x1a000000) /* by which the recorded kernel lay higher than the table's */

static const char kallsyms[] = "ffffffff81000000 T _text\n"
			       "ffffffff81000100 T do_syscall_64\n"
			       "ffffffff81000200 t helper\n"
			       "ffffffff81002000 T _etext\n"
			       "ffffffff9a000000 t far_away\t[other]\n"
			       "ffffffffa6000000 t not_this\t[other]\n"
			       "ffffffffa6000100 t nor_this\t[other]\n"
			       "ffffffffc0000000 t ext4_read\t[ext4]\n"
			       "ffffffffc0000100 t ext4_write\t[ext4]\n"
			       "ffffffffc0900000 t bpf_prog_listed\t[bpf]\n"
			       "ffffffffc0a00000 t ftrace_stub\t[__builtin__ftrace]\n";

struct table {
	struct walked w;
	struct finder_options options;
	struct finder *finder;
	struct kernel *kernel;
	char path[32];
	int fd;
};

/* A recording whose kernel's reference symbol lay at `text` (0: the recording does not say). */
static void table_begin(struct table *t, const char *symbols, const char *reference, uint64_t text)
{
	struct scene s;

	*t = (struct table){ 0 };
	t->fd = memory_file(symbols, strlen(symbols), t->path);
	scene_init(&s);
	scene_begin(&s);
	if (reference)
		scene_kernel_map(&s, text, 0xffffffff00000000 - text, text, reference);
	scene_kernel_map(&s, MODULE, 0x4000, 0, "[ext4]");
	scene_kernel_map(&s, MODULE + 0x10000, 0x4000, 0,
			 "/lib/modules/6.1/kernel/net/nf-nat.ko.xz");
	scene_kernel_map(&s, MODULE + 0x20000, 0x4000, 0, "/lib/modules/6.1/x.ko");
	image_ksymbol(&s.img, BPF, 0x80, 1, 0, "bpf_prog_1234_count");
	scene_end(&s);
	walk_image(&t->w, &s.img, NULL);
	scene_free(&s);
	t->options.kallsyms = t->path;
	t->finder = finder_new(t->w.o.recording, &t->options, t->w.o.texts, t->w.o.diag);
	t->kernel = kernel_new(t->w.machine, t->finder, t->w.o.texts, t->w.o.diag);
}

static void table_end(struct table *t)
{
	kernel_free(t->kernel);
	finder_free(t->finder);
	walk_done(&t->w);
	close(t->fd);
}

static struct function function_at(struct table *t, uint64_t addr)
{
	struct place p = machine_place(t->w.machine, (struct instance_id){ 0 }, addr, 100);

	return kernel_function(t->kernel, addr,
			       p.mapping.i ? machine_mapping(t->w.machine, p.mapping) : NULL);
}

struct row {
	const char *label;
	uint64_t addr;
	const char *name, *module, *object;
	bool placeholder;
};

#define KALLSYMS "[kernel.kallsyms]"

static void check_rows(struct table *t, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct function f = function_at(t, rows[i].addr);

		check_in(rows[i].label);
		check_u64(f.kind, KIND_KERNEL, "kind");
		check_text(f.name, rows[i].name, "name");
		check_text(f.module, rows[i].module, "module");
		check_text(f.object, rows[i].object, "object");
		check(f.placeholder == rows[i].placeholder, "placeholder");
		check(f.symbol && !*f.symbol && f.file && !*f.file, "no other texts");
	}
	check_in(NULL);
}

#define CHECK_ROWS(t, rows) check_rows(t, rows, sizeof(rows) / sizeof((rows)[0]))

static void symbols_are_those_of_the_table(void)
{
	static const struct row rows[] = {
		{ "a function", TEXT + 0x120, "do_syscall_64", "[kernel]", KALLSYMS, false },
		{ "its first byte", TEXT + 0x100, "do_syscall_64", "[kernel]", KALLSYMS, false },
		{ "the byte before", TEXT + 0xff, "_text", "[kernel]", KALLSYMS, false },
		{ "a module's", MODULE + 0x110, "ext4_write", "[ext4]", "[ext4]", false },
		{ "a module that the table does not have", MODULE + 0x10010, "[nf_nat]", "[nf_nat]",
		  "[nf_nat]", true },
		{ "a file's", MODULE + 0x20010, "[x]", "[x]", "[x]", true },
		{ "code made at run time", BPF + 0x10, "bpf_prog_1234_count", "bpf_prog_1234_count",
		  "bpf_prog_1234_count", false },
		{ "such code that only the table has", 0xffffffffc0900010, "bpf_prog_listed",
		  "[bpf]", "[bpf]", false },
		{ "made by the kernel itself", 0xffffffffc0a00010, "ftrace_stub", "[kernel]",
		  KALLSYMS, false },
		{ "behind everything", 0xfffffffff0000000, "[kernel]", "[kernel]", KALLSYMS, true },
	};
	static const struct {
		const char *label, *reference;
		uint64_t text;
	} cases[] = {
		{ "the reference symbol says that nothing moved", "[kernel.kallsyms]_text", TEXT },
		{ "another symbol does", "[kernel.kallsyms]do_syscall_64", TEXT + 0x100 },
		{ "there is no reference symbol", "[kernel.kallsyms]", TEXT },
		{ "the table does not have it", "[kernel.kallsyms]_missing", TEXT + 0x777 },
		{ "the kernel was not described", NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table t;

		table_begin(&t, kallsyms, cases[i].reference, cases[i].text);
		CHECK_ROWS(&t, rows);
		check_u64(opened_problems(&t.w.o, PROBLEM_MISSING_KALLSYMS), 0, cases[i].label);
		table_end(&t);
	}
}

/* The kernel lies elsewhere after each boot (KASLR); its modules do not move with it. */
static void a_table_of_another_boot_serves_the_kernel_but_not_its_modules(void)
{
	static const struct row rows[] = {
		{ "a function", TEXT + MOVED + 0x120, "do_syscall_64", "[kernel]", KALLSYMS,
		  false },
		{ "where it was when the table was made", TEXT + 0x120, "[kernel]", "[kernel]",
		  KALLSYMS, true },
		{ "a module: another one lay there in the table", MODULE + 0x110, "[ext4]",
		  "[ext4]", "[ext4]", true },
		{ "a module that the recording does not tell of", 0xffffffffb4000010, "[kernel]",
		  "[kernel]", KALLSYMS, true },
		{ "code made at run time", BPF + 0x10, "bpf_prog_1234_count", "bpf_prog_1234_count",
		  "bpf_prog_1234_count", false },
	};
	struct table t;

	table_begin(&t, kallsyms, "[kernel.kallsyms]_text", TEXT + MOVED);
	CHECK_ROWS(&t, rows);
	table_end(&t);
}

static void without_symbols_the_kernel_is_one_function(void)
{
	static const struct row rows[] = {
		{ "the kernel", TEXT + 0x120, "[kernel]", "[kernel]", KALLSYMS, true },
		{ "a module", MODULE + 0x110, "[ext4]", "[ext4]", "[ext4]", true },
		{ "code made at run time", BPF + 0x10, "bpf_prog_1234_count", "bpf_prog_1234_count",
		  "bpf_prog_1234_count", false },
	};
	static const struct {
		const char *label, *symbols;
		uint64_t problems;
	} cases[] = {
		{ "an empty table", "", 0 },
		{ "read without the right to see addresses",
		  "0000000000000000 T _text\n0000000000000000 T do_syscall_64\n", 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct table t;

		table_begin(&t, cases[i].symbols, "[kernel.kallsyms]_text", TEXT);
		CHECK_ROWS(&t, rows);
		CHECK_ROWS(&t, rows);
		check_u64(opened_problems(&t.w.o, PROBLEM_MISSING_KALLSYMS), cases[i].problems,
			  cases[i].label);
		table_end(&t);
	}
}

static void a_missing_table_is_told_when_it_is_needed(void)
{
	struct table t;

	table_begin(&t, kallsyms, "[kernel.kallsyms]_text", TEXT);
	snprintf(t.path, sizeof(t.path), "/proc/self/fd/none");
	function_at(&t, BPF + 0x10);
	check_u64(opened_problems(&t.w.o, PROBLEM_MISSING_KALLSYMS), 0, "not for code with a name");
	check_text(function_at(&t, TEXT).name, "[kernel]", "a kernel address");
	check_text(function_at(&t, TEXT).name, "[kernel]", "and again");
	check_u64(opened_problems(&t.w.o, PROBLEM_MISSING_KALLSYMS), 1, "is told once");
	table_end(&t);
}

/* ---- modules' own files ---- */

struct module_folder {
	char path[4000], file[4200];
};

static bool module_folder_begin(struct module_folder *f)
{
	const char *tmp = getenv("TMPDIR");
	char command[4300];

	snprintf(f->path, sizeof(f->path), "%s/kernelXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(f->path) != NULL, "a folder");
	snprintf(command, sizeof(command), "mkdir -p '%s/lib/modules/6.1'", f->path);
	snprintf(f->file, sizeof(f->file), "%s/lib/modules/6.1/x.ko", f->path);
	/* NOLINTNEXTLINE: a fixed command in a folder of ours */
	return system(command) == 0 && make_module(f->file, true);
}

static void module_folder_end(struct module_folder *f)
{
	static const char *const folders[] = { "/lib/modules/6.1", "/lib/modules", "/lib", "" };
	char path[4100];

	unlink(f->file);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", f->path, folders[i]);
		rmdir(path);
	}
}

/* At MODULE + 0x20000 lies x.ko, whose build id is module_id's with `change` added to its first byte. */
static void table_begin_with_module(struct table *t, const char *symbols, const char *symfs,
				    uint8_t change)
{
	struct image_build_id id = { .misc = MISC_KERNEL | MISC_BUILD_ID_SIZE,
				     .pid = -1,
				     .size = 20,
				     .path = "/lib/modules/6.1/x.ko" };
	struct scene s;

	*t = (struct table){ 0 };
	t->fd = memory_file(symbols, strlen(symbols), t->path);
	memcpy(id.build_id, module_id, sizeof(module_id));
	id.build_id[0] = (uint8_t)(id.build_id[0] + change);
	scene_init(&s);
	s.options.features.build_ids = &id;
	s.options.features.n_build_ids = 1;
	scene_begin(&s);
	scene_kernel_map(&s, TEXT, 0x1000000, TEXT, "[kernel.kallsyms]_text");
	scene_kernel_map(&s, MODULE + 0x20000, 0x4000, 0, "/lib/modules/6.1/x.ko");
	scene_end(&s);
	walk_image(&t->w, &s.img, NULL);
	scene_free(&s);
	t->options = (struct finder_options){ .kallsyms = t->path,
					      .symfs = symfs,
					      .no_host_files = true };
	t->finder = finder_new(t->w.o.recording, &t->options, t->w.o.texts, t->w.o.diag);
	t->kernel = kernel_new(t->w.machine, t->finder, t->w.o.texts, t->w.o.diag);
}

static void a_module_is_named_by_its_file_where_no_table_does(void)
{
	static const struct row named[] = {
		{ "first", MODULE + 0x20000 + MODULE_FIRST, "first", "[x]", "[x]", false },
		{ "cold", MODULE + 0x20000 + MODULE_COLD, "cold", "[x]", "[x]", false },
		{ "leave", MODULE + 0x20000 + MODULE_LEAVE, "leave", "[x]", "[x]", false },
		{ "behind all", MODULE + 0x20000 + MODULE_END, "[x]", "[x]", "[x]", true },
	};
	static const struct row nameless[] = {
		{ "first", MODULE + 0x20000, "[x]", "[x]", "[x]", true },
	};
	static const struct row listed[] = {
		{ "the table goes first", MODULE + 0x20000, "other", "[x]", "[x]", false },
	};
	struct module_folder f;
	struct table t;

	if (module_folder_begin(&f)) {
		table_begin_with_module(&t, "", f.path, 0);
		CHECK_ROWS(&t, named);
		table_end(&t);
		table_begin_with_module(&t, "ffffffff80000000 T _text\n", f.path, 0);
		CHECK_ROWS(&t, named); /* a table of another boot */
		table_end(&t);
		table_begin_with_module(&t, "", f.path, 1);
		CHECK_ROWS(&t, nameless);
		check_u64(opened_problems(&t.w.o, PROBLEM_WRONG_OBJECT), 1, "another build id");
		table_end(&t);
		table_begin_with_module(&t, "ffffffffc0020000 t other\t[x]\n", f.path, 0);
		CHECK_ROWS(&t, listed);
		table_end(&t);
	} else {
		printf("skip: no compiler for a module\n");
	}
	module_folder_end(&f);
}

int main(void)
{
	symbols_are_those_of_the_table();
	a_table_of_another_boot_serves_the_kernel_but_not_its_modules();
	without_symbols_the_kernel_is_one_function();
	a_missing_table_is_told_when_it_is_needed();
	a_module_is_named_by_its_file_where_no_table_does();
	return check_done("kernel");
}
