#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "parser/base/plural.h"
#include "parser/perf_format.h"
#include "render/info.h"
#include "render/out.h"
#include "report/profile_file.h"

static void line(struct out *o, const char *label, const char *value)
{
	if (!*value)
		return;
	out_printf(o, "%-12s ", label);
	out_name(o, value);
	out_char(o, '\n');
}

static void keys(struct out *o, unsigned kept)
{
	const char *between = "";

	out_text(o, "kept apart   ");
	for (unsigned key = 0; key < ROOT_KEYS; key++) {
		if (!(kept >> key & 1))
			continue;
		out_printf(o, "%s%s", between, root_key_name((enum root_key)key));
		between = ", ";
	}
	out_text(o, *between ? "\n" : "nothing\n");
}

static void when(struct out *o, const struct folio_source *s)
{
	time_t seconds = (time_t)(s->wall_ns / 1000000000);
	char text[32];
	struct tm tm;

	if (!s->wall_ns || !gmtime_r(&seconds, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return;
	out_printf(o, "recorded     %s%s\n", text,
		   s->wall_is_mtime ? " at the latest (when the file was written)" : "");
}

static void source(struct out *o, const struct folio_source *s)
{
	out_char(o, '\n');
	line(o, "recording", s->path);
	out_printf(o, "size         %" PRIu64 " bytes\n", s->size);
	line(o, "contents", s->hash);
	line(o, "program", s->program);
	line(o, "command", s->command);
	line(o, "host", s->host);
	line(o, "system", s->kernel);
	line(o, "arch", s->arch);
	line(o, "cpu", s->cpu);
	when(o, s);
	if (s->has_time) {
		out_text(o, "duration     ");
		out_seconds(o, s->last_ns - s->first_ns);
		out_text(o, " s\n");
	}
	if (s->processes)
		out_printf(o, "tasks        %" PRIu64 " %s, %" PRIu64 " %s\n", s->processes,
			   plural(s->processes, "process", "processes"), s->threads,
			   plural(s->threads, "thread", "threads"));
	out_printf(o, "samples      %" PRIu64 " read", s->samples);
	if (s->unused)
		out_printf(o, ", %" PRIu64 " unusable", s->unused);
	if (s->lost_samples || s->lost_events)
		out_printf(o, "; lost %" PRIu64 ", and %" PRIu64 " %s", s->lost_samples,
			   s->lost_events, plural(s->lost_events, "record", "records"));
	out_char(o, '\n');
	line(o, "perf", s->perf);
	line(o, "perfolio", s->perfolio);
	line(o, "options", s->options);
	line(o, "positions", s->positions ? "kept" : "not kept");
}

static void events(struct out *o, const struct folio *f)
{
	struct cost *sums = folio_sums(f);

	out_text(o, "\n     samples               weight  event\n");
	for (size_t e = 0; e < f->n_events; e++) {
		const struct folio_event *event = &f->events[e];

		out_printf(o, "%12" PRIu64 " %20" PRIu64 "  ", sums[e].samples, sums[e].weight);
		out_name(o, event->name);
		if (event->mixed)
			out_text(o, "  (other periods in other recordings)");
		else if (attr_has(&event->attr, ATTR_FREQ))
			out_printf(o, "  (%" PRIu64 " Hz)", event->attr.sample_period);
		else if (event->attr.sample_period)
			out_printf(o, "  (every %" PRIu64 ")", event->attr.sample_period);
		if (event->recordings < f->n_sources)
			out_printf(o, "  in %" PRIu32 " of %zu recordings", event->recordings,
				   f->n_sources);
		if (event->filtered.samples)
			out_printf(o, "  without %" PRIu64 " %s that filters left out",
				   event->filtered.samples,
				   plural(event->filtered.samples, "sample", "samples"));
		out_char(o, '\n');
	}
	free(sums);
}

void render_profile_info_text(struct out *o, const struct profile_info *info)
{
	const struct folio *f = info->folio;

	out_printf(o, "profile      %" PRIu64 " bytes, of %zu %s\n", info->size, f->n_sources,
		   plural(f->n_sources, "recording", "recordings"));
	keys(o, f->keys);
	out_printf(o, "contains     %zu %s, %zu %s of the call tree, %zu %s\n", f->functions.n,
		   plural(f->functions.n, "function", "functions"), f->tree->n_nodes - 1,
		   plural(f->tree->n_nodes - 1, "node", "nodes"), f->tasks.n,
		   plural(f->tasks.n, "task", "tasks"));
	for (size_t i = 0; i < f->n_sources; i++)
		source(o, &f->sources[i]);
	events(o, f);
	render_problems_text(o, info->diag);
}
