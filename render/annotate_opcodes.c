/*
 *	opcodes
 *	 self %  total %  opcode
 *	  12.00    43.10  █████▎      CALL_LEN (CALL)
 *	  30.25    30.25  ███▊        LOAD_FAST
 *	   1.10     1.10              not known: code of no opcode (...)
 *	known for 98.90 % of its own cost in cpu-clock, with what opcodes call
 */
#include "render/annotate_opcodes.h"

#include <string.h>

#include "render/annotate.h"
#include "render/document.h"
#include "render/out.h"
#include "render/text_parts.h"
#include "report/annotation.h"
#include "report/table.h"

enum { PERCENT = 7, BAR = 10, LEAST = 50 /* hundredths of percent: rows with less are counted */ };

struct writing {
	struct out *o;
	const struct annotation *a;
	const struct annotated_opcodes *opcodes;
	const struct annotate_look *look;
};

/* ---- text ---- */

static const struct cost *whole(const struct writing *w, size_t e)
{
	return w->look->global ? &w->a->events[e].event->sum
			       : &annotation_total(w->a, w->opcodes->all)[e];
}

static void put_share(struct writing *w, const struct cost *part, size_t e)
{
	if (w->look->samples)
		out_printf(w->o, "%*llu", PERCENT, (unsigned long long)part->samples);
	else if (part->samples || part->weight)
		parts_percent(w->o, cost_share(part, whole(w, e)), PERCENT);
	else
		parts_pad(w->o, PERCENT);
	parts_pad(w->o, 2);
}

/* The share of the first event, against the heaviest row. */
static void put_bar(struct writing *w, const struct annotated_opcode *row)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	bool fine = out_is_utf8(w->o);
	const struct cost *most = annotation_total(w->a, w->opcodes->items[0].cost);
	uint64_t share = cost_share(annotation_total(w->a, row->cost), most);
	size_t parts = (size_t)((share * BAR * 8 + 5000) / 10000), at = 0;

	if (parts > BAR * 8)
		parts = BAR * 8;
	if (!fine) /* whole characters only */
		parts = (parts + 4) / 8 * 8;
	for (; parts >= 8; parts -= 8, at++)
		out_text(w->o, fine ? "█" : "#");
	out_text(w->o, eighths[parts]);
	parts_pad(w->o, BAR - at - (parts > 0) + 2);
}

static void put_row(struct writing *w, const struct annotated_opcode *row)
{
	const struct annotation *a = w->a;

	for (size_t e = 0; e < a->n_events; e++) {
		put_share(w, &annotation_self(a, row->cost)[e], e);
		put_share(w, &annotation_total(a, row->cost)[e], e);
	}
	if (!row->name) {
		parts_pad(w->o, BAR + 2);
		out_printf(w->o, "not known: %s\n", opcode_gap_text(row->gap));
		return;
	}
	put_bar(w, row);
	out_name(w->o, row->name);
	if (strcmp(row->name, row->family) != 0) {
		out_text(w->o, " (");
		out_name(w->o, row->family);
		out_char(w->o, ')');
	}
	out_char(w->o, '\n');
}

static void put_headings(struct writing *w)
{
	const struct annotation *a = w->a;

	for (size_t e = 0; a->n_events > 1 && e < a->n_events; e++) {
		size_t width = 2 * PERCENT + 2;
		size_t used = parts_cut(w->o, a->events[e].event->name, width);

		parts_pad(w->o, width - used + 2);
	}
	if (a->n_events > 1)
		out_char(w->o, '\n');
	for (size_t e = 0; e < a->n_events; e++)
		out_printf(w->o, "%*s  %*s  ", PERCENT, w->look->samples ? "self" : "self %",
			   PERCENT, w->look->samples ? "total" : "total %");
	out_text(w->o, "opcode\n");
}

static bool is_small(const struct writing *w, const struct annotated_opcode *row)
{
	const struct cost *total = annotation_total(w->a, row->cost);

	for (size_t e = 0; e < w->a->n_events; e++)
		if (cost_share(&total[e], &annotation_total(w->a, w->opcodes->all)[e]) >= LEAST)
			return false;
	return !w->a->options.full && row->name;
}

static void put_rows(struct writing *w)
{
	size_t hidden = 0;

	for (size_t i = 0; i < w->opcodes->n; i++)
		if (is_small(w, &w->opcodes->items[i]))
			hidden++;
		else
			put_row(w, &w->opcodes->items[i]);
	if (hidden) {
		parts_pad(w->o, w->a->n_events * 2 * (PERCENT + 2));
		out_printf(w->o, "%s %zu more opcode%s with less than 0.5 %%\n",
			   out_is_utf8(w->o) ? "⋮" : ":", hidden, hidden == 1 ? "" : "s");
	}
}

static void put_known(struct writing *w)
{
	const struct annotation *a = w->a;
	const struct annotated_opcodes *o = w->opcodes;

	for (size_t e = 0; e < a->n_events; e++) {
		out_text(w->o, "known for ");
		parts_percent(w->o,
			      cost_share(&annotation_total(a, o->known)[e],
					 &annotation_total(a, o->all)[e]),
			      0);
		out_text(w->o, " % of its own cost in ");
		out_name(w->o, a->events[e].event->name);
		out_text(w->o, ", with what opcodes call\n");
	}
}

/* Why most of it is not known. */
static enum opcode_gap main_gap(const struct writing *w)
{
	const struct annotated_opcode *most = &w->opcodes->items[0];

	for (size_t i = 1; w->a->n_events && i < w->opcodes->n; i++) {
		const struct annotated_opcode *row = &w->opcodes->items[i];

		if (annotation_total(w->a, row->cost)->weight >
		    annotation_total(w->a, most->cost)->weight)
			most = row;
	}
	return most->gap;
}

void render_opcodes_text(struct out *o, const struct annotation *a, const struct annotated *f,
			 const struct annotate_look *look)
{
	struct writing w = { .o = o, .a = a, .opcodes = &f->opcodes, .look = look };

	if (!f->opcodes.n)
		return;
	if (!f->opcodes.items[0].name) {
		out_printf(o, "  no opcodes: %s\n", opcode_gap_text(main_gap(&w)));
		return;
	}
	out_text(o, "\nopcodes\n");
	put_headings(&w);
	put_rows(&w);
	put_known(&w);
}

/* ---- JSON and XML ---- */

static void costs(struct document *d, const struct annotation *a, uint32_t row)
{
	document_costs(d, "self", annotation_self(a, row), a->n_events, false);
	document_costs(d, "total", annotation_total(a, row), a->n_events, false);
	document_costs(d, "self_samples", annotation_self(a, row), a->n_events, true);
	document_costs(d, "total_samples", annotation_total(a, row), a->n_events, true);
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
