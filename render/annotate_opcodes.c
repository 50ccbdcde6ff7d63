/*
 *	opcodes
 *	 self %  total %  opcode
 *	  12.00    43.10  █████▎      CALL_LEN (CALL)
 *	  30.25    30.25  ███▊        LOAD_FAST
 *	   2.10     2.30  ⋮ 4 more opcodes (--full shows all)
 *	   1.10     1.10              not known: code of no opcode (...)
 *	known for 98.90 % of its own cost in cpu-clock, with what opcodes call
 *
 * Where the terminal has no room for both columns it is the total that is shown: it has self in it.
 */
#include "render/annotate_opcodes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "render/annotate_parts.h"
#include "render/document.h"
#include "render/out.h"
#include "render/text_parts.h"
#include "report/annotation.h"
#include "report/table.h"

enum { BAR = 10, GAP = 2 };

/* ---- text ---- */

static const struct cost *whole(const struct annotate_writer *w, size_t e)
{
	return w->look.global ? &w->a->events[e].event->sum
			      : annotation_total(w->a, w->f->opcodes.all, e);
}

static void put_costs(struct annotate_writer *w, uint32_t row)
{
	for (size_t e = 0; e < w->n_events; e++) {
		if (w->totals)
			annotate_share(w, annotation_self(w->a, row, e), whole(w, e));
		annotate_share(w, annotation_total(w->a, row, e), whole(w, e));
	}
}

/* The share of the first event, against the heaviest row. */
static void put_bar(struct annotate_writer *w, const struct annotated_opcode *row)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	const struct cost *most = annotation_total(w->a, w->f->opcodes.items[0].cost, 0);
	uint64_t share = cost_share(annotation_total(w->a, row->cost, 0), most);
	size_t parts = (size_t)((share * BAR * 8 + 5000) / 10000), at = 0;

	if (parts > BAR * 8)
		parts = BAR * 8;
	if (!w->utf8) /* whole characters only */
		parts = (parts + 4) / 8 * 8;
	for (; parts >= 8; parts -= 8, at++)
		out_text(w->o, w->utf8 ? "█" : "#");
	out_text(w->o, eighths[parts]);
	parts_pad(w->o, BAR - at - (parts > 0) + GAP);
}

/* "CALL_LEN (CALL)" */
static void put_name(struct annotate_writer *w, const struct annotated_opcode *row, size_t used)
{
	char *text;
	int n = strcmp(row->name, row->family) == 0
			? asprintf(&text, "%s", row->name)
			: asprintf(&text, "%s (%s)", row->name, row->family);

	if (n >= 0) {
		annotate_code(w, text, annotate_room(w, used));
		free(text);
	}
	out_char(w->o, '\n');
}

static void put_row(struct annotate_writer *w, const struct annotated_opcode *row)
{
	size_t used = annotate_numbers_width(w) + BAR + GAP;
	char *why;

	put_costs(w, row->cost);
	if (row->name) {
		put_bar(w, row);
		put_name(w, row, used);
		return;
	}
	parts_pad(w->o, BAR + GAP);
	if (asprintf(&why, "not known: %s", opcode_gap_text(row->gap)) < 0)
		return;
	annotate_sentence(w, used, why);
	free(why);
}

static void put_headings(struct annotate_writer *w)
{
	if (w->totals)
		annotate_headings(w, "opcode");
	else
		annotate_single_headings(w, w->look.samples ? "total" : "total %", "opcode");
}

static bool is_small(const struct annotate_writer *w, const struct annotated_opcode *row)
{
	return annotate_is_small(w, charges_all_total(w->a->charges), row->cost, w->f->opcodes.all);
}

/* Opcodes that are counted only, with the sums of their costs. */
struct hidden {
	struct cost *self, *total; /* by event */
	size_t n;
};

static void hide(const struct annotate_writer *w, struct hidden *h,
		 const struct annotated_opcode *row)
{
	for (size_t e = 0; e < w->n_events; e++) {
		cost_add(&h->self[e], annotation_self(w->a, row->cost, e));
		cost_add(&h->total[e], annotation_total(w->a, row->cost, e));
	}
	h->n++;
}

static size_t put_known_rows(struct annotate_writer *w, struct hidden *h)
{
	const struct annotated_opcodes *o = &w->f->opcodes;
	size_t listed = 0, most, i;

	for (i = 0; i < o->n && o->items[i].name; i++)
		listed += !is_small(w, &o->items[i]);
	most = annotate_most_listed(w, listed);
	listed = 0;
	for (i = 0; i < o->n && o->items[i].name; i++) {
		if (listed == most || (is_small(w, &o->items[i]) && !w->a->options.full)) {
			hide(w, h, &o->items[i]);
			continue;
		}
		put_row(w, &o->items[i]);
		listed++;
	}
	return i;
}

static void put_rows(struct annotate_writer *w)
{
	struct hidden h = {
		.self = mem_calloc(w->n_events, sizeof(*h.self)),
		.total = mem_calloc(w->n_events, sizeof(*h.total)),
	};
	size_t known = put_known_rows(w, &h);

	for (size_t e = 0; h.n && e < w->n_events; e++) {
		if (w->totals)
			annotate_share(w, &h.self[e], whole(w, e));
		annotate_share(w, &h.total[e], whole(w, e));
	}
	if (h.n)
		annotate_not_listed(w, h.n, "opcode", "opcodes");
	for (size_t i = known; i < w->f->opcodes.n; i++)
		put_row(w, &w->f->opcodes.items[i]);
	free(h.self);
	free(h.total);
}

static void put_known(struct annotate_writer *w)
{
	const struct annotated_opcodes *o = &w->f->opcodes;

	for (size_t e = 0; e < w->n_events; e++) {
		uint64_t share = cost_share(annotation_total(w->a, o->known, e),
					    annotation_total(w->a, o->all, e));
		char *text;

		if (asprintf(&text,
			     "known for %" PRIu64 ".%02" PRIu64
			     " %% of its own cost in %s, with what opcodes call",
			     share / 100, share % 100, w->a->events[e].event->name) < 0)
			return;
		annotate_sentence(w, 0, text);
		free(text);
	}
}

/* Why most of it is not known. */
static enum opcode_gap main_gap(const struct annotate_writer *w)
{
	const struct annotated_opcodes *o = &w->f->opcodes;
	const struct annotated_opcode *most = &o->items[0];

	for (size_t i = 1; w->a->n_events && i < o->n; i++) {
		const struct annotated_opcode *row = &o->items[i];

		if (annotation_total(w->a, row->cost, 0)->weight >
		    annotation_total(w->a, most->cost, 0)->weight)
			most = row;
	}
	return most->gap;
}

void annotate_opcodes_text(struct annotate_writer *w)
{
	if (!w->f->opcodes.n)
		return;
	if (!w->f->opcodes.items[0].name) {
		out_text(w->o, "\nno opcodes: ");
		annotate_sentence(w, strlen("no opcodes: "), opcode_gap_text(main_gap(w)));
		return;
	}
	out_char(w->o, '\n');
	annotate_color(w, COLOR_HEADING);
	out_text(w->o, "opcodes");
	annotate_plain(w);
	out_char(w->o, '\n');
	put_headings(w);
	put_rows(w);
	put_known(w);
}

/* ---- JSON and XML ---- */

static void costs(struct document *d, const struct annotation *a, uint32_t row)
{
	const struct costs *self = charges_all_self(a->charges);
	const struct costs *total = charges_all_total(a->charges);

	document_costs(d, "self", self, row, false);
	document_costs(d, "total", total, row, false);
	document_costs(d, "self_samples", self, row, true);
	document_costs(d, "total_samples", total, row, true);
}

void render_opcodes_document(struct document *d, const struct annotation *a,
			     const struct annotated *f)
{
	document_array(d, "opcodes");
	for (size_t i = 0; i < f->opcodes.n; i++) {
		const struct annotated_opcode *row = &f->opcodes.items[i];

		document_item(d, "opcode");
		if (row->name) {
			document_text(d, "opcode", row->name);
			document_text(d, "family", row->family);
		} else {
			document_text(d, "unknown", opcode_gap_word(row->gap));
		}
		costs(d, a, row->cost);
		document_end(d);
	}
	document_end(d);
}
