/*
 * The index of `perfolio annotate -o DIR`: the functions, hottest first, and in which file each is.
 *
 *	 self %   code %  total %  function     module    file
 *	   0.00    33.05    33.05  hash_memory  native-c  hash_memory-2f0c....txt
 *
 * code: samples that ended in the function's code, with what is inlined there.
 */
#include <stdio.h>
#include <stdlib.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "render/annotate.h"
#include "render/document.h"
#include "render/out.h"
#include "render/text_parts.h"
#include "report/annotation.h"
#include "report/table.h"

enum { PERCENT = 7, GAP = 2, LONGEST_NAME = 60 };

static size_t widest(const struct annotation *a, bool module)
{
	size_t width = module ? sizeof("module") - 1 : sizeof("function") - 1;

	for (size_t i = 0; i < a->n_functions; i++) {
		const struct function *f = a->functions[i].function;
		size_t needed = parts_width(module ? f->module : f->name);

		if (needed > width)
			width = needed;
	}
	return width < LONGEST_NAME ? width : LONGEST_NAME;
}

static void put_cell(struct out *o, const char *text, size_t width)
{
	parts_pad(o, width - parts_cut(o, text, width) + GAP);
}

static void put_row(struct out *o, const struct annotation *a, const struct annotated *f,
		    size_t name, size_t module, const char *file)
{
	for (size_t e = 0; e < a->n_events; e++) {
		const struct cost *sum = &a->events[e].event->sum;

		parts_percent(o, cost_share(annotation_self(a, f->view, e), sum), PERCENT);
		parts_pad(o, GAP);
		parts_percent(o, cost_share(annotation_self(a, f->code, e), sum), PERCENT);
		parts_pad(o, GAP);
		parts_percent(o, cost_share(annotation_total(a, f->view, e), sum), PERCENT);
		parts_pad(o, GAP);
	}
	put_cell(o, f->function->name, name);
	put_cell(o, f->function->module, module);
	out_text(o, file);
	out_char(o, '\n');
}

void render_annotate_index_text(struct out *o, const struct annotation *a, const char *const *files)
{
	size_t name = widest(a, false), module = widest(a, true);

	for (size_t e = 0; e < a->n_events; e++) {
		const struct profile_event *event = a->events[e].event;

		out_name(o, event->name);
		out_printf(o, ": %llu %s\n", (unsigned long long)event->sum.samples,
			   plural(event->sum.samples, "sample", "samples"));
	}
	out_char(o, '\n');
	for (size_t e = 0; e < a->n_events; e++)
		out_text(o, " self %   code %  total %  ");
	put_cell(o, "function", name);
	put_cell(o, "module", module);
	out_text(o, "file\n");
	for (size_t i = 0; i < a->n_functions; i++)
		put_row(o, a, &a->functions[i], name, module, files[i]);
}

static void render(struct out *o, const struct annotation *a, const char *const *files,
		   enum document_syntax syntax)
{
	const char **events = mem_calloc(a->n_events, sizeof(char *));
	struct document d;

	for (size_t e = 0; e < a->n_events; e++)
		events[e] = a->events[e].event->name;
	document_begin(&d, o, syntax, "annotate-index");
	document_text(&d, "view", view_name(a->in.profile->view));
	document_texts(&d, "events", "event", events, a->n_events);
	document_array(&d, "functions");
	for (size_t i = 0; i < a->n_functions; i++) {
		const struct annotated *f = &a->functions[i];

		document_item(&d, "function");
		document_text(&d, "kind", function_kind_name(f->function->kind));
		document_text(&d, "name", f->function->name);
		document_text(&d, "module", f->function->module);
		document_text(&d, "object", f->function->object);
		document_text(&d, "file", files[i]);
		document_costs(&d, "self", charges_all_self(a->charges), f->view, false);
		document_costs(&d, "code", charges_all_self(a->charges), f->code, false);
		document_costs(&d, "total", charges_all_total(a->charges), f->view, false);
		document_costs(&d, "self_samples", charges_all_self(a->charges), f->view, true);
		document_costs(&d, "code_samples", charges_all_self(a->charges), f->code, true);
		document_costs(&d, "total_samples", charges_all_total(a->charges), f->view, true);
		document_end(&d);
	}
	document_end(&d);
	document_done(&d);
	free(events);
}

void render_annotate_index_json(struct out *o, const struct annotation *a, const char *const *files)
{
	render(o, a, files, SYNTAX_JSON);
}

void render_annotate_index_xml(struct out *o, const struct annotation *a, const char *const *files)
{
	render(o, a, files, SYNTAX_XML);
}
