/*
 * Graphviz: the look of gprof2dot (its theme "color": dark blue for little, red for much).
 *
 * In a quoted text a backslash begins an escape and "&" an entity, texts longer than
 * 16 KiB are syntax errors, and everything must be UTF-8.  Decimal points are printed from
 * integers, so that no locale can turn them into commas.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/base/utf8.h"
#include "render/out.h"
#include "render/renderers.h"
#include "report/dotgraph.h"
#include "report/label.h"

enum { LONGEST_LINE = 60 }; /* characters; longer names lose their middle */
enum { LONGEST_TOOLTIP = 500 };
enum {
	MANY_NODES = 120,
	MANY_EDGES = 200
}; /* then dot is told to look less long for a good drawing */

/* ---- texts ---- */

static void character(struct out *o, const char *s, size_t len, uint32_t c)
{
	if (c == UTF8_BAD || utf8_is_control(c) || c == 0xfffe || c == 0xffff) /* XML in SVG */
		out_char(o, '?');
	else if (c == '"')
		out_text(o, "\\\"");
	else if (c == '\\')
		out_text(o, "\\\\");
	else if (c == '&')
		out_text(o, "&amp;");
	else
		out_bytes(o, s, len);
}

static size_t characters(const char *s)
{
	size_t n = 0;
	uint32_t c;

	for (; *s; n++)
		s += utf8_next(s, &c);
	return n;
}

/* Inside quotes; what is longer than `most` characters loses its middle. */
static void escaped(struct out *o, const char *s, size_t most)
{
	size_t n = characters(s), i = 0;
	size_t cut_from = n, cut_to = n;

	if (n > most) {
		cut_from = most / 2;
		cut_to = n - (most - 1 - cut_from);
	}
	for (; *s; i++) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (i == cut_from)
			out_text(o, "…");
		if (i < cut_from || i >= cut_to)
			character(o, s, len, c);
		s += len;
	}
}

static bool is_blank(const char *s)
{
	return s[strspn(s, " ")] == '\0';
}

/* A value from 0 up with two digits behind the point. */
static void decimal(struct out *o, double v)
{
	uint64_t hundredths = (uint64_t)(v * 100 + 0.5);

	out_printf(o, "%llu.%02llu", (unsigned long long)(hundredths / 100),
		   (unsigned long long)(hundredths % 100));
}

/* ---- gprof2dot's theme "color" ---- */

static double hue_to_rgb(double m1, double m2, double h)
{
	if (h < 0)
		h += 1;
	else if (h > 1)
		h -= 1;
	if (h * 6 < 1)
		return m1 + (m2 - m1) * h * 6;
	if (h * 2 < 1)
		return m2;
	if (h * 3 < 2)
		return m1 + (m2 - m1) * (2.0 / 3 - h) * 6;
	return m1;
}

/* From (hue 2/3, saturation 0.8, lightness 0.25) for 0 to (0, 1, 0.5) for 1. */
static void color(struct out *o, double weight)
{
	double h = 2.0 / 3 * (1 - weight);
	double s = 0.80 + weight * 0.20;
	double l = 0.25 + weight * 0.25;
	double m2 = l * (s + 1), m1 = l * 2 - m2;
	double rgb[3] = { hue_to_rgb(m1, m2, h + 1.0 / 3), hue_to_rgb(m1, m2, h),
			  hue_to_rgb(m1, m2, h - 1.0 / 3) };

	out_text(o, "\"#");
	for (size_t i = 0; i < 3; i++)
		out_printf(o, "%02x", (unsigned)(rgb[i] * 255 + 0.5));
	out_char(o, '"');
}

static double pen_width(double weight)
{
	return weight * 4 > 0.5 ? weight * 4 : 0.5;
}

/* ---- the graph ---- */

static void node_label(struct out *o, const struct function *f, const struct dot_node *n)
{
	const char *module = label_module(f);

	if (!is_blank(module) && !f->placeholder) {
		escaped(o, module, LONGEST_LINE);
		out_text(o, "\\n");
	}
	escaped(o, is_blank(f->name) ? "[unnamed]" : f->name, LONGEST_LINE);
	out_text(o, "\\n");
	decimal(o, 100 * n->total_share);
	out_text(o, "%\\n(");
	decimal(o, 100 * n->self_share);
	out_text(o, "%)\\n");
	out_u64(o, n->samples);
	out_text(o, "×");
}

static void put_node(struct out *o, const struct dotgraph *g, size_t i)
{
	const struct dot_node *n = &g->nodes[i];
	const struct function *f = &g->profile->functions[n->function];

	out_printf(o, "\tn%zu [label=\"", i);
	node_label(o, f, n);
	out_text(o, "\", color=");
	color(o, n->total_share);
	out_text(o, ", fontcolor=\"#ffffff\", fontsize=\"10.00\", tooltip=\"");
	escaped(o, is_blank(f->name) ? "[unnamed]" : f->name, LONGEST_TOOLTIP);
	if (*f->file || *f->object) {
		out_text(o, " (");
		escaped(o, *f->file ? f->file : f->object, LONGEST_TOOLTIP);
		out_text(o, ")");
	}
	out_text(o, "\"];\n");
}

static void put_edge(struct out *o, const struct dot_edge *e)
{
	double width = pen_width(e->share);

	out_printf(o, "\tn%u -> n%u [label=\"", (unsigned)e->from, (unsigned)e->to);
	decimal(o, 100 * e->share);
	out_text(o, "%\\n");
	out_u64(o, e->samples);
	out_text(o, "×\", color=");
	color(o, e->share);
	out_text(o, ", fontcolor=");
	color(o, e->share);
	out_text(o, ", fontsize=\"10.00\", penwidth=\"");
	decimal(o, width);
	out_text(o, "\", labeldistance=\"");
	decimal(o, width);
	out_text(o, "\", arrowsize=\"");
	decimal(o, 0.5 * sqrt(width));
	out_text(o, e->back ? "\", constraint=false];\n" : "\"];\n");
}

/* ---- clusters: nodes by module ---- */

static int by_module(const void *va, const void *vb, void *context)
{
	const struct dotgraph *g = context;
	uint32_t a = *(const uint32_t *)va, b = *(const uint32_t *)vb;
	const struct function *f = g->profile->functions;
	int order = strcmp(f[g->nodes[a].function].module, f[g->nodes[b].function].module);

	return order ? order : (a > b) - (a < b);
}

static void put_clusters(struct out *o, const struct dotgraph *g)
{
	uint32_t *order = mem_calloc(g->n_nodes, sizeof(*order));
	const char *module = NULL;
	unsigned number = 0;

	for (uint32_t i = 0; i < g->n_nodes; i++)
		order[i] = i;
	qsort_r(order, g->n_nodes, sizeof(*order), by_module, (void *)(uintptr_t)g);
	for (size_t i = 0; i < g->n_nodes; i++) {
		const char *this = g->profile->functions[g->nodes[order[i]].function].module;

		if (!module || strcmp(module, this) != 0) {
			if (module)
				out_text(o, "\t}\n");
			out_printf(o, "\tsubgraph cluster_%u {\n\tlabel=\"", number++);
			escaped(o, is_blank(this) ? "[no module]" : this, LONGEST_LINE);
			out_text(o, "\";\n\tstyle=\"rounded\"; color=\"#888888\"; ");
			out_text(o, "fontname=\"Arial\";\n");
			module = this;
		}
		put_node(o, g, order[i]);
	}
	if (module)
		out_text(o, "\t}\n");
	free(order);
}

static void put_header(struct out *o, const struct dotgraph *g)
{
	out_text(o, "digraph {\n");
	if (g->n_nodes) {
		out_text(o, "\t// shares of ");
		out_name(o, g->profile->events[g->options.event].name);
		out_printf(o, "; %zu %s and %zu %s with smaller shares are left out\n",
			   g->hidden_nodes, plural(g->hidden_nodes, "function", "functions"),
			   g->hidden_edges, plural(g->hidden_edges, "edge", "edges"));
	}
	out_text(o, "\tgraph [charset=\"UTF-8\", fontname=\"Arial\", ");
	out_text(o, "nodesep=\"0.125\", ranksep=\"0.25\"");
	if (g->n_nodes >= MANY_NODES || g->n_edges >= MANY_EDGES)
		out_text(o, ", nslimit=\"2\", nslimit1=\"2\", mclimit=\"0.5\"");
	if (g->options
		    .clusters) /* ranked one by one, clusters that call each other are an error to dot */
		out_text(o, ", newrank=\"true\"");
	out_text(o, "];\n"
		    "\tnode [fontcolor=\"white\", fontname=\"Arial\", height=\"0\", shape=\"box\", "
		    "style=\"filled\", width=\"0\"];\n"
		    "\tedge [fontname=\"Arial\"];\n");
}

void render_dot(struct out *o, const struct dotgraph *g)
{
	put_header(o, g);
	if (!g->n_nodes)
		out_text(o, "\tempty [label=\"no samples\", fontcolor=\"black\", style=\"\"];\n");
	if (g->options.clusters) {
		put_clusters(o, g);
	} else {
		for (size_t i = 0; i < g->n_nodes; i++)
			put_node(o, g, i);
	}
	for (size_t i = 0; i < g->n_edges; i++)
		put_edge(o, &g->edges[i]);
	out_text(o, "}\n");
}
