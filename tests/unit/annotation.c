/*
 * tests/unit/annotation.c - costs of lines and instructions on written programs and recordings (report/annotation.h).
 *
 * What compilers make is compared with perf annotate: tests/differential/annotate.
 */
#include "report/annotation.h"

#include <elf.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

#include "parser/base/utf8.h"
#include "render/annotate.h"
#include "report/annotate_native.h"
#include "report/disassembly.h"
#include "report/view.h"
#include "tests/capture.h"
#include "tests/check.h"
#include "tests/make_dwarf.h"
#include "tests/make_elf.h"
#include "tests/make_jitdump.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { PID = 7, JIT = 0x100000, EXEC = 5, F = 0x1000, G = 0x1020 };

/* Everything is tested of the recording, and then by way of a folio with positions, as of several recordings. */
static bool by_folio;

/* A recording directory with a program, thrown away at the end. */
struct fixture {
	char folder[4000];
	struct scene scene;
	struct elf_image elf;
	struct dwarf_image dwarf;
	bool no_elf, no_dwarf;
	struct walked walked;
	struct profile *profile;
	uint32_t *shown;
	struct source_files *sources;
	struct recorded_code *code;
	struct annotation *annotation;
	struct capture capture;
	char *text;
	size_t len;
};

static bool can_disassemble(void)
{
	const char *why;
	struct disassembly *d = disassembly_new(EM_X86_64, false, &why);
	bool can = d != NULL;

	disassembly_free(d);
	return can;
}

static const char *in_folder(const struct fixture *f, const char *name)
{
	static char path[2][4200];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", f->folder, name);
	return path[turn];
}

static void write_text(const char *path, const char *text, size_t n)
{
	FILE *file = fopen(path, "wbe");

	check(file && fwrite(text, 1, n, file) == n, path);
	if (file)
		fclose(file);
}

static void write_source(const struct fixture *f, const char *text)
{
	mkdir(in_folder(f, "src"), 0777);
	write_text(in_folder(f, "src/a.c"), text, strlen(text));
}

/*
 *	1000  push   %rbp           10  int f(void)
 *	1001  mov    %rsp, %rbp     11
 *	1004  xor    %eax, %eax      4  helper, called in line 12
 *	1006  inc    %eax            5
 *	1008  jne    1004           12
 *	100a  call   g              13
 *	100f  ret                   14
 *
 *	1020  nop                   no debug information: g
 *	1021  ret
 */
static void write_program(struct fixture *f)
{
	uint32_t helper;

	elf_image_begin(&f->elf, EM_X86_64);
	elf_image_code(&f->elf, F, "\x55\x48\x89\xe5\x31\xc0\xff\xc0\x75\xfa\xe8\x11\0\0\0\xc3",
		       16);
	elf_image_code(&f->elf, G, "\x90\xc3", 2);
	elf_image_symbol(&f->elf, "f", F, 16);
	elf_image_symbol(&f->elf, "g", G, 2);
	dwarf_image_begin(&f->dwarf, "/srv/a.c", F, F + 16);
	helper = dwarf_image_abstract(&f->dwarf, "helper", 3);
	dwarf_image_function(&f->dwarf, "f", 10, F, F + 16);
	dwarf_image_inlined(&f->dwarf, helper, 12, 0x1004, 0x1008);
	dwarf_image_close(&f->dwarf);
	dwarf_image_close(&f->dwarf);
	dwarf_image_row(&f->dwarf, 0x1000, 10);
	dwarf_image_row(&f->dwarf, 0x1001, 11);
	dwarf_image_row(&f->dwarf, 0x1004, 4);
	dwarf_image_row(&f->dwarf, 0x1006, 5);
	dwarf_image_row(&f->dwarf, 0x1008, 12);
	dwarf_image_row(&f->dwarf, 0x100a, 13);
	dwarf_image_row(&f->dwarf, 0x100f, 14);
}

static void begin(struct fixture *f)
{
	const char *tmp = getenv("TMPDIR");

	*f = (struct fixture){ .folder = "" };
	snprintf(f->folder, sizeof(f->folder), "%s/annotationXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(f->folder) != NULL, "a folder");
	write_program(f);
	scene_init(&f->scene);
}

/* Process 7 has the program's code where its file says. */
static void begin_scene(struct fixture *f)
{
	scene_begin(&f->scene);
	image_mmap2(&f->scene.img, &(struct image_mmap){ .misc = 2,
							 .pid = PID,
							 .tid = PID,
							 .addr = ELF_TEXT,
							 .len = ELF_TEXT_SIZE,
							 .pgoff = ELF_TEXT,
							 .prot = EXEC,
							 .filename = "/prog" });
}

/* Twice in inlined code, once in g, called by f, once at f's first instruction. */
static void sample_all(struct fixture *f)
{
	SCENE_SAMPLE(&f->scene, 20, PID, 0x1006);
	SCENE_SAMPLE(&f->scene, 21, PID, 0x1006);
	SCENE_SAMPLE(&f->scene, 22, PID, 0x1021, 0x100f);
	SCENE_SAMPLE(&f->scene, 23, PID, 0x1000);
}

static struct symbols_input symbols_input(struct walked *w)
{
	return (struct symbols_input){
		.machine = w->machine,
		.finder = w->finder,
		.objects = w->objects,
		.jitmaps = w->jitmaps,
		.collected = &w->collected,
		.texts = w->o.texts,
		.diag = w->o.diag,
	};
}

static void write_files(struct fixture *f)
{
	static const uint8_t note[] = "\4\0\0\0\x14\0\0\0\3\0\0\0GNU\0"
				      "\xcd\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23";

	elf_image_section(&f->elf, ".note.gnu.build-id", note, sizeof(note) - 1);
	if (f->no_dwarf) {
		free(f->dwarf.info.bytes);
		free(f->dwarf.line.bytes);
	} else {
		dwarf_image_end(&f->dwarf, &f->elf);
	}
	elf_image_end(&f->elf);
	mkdir(in_folder(f, "elf"), 0777);
	if (!f->no_elf)
		check(elf_image_write(&f->elf, in_folder(f, "elf/prog")), "the program");
	elf_image_free(&f->elf);
	scene_end(&f->scene);
	write_text(in_folder(f, "perf.data"), (const char *)f->scene.img.bytes, f->scene.img.len);
	scene_free(&f->scene);
}

/* All stages up to the annotation of the function of this name (NULL: as the options say); false: it did not come to that. */
static bool annotate(struct fixture *f, const char *name, const struct annotation_options *more)
{
	struct walk_options walk = { .finder = { .no_host_files = true }, .by_task = by_folio };
	struct annotation_options options = { .context = 5, .inlines = true, .event = -1 };
	const char *directories[] = { f->folder };
	struct source_options sources = { .directories = directories,
					  .n_directories = 1,
					  .no_host_files = true };
	struct annotation_input in;
	struct view_input view;
	struct symbols_input symbols;
	struct error err = { 0 };

	if (more)
		options = *more;
	options.names = &name;
	options.n_names = name != NULL;
	write_files(f);
	if (!walk_path(&f->walked, in_folder(f, "perf.data"), &walk))
		return false;
	if (by_folio) {
		walk_by_folio(&f->walked, true);
	} else {
		symbols = symbols_input(&f->walked);
		symbolize(&symbols, &f->walked.functions, &f->walked.frames);
		symbolize_inlined(&symbols, &f->walked.functions, &f->walked.frames);
		f->walked.events = sampled_events(f->walked.o.recording);
	}
	f->shown = calloc(f->walked.functions.n + 1, sizeof(*f->shown));
	view = (struct view_input){
		.events = f->walked.events,
		.collected = &f->walked.collected,
		.functions = &f->walked.functions,
		.frames = &f->walked.frames,
		.texts = f->walked.o.texts,
		.shown = f->shown,
	};
	f->profile = view_profile(&view, VIEW_NATIVE);
	f->sources = source_files_new(&sources);
	f->code = walked_code(&f->walked);
	in = (struct annotation_input){
		.code = f->code,
		.collected = &f->walked.collected,
		.functions = &f->walked.functions,
		.frames = &f->walked.frames,
		.events = f->walked.events,
		.profile = f->profile,
		.shown = f->shown,
		.sources = f->sources,
		.texts = f->walked.o.texts,
		.diag = f->walked.o.diag,
	};
	if (!annotation_new(&in, &options, &f->annotation, &err)) {
		check_text(err.what, "", "an annotation");
		return false;
	}
	if (options.all)
		return true;
	check_u64(f->annotation->n_functions, 1, "functions");
	return f->annotation->n_functions == 1;
}

static void end(struct fixture *f)
{
	char command[4100];

	annotation_free(f->annotation);
	source_files_free(f->sources);
	recorded_code_free(f->code);
	profile_free(f->profile);
	free(f->shown);
	free(f->text);
	if (f->capture.text)
		capture_free(&f->capture);
	walk_done(&f->walked);
	snprintf(command, sizeof(command), "rm -rf '%s'", f->folder);
	check(system(command) == 0, "the folder is gone");
}

/* ---- the model as text ---- */

__attribute__((format(printf, 2, 3))) static void say(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(out, format, args);
	va_end(args);
}

static void say_costs(FILE *out, const struct annotation *a, uint32_t row)
{
	uint64_t self = annotation_self(a, row, 0)->samples,
		 total = annotation_total(a, row, 0)->samples;

	if (self || total)
		say(out, "=%" PRIu64 "/%" PRIu64, self, total);
}

/* "1000=1/1:10 1001:11 ..." of those with cost: the address, self/total, the line with its calls. */
static const char *instructions_text(struct fixture *f, size_t part)
{
	const struct annotation *a = f->annotation;
	const struct native_part *p = &a->functions[0].native[part];
	FILE *out;

	free(f->text);
	out = open_memstream(&f->text, &f->len);
	for (size_t i = 0; i < p->n_instructions; i++) {
		const struct instruction *at = &p->instructions[i];

		if (!at->cost)
			continue;
		say(out, "%s%" PRIx64, ftell(out) > 0 ? " " : "", at->address);
		say_costs(out, a, at->cost);
		for (uint32_t k = at->place; k != NO_PLACE; k = p->places[k].call)
			say(out, ":%s%" PRIu32, p->places[k].inlined ? p->places[k].function : "",
			    p->places[k].line);
	}
	fclose(out);
	return f->text;
}

/* "f 10=1/1 13=0/1 | helper, inlined 5=2/2": lines with cost, by function. */
static const char *lines_text(struct fixture *f, size_t part)
{
	const struct annotation *a = f->annotation;
	const struct native_part *p = &a->functions[0].native[part];
	FILE *out;

	free(f->text);
	out = open_memstream(&f->text, &f->len);
	for (size_t s = 0; s < p->n_sources; s++) {
		say(out, "%s%s%s", s ? " | " : "", p->sources[s].function,
		    p->sources[s].inlined ? ", inlined" : "");
		for (size_t i = 0; i < p->sources[s].n_lines; i++) {
			const struct source_line *l = &p->sources[s].lines[i];

			if (!l->measured)
				continue;
			say(out, " %" PRIu32, l->number);
			say_costs(out, a, l->measured);
		}
	}
	fclose(out);
	return f->text;
}

static const char *rendered(struct fixture *f, const struct annotate_look *look)
{
	if (f->capture.text)
		capture_free(&f->capture);
	render_annotate_text(capture_begin(&f->capture), f->annotation, 0, 1, look);
	return capture_end(&f->capture);
}

static bool is_rendered_as_json(struct fixture *f)
{
	const char *text;

	if (f->capture.text)
		capture_free(&f->capture);
	render_annotate_json(capture_begin(&f->capture), f->annotation, 0, 1);
	text = capture_end(&f->capture);
	return is_json(text, f->capture.len);
}

static const struct native_part *part_of(const struct fixture *f, size_t part)
{
	return &f->annotation->functions[0].native[part];
}

/* ---- tests ---- */

static void a_sample_counts_at_its_instruction_and_at_the_calls_to_it(void)
{
	struct fixture f;

	begin(&f);
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "f", NULL)) {
		check_text(instructions_text(&f, 0), "1000=1/1:10 1006=2/2:helper5:12 100a=0/1:13",
			   "instructions");
		check_text(lines_text(&f, 0), "f 10=1/1 12=0/2 13=0/1 | helper, inlined 5=2/2",
			   "lines");
		check_u64(annotation_self(f.annotation, part_of(&f, 0)->inlined_cost, 0)->samples,
			  2, "samples in inlined code");
		check_u64(
			annotation_self(f.annotation, f.annotation->functions[0].cost, 0)->samples,
			3, "samples in its code");
		check_u64(
			annotation_total(f.annotation, f.annotation->functions[0].cost, 0)->samples,
			4, "samples with its code in their stack");
		check_u64(
			annotation_self(f.annotation, f.annotation->functions[0].view, 0)->samples,
			1, "self of f in the native view");
		check(is_rendered_as_json(&f), "JSON");
	}
	end(&f);
}

static void what_recurs_counts_once(void)
{
	struct fixture f;

	begin(&f);
	begin_scene(&f);
	SCENE_SAMPLE(&f.scene, 20, PID, 0x1006, 0x100f, 0x100f, 0x1008);
	if (annotate(&f, "f", NULL)) {
		check_text(instructions_text(&f, 0), "1006=1/1:helper5:12 100a=0/1:13",
			   "instructions: the byte before 1008 is of 1006");
		check_text(lines_text(&f, 0), "f 12=0/1 13=0/1 | helper, inlined 5=1/1", "lines");
	}
	end(&f);
}

static void without_inlines_all_is_the_functions(void)
{
	struct annotation_options options = { .context = 5, .event = -1 };
	struct fixture f;

	begin(&f);
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "f", &options)) {
		check_text(instructions_text(&f, 0), "1000=1/1:10 1006=2/2:5 100a=0/1:13",
			   "instructions");
		check_text(lines_text(&f, 0), "f 5=2/2 10=1/1 13=0/1", "lines");
	}
	end(&f);
}

static void of_an_inlined_function_lines_are_shown_over_all_places(void)
{
	struct fixture f;

	begin(&f);
	begin_scene(&f);
	sample_all(&f);
	SCENE_SAMPLE(&f.scene, 24, PID, 0x1004);
	if (annotate(&f, "helper", NULL)) {
		check(part_of(&f, 0)->kind == NATIVE_INLINED, "kind");
		check_text(lines_text(&f, 0), "helper, inlined 4=1/1 5=2/2", "lines");
		check_u64(part_of(&f, 0)->n_instructions, 0, "instructions");
		check_u64(part_of(&f, 0)->n_into, 1, "functions that it is in");
		check_text(part_of(&f, 0)->n_into ? part_of(&f, 0)->into[0] : "", "f", "which");
		check_u64(
			annotation_self(f.annotation, f.annotation->functions[0].view, 0)->samples,
			3, "self in the view");
		check_u64(annotation_self(f.annotation, part_of(&f, 0)->cost, 0)->samples, 3,
			  "self");
	}
	end(&f);
}

/* helper has 2 of 4 samples in itself, but all of them are in the code of f, which has 3. */
static void the_hottest_is_the_one_with_the_code(void)
{
	static const char *const names[] = { "f", "helper" };
	const struct annotation_options one = { .event = -1, .inlines = true, .limit = 1 };
	const struct annotation_options all = {
		.event = -1, .inlines = true, .all = true, .percent_limit = 30
	};
	struct fixture f;

	begin(&f);
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, NULL, &one)) {
		check_text(f.annotation->functions[0].function->name, "f", "the hottest");
		check(part_of(&f, 0)->kind == NATIVE_CODE, "it has code");
		check_u64(
			annotation_self(f.annotation, f.annotation->functions[0].code, 0)->samples,
			3, "in its code");
		check_u64(
			annotation_self(f.annotation, f.annotation->functions[0].view, 0)->samples,
			1, "in itself");
		check_u64(f.annotation->n_hidden, 1, "another one with code");
	}
	end(&f);
	begin(&f);
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, NULL, &all)) {
		check_u64(f.annotation->n_functions, 2, "with at least 30 %");
		for (size_t i = 0; i < f.annotation->n_functions && i < 2; i++)
			check_text(f.annotation->functions[i].function->name, names[i], "in order");
	}
	end(&f);
}

static void sources_are_read_where_they_are_beside_the_recording(void)
{
	struct fixture f;
	const struct annotated_source *s;

	begin(&f);
	write_source(&f, "\n\nhelper\n\n++\n\n\n\n\nint f(void)\r\n{\n12\n\tg();\n}\n15\n");
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "f", NULL)) {
		s = &part_of(&f, 0)->sources[0];
		check_u64(s->n_lines, 5, "lines 10 to 14");
		check_u64(s->lines[0].number, 10, "the first");
		check_text(s->lines[0].text, "int f(void)", "its text");
		check_text(s->lines[3].text, "\tg();", "line 13");
		check_u64(s->doubts, 0, "doubts");
		check_text(part_of(&f, 0)->sources[1].lines[0].text, "helper", "of helper line 3");
	}
	end(&f);
}

static void without_sources_lines_have_numbers(void)
{
	struct fixture f;
	const struct annotated_source *s;

	begin(&f);
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "f", NULL)) {
		s = &part_of(&f, 0)->sources[0];
		check_u64(s->n_lines, 3, "those with cost");
		check(!s->path && !s->lines[0].text, "no text");
		check_text(s->file, "/srv/a.c", "the recorded name");
		check_u64(opened_problems(&f.walked.o, PROBLEM_MISSING_SOURCE), 2, "told");
	}
	end(&f);
}

static void sources_that_do_not_fit_are_told(void)
{
	static const struct {
		const char *label;
		const char *text;
		int hours; /* by which the source is newer */
		unsigned doubts;
	} rows[] = {
		{ "it ends before line 14", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n", 0,
		  SOURCE_SHORT },
		{ "no newline at the end", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14", 0, 0 },
		{ "copied together", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n", -1, 0 },
		{ "newer", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n", 3, SOURCE_NEWER },
		{ "empty", "", 0, SOURCE_SHORT },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct utimbuf times;
		struct fixture f;

		begin(&f);
		check_in(rows[i].label);
		write_source(&f, rows[i].text);
		times.actime = times.modtime = time(NULL) + 3600 * rows[i].hours;
		check(utime(in_folder(&f, "src/a.c"), &times) == 0, "its time");
		begin_scene(&f);
		sample_all(&f);
		if (annotate(&f, "f", NULL)) {
			check_u64(part_of(&f, 0)->sources[0].doubts, rows[i].doubts, "doubts");
			check_u64(opened_problems(&f.walked.o, PROBLEM_DOUBTFUL_SOURCE) > 0,
				  rows[i].doubts != 0, "told");
			check_text(lines_text(&f, 0),
				   "f 10=1/1 12=0/2 13=0/1 | helper, inlined 5=2/2", "costs");
		}
		end(&f);
	}
	check_in(NULL);
}

static void without_a_file_addresses_are_listed(void)
{
	struct fixture f;

	begin(&f);
	f.no_elf = true;
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "[prog]", NULL)) {
		check(part_of(&f, 0)->kind == NATIVE_ADDRESSES, "kind");
		check_text(instructions_text(&f, 0), "1000=1/1 1006=2/2 100e=0/1 1021=1/1",
			   "offsets in the file");
		check(part_of(&f, 0)->no_code != NULL, "it is said why");
	}
	end(&f);
}

static void hollow_files_have_addresses_with_lines(void)
{
	struct fixture f;

	begin(&f);
	f.elf.hollow = true;
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "f", NULL)) {
		check(part_of(&f, 0)->kind == NATIVE_ADDRESSES, "kind");
		check_text(instructions_text(&f, 0), "1000=1/1:10 1006=2/2:helper5:12 100e=0/1:13",
			   "addresses");
		check_text(lines_text(&f, 0), "f 10=1/1 12=0/2 13=0/1 | helper, inlined 5=2/2",
			   "lines");
	}
	end(&f);
}

static void without_debug_information_there_are_instructions(void)
{
	struct fixture f;

	begin(&f);
	f.no_dwarf = true;
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "f", NULL)) {
		check_text(instructions_text(&f, 0), "1000=1/1 1006=2/2 100a=0/1", "instructions");
		check(part_of(&f, 0)->no_lines != NULL, "it is said why there are no lines");
		check_u64(part_of(&f, 0)->n_sources, 0, "sources");
	}
	end(&f);
}

static void jumps_and_calls_are_drawn(void)
{
	static const struct annotate_look look = { .assembly = true };
	struct fixture f;
	const char *text;

	begin(&f);
	begin_scene(&f);
	sample_all(&f);
	if (annotate(&f, "f", NULL)) {
		const struct native_part *p = part_of(&f, 0);

		check_u64(p->n_instructions, 7, "instructions");
		check_u64(p->instructions[4].jump, 2, "jne leads to the third");
		check_text(p->instructions[5].target, "g", "the call's name");
		check_u64(p->instructions[5].jump, NO_JUMP, "a call is no jump");
		text = rendered(&f, &look);
		check(has_line(text, "                     1004  ╭▸xorl   %eax, %eax"),
		      "the target");
		check(has_line(text, "                     1008  ╰─jne    1004"), "the jump");
		check(has_line(text, "           25.00     100a    callq  <g>"), "the call");
		check(has_line(text, "  50.00    50.00     1006  │ incl   %eax"), "between");
		check(has_line(text, "                           │ a.c:5  helper in line 12"),
		      "its place");
	}
	end(&f);
}

/* Of AArch64: stp, mov, cbz, bl, ret; a branch back. */
static void code_of_aarch64_is_shown(void)
{
	static const uint32_t code[] = { 0xa9bf7bfd, 0x910003fd, 0xb4000040,
					 0x94000005, 0x54ffffc1, 0xd65f03c0 };
	struct fixture f;

	begin(&f);
	elf_image_free(&f.elf);
	elf_image_begin(&f.elf, EM_AARCH64);
	elf_image_code(&f.elf, F, code, sizeof(code));
	elf_image_symbol(&f.elf, "f", F, sizeof(code));
	elf_image_symbol(&f.elf, "g", G, 8);
	f.no_dwarf = true;
	begin_scene(&f);
	SCENE_SAMPLE(&f.scene, 20, PID, 0x1004);
	SCENE_SAMPLE(&f.scene, 21, PID, G, 0x1010);
	if (annotate(&f, "f", NULL)) {
		const struct native_part *p = part_of(&f, 0);

		check_text(instructions_text(&f, 0), "1004=1/1 100c=0/1", "costs");
		check_u64(p->n_instructions, 6, "instructions");
		check_text(p->instructions[0].text, "stp    x29, x30, [sp, #-0x10]!", "stp");
		check_u64(p->instructions[2].jump, 4, "cbz leads there");
		check_text(p->instructions[3].target, "g", "bl");
		check_u64(p->instructions[3].jump, NO_JUMP, "bl is a call");
		check_u64(p->instructions[4].jump, 2, "b.ne leads back");
		check_text(p->instructions[5].text, "ret", "ret");
	}
	end(&f);
}

static void what_is_no_code_takes_little_and_goes_on(void)
{
	static const uint8_t bytes[] = { 0x06, 0x90, 0xe8,
					 0x01 }; /* invalid in 64 bits; nop; a cut call */
	struct fixture f;

	begin(&f);
	elf_image_code(&f.elf, ELF_TEXT + ELF_TEXT_SIZE - 4, bytes, sizeof(bytes));
	elf_image_symbol(&f.elf, "last", ELF_TEXT + ELF_TEXT_SIZE - 4, 0x100);
	begin_scene(&f);
	SCENE_SAMPLE(&f.scene, 20, PID, ELF_TEXT + ELF_TEXT_SIZE - 3);
	if (annotate(&f, "last", NULL)) {
		const struct native_part *p = part_of(&f, 0);

		check_u64(p->n_instructions, 4, "instructions");
		check(p->instructions[0].bad && !p->instructions[1].bad, "the first one is none");
		check_text(instructions_text(&f, 0), "4ffd=1/1", "costs");
		check(p->instructions[2].bad && p->instructions[3].bad, "the cut one is none");
	}
	end(&f);
}

/* No byte of a source steers a terminal, and no line is wider than it. */
static void sources_are_shown_clean(void)
{
	static const char text[] =
		"\n\n\n\n\n\n\n\n\n"
		"red \x1b[31m\x07 \xff\xfe \xc2\x9b nul \x01 bidi \xe2\x80\xae\n"
		"\t\ttabs\there\n"
		"wide \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
		"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
		"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\n";
	static const struct annotate_look look = { .source = true, .assembly = true };
	char *source = calloc(sizeof(text) + 300000, 1);
	struct fixture f;
	const char *shown;

	begin(&f);
	memcpy(source, text, sizeof(text));
	memset(source + sizeof(text) - 1, 'x', 300000); /* line 13 */
	write_source(&f, source);
	write_text(in_folder(&f, "src/a.c"), source, sizeof(text) - 1 + 300000);
	begin_scene(&f);
	sample_all(&f);
	setenv("COLUMNS", "80", 1);
	if (annotate(&f, "f", NULL)) {
		shown = rendered(&f, &look);
		check(is_utf8(shown), "UTF-8");
		check(strpbrk(shown, "\x1b\x07\x01\t\r") == NULL, "no control bytes");
		check(strstr(shown, "red ?[31m? ?? ? nul ? bidi ?") != NULL,
		      "they are shown as '?'");
		check(has_line(shown, "                    11                  tabs    here"),
		      "tabs");
		for (const char *s = shown, *next; *s; s = next) {
			size_t width = 0;
			uint32_t c;

			for (next = s; *next && *next != '\n'; next += utf8_next(next, &c)) {
				utf8_next(next, &c);
				width += utf8_width(c);
			}
			next += *next == '\n';
			if (width > 80 && !strstr(f.folder, "srv"))
				check(memmem(s, (size_t)(next - s), f.folder, strlen(f.folder)) !=
					      NULL,
				      "a line is too wide");
		}
		check(is_rendered_as_json(&f), "JSON");
	}
	unsetenv("COLUMNS");
	free(source);
	end(&f);
}

/* 5,000 instructions of 3 bytes, one of them hot: what is around it is shown, the rest is counted. */
static void long_functions_are_shown_around_what_is_hot(void)
{
	enum { N = 5000, SIZE = 3 };
	static const struct annotate_look look = { .assembly = true };
	struct annotation_options options = { .context = 5, .inlines = true, .event = -1 };

	for (int full = 0; full < 2; full++) {
		size_t shown = 0;
		struct fixture f;
		const char *text;

		begin(&f);
		f.no_dwarf = true;
		elf_image_free(&f.elf);
		elf_image_begin(&f.elf, EM_X86_64);
		for (size_t i = 0; i < N; i++)
			elf_image_code(&f.elf, F + SIZE * i, "\x48\xff\xc0", SIZE);
		elf_image_symbol(&f.elf, "f", F, SIZE * N);
		begin_scene(&f);
		for (uint64_t i = 0; i < 300; i++)
			SCENE_SAMPLE(&f.scene, 20 + i, PID, F + SIZE * 2000);
		SCENE_SAMPLE(&f.scene, 400, PID, F + SIZE * 3000); /* one sample is not hot */
		options.full = full;
		if (annotate(&f, "f", &options)) {
			const struct native_part *p = part_of(&f, 0);

			check_u64(p->n_instructions, N, "instructions");
			for (size_t i = 0; i < p->n_instructions; i++)
				shown += p->instructions[i].shown;
			check_u64(shown, full ? N : 13, "shown");
			text = rendered(&f, &look);
			check_u64(has_line(text, "                  ⋮ 1994 instructions"), !full,
				  "those before");
			check_u64(has_line(text, "   0.33           ⋮ 2993 instructions"), !full,
				  "those behind");
			check_text(instructions_text(&f, 0), "2770=300/300 3328=1/1", "all costs");
		}
		end(&f);
	}
}

/* Debug information may name functions in a long file as it likes: of some the lines without cost are not listed. */
static void very_many_lines_are_not_listed(void)
{
	enum { FUNCTIONS = 12, SPAN = 99000, LONG = 150000 };
	struct fixture f;
	char code[4 * FUNCTIONS], name[8], *text = calloc(LONG + 1, 1);
	size_t whole = 0, lines = 0;

	memset(code, 0x90, sizeof(code));
	memset(text, '\n', LONG);
	begin(&f);
	elf_image_free(&f.elf);
	free(f.dwarf.info.bytes);
	free(f.dwarf.line.bytes);
	elf_image_begin(&f.elf, EM_X86_64);
	elf_image_code(&f.elf, F, code, sizeof(code));
	elf_image_symbol(&f.elf, "f", F, sizeof(code));
	dwarf_image_begin(&f.dwarf, "/srv/a.c", F, F + sizeof(code));
	{
		uint32_t inlined[FUNCTIONS];

		for (unsigned i = 0; i < FUNCTIONS; i++) {
			snprintf(name, sizeof(name), "g%u", i);
			inlined[i] = dwarf_image_abstract(&f.dwarf, name, i + 1);
		}
		dwarf_image_function(&f.dwarf, "f", 1, F, F + sizeof(code));
		for (unsigned i = 0; i < FUNCTIONS; i++) {
			dwarf_image_inlined(&f.dwarf, inlined[i], 2, F + 4 * i, F + 4 * i + 4);
			dwarf_image_close(&f.dwarf);
		}
		dwarf_image_close(&f.dwarf);
	}
	for (unsigned i = 0; i < FUNCTIONS; i++) {
		dwarf_image_row(&f.dwarf, F + 4 * i, i + 1);
		dwarf_image_row(&f.dwarf, F + 4 * i + 2, i == 3 ? LONG - 1 : SPAN + i);
	}
	begin_scene(&f);
	for (unsigned i = 0; i < FUNCTIONS; i++)
		SCENE_SAMPLE(&f.scene, 20 + i, PID, F + 4 * i + 2);
	write_source(&f, text);
	if (annotate(&f, "^f$", NULL)) {
		const struct native_part *p = part_of(&f, 0);
		const char *shown = rendered(&f, &(struct annotate_look){ .source = true });

		for (size_t i = 0; i < p->n_sources; i++) {
			const struct annotated_source *s = &p->sources[i];

			if (strcmp(s->function, "g3") == 0)
				check(s->many_lines && s->n_lines == 1, "more than 100,000");
			whole += !s->many_lines;
			lines += s->n_lines;
		}
		check_u64(p->n_sources, FUNCTIONS + 1, "sources");
		check(whole > FUNCTIONS / 2 && whole < FUNCTIONS, "of most all lines");
		check(lines <= 1000000 + FUNCTIONS, "of all together not too many");
		check(has_line(shown, "only lines with cost: there are too many others"), "told");
		check(is_rendered_as_json(&f), "JSON");
	}
	end(&f);
	free(text);
}

static void of_very_long_code_the_beginning_is_decoded(void)
{
	enum { DECODED = 2 << 20, SIZE = DECODED + 64 };
	struct jit_image dump;
	struct fixture f;

	begin(&f);
	jit_begin(&dump, false, PID);
	jit_load(&dump, 1, JIT, SIZE, 1, "compiled");
	check(jit_write(&dump, in_folder(&f, "jit-7.dump")), "the dump");
	jit_free(&dump);
	begin_scene(&f);
	image_mmap2(&f.scene.img, &(struct image_mmap){ .misc = 2,
							.pid = PID,
							.tid = PID,
							.addr = JIT,
							.len = 0x201000,
							.prot = EXEC,
							.filename = "//anon" });
	SCENE_SAMPLE(&f.scene, 20, PID, JIT + 8);
	SCENE_SAMPLE(&f.scene, 21, PID, JIT + SIZE - 8);
	if (annotate(&f, "compiled", NULL)) {
		const struct native_part *p = part_of(&f, 0);

		check_u64(p->cut, DECODED, "decoded");
		check_u64(p->n_instructions, DECODED + 1, "instructions, and one address");
		check(has_line(rendered(&f, &(struct annotate_look){ .source = true }),
			       "instructions of its first 2097152 of 2097216 bytes, then "
			       "addresses only"),
		      "told");
	}
	end(&f);
}

static void code_of_a_jitdump_is_shown_with_its_lines(void)
{
	struct jit_line lines[] = { { JIT, 5, "/srv/a.c" }, { JIT + 2, 6, "\xff" } };
	struct jit_image dump;
	struct fixture f;

	begin(&f);
	jit_begin(&dump, false, PID);
	jit_line_table(&dump, 1, JIT, lines, 2);
	jit_load(&dump, 1, JIT, 4, 1, "compiled");
	check(jit_write(&dump, in_folder(&f, "jit-7.dump")), "the dump");
	jit_free(&dump);
	begin_scene(&f);
	scene_jit(&f.scene, 1, PID, JIT);
	SCENE_SAMPLE(&f.scene, 20, PID, JIT + 1);
	SCENE_SAMPLE(&f.scene, 21, PID, JIT + 3);
	if (annotate(&f, "compiled", NULL)) {
		check_u64(part_of(&f, 0)->n_instructions, by_folio ? 2 : 4, "instructions");
		if (!by_folio)
			check_text(part_of(&f, 0)->instructions[0].text, "retq", "the first");
		check_text(instructions_text(&f, 0),
			   by_folio ? "1=1/1:5 3=1/1:6" : "100001=1/1:5 100003=1/1:6",
			   "costs and lines");
		check_u64(part_of(&f, 0)->no_code != NULL, by_folio, "a folio has no code");
	}
	end(&f);
}

static void code_of_a_perf_map_has_addresses(void)
{
	struct fixture f;

	begin(&f);
	write_text(in_folder(&f, "perf-7.map"), "100000 10 compiled\n", 19);
	begin_scene(&f);
	scene_jit(&f.scene, 1, PID, JIT);
	SCENE_SAMPLE(&f.scene, 20, PID, JIT + 1);
	if (annotate(&f, "compiled", NULL)) {
		check(part_of(&f, 0)->kind == NATIVE_ADDRESSES, "kind");
		check_text(instructions_text(&f, 0), by_folio ? "1=1/1" : "100001=1/1",
			   "addresses");
		check_u64(part_of(&f, 0)->end, by_folio ? 0x10 : JIT + 0x10, "its end");
	}
	end(&f);
}

/* The kernel's image is found by its build id; where the kernel lay says the recording. */
static void kernel_code_is_shown_where_its_image_is(void)
{
	static const uint8_t note[] = "\4\0\0\0\x14\0\0\0\3\0\0\0GNU\0"
				      "\xab\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23";
	const uint64_t text = UINT64_C(0xffffffff81000000);

	for (int image = 0; image < 2; image++) {
		struct image_mmap m = { .misc = MISC_KERNEL,
					.pid = UINT32_MAX,
					.addr = text,
					.len = 0x4000,
					.pgoff = text,
					.prot = EXEC,
					.build_id_size = 20,
					.filename = "[kernel.kallsyms]_text" };
		const uint64_t chain[] = { CONTEXT_KERNEL, text + 0x12 };
		struct elf_image kernel;
		struct fixture f;

		begin(&f);
		check_in(image ? "with the image" : "with a table only");
		memcpy(m.build_id, note + 16, 20);
		mkdir(in_folder(&f, "elf"), 0777);
		mkdir(in_folder(&f, "elf/.build-id"), 0777);
		mkdir(in_folder(&f, "elf/.build-id/ab"), 0777);
		elf_image_begin(&kernel, EM_X86_64);
		elf_image_code(&kernel, 0x1010, "\x90\x90\x90\xc3", 4);
		elf_image_symbol(&kernel, "_text", 0x1000, 0x10);
		elf_image_symbol(&kernel, "do_work", 0x1010, 4);
		elf_image_section(&kernel, ".note.gnu.build-id", note, sizeof(note) - 1);
		elf_image_end(&kernel);
		if (image)
			check(elf_image_write(
				      &kernel,
				      in_folder(&f, "elf/.build-id/ab/"
						    "0102030405060708090a0b0c0d0e0f10111213.elf")),
			      "the image");
		elf_image_free(&kernel);
		write_text(
			in_folder(&f, "kallsyms"),
			"ffffffff81000000 T _text\nffffffff81000010 T do_work\nffffffff81000014 T end\n",
			75);
		scene_begin(&f.scene);
		image_mmap2(&f.scene.img, &m);
		scene_chain(&f.scene, &(struct scene_chain){ .time = 20,
							     .ip = text + 0x12,
							     .pid = PID,
							     .tid = PID,
							     .cpumode = MISC_KERNEL,
							     .chain = chain,
							     .n = 2 });
		if (annotate(&f, "do_work", NULL)) {
			check_text(instructions_text(&f, 0),
				   by_folio ? "2=1/1"
				   : image  ? "1012=1/1"
					    : "ffffffff81000012=1/1",
				   "the address");
			check_u64(part_of(&f, 0)->n_instructions, image && !by_folio ? 4 : 1,
				  "instructions");
			check_u64(part_of(&f, 0)->end - part_of(&f, 0)->start, 4, "its size");
			check_u64(part_of(&f, 0)->start,
				  by_folio ? 0
				  : image  ? 0x1010
					   : text + 0x10,
				  "where it begins");
		}
		end(&f);
	}
	check_in(NULL);
}

static void damaged_debug_information_costs_lines_only(void)
{
	/* every byte of all sections behind the code in turn, in steps that meet all kinds of them */
	for (size_t step = 0; step < 150; step++) {
		struct fixture f;
		struct byte_list *l;

		begin(&f);
		l = step % 2 ? &f.dwarf.line : &f.dwarf.info;
		l->bytes[(step / 2 * 7 + 11) % l->len] ^= (uint8_t)(0xff >> step % 7);
		begin_scene(&f);
		sample_all(&f);
		if (annotate(&f, "^f$", NULL)) {
			uint64_t sum = 0;

			for (size_t i = 0; i < part_of(&f, 0)->n_instructions; i++)
				sum += annotation_self(f.annotation,
						       part_of(&f, 0)->instructions[i].cost, 0)
					       ->samples;
			check_u64(sum, 3, "the instructions' sum");
			check(is_rendered_as_json(&f), "JSON");
		}
		end(&f);
	}
}

static void all_is_as_it_was_recorded(void)
{
	hollow_files_have_addresses_with_lines();
	without_a_file_addresses_are_listed();
	code_of_a_perf_map_has_addresses();
	of_an_inlined_function_lines_are_shown_over_all_places();
	the_hottest_is_the_one_with_the_code();
	if (!can_disassemble())
		return;
	a_sample_counts_at_its_instruction_and_at_the_calls_to_it();
	what_recurs_counts_once();
	without_inlines_all_is_the_functions();
	sources_are_read_where_they_are_beside_the_recording();
	without_sources_lines_have_numbers();
	sources_that_do_not_fit_are_told();
	without_debug_information_there_are_instructions();
	jumps_and_calls_are_drawn();
	code_of_aarch64_is_shown();
	what_is_no_code_takes_little_and_goes_on();
	sources_are_shown_clean();
	long_functions_are_shown_around_what_is_hot();
	very_many_lines_are_not_listed();
	if (!by_folio) /* which has no code of jitdumps */
		of_very_long_code_the_beginning_is_decoded();
	code_of_a_jitdump_is_shown_with_its_lines();
	kernel_code_is_shown_where_its_image_is();
	damaged_debug_information_costs_lines_only();
}

int main(void)
{
	all_is_as_it_was_recorded();
	by_folio = true;
	all_is_as_it_was_recorded();
	if (!can_disassemble())
		puts("skip: built without libcapstone");
	return check_done("annotation");
}
