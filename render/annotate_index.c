/*
 * The index of `perfolio annotate -o DIR`: the functions, hottest first, and in which file each is.
 */
#include <stdio.h>

#include "render/annotate.h"
#include "render/json.h"
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

		parts_percent(o, cost_share(&f->self[e], sum), PERCENT);
		parts_pad(o, GAP);
		parts_percent(o, cost_share(&f->total[e], sum), PERCENT);
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
		out_printf(o, ": %llu samples\n", (unsigned long long)event->sum.samples);
	}
	out_char(o, '\n');
	for (size_t e = 0; e < a->n_events; e++)
		out_text(o, " self %  total %  ");
	put_cell(o, "function", name);
	put_cell(o, "module", module);
	out_text(o, "file\n");
	for (size_t i = 0; i < a->n_functions; i++)
		put_row(o, a, &a->functions[i], name, module, files[i]);
}

static void costs(struct json *j, const struct annotation *a, const char *key,
		  const struct cost *costs, bool samples)
{
	json_key(j, key);
	json_array(j);
	for (size_t e = 0; e < a->n_events; e++)
		json_u64(j, samples ? costs[e].samples : costs[e].weight);
	json_end_array(j);
}

void render_annotate_index_json(struct out *o, const struct annotation *a, const char *const *files)
{
	struct json j;

	json_begin(&j, o);
	json_object(&j);
	json_key_text(&j, "format", "perfolio-annotate-index");
	json_key_u64(&j, "version", 1);
	json_key_text(&j, "view", view_name(a->in.profile->view));
	json_key(&j, "events");
	json_array(&j);
	for (size_t e = 0; e < a->n_events; e++)
		json_text(&j, a->events[e].event->name);
	json_end_array(&j);
	json_key(&j, "functions");
	json_array(&j);
	for (size_t i = 0; i < a->n_functions; i++) {
		const struct annotated *f = &a->functions[i];

		json_object(&j);
		json_key_text(&j, "kind", function_kind_name(f->function->kind));
		json_key_text(&j, "name", f->function->name);
		json_key_text(&j, "module", f->function->module);
		json_key_text(&j, "object", f->function->object);
		json_key_text(&j, "file", files[i]);
		costs(&j, a, "self", f->self, false);
		costs(&j, a, "total", f->total, false);
		costs(&j, a, "self_samples", f->self, true);
		costs(&j, a, "total_samples", f->total, true);
		json_end_object(&j);
	}
	json_end_array(&j);
	json_end_object(&j);
	json_done(&j);
}
