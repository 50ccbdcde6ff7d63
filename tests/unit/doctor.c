/*
 * tests/unit/doctor.c - what the doctor finds in recordings that are written here (report/doctor.h).
 */
#include "report/doctor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/unnamed_python.h"
#include "report/view.h"
#include "tests/check.h"
#include "tests/scene.h"
#include "tests/walked.h"

enum { A = 0x1000, B = 0x2000, C = 0x3000, JIT = 0x10000, ARENA_SIZE = 0x10000 };

struct patient {
	struct scene s;
	struct walked w;
	struct sampled_event *events;
	struct profile *profile;
	struct doctor *doctor;
	const char *maps;     /* folder of perf maps; NULL: none */
	bool has_other_clock; /* told: a jitdump's clock is not the recording's */
};

static void begin(struct patient *p)
{
	*p = (struct patient){ .doctor = NULL };
	scene_init(&p->s);
	scene_begin(&p->s);
}

/* `n` samples of a process, leaf first. */
#define SAMPLES(p, n, pid, ...)                           \
	for (uint64_t sample = 0; sample < (n); sample++) \
	SCENE_SAMPLE(&(p)->s, 100 + sample, pid, __VA_ARGS__)

static void examine(struct patient *p, const char *command)
{
	const struct walk_options options = { .finder = { .no_host_files = true,
							  .perf_map_dir = p->maps } };
	struct symbols_input symbols;
	struct view_input view;
	struct doctor_input in;

	scene_end(&p->s);
	check(walk_image(&p->w, &p->s.img, &options), "opened");
	walk_symbolize(&p->w);
	symbols = (struct symbols_input){
		.machine = p->w.machine,
		.collected = &p->w.collected,
		.texts = p->w.o.texts,
		.diag = p->w.o.diag,
	};
	if (p->has_other_clock)
		diag_add(p->w.o.diag, PROBLEM_JITDUMP_CLOCK, "", "of another clock");
	unnamed_python_tell(&symbols, &p->w.functions, &p->w.frames);
	p->events = sampled_events(p->w.o.recording);
	view = (struct view_input){
		.events = p->events,
		.collected = &p->w.collected,
		.functions = &p->w.functions,
		.frames = &p->w.frames,
		.texts = p->w.o.texts,
	};
	p->profile = view_profile(&view, VIEW_NATIVE);
	in = (struct doctor_input){
		.events = p->events,
		.collected = &p->w.collected,
		.functions = &p->w.functions,
		.frames = &p->w.frames,
		.profile = p->profile,
		.diag = p->w.o.diag,
		.command = command,
		.texts = p->w.o.texts,
	};
	p->doctor = doctor_new(&in);
}

static void done(struct patient *p)
{
	doctor_free(p->doctor);
	profile_free(p->profile);
	free(p->events);
	walk_done(&p->w);
	scene_free(&p->s);
}

static const struct finding *find(const struct patient *p, const char *kind)
{
	static const struct finding none = {
		.title = "", .evidence = "", .consequence = "", .remedy = "", .command = ""
	};
	const struct finding *found = &none;

	for (size_t i = 0; i < p->doctor->n; i++)
		if (strcmp(p->doctor->findings[i].kind, kind) == 0) {
			check(found == &none, "one finding of a kind");
			found = &p->doctor->findings[i];
		}
	return found;
}

static void files_are_listed_in_one_finding_by_their_samples(void)
{
	const struct finding *f;
	struct patient p;

	begin(&p);
	scene_map(&p.s, 1, 7, A, "/gone/a");
	scene_map(&p.s, 1, 7, B, "/gone/b");
	scene_map(&p.s, 1, 7, C, "/gone/c");
	SAMPLES(&p, 10, 7, A + 1);
	SAMPLES(&p, 30, 7, B + 1, A + 1);
	SAMPLES(&p, 10, 7, C + 1);
	examine(&p, "");
	f = find(&p, "missing-object");
	check_text(f->title, "3 files are missing", "title");
	check_u64(f->samples, 50, "samples");
	check_u64(f->harm, HARM_SERIOUS, "harm");
	check_u64(f->n_files, 3, "files");
	if (f->n_files == 3) {
		check_text(f->files[0].name, "/gone/b", "most samples");
		check_u64(f->files[0].samples, 30, "samples of a file");
		check_u64(f->files[0].share, 6000, "its share");
		check_text(f->files[1].name, "/gone/a", "equal ones by name");
	}
	done(&p);
}

/* A rule for all: a tenth of the samples is serious, a hundredth advice. */
static void the_share_of_the_samples_decides_how_harmful_it_is(void)
{
	static const struct {
		uint64_t unnamed, of;
		enum harm harm;
	} rows[] = {
		{ 10, 100, HARM_SERIOUS }, { 9, 100, HARM_ADVICE }, { 1, 100, HARM_ADVICE },
		{ 1, 101, HARM_NOTE },     { 0, 100, HARM_NOTE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct patient p;
		char label[60];

		snprintf(label, sizeof(label), "%d of %d samples", (int)rows[i].unnamed,
			 (int)rows[i].of);
		check_in(label);
		begin(&p);
		scene_map(&p.s, 1, 7, A, "/gone/a");
		scene_map(&p.s, 1, 7, B, "/gone/b");
		scene_jit(&p.s, 1, 7, JIT);
		/* a frame in each, however few samples end there */
		SAMPLES(&p, rows[i].unnamed, 7, JIT + 1, B + 1);
		SAMPLES(&p, rows[i].of - rows[i].unnamed, 7, A + 1, B + 1);
		examine(&p, "");
		check_u64(find(&p, "missing-object")->harm, HARM_SERIOUS, "files");
		if (rows[i].unnamed)
			check_u64(find(&p, "missing-perf-map")->harm, rows[i].harm, "JIT code");
		done(&p);
		begin(&p);
		scene_map(&p.s, 1, 7, A, "/gone/a");
		SAMPLES(&p, rows[i].unnamed, 7, A + 1, 0x9000);
		SAMPLES(&p, rows[i].of - rows[i].unnamed, 7, 0x9000, A + 1);
		examine(&p, "");
		check_u64(find(&p, "missing-object")->harm, rows[i].harm, "a file");
		done(&p);
	}
	check_in(NULL);
}

static void what_is_lost_is_recorded_with_more_room_or_less_often(void)
{
	const char *command = "perf record -F 999 -g -p 7";
	const struct finding *f;
	struct patient p;

	begin(&p);
	scene_map(&p.s, 1, 7, A, "/gone/a");
	SAMPLES(&p, 90, 7, A + 1);
	image_lost_samples(&p.s.img, 10);
	examine(&p, command);
	f = find(&p, "lost");
	check_u64(f->samples, 10, "lost");
	check_u64(f->share, 1000, "of those that were taken");
	check_u64(f->harm, HARM_SERIOUS, "harm");
	check_text(f->command, "perf record -F 999 -g -p 7 -m 1024", "a larger buffer");
	done(&p);
	begin(&p);
	scene_map(&p.s, 1, 7, A, "/gone/a");
	SAMPLES(&p, 90, 7, A + 1);
	image_throttle(&p.s.img, true, 100, 0, 0);
	examine(&p, command);
	check_text(find(&p, "throttled")->command, "perf record -F 499 -g -p 7", "less often");
	done(&p);
}

/* Of an unrelated jitdump, as may lie beside a recording, no sample has a name. */
static void a_jitdump_of_another_clock_matters_where_it_names_something(void)
{
	static const struct {
		const char *label;
		uint64_t named; /* of 100 samples */
		enum harm harm;
	} rows[] = {
		{ "most", 60, HARM_SERIOUS },
		{ "a few", 5, HARM_ADVICE },
		{ "none", 0, HARM_NOTE },
	};
	const char *tmp = getenv("TMPDIR");
	char folder[1000], map[1100];
	FILE *f;

	snprintf(folder, sizeof(folder), "%s/doctorXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(folder) != NULL, "folder");
	snprintf(map, sizeof(map), "%s/perf-7.map", folder);
	f = fopen(map, "we");
	check(f && fprintf(f, "%x 100 compiled\n", JIT) > 0 && fclose(f) == 0, "map");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct finding *found;
		struct patient p;

		check_in(rows[i].label);
		begin(&p);
		p.maps = folder;
		p.has_other_clock = true;
		scene_map(&p.s, 1, 7, A, "/gone/a");
		scene_jit(&p.s, 1, 7, JIT);
		SAMPLES(&p, rows[i].named, 7, A + 1, JIT + 1);
		SAMPLES(&p, 100 - rows[i].named, 7, A + 1);
		examine(&p, "perf record -g -- ./a");
		found = find(&p, "jitdump-clock");
		check_u64(found->samples, rows[i].named, "samples");
		check_u64(found->harm, rows[i].harm, "harm");
		check_text(found->command, rows[i].named ? "perf record -g -k mono -- ./a" : "",
			   "command");
		done(&p);
	}
	check_in(NULL);
	unlink(map);
	rmdir(folder);
}

/* ---- call chains ---- */

/*
 * A program with frame pointers calls qsort() of a C library without, which calls the program back.  The chains of the
 * call-back have one frame, if it has not made its own, but it is not what lacks frame pointers.
 */
static void what_keeps_frame_pointers_elsewhere_does_not_break_chains(void)
{
	const struct finding *f;
	struct patient p;

	begin(&p);
	scene_map(&p.s, 1, 7, A, "/app/program");
	scene_map(&p.s, 1, 7, B, "/lib/libc.so.6");
	SAMPLES(&p, 100, 7, A + 1, A + 9, A + 17, A + 25, A + 33, A + 41, B + 1);
	SAMPLES(&p, 40, 7, A + 50);
	SAMPLES(&p, 30, 7, B + 50);
	examine(&p, "perf record -F 99 -g -- /app/program");
	f = find(&p, "broken-chains");
	check_text(f->title, "call chains break in /lib/libc.so.6", "title");
	check_u64(f->samples, 70, "samples");
	check_u64(f->n_files, 2, "places");
	if (f->n_files == 2) {
		check_text(f->files[0].name, "/app/program", "most samples");
		check(strstr(f->files[0].evidence, "it keeps frame pointers") != NULL,
		      "it is not blamed");
		check_text(f->files[1].evidence, "", "the C library is");
	}
	check_text(f->command, "perf record -F 99 --call-graph dwarf,16384 -- /app/program",
		   "command");
	done(&p);
}

static void a_few_chains_prove_nothing(void)
{
	const struct finding *f;
	struct patient p;

	begin(&p);
	scene_map(&p.s, 1, 7, A, "/app/program");
	scene_map(&p.s, 1, 7, B, "/lib/libc.so.6");
	SAMPLES(&p, 100, 7, A + 1, A + 9, A + 17, A + 25, A + 33, A + 41, B + 1);
	SAMPLES(&p, 9, 7, B + 50);
	examine(&p, "");
	f = find(&p, "broken-chains");
	check_text(f->title, "call chains break", "title");
	check(strstr(f->consequence, "was built without") == NULL &&
		      strstr(f->consequence, "seems") == NULL,
	      "nothing is said of how it was built");
	done(&p);
}

/* ---- Python ---- */

static void interpreters_that_tell_nothing_are_told_how_to(void)
{
	static const struct {
		const char *label, *interpreter, *command;
		uint64_t jit,
			arena; /* samples with JIT code; bytes of memory that could be trampolines' */
		const char *says; /* in the remedy; NULL: nothing is found */
		const char *again;
	} rows[] = {
		{ "3.12", "/gone/python3.12", "perf record -g -- python3.12 app.py", 0, 0,
		  "run it with -X perf,", "perf record -g -- python3.12 -X perf app.py" },
		{ "3.13 has two ways", "/gone/libpython3.13.so.1.0", "perf record -g -- ./app", 0,
		  0, "-X perf_jit", "PYTHONPERFSUPPORT=1 perf record -g -- ./app" },
		{ "without call chains", "/gone/python3.12", "perf record python3.12 app.py", 0, 0,
		  "-X perf,", "perf record --call-graph dwarf,16384 -- python3.12 -X perf app.py" },
		{ "a process that ran already", "/gone/python3.12", "perf record -g -p 7", 0, 0,
		  "start the program anew with -X perf,", "" },
		{ "no version in its name", "/gone/python3", "perf record -g -p 7", 0, 0,
		  "(CPython 3.12 or later)", "" },
		{ "too old", "/gone/python3.11", "perf record -g -- python3 app.py", 0, 0,
		  "CPython 3.11 cannot tell", "" },
		{ "too old, and code of a JIT compiler", "/gone/libpython3.9.so.1.0",
		  "perf record -g -- python3 app.py", 50, ARENA_SIZE, "CPython 3.9 cannot tell",
		  "" },
		{ "Python 2", "/gone/python2.7", "perf record -g -- python app.py", 0, 0,
		  "CPython 2.7 cannot tell", "" },
		{ "code made at run time: its map is missing", "/gone/python3.12", "", 50, 0, NULL,
		  "" },
		{ "some address looks like code made at run time", "/gone/python3.12",
		  "perf record -g -p 7", 1, 0, "with -X perf", "" },
		{ "trampolines that no sample is in", "/gone/python3.12", "", 0, ARENA_SIZE, NULL,
		  "" },
		{ "too little for trampolines", "/gone/python3.12", "perf record -g -p 7", 0,
		  ARENA_SIZE / 2, "with -X perf", "" },
		{ "not CPython", "/gone/pypy3.10", "", 0, 0, NULL, "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct finding *f;
		struct patient p;

		check_in(rows[i].label);
		begin(&p);
		scene_map(&p.s, 1, 7, A, rows[i].interpreter);
		scene_map(&p.s, 1, 7, B, "/gone/libm.so.6");
		scene_jit(&p.s, 1, 7, JIT);
		if (rows[i].arena)
			scene_arena(&p.s, 1, 7, 2 * JIT, rows[i].arena);
		scene_fork(&p.s, 50, 8, 7);
		SAMPLES(&p, 100, 7, B + 1, A + 1);
		SAMPLES(&p, rows[i].jit, 7, A + 1, JIT + 1);
		SAMPLES(&p, 20, 8, B + 1);
		examine(&p, rows[i].command);
		f = find(&p, "unnamed-python");
		check((f->n_files == 1) == (rows[i].says != NULL), "is found");
		if (rows[i].says) {
			check_u64(f->samples, 120 + rows[i].jit, "with those of its children");
			check(strstr(f->remedy, rows[i].says) != NULL, f->remedy);
			check_text(f->command, rows[i].again, "command");
		}
		done(&p);
	}
	check_in(NULL);
}

int main(void)
{
	files_are_listed_in_one_finding_by_their_samples();
	the_share_of_the_samples_decides_how_harmful_it_is();
	what_is_lost_is_recorded_with_more_room_or_less_often();
	a_jitdump_of_another_clock_matters_where_it_names_something();
	what_keeps_frame_pointers_elsewhere_does_not_break_chains();
	a_few_chains_prove_nothing();
	interpreters_that_tell_nothing_are_told_how_to();
	return check_done("doctor");
}
