/*
 * tests/unit/opcodes.c - cost of Python functions by opcode (report/opcodes.h), on written recordings.
 *
 * The interpreter is one whose handlers are functions, so that symbols are enough.  That of debug information
 * are tested by tests/unit/eval_loop and tests/differential/opcodes.
 */
#include "report/opcodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check.h"
#include "tests/make_elf.h"
#include "tests/scene.h"
#include "tests/walked.h"

/* The interpreter's code is mapped where its file says, libc's at LIBC; trampolines of f, g and h at JIT. */
enum { PID = 7, LIBC = 0x5000, JIT = 0x10000 };
enum {
	F = JIT + 0x6,
	G = JIT + 0x16,
	LOOP = 0x1010,  /* _PyEval_EvalFrameDefault */
	ADD = 0x1110,   /* _TAIL_CALL_BINARY_OP_ADD_INT */
	LOAD = 0x1210,  /* _TAIL_CALL_LOAD_FAST */
	CALL = 0x1310,  /* _TAIL_CALL_CALL_LEN.llvm.7 */
	ERROR = 0x1410, /* _TAIL_CALL_error */
	LONG = 0x1510,  /* _PyLong_Add */
	COLD = 0x1710,  /* code without a symbol */
};

static const struct {
	const char *name;
	uint64_t start;
} symbols[] = {
	{ "_PyEval_EvalFrameDefault", LOOP }, { "_TAIL_CALL_BINARY_OP_ADD_INT", ADD },
	{ "_TAIL_CALL_LOAD_FAST", LOAD },     { "_TAIL_CALL_CALL_LEN.llvm.7", CALL },
	{ "_TAIL_CALL_error", ERROR },        { "_PyLong_Add", LONG },
};

/* Everything is tested of the recording, and then by way of a folio with positions, as of several recordings. */
static bool by_folio;

static char folder[4000];

static const char *in_folder(const char *name)
{
	static char path[2][4200];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof(path[turn]), "%s/%s", folder, name);
	return path[turn];
}

static void write_interpreter(void)
{
	struct elf_image e;

	elf_image_begin(&e, 62);
	for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++)
		elf_image_symbol(&e, symbols[i].name, symbols[i].start - 0x10, 0x80);
	elf_image_end(&e);
	check(elf_image_write(&e, in_folder("python3.15")), "the interpreter");
	elf_image_free(&e);
}

static void write_map(void)
{
	FILE *f = fopen(in_folder("perf-7.map"), "we");

	check(f && fputs("10000 b py::f:/x.py\n10010 b py::g:/x.py\n", f) >= 0, "the map");
	if (f)
		fclose(f);
}

static void begin(struct scene *s)
{
	enum { EXEC = 5 };

	scene_init(s);
	scene_add_event(s, "page-faults");
	scene_begin(s);
	image_mmap2(&s->img, &(struct image_mmap){ .misc = 2,
						   .pid = PID,
						   .tid = PID,
						   .addr = ELF_TEXT,
						   .len = ELF_TEXT_SIZE,
						   .pgoff = ELF_TEXT,
						   .prot = EXEC,
						   .filename = "/python3.15" });
	scene_map(s, 1, PID, LIBC, "/libc.so.6");
	scene_jit(s, 1, PID, JIT);
}

/* "LOAD_FAST(LOAD_FAST)=SELF/TOTAL no-loop=0/3" of an event, in weights. */
static const char *rows_text(const struct opcodes *o, uint32_t function, size_t event)
{
	static char text[2000];
	size_t n, len = 0;
	const struct opcode_cost *rows = opcodes_of(o, function, &n);

	text[0] = '\0';
	for (size_t i = 0; i < n; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len,
					"%s%s%s%s%s=%" PRIu64 "/%" PRIu64, i ? " " : "",
					rows[i].name ? rows[i].name : opcode_gap_word(rows[i].gap),
					rows[i].family ? "(" : "",
					rows[i].family ? rows[i].family : "",
					rows[i].family ? ")" : "",
					costs_at(opcodes_self(o), rows[i].row, event)->weight,
					costs_at(opcodes_total(o), rows[i].row, event)->weight);
	return text;
}

static uint32_t function_of(const struct walked *w, const char *name)
{
	for (uint32_t f = 0; f < w->functions.n; f++)
		if (strcmp(w->functions.items[f].name, name) == 0)
			return f;
	return UINT32_MAX;
}

/* Walk through the scene; what is given to `look` is gone afterwards. */
static void walk_scene(struct scene *s, const uint32_t *shown, size_t n_shown,
		       void (*look)(const struct walked *, const struct opcodes *))
{
	static const size_t columns[] = { 0, 1 };
	struct walk_options options = {
		.finder = { .symfs = folder, .perf_map_dir = folder, .no_host_files = true },
		.by_task = by_folio,
	};
	struct opcodes_input in = {
		.columns = columns, .n_events = 2, .shown = shown, .n_shown = n_shown
	};
	struct recorded_code *code;
	struct opcodes *o;
	struct walked w;

	scene_end(s);
	if (walk_image(&w, &s->img, &options)) {
		if (by_folio)
			walk_by_folio(&w, false);
		else
			walk_symbolize(&w);
		code = walked_code(&w);
		in.code = code;
		in.collected = &w.collected;
		in.functions = &w.functions;
		in.frames = &w.frames;
		o = opcodes_new(&in);
		look(&w, o);
		opcodes_free(o);
		recorded_code_free(code);
	} else {
		check(false, w.o.err.what);
	}
	walk_done(&w);
	scene_free(s);
}

/* ---- opcodes ---- */

static void look_at_both(const struct walked *w, const struct opcodes *o)
{
	check_text(rows_text(o, function_of(w, "f"), 0),
		   "BINARY_OP_ADD_INT(BINARY_OP)=20/50 LOAD_FAST(LOAD_FAST)=40/40 "
		   "CALL_LEN(CALL)=7/7 other-code=9/9",
		   "f");
	check_text(rows_text(o, function_of(w, "f"), 1),
		   "BINARY_OP_ADD_INT(BINARY_OP)=0/0 LOAD_FAST(LOAD_FAST)=5/5 CALL_LEN(CALL)=0/0 "
		   "other-code=0/0",
		   "f, the second event");
	check_text(rows_text(o, function_of(w, "g"), 0), "LOAD_FAST(LOAD_FAST)=3/3", "g");
	check_text(rows_text(o, function_of(w, "_PyLong_Add"), 0), "", "no Python function");
	check_text(rows_text(o, UINT32_MAX, 0), "", "no function");
}

static void a_function_pays_for_the_opcodes_of_its_own_loop(void)
{
	struct scene s;

	begin(&s);
	s.weight = 20;
	SCENE_SAMPLE(&s, 10, PID, ADD, F);
	s.weight = 30; /* what an opcode calls is in its total only */
	SCENE_SAMPLE(&s, 11, PID, LONG, ADD + 4, F);
	s.weight = 40; /* the loop's frame may be below its handler's */
	SCENE_SAMPLE(&s, 12, PID, LOAD, LOOP + 4, F);
	s.weight = 7;
	SCENE_SAMPLE(&s, 13, PID, CALL, F);
	s.weight = 9;
	SCENE_SAMPLE(&s, 14, PID, ERROR, F);
	s.weight = 3; /* another Python function's opcode, not f's CALL */
	SCENE_SAMPLE(&s, 15, PID, LOAD, G, CALL + 4, F);
	s.weight = 5;
	s.event = 1;
	SCENE_SAMPLE(&s, 16, PID, LOAD, F);
	walk_scene(&s, NULL, 0, look_at_both);
}

/* ---- what cannot be told ---- */

static void look_at_gaps(const struct walked *w, const struct opcodes *o)
{
	check_text(rows_text(o, function_of(w, "f"), 0), "no-loop=0/37 no-debug-info=10/17", "f");
}

static void what_cannot_be_told_is_counted_by_its_reason(void)
{
	struct scene s;

	begin(&s);
	s.weight = 1; /* the trampoline itself */
	SCENE_SAMPLE(&s, 10, PID, F);
	s.weight = 2; /* a chain that broke: this is not the loop */
	SCENE_SAMPLE(&s, 11, PID, LONG, F);
	s.weight = 4; /* ... nor this */
	SCENE_SAMPLE(&s, 12, PID, LOAD, LONG + 4, F);
	s.weight = 30; /* no mapping */
	SCENE_SAMPLE(&s, 13, PID, 0x90000, F);
	s.weight = 3; /* the loop, without debug information */
	SCENE_SAMPLE(&s, 14, PID, LOOP, F);
	s.weight = 7; /* ... its part without a symbol */
	SCENE_SAMPLE(&s, 15, PID, COLD, F);
	SCENE_SAMPLE(&s, 16, PID, LONG, COLD + 4, F);
	walk_scene(&s, NULL, 0, look_at_gaps);
}

/* ---- functions that are shown as one ---- */

static void look_at_one(const struct walked *w, const struct opcodes *o)
{
	(void)w;
	check_text(rows_text(o, 0, 0), "LOAD_FAST(LOAD_FAST)=5/5", "both");
	check_text(rows_text(o, 1, 0), "", "nothing");
}

static void rows_are_those_of_what_is_shown(void)
{
	static const uint32_t shown[32] = { 0 };
	struct scene s;

	begin(&s);
	s.weight = 2;
	SCENE_SAMPLE(&s, 10, PID, LOAD, F);
	s.weight = 3;
	SCENE_SAMPLE(&s, 11, PID, LOAD, G);
	walk_scene(&s, shown, 2, look_at_one);
}

static void look_at_none(const struct walked *w, const struct opcodes *o)
{
	(void)w;
	check_text(rows_text(o, 0, 0), "", "nothing");
}

static void what_is_not_shown_has_no_rows(void)
{
	uint32_t shown[32];
	struct scene s;

	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		shown[i] = PROFILE_NO_FUNCTION;
	begin(&s);
	SCENE_SAMPLE(&s, 10, PID, LOAD, F);
	walk_scene(&s, shown, 1, look_at_none);
}

static void all_is_as_it_was_recorded(void)
{
	a_function_pays_for_the_opcodes_of_its_own_loop();
	what_cannot_be_told_is_counted_by_its_reason();
	rows_are_those_of_what_is_shown();
	what_is_not_shown_has_no_rows();
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/opcodesXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(folder) != NULL, "a folder");
	write_interpreter();
	write_map();
	all_is_as_it_was_recorded();
	by_folio = true;
	all_is_as_it_was_recorded();
	unlink(in_folder("python3.15"));
	unlink(in_folder("perf-7.map"));
	rmdir(folder);
	return check_done("opcodes");
}
