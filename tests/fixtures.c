/*
 * tests/fixtures.c - write the recordings that script suites want at test time.
 *
 * usage: fixtures recursion|memory|events|opcodes|placeless FILE [VARIANT]
 *
 * recursion: two events; Python and JIT functions that call each other and themselves at random; their names
 * are in a perf map beside FILE.
 * memory: the same, but the samples are accesses to memory as `perf mem record` takes them, of every kind of data
 * source, by several threads of two processes.
 * opcodes: two events; a Python function in an interpreter whose opcodes are functions, in elf/ beside FILE, and its source.
 * events: VARIANT events of one thread, the n-th of which has 1 + n % 3 samples; with 1 there is one of everything.
 * placeless: a profile file that does not keep where in the code its samples are.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "report/profile_file.h"
#include "tests/make_elf.h"
#include "tests/make_folio.h"
#include "tests/make_profile.h"
#include "tests/memory_sources.h"
#include "tests/scene.h"

enum { PID = 4300101, OTHER_PID, FUNCTIONS = 14, PYTHON = 9, CODE = 0x40, SAMPLES = 600 };

static const uint64_t code_start = 0x10000;

/* perf-PID.map in the folder of `file`. */
static bool write_map(const char *file, int pid)
{
	const char *slash = strrchr(file, '/');
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%.*sperf-%d.map", slash ? (int)(slash + 1 - file) : 0, file,
		 pid);
	f = fopen(path, "we");
	if (!f)
		return false;
	for (unsigned i = 0; i < FUNCTIONS; i++) {
		fprintf(f, "%" PRIx64 " %x ", code_start + i * CODE, (unsigned)CODE);
		if (i < PYTHON)
			fprintf(f, "py::Calls.f%u:/srv/app/calls%u.py\n", i, i % 2);
		else
			fprintf(f, "jit_f%u\n", i);
	}
	return fclose(f) == 0;
}

static const struct shape shape = {
	.functions = FUNCTIONS, .stacks = SAMPLES, .deepest = 25, .events = 2
};

/* The addresses of a stack, leaf first; their number. */
static size_t addresses_of(const struct stack *stack, uint64_t addresses[DEEPEST])
{
	size_t depth = stack->depth;

	if (!depth) { /* somewhere outside of any mapping */
		addresses[0] = 8;
		return 1;
	}
	for (size_t d = 0; d < depth; d++)
		addresses[d] = code_start + stack->frames[depth - 1 - d] * CODE + 8;
	return depth;
}

static void put_samples(struct scene *s)
{
	struct stack *stacks = random_stacks(&shape, 14);

	for (size_t i = 0; i < SAMPLES; i++) {
		uint64_t addresses[DEEPEST];
		size_t depth = addresses_of(&stacks[i], addresses);

		s->event = stacks[i].event;
		s->weight = 1 + stacks[i].cost.weight;
		scene_sample(s, 100 + i, PID, PID, addresses, depth);
	}
	free(stacks);
}

static bool write_recursion(const char *file, unsigned variant)
{
	struct scene s;
	bool ok;

	(void)variant;
	scene_init(&s);
	scene_add_event(&s, "page-faults");
	s.events[1].attr.config = 2; /* PERF_COUNT_SW_PAGE_FAULTS */
	scene_begin(&s);
	scene_comm(&s, 1, PID, PID, "recursion");
	scene_jit(&s, 2, PID, code_start);
	put_samples(&s);
	scene_end(&s);
	ok = image_write(&s.img, file) && write_map(file, PID);
	scene_free(&s);
	return ok;
}

/* ---- accesses to memory ---- */

static void set_memory_event(struct image_event *e, uint64_t config, const char *name)
{
	e->name = name;
	e->attr.type = TYPE_RAW;
	e->attr.config = config;
	e->attr.flags = ATTR_SAMPLE_ID_ALL; /* a period, not a frequency */
	e->attr.sample_period = 1000;
	e->attr.sample_type |= SAMPLE_ADDR | SAMPLE_DATA_SRC | SAMPLE_WEIGHT_STRUCT;
}

/* The data sources in turn, less those that are no access. */
static uint64_t data_source(size_t i)
{
	for (;; i++) {
		const struct memory_source_case *c =
			&memory_source_cases[i % n_memory_source_cases];

		if (c->op != DATA_OP_NONE)
			return c->value;
	}
}

static void put_access(struct scene *s, size_t i, const struct stack *stack, unsigned variant)
{
	uint32_t pid = i % 5 ? PID : OTHER_PID;
	uint64_t chain[DEEPEST + 1] = { CONTEXT_USER };
	size_t depth = addresses_of(stack, chain + 1);

	image_sample(&s->img, &(struct image_sample){
				      .event = stack->event,
				      .misc = MISC_USER,
				      .id = s->events[stack->event].ids[0],
				      .ip = chain[1],
				      .pid = pid,
				      .tid = pid + 10 * (uint32_t)(i % 3),
				      .time = 1000000 + 1000 * i,
				      .cpu = (uint32_t)(i % 4),
				      .period = 1000,
				      .addr = 0x7fff00000000 + i % (77 + variant) * 8,
				      .chain = chain,
				      .n_chain = depth + 1,
				      .weight = i % 7 * (30 + variant * i % 11),
				      .weight2 = (uint16_t)(400 + variant),
				      .data_src = data_source(i + 5 * variant),
			      });
}

/* Variants differ in stacks, addresses, latencies and number of samples; from 2 on, in an event. */
static bool write_memory(const char *file, unsigned variant)
{
	struct stack *stacks = random_stacks(&shape, 15 + variant);
	size_t n = SAMPLES - variant % 8 * 50;
	struct scene s;
	bool ok;

	scene_init(&s);
	scene_add_event(&s, "");
	set_memory_event(&s.events[0], 0x1cd, "cpu/mem-loads,ldlat=30/P");
	if (variant < 2)
		set_memory_event(&s.events[1], 0x82d0, "cpu/mem-stores/P");
	else
		set_memory_event(&s.events[1], 0x81d0, "cpu/all-loads/P");
	scene_begin(&s);
	for (uint32_t pid = PID; pid <= OTHER_PID; pid++) {
		scene_comm(&s, 1, pid, pid, pid == PID ? "first" : "second");
		for (uint32_t thread = 1; thread < 3; thread++) {
			scene_thread(&s, 2, pid, pid + 10 * thread);
			scene_comm(&s, 3, pid, pid + 10 * thread, "wor,\"ker");
		}
		scene_jit(&s, 4, pid, code_start);
	}
	for (size_t i = 0; i < n; i++)
		put_access(&s, i, &stacks[i], variant);
	scene_end(&s);
	ok = image_write(&s.img, file) && write_map(file, PID) && write_map(file, OTHER_PID);
	scene_free(&s);
	free(stacks);
	return ok;
}

/* ---- many events, or one of everything ---- */

static void put_event_samples(struct scene *s, const struct image_event *events, size_t e)
{
	uint64_t leaf = code_start + e * 5 % FUNCTIONS * CODE;
	const uint64_t chain[] = { CONTEXT_USER, leaf + 8, code_start + 8 };

	for (size_t i = 0; i < 1 + e % 3; i++)
		image_sample(&s->img, &(struct image_sample){
					      .event = e,
					      .misc = MISC_USER,
					      .id = events[e].ids[0],
					      .ip = leaf + 8,
					      .pid = PID,
					      .tid = PID,
					      .time = 1000000 + 1500000 * e,
					      .period = 1000,
					      .chain = chain,
					      .n_chain = e ? 3 : 2,
				      });
}

static bool write_events(const char *file, unsigned variant)
{
	enum { NAME = 20 };
	struct image_event *events = mem_calloc(variant, sizeof(*events));
	char(*names)[NAME] = mem_calloc(variant, sizeof(*names));
	struct scene s;
	bool ok;

	scene_init(&s);
	for (unsigned e = 0; e < variant; e++) {
		snprintf(names[e], NAME, "event-%u", e);
		events[e] = s.events[0];
		events[e].name = names[e];
		events[e].ids[0] = 1000 + e;
		events[e].attr.type = TYPE_RAW;
		events[e].attr.config = e;
		events[e].attr.flags = ATTR_SAMPLE_ID_ALL;
		events[e].attr.sample_period = 1000;
	}
	s.options.events = events;
	s.options.n_events = variant;
	s.events[0].ids[0] = events[0].ids[0];
	scene_begin(&s);
	scene_comm(&s, 1, PID, PID, "events");
	scene_jit(&s, 2, PID, code_start);
	for (unsigned e = 0; e < variant; e++)
		put_event_samples(&s, events, e);
	scene_end(&s);
	ok = image_write(&s.img, file) && write_map(file, PID);
	scene_free(&s);
	free(names);
	free(events);
	return ok;
}

/* ---- opcodes ---- */

enum { HANDLER = 0x80, ELF_X86_64 = 62, TRAMPOLINE = 0x16 };

/* Functions of the interpreter, one behind the other from ELF_TEXT on. */
static const char *const handlers[] = {
	"_PyEval_EvalFrameDefault",
	"_TAIL_CALL_BINARY_OP_ADD_INT",
	"_TAIL_CALL_LOAD_FAST_BORROW",
	"_TAIL_CALL_CALL_LEN",
	"_TAIL_CALL_FOR_ITER_LIST",
	"_TAIL_CALL_STORE_FAST",
	"_TAIL_CALL_error",
	"_PyLong_Add",
};
enum { LOOP, ADD, LOAD, LEN, FOR, STORE, ERROR, LONG };

static uint64_t code_of(unsigned handler, unsigned offset)
{
	return ELF_TEXT + handler * HANDLER + offset;
}

static bool write_text(const char *folder, const char *name, const char *text)
{
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "we");
	if (!f)
		return false;
	fputs(text, f);
	return fclose(f) == 0;
}

static bool write_interpreter(const char *folder)
{
	struct elf_image e;
	char path[4200];
	bool ok;

	elf_image_begin(&e, ELF_X86_64);
	for (unsigned i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		elf_image_symbol(&e, handlers[i], code_of(i, 0), HANDLER);
	elf_image_end(&e);
	snprintf(path, sizeof(path), "%s/elf/python3.15", folder);
	ok = elf_image_write(&e, path);
	elf_image_free(&e);
	return ok;
}

static void put_opcode_samples(struct scene *s)
{
	const uint64_t f = code_start + TRAMPOLINE, caller = f + CODE;
	uint64_t time = 10;

	for (unsigned i = 0; i < 40;
	     i++) { /* many of one opcode, what others call, and code of none */
		SCENE_SAMPLE(s, time++, PID, code_of(LOAD, i), f, code_of(LOOP, 8), caller);
		if (i % 2)
			SCENE_SAMPLE(s, time++, PID, code_of(ADD, i), f);
		if (i % 3 == 0)
			SCENE_SAMPLE(s, time++, PID, code_of(LONG, i), code_of(ADD, 9), f);
		if (i % 5 == 0)
			SCENE_SAMPLE(s, time++, PID, code_of(LEN, i), code_of(LOOP, 4), f);
		if (i % 8 == 0)
			SCENE_SAMPLE(s, time++, PID, code_of(FOR, i), f);
		if (i % 10 == 0)
			SCENE_SAMPLE(s, time++, PID, code_of(ERROR, i), f);
	}
	SCENE_SAMPLE(s, time++, PID, f); /* not in the loop yet */
	s->event = 1;
	SCENE_SAMPLE(s, time++, PID, code_of(STORE, 3), f);
	SCENE_SAMPLE(s, time++, PID, code_of(LONG, 3), code_of(LEN, 9), f);
}

static bool write_opcodes(const char *file, unsigned variant)
{
	const char *slash = strrchr(file, '/');
	char folder[4096], path[4200];
	struct scene s;
	bool ok;

	(void)variant;
	snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - file) : 1,
		 slash ? file : ".");
	snprintf(path, sizeof(path), "%s/elf", folder);
	mkdir(path, 0777);
	snprintf(path, sizeof(path), "%s/src", folder);
	mkdir(path, 0777);
	scene_init(&s);
	scene_add_event(&s, "page-faults");
	scene_begin(&s);
	image_mmap2(&s.img, &(struct image_mmap){ .misc = 2,
						  .pid = PID,
						  .tid = PID,
						  .addr = ELF_TEXT,
						  .len = ELF_TEXT_SIZE,
						  .pgoff = ELF_TEXT,
						  .prot = 5,
						  .filename = "/python3.15" });
	scene_jit(&s, 1, PID, code_start);
	put_opcode_samples(&s);
	scene_end(&s);
	ok = image_write(&s.img, file) && write_interpreter(folder) && write_map(file, PID) &&
	     write_text(folder, "src/calls0.py",
			"class Calls:\n"
			"    def f0(self, items):\n"
			"        total = 0\n"
			"        for i in items:\n"
			"            total = total + len(i)\n"
			"        return total\n");
	scene_free(&s);
	return ok;
}

static bool write_placeless(const char *file, unsigned variant)
{
	struct texts *texts = texts_new();
	struct folio *f = NULL;
	uint8_t *bytes;
	size_t len;
	FILE *out;
	bool ok;

	for (; !f || f->sources[0].positions; variant++) {
		folio_free(f);
		f = make_folio(texts, variant, ALL_KEYS, 20);
	}
	bytes = profile_file_write(f, &len);
	out = fopen(file, "wbe");
	ok = out && fwrite(bytes, 1, len, out) == len;
	ok = out && fclose(out) == 0 && ok;
	free(bytes);
	folio_free(f);
	texts_free(texts);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		bool (*write)(const char *file, unsigned variant);
	} fixtures[] = { { "recursion", write_recursion },
			 { "memory", write_memory },
			 { "events", write_events },
			 { "opcodes", write_opcodes },
			 { "placeless", write_placeless } };

	unsigned variant = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0;

	for (size_t i = 0; argc >= 3 && i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
		if (strcmp(argv[1], fixtures[i].name) != 0)
			continue;
		if (fixtures[i].write(argv[2], variant))
			return 0;
		perror(argv[2]);
		return 1;
	}
	fprintf(stderr,
		"usage: fixtures recursion|memory|events|opcodes|placeless FILE [VARIANT]\n");
	return 2;
}
