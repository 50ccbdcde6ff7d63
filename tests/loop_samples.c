/*
 * tests/loop_samples.c - the samples that end in CPython's evaluation loop, for suites that hold opcodes against what
 * the registers and the stack say.
 *
 *	loop_samples RECORDING
 *
 * prints a line for each user sample whose address is code of the loop, in the order of the file, with tabs
 * between: TIME, ADDRESS (of the file), OPCODE, FAMILY ("-": none), REGISTERS, STACK.  The registers are NUMBER=VALUE with
 * commas between, as perf numbers them (perf_regs.h), the stack is its first words; all are hexadecimal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/sample.h"
#include "report/debug_info.h"
#include "report/eval_loop.h"
#include "report/opcode_family.h"
#include "report/stacks.h"
#include "tests/unwound.h"

enum { WORDS = 64 };

/* Words of perf.data files of this machine's byte order. */
static uint64_t word_at(const uint8_t *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

static void print_registers(const struct sample *s)
{
	const char *comma = "";
	const uint8_t *at = s->user_regs;

	for (unsigned bit = 0; bit < 64; bit++) {
		if (!(s->user_regs_mask >> bit & 1))
			continue;
		printf("%s%x=%" PRIx64, comma, bit, word_at(at));
		at += sizeof(uint64_t);
		comma = ",";
	}
}

static void print_stack(const struct sample *s)
{
	uint64_t n = s->stack_size / sizeof(uint64_t);

	for (uint64_t i = 0; i < n && i < WORDS; i++)
		printf("%s%" PRIx64, i ? "," : "", word_at(s->stack + 8 * i));
}

/* The debug information at the sample's address; NULL: none, or it is not in a file. */
static struct debug_info *debug_info_at(struct walked *w, const struct sample *s, uint64_t *vaddr)
{
	struct instance_id instance = machine_instance(w->machine, s->pid, s->time);
	struct place place = machine_place(w->machine, instance, s->ip, s->time);
	const struct mapping *m;
	uint64_t start;

	if (!place.mapping.i)
		return NULL;
	m = machine_mapping(w->machine, place.mapping);
	if (stacks_is_jit(m))
		return NULL;
	return objects_debug_info(w->objects, place.mapping, m, s->ip, vaddr, &start);
}

static void print_sample(struct walked *w, struct eval_loops *loops, const struct sample *s)
{
	const char *opcode;
	uint64_t vaddr;
	struct debug_info *d = debug_info_at(w, s, &vaddr);

	if (!d || eval_loops_code(loops, d, vaddr, &opcode) == LOOP_NO_LABELS)
		return;
	printf("%" PRIu64 "\t%" PRIx64 "\t%s\t%s\t", s->time, vaddr, opcode ? opcode : "-",
	       opcode ? opcode_family(opcode) : "-");
	print_registers(s);
	putchar('\t');
	print_stack(s);
	putchar('\n');
}

static void print_samples(struct unwound *u)
{
	struct recording *r = u->w.o.recording;
	struct sample_decoder *d = sample_decoder_new(r);
	struct eval_loops *loops = eval_loops_new();
	struct record_view v;

	recording_rewind(r);
	while (recording_next(r, &v)) {
		struct sample s;
		struct error err;

		if (v.type == RECORD_SAMPLE && sample_decode(d, &v, &s, NULL, &err) && s.user_abi &&
		    (s.misc & MISC_CPUMODE_MASK) == MISC_USER)
			print_sample(&u->w, loops, &s);
	}
	eval_loops_free(loops);
	sample_decoder_free(d);
}

int main(int argc, char **argv)
{
	struct unwound u;

	if (argc != 2) {
		fprintf(stderr, "usage: loop_samples RECORDING\n");
		return 2;
	}
	if (!unwound_open(&u, argv[1], NULL)) {
		fprintf(stderr, "loop_samples: %s: %s\n", argv[1], u.w.o.err.what);
		unwound_done(&u);
		return 1;
	}
	print_samples(&u);
	unwound_done(&u);
	return 0;
}
