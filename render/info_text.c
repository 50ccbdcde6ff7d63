#include <inttypes.h>

#include "parser/base/diag.h"
#include "parser/base/plural.h"
#include "parser/record.h"
#include "parser/recording.h"
#include "render/info.h"
#include "render/out.h"
#include "report/info.h"

static void line(struct out *o, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	out_printf(o, "%-12s ", label);
	out_name(o, value);
	out_char(o, '\n');
}

static void file(struct out *o, const struct recording *r)
{
	static const char *const modes[] = {
		[MODE_FILE] = "perf.data file",
		[MODE_PIPE] = "pipe stream",
		[MODE_LEGACY] = "old perf.data file (PERFFILE)",
		[MODE_DIR] = "directory",
	};

	out_printf(o, "recording    %s, %" PRIu64 " bytes, %s-endian%s\n", modes[recording_mode(r)],
		   recording_size(r), recording_big_endian(r) ? "big" : "little",
		   recording_finished(r) ? "" : ", unfinished");
}

static void host(struct out *o, const struct features *f)
{
	line(o, "host", f->hostname);
	line(o, "system", f->os_release);
	line(o, "arch", f->arch);
	line(o, "cpu", f->cpudesc);
	if (f->has_nrcpus)
		out_printf(o, "cpus         %" PRIu32 " online, %" PRIu32 " available\n",
			   f->nrcpus_online, f->nrcpus_available);
	line(o, "perf", f->version);
}

static void events(struct out *o, const struct info *info)
{
	const struct events *list = recording_events(info->recording);

	out_text(o, "\n     samples               weight  event\n");
	for (size_t i = 0; i < list->n; i++) {
		const struct event *e = &list->items[i];
		const struct info_event *n = &info->events[i];

		out_printf(o, "%12" PRIu64 " %20" PRIu64 "  ", n->samples, n->weight);
		out_name(o, e->name);
		if (attr_has(&e->attr, ATTR_FREQ))
			out_printf(o, "  (%" PRIu64 " Hz)", e->attr.sample_period);
		else if (e->attr.sample_period)
			out_printf(o, "  (every %" PRIu64 ")", e->attr.sample_period);
		if (n->grouped)
			out_printf(o, "  stands for %" PRIu64 " samples, weight %" PRIu64,
				   n->group_samples, n->group_weight);
		out_char(o, '\n');
	}
}

static void records(struct out *o, const struct info *info)
{
	out_text(o, "\n     records  type\n");
	for (size_t i = 0; i < info->n_records; i++) {
		const struct info_count *c = &info->records[i];

		out_printf(o, "%12" PRIu64 "  ", c->count);
		if (record_name(c->type))
			out_text(o, record_name(c->type));
		else
			out_printf(o, "TYPE_%" PRIu32, c->type);
		out_char(o, '\n');
	}
}

void render_problems_text(struct out *o, const struct diag *diag)
{
	if (diag_count(diag) == 0)
		return;
	out_text(o, "\nproblems\n");
	for (size_t i = 0; i < diag_count(diag); i++) {
		const struct problem *p = diag_get(diag, i);

		out_printf(o, "  %s: ", severity_name(p->severity));
		out_name(o, p->message);
		if (p->count > 1)
			out_printf(o, " (%" PRIu64 " times)", p->count);
		out_printf(o, "\n    so: %s\n    to do: %s\n", p->consequence, p->remedy);
	}
}

void render_info_text(struct out *o, const struct info *info)
{
	const struct features *f = recording_features(info->recording);

	file(o, info->recording);
	host(o, f);
	line(o, "command", info->command);
	if (info->has_time) {
		out_text(o, "duration     ");
		out_seconds(o, info->last_ns - info->first_ns);
		out_text(o, " s\n");
	}
	if (f->n_build_ids)
		out_printf(o, "build ids    %zu\n", f->n_build_ids);
	if (info->lost_records || info->lost_events || info->lost_samples)
		out_printf(o,
			   "lost         %" PRIu64 " %s in %" PRIu64 " LOST %s, %" PRIu64 " %s\n",
			   info->lost_events, plural(info->lost_events, "event", "events"),
			   info->lost_records, plural(info->lost_records, "record", "records"),
			   info->lost_samples, plural(info->lost_samples, "sample", "samples"));
	events(o, info);
	records(o, info);
	render_problems_text(o, info->diag);
}
