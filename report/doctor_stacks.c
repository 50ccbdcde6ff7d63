#include <inttypes.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/memory.h"
#include "report/chain_ends.h"
#include "report/doctor_parts.h"
#include "report/label.h"

enum { ENOUGH = 10 }; /* broken chains, to speak of how a file was built */

static const char *with_call_graph(const struct examination *x, const char *mode)
{
	return examination_again(x, &(struct record_changes){ .call_graph = mode });
}

/* ---- chains that the kernel made by frame pointers ---- */

static const char *place(const struct broken_in *in)
{
	return *in->object ? in->object : "code without a mapping";
}

/* The file without frame pointers that most chains end in; NULL: nothing proves one. */
static const struct broken_in *breaker(const struct chain_ends *ends)
{
	for (size_t i = 0; i < ends->n_objects; i++)
		if (*ends->objects[i].object && !ends->objects[i].keeps_pointers &&
		    ends->objects[i].samples >= ENOUGH)
			return &ends->objects[i];
	return NULL;
}

static void add_places(struct finding *f, const struct chain_ends *ends)
{
	f->files = mem_calloc(ends->n_objects, sizeof(*f->files));
	for (size_t i = 0; i < ends->n_objects; i++)
		f->files[f->n_files++] = (struct finding_file){
			.name = place(&ends->objects[i]),
			.evidence =
				ends->objects[i].keeps_pointers
					? "it keeps frame pointers; what called it does not, or it "
					  "had not made its frame yet"
					: "",
			.samples = ends->objects[i].samples,
		};
}

/* Chains that end in the middle. */
static void examine_broken(struct examination *x, const struct chain_ends *ends)
{
	const struct broken_in *in = breaker(ends);
	struct finding f = { .kind = "broken-chains", .samples = ends->broken };
	const char *missing =
		examination_has_python(x)
			? "outer Python functions are missing, their totals are too small"
			: "callers are missing, totals are too small";

	if (!ends->broken)
		return;
	add_places(&f, ends);
	f.harm = examination_harm(x, f.samples, HARM_SERIOUS);
	f.title = in ? examination_text(x, "call chains break in %s", in->object)
		     : "call chains break";
	f.evidence = examination_text(x, "%s end before the start of their thread%s%s",
				      examination_numbers(x, ends->broken),
				      ends->n_objects == 1 ? ", in " : "",
				      ends->n_objects == 1 ? place(&ends->objects[0]) : "");
	f.consequence =
		in ? examination_text(x,
				      "%s: %s seems to be built without frame pointers, which "
				      "--call-graph fp needs",
				      missing, label_base(in->object))
		   : examination_text(x,
				      "%s; some code has no frame pointers, or was sampled where a "
				      "function had not made its frame yet",
				      missing);
	f.remedy = "record copies of the stacks";
	f.command = with_call_graph(x, "dwarf,16384");
	examination_add(x, &f);
}

/* Chains that are longer than the kernel records. */
static void examine_cut(struct examination *x, const struct chain_ends *ends)
{
	struct finding f = { .kind = "chains-cut", .samples = ends->cut };

	if (!ends->cut)
		return;
	f.harm = examination_harm(x, ends->cut, HARM_SERIOUS);
	f.title = "call chains are longer than the kernel records";
	f.evidence = examination_text(
		x, "%s have as many frames as kernel.perf_event_max_stack allows (%" PRIu64 ")",
		examination_numbers(x, ends->cut), ends->limit);
	f.consequence = "the outermost functions are missing in them, their totals are too small";
	f.remedy = "sysctl kernel.perf_event_max_stack=1023, then record again";
	examination_add(x, &f);
}

static void examine_no_stacks(struct examination *x)
{
	const uint64_t *stacks = x->in->collected->stacks;
	uint64_t any = 0;

	for (int i = 0; i < STACK_ENDS; i++)
		any += stacks[i];
	if (any || !x->d->samples)
		return;
	examination_add(x, &(struct finding){
				   .kind = "no-call-chains",
				   .harm = HARM_ADVICE,
				   .samples = x->d->samples,
				   .title = "the recording has no call chains",
				   .evidence = "no sample has one",
				   .consequence = "totals, callers and callees cannot be told, nor "
						  "Python functions",
				   .remedy = "record copies of the stacks",
				   .command = with_call_graph(x, "dwarf,16384"),
			   });
}

void examine_chains(struct examination *x)
{
	struct chain_ends ends;

	examine_no_stacks(x);
	if (!x->in->collected->stacks[STACK_RECORDED])
		return;
	chain_ends_count(&ends, x->in->events, x->in->collected, x->in->functions, x->in->frames);
	examine_broken(x, &ends);
	examine_cut(x, &ends);
	chain_ends_done(&ends);
}

/* ---- copies of stacks ---- */

enum { LARGEST_COPY = 65528, ALMOST_LARGEST = 65000, LARGE_COPY = 32768, USUAL_COPY = 16384 };

void examine_copies(struct examination *x)
{
	uint64_t cut = x->in->collected->stacks[STACK_COPY_TOO_SHORT];
	uint32_t size = 0;
	struct finding f = { .kind = "stack-copies-too-short", .samples = cut };

	for (size_t e = 0; e < x->in->collected->tree->n_events; e++)
		if (x->in->events[e].attr->sample_stack_user > size)
			size = x->in->events[e].attr->sample_stack_user;
	if (!cut || !size)
		return;
	f.harm = examination_harm(x, cut, HARM_SERIOUS);
	f.title = examination_text(x, "copies of %" PRIu32 " bytes are too small for these stacks",
				   size);
	f.evidence =
		examination_text(x, "%s are deeper than their copy", examination_numbers(x, cut));
	f.consequence = "their outer functions are missing, totals are too small";
	if (size >= ALMOST_LARGEST) {
		f.remedy =
			"no larger copy can be recorded; where the program has frame pointers: --call-graph fp";
	} else {
		f.remedy = "record larger copies";
		f.command = with_call_graph(x, examination_text(x, "dwarf,%d",
								size < USUAL_COPY ? LARGE_COPY
										  : LARGEST_COPY));
	}
	examination_add(x, &f);
}
