/*
 * tests/unit/sample.c - SAMPLE records of every layout (parser/sample.h): what the writer wrote
 * is what the decoder reads.
 */
#include "parser/sample.h"

#include <string.h>

#include "parser/recording.h"
#include "tests/check.h"
#include "tests/image.h"
#include "tests/opened.h"

/* ---- a deterministic generator of layouts and samples ---- */

static uint64_t state;

static uint64_t draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

enum { MOST = 6 };

/* A sample and all that it points at. */
struct drawn {
	struct image_sample s;
	struct image_read_value reads[MOST];
	uint64_t chain[MOST];
	struct image_branch branches[MOST];
	uint64_t user_regs[64], intr_regs[64];
	uint8_t bytes[64];
};

static void fill(void *p, size_t n)
{
	uint8_t *b = p;

	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)draw();
}

static struct attr draw_layout(uint64_t sample_type)
{
	struct attr a = { .type = TYPE_SOFTWARE, .sample_type = sample_type };

	if (a.sample_type & SAMPLE_WEIGHT) /* the kernel refuses both */
		a.sample_type &= ~(uint64_t)SAMPLE_WEIGHT_STRUCT;
	a.read_format = draw() % 32;
	a.branch_sample_type = draw() & (BRANCH_HW_INDEX | BRANCH_COUNTERS | BRANCH_CALL_STACK);
	a.sample_regs_user = draw() & draw();
	a.sample_regs_intr = draw() & draw();
	return a;
}

static void draw_sample(struct drawn *d)
{
	fill(d, sizeof(*d));
	d->s = (struct image_sample){
		.misc = (uint16_t)(draw() % 6),
		.id = draw(),
		.ip = draw(),
		.pid = (uint32_t)draw(),
		.tid = (uint32_t)draw(),
		.time = draw(),
		.addr = draw(),
		.stream_id = draw(),
		.cpu = (uint32_t)draw(),
		.period = draw(),
		.time_enabled = draw(),
		.time_running = draw(),
		.reads = d->reads,
		.n_reads = 1 + draw() % MOST,
		.chain = d->chain,
		.n_chain = draw() % (MOST + 1),
		.raw = d->bytes,
		.raw_size = (uint32_t)(draw() % 30),
		.branches = d->branches,
		.n_branches = draw() % (MOST + 1),
		.branch_hw_index = draw(),
		.user_abi = draw() % 3,
		.user_regs = d->user_regs,
		.stack = d->bytes,
		.stack_size = draw() % 8 * 8,
		.weight = draw(),
		.weight2 = (uint16_t)draw(),
		.weight3 = (uint16_t)draw(),
		.data_src = draw(),
		.transaction = draw(),
		.intr_abi = draw() % 3,
		.intr_regs = d->intr_regs,
		.phys_addr = draw(),
		.cgroup = draw(),
		.data_page_size = draw(),
		.code_page_size = draw(),
		.aux = d->bytes,
		.aux_size = draw() % 8 * 8,
	};
	d->s.stack_dyn_size = d->s.stack_size ? draw() % (d->s.stack_size + 9) : 0;
}

/* ---- comparing ---- */

static uint64_t number_at(const uint8_t *p, bool big_endian)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++)
		v |= (uint64_t)p[i] << 8 * (big_endian ? 7 - i : i);
	return v;
}

static uint64_t host_number_at(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static void check_head(const struct sample *s, const struct attr *a, const struct image_sample *w)
{
	uint64_t type = a->sample_type;

	check_u64(s->misc, w->misc, "misc");
	check_u64(s->type, type, "type");
	check_u64(s->ip, type & SAMPLE_IP ? w->ip : 0, "ip");
	check_u64(s->pid, type & SAMPLE_TID ? w->pid : UINT32_MAX, "pid");
	check_u64(s->tid, type & SAMPLE_TID ? w->tid : UINT32_MAX, "tid");
	check_u64(s->time, type & SAMPLE_TIME ? w->time : 0, "time");
	check_u64(s->addr, type & SAMPLE_ADDR ? w->addr : 0, "addr");
	check_u64(s->id, type & (SAMPLE_ID | SAMPLE_IDENTIFIER) ? w->id : 0, "id");
	check_u64(s->stream_id, type & SAMPLE_STREAM_ID ? w->stream_id : 0, "stream_id");
	check_u64(s->cpu, type & SAMPLE_CPU ? w->cpu : 0, "cpu");
	check_u64(s->period, type & SAMPLE_PERIOD ? w->period : 0, "period");
}

static void check_read(const struct sample_decoder *d, const struct sample *s, const struct attr *a,
		       const struct image_sample *w)
{
	uint64_t n = a->read_format & FORMAT_GROUP ? w->n_reads : 1;

	if (!(a->sample_type & SAMPLE_READ)) {
		check(s->read_nr == 0 && !s->read_values, "no values");
		return;
	}
	check_u64(s->read_nr, n, "number of values");
	for (uint64_t i = 0; i < n && i < s->read_nr; i++) {
		struct read_value v = sample_read_value(d, s, i);

		check_u64(v.value, w->reads[i].value, "value");
		check_u64(v.id, a->read_format & FORMAT_ID ? w->reads[i].id : s->id,
			  "id of a value");
		check_u64(v.lost, a->read_format & FORMAT_LOST ? w->reads[i].lost : 0,
			  "lost of a value");
	}
}

static void check_chain_and_raw(const struct sample *s, const struct attr *a,
				const struct image_sample *w)
{
	bool chain = a->sample_type & SAMPLE_CALLCHAIN, raw = a->sample_type & SAMPLE_RAW;

	check_u64(s->chain_nr, chain ? w->n_chain : 0, "length of the chain");
	for (uint64_t i = 0; i < s->chain_nr; i++)
		check_u64(host_number_at(s->chain + 8 * i), w->chain[i], "chain");
	check_u64(s->raw_size, raw ? (w->raw_size + 4 + 7) / 8 * 8 - 4 : 0, "size of raw");
	check(!raw || memcmp(s->raw, w->raw, w->raw_size) == 0, "raw");
}

static void check_branches_regs_stack(const struct sample *s, const struct attr *a,
				      const struct image_sample *w, bool big_endian)
{
	uint64_t type = a->sample_type;
	uint64_t stack = w->stack_dyn_size < w->stack_size ? w->stack_dyn_size : w->stack_size;
	unsigned regs = (unsigned)__builtin_popcountll(a->sample_regs_user);

	check_u64(s->branch_nr, type & SAMPLE_BRANCH_STACK ? w->n_branches : 0, "branches");
	for (uint64_t i = 0; i < s->branch_nr; i++) {
		check_u64(number_at(s->branches + 24 * i, big_endian), w->branches[i].from, "from");
		check_u64(number_at(s->branches + 24 * i + 8, big_endian), w->branches[i].to, "to");
	}
	if (type & SAMPLE_REGS_USER) {
		check_u64(s->user_abi, w->user_abi, "user abi");
		check_u64(s->user_regs_mask, a->sample_regs_user, "mask of the registers");
		for (unsigned i = 0; s->user_abi && i < regs; i++)
			check_u64(number_at(s->user_regs + 8 * (size_t)i, big_endian),
				  w->user_regs[i], "register");
	}
	check_u64(s->stack_size, type & SAMPLE_STACK_USER ? stack : 0, "valid bytes of the stack");
	check(!s->stack_size || memcmp(s->stack, w->stack, s->stack_size) == 0, "stack");
}

static void check_tail(const struct sample *s, const struct attr *a, const struct image_sample *w)
{
	uint64_t type = a->sample_type;
	bool three = type & SAMPLE_WEIGHT_STRUCT;
	uint64_t weight = three ? w->weight & UINT32_MAX : type & SAMPLE_WEIGHT ? w->weight : 0;

	check_u64(s->weight, weight, "weight");
	check_u64(s->weight2, three ? w->weight2 : 0, "second weight");
	check_u64(s->weight3, three ? w->weight3 : 0, "third weight");
	check_u64(s->data_src, type & SAMPLE_DATA_SRC ? w->data_src : 0, "data_src");
	check_u64(s->transaction, type & SAMPLE_TRANSACTION ? w->transaction : 0, "transaction");
	check_u64(s->phys_addr, type & SAMPLE_PHYS_ADDR ? w->phys_addr : 0, "phys_addr");
	check_u64(s->cgroup, type & SAMPLE_CGROUP ? w->cgroup : 0, "cgroup");
	check_u64(s->data_page_size, type & SAMPLE_DATA_PAGE_SIZE ? w->data_page_size : 0,
		  "data_page_size");
	check_u64(s->code_page_size, type & SAMPLE_CODE_PAGE_SIZE ? w->code_page_size : 0,
		  "code_page_size");
}

/* Cut anywhere, a sample is refused: every byte of it belongs to a field. */
static void check_cuts(struct sample_decoder *d, const struct record_view *v)
{
	struct record_view cut = *v;
	struct sample s;
	struct error err;
	bool refused = true;

	for (cut.len = 0; cut.len < v->len; cut.len++)
		refused &= !sample_decode(d, &cut, &s, NULL, &err) && err.has_offset;
	check(refused, "cut anywhere it is refused");
}

/* Write samples of one layout, read them again. */
static void round_trip(const struct attr *a, bool big_endian)
{
	struct image_event event = { .attr = *a, .ids = { 1 }, .n_ids = 1 };
	struct image_options options = { .big_endian = big_endian,
					 .events = &event,
					 .n_events = 1 };
	struct drawn drawn[3];
	struct image img;
	struct opened o;
	struct sample_decoder *d;
	struct record_view v;
	size_t n = 0;

	image_begin(&img, &options);
	for (size_t i = 0; i < 3; i++) {
		draw_sample(&drawn[i]);
		image_sample(&img, &drawn[i].s);
	}
	image_end(&img);
	check(open_image(&o, &img), "opened");
	d = sample_decoder_new(o.recording);
	for (; n < 3 && recording_next(o.recording, &v); n++) {
		struct error err = { 0 };
		struct sample s = { .event = -1 };

		check(sample_decode(d, &v, &s, NULL, &err), "decoded");
		check_text(err.what, "", "error");
		check(s.event == 0, "the only event's");
		check_head(&s, a, &drawn[n].s);
		check_read(d, &s, a, &drawn[n].s);
		check_chain_and_raw(&s, a, &drawn[n].s);
		check_branches_regs_stack(&s, a, &drawn[n].s, big_endian);
		check_tail(&s, a, &drawn[n].s);
		if (n == 0)
			check_cuts(d, &v);
	}
	check_u64(n, 3, "samples");
	sample_decoder_free(d);
	open_done(&o);
	image_free(&img);
}

static void each_field_alone_is_read(void)
{
	state = 1;
	for (unsigned bit = 0; bit < 25; bit++) {
		struct attr a = draw_layout(UINT64_C(1) << bit);

		round_trip(&a, false);
		round_trip(&a, true);
	}
}

static void all_fields_but_one_are_read(void)
{
	state = 2;
	for (unsigned bit = 0; bit < 26; bit++) {
		struct attr a = draw_layout(SAMPLE_KNOWN_BITS & ~(UINT64_C(1) << bit));

		round_trip(&a, false);
		round_trip(&a, true);
	}
}

static void random_combinations_are_read(void)
{
	state = 3;
	for (unsigned i = 0; i < 1000; i++) {
		struct attr a = draw_layout(draw() & SAMPLE_KNOWN_BITS);

		round_trip(&a, i % 2);
	}
}

static void every_read_format_is_read(void)
{
	state = 4;
	for (uint64_t format = 0; format < 32; format++) {
		struct attr a = { .sample_type = SAMPLE_ID | SAMPLE_READ | SAMPLE_PERIOD,
				  .read_format = format };

		round_trip(&a, false);
		round_trip(&a, true);
	}
}

/* ---- which event ---- */

static struct image_event event_of(uint64_t sample_type, uint64_t id)
{
	return (struct image_event){ .attr = { .type = TYPE_SOFTWARE, .sample_type = sample_type },
				     .ids = { id },
				     .n_ids = 1 };
}

static int decoded_event(struct opened *o, size_t n, struct sample *s, struct error *err)
{
	struct sample_decoder *d = sample_decoder_new(o->recording);
	struct record_view v;
	bool ok = opened_record(o, RECORD_SAMPLE, n, &v) && sample_decode(d, &v, s, NULL, err);

	sample_decoder_free(d);
	return ok ? s->event : -2;
}

static void events_with_layouts_of_their_own_are_told_apart_by_identifier(void)
{
	struct image_event events[3] = {
		event_of(SAMPLE_IDENTIFIER | SAMPLE_IP, 10),
		event_of(SAMPLE_IDENTIFIER | SAMPLE_TIME | SAMPLE_CALLCHAIN, 20),
		event_of(SAMPLE_IDENTIFIER | SAMPLE_TID | SAMPLE_PERIOD, 30),
	};

	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct image_options options = { .big_endian = big_endian,
						 .events = events,
						 .n_events = 3 };
		struct image img;
		struct opened o;
		struct sample s;
		struct error err;

		image_begin(&img, &options);
		image_sample(&img,
			     &(struct image_sample){ .event = 2, .id = 30, .tid = 7, .period = 9 });
		image_sample(&img, &(struct image_sample){ .event = 0, .id = 10, .ip = 0x400000 });
		image_sample(&img, &(struct image_sample){ .event = 1,
							   .id = 20,
							   .time = 5,
							   .chain = (uint64_t[]){ 1, 2 },
							   .n_chain = 2 });
		image_sample(&img, &(struct image_sample){ .event = 0, .id = 40, .ip = 0x400000 });
		image_sample(&img, &(struct image_sample){ .event = 0, .id = 0, .ip = 0x400000 });
		image_end(&img);
		check(open_image(&o, &img), big_endian ? "big" : "little");
		check(decoded_event(&o, 0, &s, &err) == 2 && s.tid == 7 && s.period == 9,
		      "the third");
		check(decoded_event(&o, 1, &s, &err) == 0 && s.ip == 0x400000, "the first");
		check(decoded_event(&o, 2, &s, &err) == 1 && s.time == 5 && s.chain_nr == 2,
		      "the second");
		check(decoded_event(&o, 3, &s, &err) == -2 && strstr(err.what, "layout"),
		      "nobody's: its layout is not known");
		check(decoded_event(&o, 4, &s, &err) == 0, "id 0 is the first's");
		open_done(&o);
		image_free(&img);
	}
}

static void without_identifier_the_id_stands_behind_what_comes_before_it(void)
{
	static const struct {
		const char *label;
		uint64_t type;
	} rows[] = {
		{ "alone", SAMPLE_ID },
		{ "behind IP", SAMPLE_ID | SAMPLE_IP },
		{ "behind TID and TIME", SAMPLE_ID | SAMPLE_TID | SAMPLE_TIME },
		{ "behind all four",
		  SAMPLE_ID | SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME | SAMPLE_ADDR },
		{ "before the others", SAMPLE_ID | SAMPLE_STREAM_ID | SAMPLE_CPU | SAMPLE_PERIOD },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image_event events[2] = { event_of(rows[i].type, 10),
						 event_of(rows[i].type, 20) };
		struct image_options options = { .events = events, .n_events = 2 };
		struct image img;
		struct opened o;
		struct sample s;
		struct error err;

		check_in(rows[i].label);
		image_begin(&img, &options);
		image_sample(&img,
			     &(struct image_sample){
				     .event = 1, .id = 20, .ip = 10, .time = 10, .addr = 10 });
		image_sample(&img,
			     &(struct image_sample){
				     .event = 0, .id = 10, .ip = 20, .time = 20, .addr = 20 });
		image_sample(&img, &(struct image_sample){ .event = 0, .id = 30 });
		image_end(&img);
		check(open_image(&o, &img), "opened");
		check(decoded_event(&o, 0, &s, &err) == 1, "the second's");
		check(decoded_event(&o, 1, &s, &err) == 0, "the first's");
		check(decoded_event(&o, 2, &s, &err) == -1 && s.id == 30,
		      "nobody's, but of the one layout there is");
		open_done(&o);
		image_free(&img);
	}
	check_in(NULL);
}

static void a_sample_without_an_event_is_refused(void)
{
	struct image_event event = event_of(SAMPLE_IP, 1);
	struct image_options options = { .container = IMAGE_PIPE, .n_events = 0 };
	struct image img;
	struct opened o;
	struct sample s;
	struct error err = { 0 };

	image_begin(&img, &options);
	img.options.events = &event;
	image_sample(&img, &(struct image_sample){ .ip = 1 });
	image_end(&img);
	check(open_image(&o, &img), "opened");
	check(decoded_event(&o, 0, &s, &err) == -2, "refused");
	check(err.kind == ERR_FORMAT && err.offset == 16 + 16, "the error says where");
	open_done(&o);
	image_free(&img);
}

/* ---- weights ---- */

static void a_sample_weighs_its_period_or_the_fixed_one_or_one(void)
{
	static const struct {
		const char *label;
		struct attr attr;
		uint64_t weight;
	} rows[] = {
		{ "PERIOD", { .sample_type = SAMPLE_PERIOD, .sample_period = 7 }, 1000 },
		{ "PERIOD in frequency mode",
		  { .sample_type = SAMPLE_PERIOD, .sample_period = 99, .flags = ATTR_FREQ },
		  1000 },
		{ "a fixed period", { .sample_type = SAMPLE_IP, .sample_period = 7 }, 7 },
		{ "a frequency is no period",
		  { .sample_type = SAMPLE_IP, .sample_period = 99, .flags = ATTR_FREQ },
		  1 },
		{ "neither", { .sample_type = SAMPLE_IP }, 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image_event event = { .attr = rows[i].attr };
		struct image_options options = { .events = &event, .n_events = 1 };
		struct image img;
		struct opened o;
		struct sample s;
		struct error err;

		image_begin(&img, &options);
		image_sample(&img, &(struct image_sample){ .period = 1000 });
		image_end(&img);
		check(open_image(&o, &img) && decoded_event(&o, 0, &s, &err) == 0, "decoded");
		check_u64(sample_weight(o.recording, &s), rows[i].weight, rows[i].label);
		open_done(&o);
		image_free(&img);
	}
}

int main(void)
{
	each_field_alone_is_read();
	all_fields_but_one_are_read();
	random_combinations_are_read();
	every_read_format_is_read();
	events_with_layouts_of_their_own_are_told_apart_by_identifier();
	without_identifier_the_id_stands_behind_what_comes_before_it();
	a_sample_without_an_event_is_refused();
	a_sample_weighs_its_period_or_the_fixed_one_or_one();
	return check_done("sample");
}
