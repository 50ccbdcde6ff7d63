/*
 * tests/chains.c - the chain of each sample of a recording, for suites that compare them one by one.
 *
 *	chains RECORDING
 *
 * prints a line for each sample, in the order of the file: PID/TID, TIME, END, ADDRESS... with tabs between them.
 * END is how its stack ended ("-": it has none); the addresses are those that are looked up (of callers
 * the return address less 1), hexadecimal, innermost first; behind those of JIT code stands its name.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/sample.h"
#include "report/stacks.h"
#include "report/whole_chain.h"
#include "tests/unwound.h"

/* What the sample before had, of each kind. */
static const char *newest_end(const uint64_t *ends, uint64_t before[STACK_ENDS])
{
	const char *name = "-";

	for (int end = 0; end < STACK_ENDS; end++) {
		if (ends[end] != before[end])
			name = stack_end_name((enum stack_end)end);
		before[end] = ends[end];
	}
	return name;
}

static void print_frame(struct unwound *u, const struct sample *s, uint64_t addr)
{
	struct walked *w = &u->w;
	struct instance_id instance = machine_instance(w->machine, s->pid, s->time);
	struct place place = machine_place(w->machine, instance, addr, s->time);
	struct jit_code code;

	printf("\t%" PRIx64, addr);
	if (!place.mapping.i || !stacks_is_jit(machine_mapping(w->machine, place.mapping)))
		return;
	code = jitmaps_find(w->jitmaps, instance, machine_mapping(w->machine, place.mapping), addr,
			    s->time);
	if (code.id)
		printf(" %s", jitmaps_name(w->jitmaps, code.id));
}

static void print_chain(struct unwound *u, const struct sample *s)
{
	bool exact = true;

	if (!s->chain_nr)
		print_frame(u, s, s->ip);
	for (uint64_t i = 0; i < s->chain_nr; i++) {
		uint64_t v;

		memcpy(&v, s->chain + 8 * i, sizeof(v));
		if (v < CONTEXT_MAX)
			print_frame(u, s, v - !exact);
		exact = v >= CONTEXT_MAX;
	}
	putchar('\n');
}

static void print_samples(struct unwound *u)
{
	struct recording *r = u->w.o.recording;
	struct sample_decoder *d = sample_decoder_new(r);
	struct whole_chains *chains =
		whole_chains_new(r, u->unwinder, NULL, u->w.o.texts, u->w.o.diag);
	uint64_t before[STACK_ENDS] = { 0 };
	struct record_view v;

	recording_rewind(r);
	while (recording_next(r, &v)) {
		struct sample s;
		struct error err;

		if (v.type != RECORD_SAMPLE || !sample_decode(d, &v, &s, NULL, &err))
			continue;
		whole_chain(chains, &s, machine_instance(u->w.machine, s.pid, s.time), s.time);
		printf("%" PRId32 "/%" PRId32 "\t%" PRIu64 "\t%s", (int32_t)s.pid, (int32_t)s.tid,
		       s.time, newest_end(whole_chains_ends(chains), before));
		print_chain(u, &s);
	}
	whole_chains_free(chains);
	sample_decoder_free(d);
}

int main(int argc, char **argv)
{
	struct unwound u;

	if (argc != 2) {
		fprintf(stderr, "usage: chains RECORDING\n");
		return 2;
	}
	if (!unwound_open(&u, argv[1], NULL)) {
		fprintf(stderr, "chains: %s: %s\n", argv[1], u.w.o.err.what);
		unwound_done(&u);
		return 1;
	}
	print_samples(&u);
	unwound_done(&u);
	return 0;
}
