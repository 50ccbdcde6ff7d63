/*
 * tests/unit/position_at.c - locations as positions, which mean the same in every recording of the same code
 * (report/position_at.h, jit_lines.h).
 */
#include "report/position_at.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/make_jitdump.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { PID = 7 };

#define TEXT UINT64_C(0xffffffff81000000)

/* A recording directory that is thrown away, with a jitdump and a kallsyms where these have bytes. */
struct folder {
	char path[4000];
	struct scene s;
	struct walked w;
	struct jit_image dump;
	const char *kallsyms;
	struct kernel *kernel;
};

static const char *in_folder(const struct folder *f, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", f->path, name);
	return path;
}

static void folder_begin(struct folder *f)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct folder){ .path = "" };
	snprintf(f->path, sizeof(f->path), "%s/position_atXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(f->path) != NULL, "a folder");
	scene_init(&f->s);
	f->s.events[0].attr.flags |= ATTR_USE_CLOCKID;
	f->s.events[0].attr.clockid = 1;
	scene_begin(&f->s);
}

static void folder_walk(struct folder *f)
{
	FILE *kallsyms = f->kallsyms ? fopen(in_folder(f, "kallsyms"), "we") : NULL;
	struct walk_options options = { .finder = { .no_host_files = true } };
	struct symbols_input in;

	if (kallsyms) {
		fputs(f->kallsyms, kallsyms);
		fclose(kallsyms);
	}
	if (f->dump.len)
		check(jit_write(&f->dump, in_folder(f, "jit-7.dump")), "a dump is written");
	scene_end(&f->s);
	check(image_write(&f->s.img, in_folder(f, "perf.data")), "the recording is written");
	check(walk_path(&f->w, in_folder(f, "perf.data"), &options), "it is opened");
	f->kernel = kernel_new(f->w.machine, f->w.finder, f->w.o.texts, f->w.o.diag);
	in = (struct symbols_input){
		.machine = f->w.machine,
		.finder = f->w.finder,
		.objects = f->w.objects,
		.jitmaps = f->w.jitmaps,
		.collected = &f->w.collected,
		.texts = f->w.o.texts,
		.diag = f->w.o.diag,
		.kernel = f->kernel,
		.lines = true,
	};
	symbolize(&in, &f->w.functions, &f->w.frames);
	symbolize_inlined(&in, &f->w.functions, &f->w.frames);
}

static void folder_end(struct folder *f)
{
	kernel_free(f->kernel);
	walk_done(&f->w);
	scene_free(&f->s);
	jit_free(&f->dump);
	unlink(in_folder(f, "jit-7.dump"));
	unlink(in_folder(f, "kallsyms"));
	unlink(in_folder(f, "perf.data"));
	rmdir(f->path);
}

static void put_position(const struct folder *f, size_t location, const struct positions *all,
			 const struct position *p, FILE *to)
{
	static const char *const kinds[] = { "file", "offsets", "kernel", "jit" };
	const struct code_piece *piece = position_piece(all, p);
	const struct source_place *place = frames_places(&f->w.frames, location);
	const char *path = strncmp(piece->path, f->path, strlen(f->path)) == 0
				   ? piece->path + strlen(f->path)
				   : piece->path;

	fprintf(to, "%s %s '%s' %llx-%llx %u at %llx%s", kinds[piece->kind], piece->object,
		piece->symbol, (unsigned long long)piece->start, (unsigned long long)piece->end,
		piece->machine, (unsigned long long)p->address, p->exact ? "" : " call");
	if (*path)
		fprintf(to, " of %s+%llu", path, (unsigned long long)piece->at);
	if (place->line)
		fprintf(to, " %s:%u", place->file, place->line);
	fputc('\n', to);
}

/* All positions, a line for each location, in the order in which samples brought them; free() it. */
static char *positions_text(const struct folder *f)
{
	const struct calltree *tree = f->w.collected.tree;
	struct position_asking asking = {
		.machine = f->w.machine,
		.objects = f->w.objects,
		.jitmaps = f->w.jitmaps,
		.kernel = f->kernel,
		.texts = f->w.o.texts,
		.e_machine = EM_AARCH64,
	};
	struct positions all = { 0 };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	for (size_t i = 0; i < tree->n_locations; i++) {
		const struct function *function =
			&f->w.functions.items[*frames_at(&f->w.frames, i)];
		struct position p = { .lines = NO_LINES };

		if (position_at(&asking, &tree->locations[i], function, &all, &p))
			put_position(f, i, &all, &p, to);
		else
			fputs("nowhere\n", to);
	}
	fclose(to);
	positions_done(&all);
	return text;
}

static void check_positions(const struct folder *f, const char *want, const char *row)
{
	char *is = positions_text(f);

	check_text(is, want, row);
	free(is);
}

/* Wherever code was put by a compiler, it is at the same distance from the begin of its function. */
static void code_made_at_run_time_counts_from_its_begin(void)
{
	static const uint64_t bases[] = { 0x10000, 0x7f0000045000 };

	for (size_t i = 0; i < 2; i++) {
		uint64_t j = bases[i];
		const struct jit_line lines[] = { { j + 8, 12, "a.js" }, { j + 0x20, 15, "b.js" } };
		struct folder f;

		folder_begin(&f);
		jit_begin(&f.dump, false, PID);
		jit_line_table(&f.dump, 1, j, lines, 2);
		jit_load(&f.dump, 1, j, 0x40, 1, "run");
		scene_jit(&f.s, 1, PID, j & ~(uint64_t)0xfff);
		SCENE_SAMPLE(&f.s, 50, PID, j + 4, j + 0x21);
		SCENE_SAMPLE(&f.s, 50, PID, j + 0x3f, j + 0x20);
		SCENE_SAMPLE(&f.s, 50, PID, j + 0x800);
		folder_walk(&f);
		check_positions(&f,
				"jit [jit] 'run' 0-40 62 at 20 call of /jit-7.dump+174 b.js:15\n"
				"jit [jit] 'run' 0-40 62 at 4 of /jit-7.dump+174\n"
				"jit [jit] 'run' 0-40 62 at 1f call of /jit-7.dump+174 a.js:12\n"
				"jit [jit] 'run' 0-40 62 at 3f of /jit-7.dump+174 b.js:15\n"
				"nowhere\n",
				i ? "in another arena" : "in one");
		folder_end(&f);
	}
}

/* The kernel is moved at each boot. */
static void the_kernel_counts_from_the_begin_of_the_symbol(void)
{
	static const uint64_t moved[] = { 0, 0x1a000000 };

	for (size_t i = 0; i < 2; i++) {
		const uint64_t chain[] = { (uint64_t)-128, TEXT + moved[i] + 0x110,
					   TEXT + moved[i] + 0x205 };
		const struct scene_chain c = {
			.time = 50,
			.ip = chain[1],
			.pid = PID,
			.tid = PID,
			.cpumode = 1,
			.chain = chain,
			.n = 3,
		};
		struct folder f;

		folder_begin(&f);
		f.kallsyms = "ffffffff81000000 T _text\n"
			     "ffffffff81000100 T do_syscall_64\n"
			     "ffffffff81000200 t helper\n"
			     "ffffffff81002000 T _etext\n";
		scene_kernel_map(&f.s, TEXT + moved[i], 0x2000, TEXT + moved[i],
				 "[kernel.kallsyms]_text");
		scene_chain(&f.s, &c);
		folder_walk(&f);
		check_positions(&f,
				"kernel [kernel.kallsyms] 'helper' 0-1e00 183 at 4 call\n"
				"kernel [kernel.kallsyms] 'do_syscall_64' 0-100 183 at 10\n",
				i ? "after another boot" : "as the table has it");
		folder_end(&f);
	}
}

static void where_no_file_is_offsets_count_and_without_a_mapping_nothing(void)
{
	struct folder f;

	folder_begin(&f);
	scene_map(&f.s, 1, PID, 0x400000, "/no/such/file.so");
	SCENE_SAMPLE(&f.s, 50, PID, 0x400010, 0x9000000);
	folder_walk(&f);
	check_positions(&f,
			"nowhere\n"
			"offsets /no/such/file.so '' 0-0 0 at 10\n",
			"a file that is not there");
	folder_end(&f);
}

int main(void)
{
	code_made_at_run_time_counts_from_its_begin();
	the_kernel_counts_from_the_begin_of_the_symbol();
	where_no_file_is_offsets_count_and_without_a_mapping_nothing();
	return check_done("position_at");
}
