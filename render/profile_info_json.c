#include <stdlib.h>

#include "parser/perf_format.h"
#include "render/info.h"
#include "render/json.h"
#include "report/profile_file.h"

static void keys(struct json *j, unsigned kept)
{
	static const char *const names[ROOT_KEYS] = {
		[ROOT_HOST] = "host",       [ROOT_RECORDING] = "recording", [ROOT_COMM] = "comm",
		[ROOT_PROCESS] = "process", [ROOT_THREAD] = "thread",       [ROOT_CPU] = "cpu",
	};

	json_key(j, "kept");
	json_array(j);
	for (unsigned key = 0; key < ROOT_KEYS; key++)
		if (kept >> key & 1)
			json_text(j, names[key]);
	json_end_array(j);
}

static void stacks(struct json *j, const struct folio_source *s)
{
	json_key(j, "stacks");
	json_object(j);
	for (int end = 0; end < STACK_ENDS; end++)
		json_key_u64(j, stack_end_name((enum stack_end)end), s->stacks[end]);
	json_end_object(j);
}

static void source(struct json *j, const struct folio_source *s)
{
	json_object(j);
	json_key_text(j, "path", s->path);
	json_key_u64(j, "size", s->size);
	json_key_text(j, "contents", s->hash);
	json_key_text(j, "program", s->program);
	json_key_text(j, "host", s->host);
	json_key_text(j, "os_release", s->kernel);
	json_key_text(j, "arch", s->arch);
	json_key_text(j, "cpu", s->cpu);
	json_key_u64(j, "recorded_ns", s->wall_ns);
	json_key_bool(j, "recorded_is_mtime", s->wall_is_mtime);
	if (s->has_time) {
		json_key_u64(j, "first_ns", s->first_ns);
		json_key_u64(j, "last_ns", s->last_ns);
	}
	json_key_u64(j, "processes", s->processes);
	json_key_u64(j, "threads", s->threads);
	json_key_u64(j, "samples", s->samples);
	json_key_u64(j, "unused", s->unused);
	json_key_u64(j, "no_increase", s->no_increase);
	json_key_u64(j, "lost_events", s->lost_events);
	json_key_u64(j, "lost_samples", s->lost_samples);
	stacks(j, s);
	json_key_text(j, "perf", s->perf);
	json_key_text(j, "perfolio", s->perfolio);
	json_key_text(j, "options", s->options);
	json_end_object(j);
}

static void event(struct json *j, const struct folio_event *e, const struct cost *sum)
{
	json_object(j);
	json_key_text(j, "name", e->name);
	json_key_text(j, "unit", e->unit);
	json_key_u64(j, "samples", sum->samples);
	json_key_u64(j, "weight", sum->weight);
	json_key_u64(j, "filtered_samples", e->filtered.samples);
	json_key_u64(j, "filtered_weight", e->filtered.weight);
	json_key_u64(j, "recordings", e->recordings);
	if (!e->mixed)
		json_key_u64(j, attr_has(&e->attr, ATTR_FREQ) ? "frequency" : "period",
			     e->attr.sample_period);
	json_end_object(j);
}

void render_profile_info_json(struct out *o, const struct profile_info *info)
{
	const struct folio *f = info->folio;
	struct cost *sums = folio_sums(f);
	struct json j;

	json_begin(&j, o);
	json_object(&j);
	json_key_text(&j, "format", "perfolio-profile");
	json_key_u64(&j, "version", 1);
	json_key_u64(&j, "size", info->size);
	keys(&j, f->keys);
	json_key_u64(&j, "functions", f->functions.n);
	json_key_u64(&j, "nodes", f->tree->n_nodes - 1);
	json_key_u64(&j, "tasks", f->tasks.n);
	json_key(&j, "recordings");
	json_array(&j);
	for (size_t i = 0; i < f->n_sources; i++)
		source(&j, &f->sources[i]);
	json_end_array(&j);
	json_key(&j, "events");
	json_array(&j);
	for (size_t e = 0; e < f->n_events; e++)
		event(&j, &f->events[e], &sums[e]);
	json_end_array(&j);
	render_problems_json(&j, info->diag);
	json_end_object(&j);
	json_done(&j);
	free(sums);
}
