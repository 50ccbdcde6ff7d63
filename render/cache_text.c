/*
 * `perfolio cache` for people: the event that matters with its shares, then what the events say together.
 *
 *	cache-misses every 1000, cycles every 100000 ...; user and kernel; precise 0 of 3: places may be off
 *
 *	            cache-misses             MPKI  miss ratio   IPC
 *	 self %        total %  samples    of 3.21    0.1200  0.83   function  module
 *	  40.10 ████▏   99.70     4950     12.4±3%      0.30  0.41   fib       app
 *
 * A ratio that too few samples carry is "few".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "parser/attr.h"
#include "parser/base/plural.h"
#include "parser/perf_format.h"
#include "render/name_columns.h"
#include "render/out.h"
#include "render/renderers.h"
#include "render/text_header.h"
#include "render/text_parts.h"
#include "report/ratios.h"
#include "report/table.h"

enum {
	GAP = 2,
	PERCENT = sizeof("total %") - 1,
	SAMPLES = sizeof("samples") - 1,
	BAR = 6,    /* columns of a bar, on a terminal */
	RATIO = 11, /* "0.00892±13%" */
	LEAST_FUNCTION = 20,
	OTHERS = 16,
	LISTED = 16, /* events whose set-up is said: more of them and nobody sees the table */
	WIDE = 100,  /* where nothing says how wide it is */
};

struct cache_layout {
	size_t primary;  /* the event whose shares are shown first */
	size_t n_ratios; /* that fit */
	size_t ratio_width[64];
	size_t count; /* width of its estimated count; 0: no room */
	size_t n_others, others[OTHERS], other_width[OTHERS]; /* other events with a share */
	bool bars;
	struct name_columns names;
};

/* ---- what decides how far the numbers can be trusted ---- */

static unsigned precise_level(const struct attr *a)
{
	return (unsigned)(a->flags >> ATTR_PRECISE_SHIFT & 3);
}

static bool has_skid(const struct attr *a)
{
	return a && a->type != TYPE_SOFTWARE && !precise_level(a);
}

/* In hundredths of a percent, for which part of its time the event was counted. */
static uint64_t counted_share(const struct profile_event *e)
{
	return e->enabled_ns ? cost_share(&(struct cost){ 0, e->running_ns },
					  &(struct cost){ 0, e->enabled_ns })
			     : 10000;
}

static void print_setup(struct out *o, const struct profile_event *e)
{
	const struct attr *a = e->attr;

	out_name(o, e->name);
	if (!a)
		return;
	if (e->mixed)
		out_text(o, ": other periods in other recordings");
	else if (attr_has(a, ATTR_FREQ))
		out_printf(o, ": %" PRIu64 " %s a second (periods vary)", a->sample_period,
			   plural(a->sample_period, "sample", "samples"));
	else if (a->sample_period)
		out_printf(o, ": every %llu", (unsigned long long)a->sample_period);
	else
		out_text(o, ": read with its group's leader");
	if (attr_has(a, ATTR_EXCLUDE_KERNEL))
		out_text(o, ", user code only");
	else if (attr_has(a, ATTR_EXCLUDE_USER))
		out_text(o, ", kernel only");
	if (a->type != TYPE_SOFTWARE)
		out_printf(o, ", precise %u of 3", precise_level(a));
	if (counted_share(e) < 10000)
		out_printf(o, ", counted %u.%02u %% of the time",
			   (unsigned)(counted_share(e) / 100), (unsigned)(counted_share(e) % 100));
}

static bool has_counters(const struct table *t)
{
	for (size_t n = 0; n < t->n_events; n++) {
		const struct attr *a = t->profile->events[t->events[n]].attr;

		if (!a || (a->type != TYPE_SOFTWARE && a->type != TYPE_TRACEPOINT))
			return true;
	}
	return false;
}

/* The event that rows are sorted by, and whose shares are shown first. */
static size_t primary_event(const struct table *t)
{
	return t->options.primary_1 ? t->options.primary_1 - 1 : t->events[0];
}

static void print_basis(struct out *o, const struct table *t)
{
	bool skid = false, turns = false;

	for (size_t n = 0; n < t->n_events; n++) {
		const struct profile_event *e = &t->profile->events[t->events[n]];

		if (n < LISTED || t->events[n] == primary_event(t)) {
			print_setup(o, e);
			out_char(o, '\n');
		}
		skid |= has_skid(e->attr);
		turns |= counted_share(e) < 10000;
	}
	if (t->n_events > LISTED)
		out_text(o, "... and more; --event chooses one, csv and json have all\n");
	if (turns)
		out_text(o,
			 "events took turns (multiplexing): counts are of their part of the time, "
			 "and not scaled up\n");
	if (skid)
		out_text(o, "precise 0: the place may be some instructions behind the event\n");
	for (size_t i = 0; i < t->options.ratios->n; i++) {
		out_name(o, t->options.ratios->items[i].name);
		out_text(o, " = ");
		out_name(o, t->options.ratios->items[i].formula);
		out_char(o, '\n');
	}
	if (!t->options.ratios->n)
		out_printf(o, "no ratios: %s, as cache-misses %s instructions\n",
			   has_counters(t) ? "no two of these events go together"
					   : "no hardware counters were recorded",
			   has_counters(t) ? "and" : "or");
	out_text(o, "counts are sums of periods; ± is one standard deviation\n\n");
}

/* ---- cells ---- */

/* A share as a bar of eighths of a column. */
static void put_bar(struct out *o, uint64_t hundredths)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	size_t parts = (size_t)((hundredths * BAR * 8 + 5000) / 10000), at = 0;

	if (parts > BAR * 8)
		parts = BAR * 8;
	for (; parts >= 8; parts -= 8, at++)
		out_text(o, "█");
	out_text(o, eighths[parts]);
	parts_pad(o, BAR - at - (parts > 0));
}

/* ---- layout ---- */

static size_t fixed_width(const struct cache_layout *l)
{
	return 2 * (PERCENT + GAP) + (l->bars ? BAR + 1 : 0) + SAMPLES;
}

static size_t fit_ratios(struct cache_layout *l, const struct table *t, size_t room)
{
	size_t least = name_columns_least(&l->names);

	if (least < GAP + LEAST_FUNCTION)
		least = GAP + LEAST_FUNCTION;
	for (size_t i = 0; i < t->options.ratios->n && i < 64; i++) {
		size_t width = parts_width(t->options.ratios->items[i].name);

		if (width < RATIO)
			width = RATIO;
		if (room < width + GAP + least)
			break;
		l->ratio_width[l->n_ratios++] = width;
		room -= width + GAP;
	}
	return room;
}

/* What only a wide terminal has: the estimated count, and shares of the other events. `room` is left for names. */
static size_t fit_extras(struct cache_layout *l, const struct table *t, size_t room, size_t names)
{
	char text[24];

	parts_number_text(text, sizeof(text), t->profile->events[l->primary].sum.weight);
	l->count = strlen(text) > sizeof("count") - 1 ? strlen(text) : sizeof("count") - 1;
	if (room < names + l->count + GAP) {
		l->count = 0;
		return room;
	}
	room -= l->count + GAP;
	for (size_t n = 0; n < t->n_events && l->n_others < OTHERS; n++) {
		size_t width = parts_width(t->profile->events[t->events[n]].name);

		if (t->events[n] == l->primary)
			continue;
		if (width < PERCENT)
			width = PERCENT;
		if (room < names + width + GAP)
			break;
		l->others[l->n_others] = t->events[n];
		l->other_width[l->n_others++] = width;
		room -= width + GAP;
	}
	return room;
}

static void lay_out(struct cache_layout *l, const struct table *t, size_t columns)
{
	size_t room;

	*l = (struct cache_layout){
		.primary = primary_event(t),
		.bars = columns >= 60,
	};
	name_columns_begin(&l->names, t->profile->keys, false, t->profile->keys ? "(all) " : "");
	for (size_t i = 0; i < t->n_rows; i++)
		name_columns_measure(&l->names, &t->profile->functions[t->rows[i].function], 0);
	room = columns - (columns > fixed_width(l) ? fixed_width(l) : columns);
	room = fit_ratios(l, t, room);
	room = fit_extras(l, t, room, name_columns_wanted(&l->names));
	name_columns_fit(&l->names, room);
}

static void print_headings(struct out *o, const struct table *t, const struct cache_layout *l)
{
	size_t width = fixed_width(l), used;

	used = parts_cut(o, t->profile->events[l->primary].name, width);
	if (l->n_ratios)
		parts_pad(o, width - used);
	for (size_t i = 0; i < l->n_ratios; i++) {
		parts_pad(o, GAP);
		parts_right(o, t->options.ratios->items[i].name, l->ratio_width[i]);
	}
	if (l->n_others)
		parts_pad(o, l->count + GAP);
	for (size_t i = 0; i < l->n_others; i++) {
		parts_pad(o, GAP);
		parts_right(o, t->profile->events[l->others[i]].name, l->other_width[i]);
	}
	out_char(o, '\n');
	out_printf(o, "%*s", PERCENT, "self %");
	parts_pad(o, (l->bars ? BAR + 1 : 0) + GAP);
	out_printf(o, "%*s  samples", PERCENT, "total %");
	for (size_t i = 0; i < l->n_ratios; i++) {
		struct ratio_value v = table_whole_ratio(t, &t->options.ratios->items[i]);
		char text[64];

		parts_ratio_text(text, sizeof(text), &t->options.ratios->items[i], &v);
		parts_pad(o, GAP);
		parts_right(o, text, l->ratio_width[i]);
	}
	if (l->count) {
		parts_pad(o, GAP);
		parts_right(o, "count", l->count);
	}
	for (size_t i = 0; i < l->n_others; i++) {
		parts_pad(o, GAP);
		parts_right(o, "self %", l->other_width[i]);
	}
	if (t->profile->keys)
		name_columns_headings(o, &l->names);
	else
		out_text(o, "  (all)\n");
}

static void print_extras(struct out *o, const struct table *t, const struct cache_layout *l,
			 uint32_t function)
{
	const struct costs *self = &t->totals->self;

	if (l->count) {
		parts_pad(o, GAP);
		parts_number(o, costs_at(self, function, l->primary)->weight, (unsigned)l->count);
	}
	for (size_t i = 0; i < l->n_others; i++) {
		size_t e = l->others[i];

		parts_pad(o, GAP);
		parts_percent(o,
			      cost_share(costs_at(self, function, e), &t->profile->events[e].sum),
			      (unsigned)l->other_width[i]);
	}
}

static void print_row(struct out *o, const struct table *t, const struct cache_layout *l,
		      uint32_t function)
{
	const struct function *f = &t->profile->functions[function];
	const struct cost *whole = &t->profile->events[l->primary].sum;
	const struct cost *self = costs_at(&t->totals->self, function, l->primary);
	const struct cost *total = costs_at(&t->totals->total, function, l->primary);
	bool inclusive = !self->samples; /* nothing of its own: what is beneath it */

	parts_percent(o, cost_share(self, whole), PERCENT);
	if (l->bars) {
		out_char(o, ' ');
		put_bar(o, cost_share(self, whole));
	}
	parts_pad(o, GAP);
	parts_percent(o, cost_share(total, whole), PERCENT);
	parts_pad(o, GAP);
	parts_number(o, self->samples, SAMPLES);
	for (size_t i = 0; i < l->n_ratios; i++) {
		struct ratio_value v =
			table_ratio(t, function, &t->options.ratios->items[i], inclusive);
		char text[64];

		parts_ratio_text(text, sizeof(text), &t->options.ratios->items[i], &v);
		parts_pad(o, GAP);
		parts_right(o, text, l->ratio_width[i]);
	}
	print_extras(o, t, l, function);
	name_columns_row(o, &l->names, f, "", 0);
}

void render_cache_text(struct out *o, const struct table *t)
{
	size_t columns = out_columns(o);
	struct cache_layout l;

	text_header(o, t, columns);
	if (!t->n_events) {
		out_text(o, "no samples\n");
		return;
	}
	print_basis(o, t);
	lay_out(&l, t, columns ? columns : WIDE);
	print_headings(o, t, &l);
	for (size_t i = 0; i < t->n_rows; i++)
		print_row(o, t, &l, t->rows[i].function);
	text_hidden(o, t, columns);
}
