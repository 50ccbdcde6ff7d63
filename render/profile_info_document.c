/*
 * "perfolio-profile" as JSON and XML: doc/schema/perfolio-profile.schema.json and .xsd.
 */
#include <stdlib.h>

#include "parser/perf_format.h"
#include "render/document.h"
#include "render/info.h"
#include "report/profile_file.h"

static void keys(struct document *d, unsigned kept)
{
	const char *words[ROOT_KEYS];
	size_t n = 0;

	for (unsigned key = 0; key < ROOT_KEYS; key++)
		if (kept >> key & 1)
			words[n++] = root_key_name((enum root_key)key);
	document_words(d, "kept", words, n);
}

static void stacks(struct document *d, const struct folio_source *s)
{
	document_object(d, "stacks");
	for (int end = 0; end < STACK_ENDS; end++)
		document_u64(d, stack_end_name((enum stack_end)end), s->stacks[end]);
	document_end(d);
}

static void source(struct document *d, const struct folio_source *s)
{
	document_item(d, "recording");
	document_text(d, "path", s->path);
	document_u64(d, "size", s->size);
	document_text(d, "contents", s->hash);
	document_text(d, "program", s->program);
	document_text(d, "command", s->command);
	document_text(d, "hostname", s->host);
	document_text(d, "os_release", s->kernel);
	document_text(d, "arch", s->arch);
	document_text(d, "cpu", s->cpu);
	document_u64(d, "recorded_ns", s->wall_ns);
	document_bool(d, "recorded_is_mtime", s->wall_is_mtime);
	if (s->has_time) {
		document_u64(d, "first_ns", s->first_ns);
		document_u64(d, "last_ns", s->last_ns);
	}
	document_u64(d, "processes", s->processes);
	document_u64(d, "threads", s->threads);
	document_u64(d, "samples", s->samples);
	document_u64(d, "unused", s->unused);
	document_u64(d, "no_increase", s->no_increase);
	document_u64(d, "lost_events", s->lost_events);
	document_u64(d, "lost_samples", s->lost_samples);
	document_text(d, "perf_version", s->perf);
	document_text(d, "perfolio_version", s->perfolio);
	document_text(d, "options", s->options);
	document_bool(d, "positions", s->positions);
	stacks(d, s);
	document_end(d);
}

static void event(struct document *d, const struct folio_event *e, const struct cost *sum)
{
	document_item(d, "event");
	document_text(d, "name", e->name);
	document_text(d, "unit", e->unit);
	document_u64(d, "samples", sum->samples);
	document_u64(d, "weight", sum->weight);
	document_u64(d, "filtered_samples", e->filtered.samples);
	document_u64(d, "filtered_weight", e->filtered.weight);
	document_u64(d, "recordings", e->recordings);
	if (!e->mixed)
		document_u64(d, attr_has(&e->attr, ATTR_FREQ) ? "frequency" : "period",
			     e->attr.sample_period);
	document_end(d);
}

static void render(struct out *o, const struct profile_info *info, enum document_syntax syntax)
{
	const struct folio *f = info->folio;
	struct cost *sums = folio_sums(f);
	struct document d;

	document_begin(&d, o, syntax, "profile");
	document_u64(&d, "size", info->size);
	keys(&d, f->keys);
	document_u64(&d, "functions", f->functions.n);
	document_u64(&d, "nodes", f->tree->n_nodes - 1);
	document_u64(&d, "tasks", f->tasks.n);
	document_array(&d, "recordings");
	for (size_t i = 0; i < f->n_sources; i++)
		source(&d, &f->sources[i]);
	document_end(&d);
	document_array(&d, "events");
	for (size_t e = 0; e < f->n_events; e++)
		event(&d, &f->events[e], &sums[e]);
	document_end(&d);
	document_problems(&d, info->diag);
	document_done(&d);
	free(sums);
}

void render_profile_info_json(struct out *o, const struct profile_info *info)
{
	render(o, info, SYNTAX_JSON);
}

void render_profile_info_xml(struct out *o, const struct profile_info *info)
{
	render(o, info, SYNTAX_XML);
}
