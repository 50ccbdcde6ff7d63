/*
 * "perfolio-info" as JSON and XML: doc/schema/perfolio-info.schema.json and .xsd.
 */
#include <stdio.h>

#include "parser/record.h"
#include "parser/recording.h"
#include "render/document.h"
#include "render/info.h"
#include "report/info.h"

static void file(struct document *d, const struct recording *r)
{
	static const char *const modes[] = { [MODE_FILE] = "file",
					     [MODE_PIPE] = "pipe",
					     [MODE_LEGACY] = "legacy",
					     [MODE_DIR] = "dir" };

	document_object(d, "file");
	document_text(d, "mode", modes[recording_mode(r)]);
	document_text(d, "byte_order", recording_big_endian(r) ? "big" : "little");
	document_bool(d, "finished", recording_finished(r));
	document_u64(d, "size", recording_size(r));
	document_end(d);
}

static void host(struct document *d, const struct features *f)
{
	document_object(d, "host");
	document_text(d, "hostname", f->hostname);
	document_text(d, "os_release", f->os_release);
	document_text(d, "arch", f->arch);
	if (f->has_nrcpus)
		document_u64(d, "nrcpus", f->nrcpus_online);
	else
		document_none(d, "nrcpus");
	document_text(d, "perf_version", f->version);
	document_text(d, "cpu", f->cpudesc);
	document_texts(d, "cmdline", "word", f->cmdline, f->n_cmdline);
	document_end(d);
}

static const struct {
	uint64_t bit;
	const char *name;
} has_names[] = {
	{ SAMPLE_ADDR, "addr" },
	{ SAMPLE_READ, "read" },
	{ SAMPLE_CALLCHAIN, "callchain" },
	{ SAMPLE_RAW, "raw" },
	{ SAMPLE_BRANCH_STACK, "branch_stack" },
	{ SAMPLE_REGS_USER, "regs_user" },
	{ SAMPLE_STACK_USER, "stack_user" },
	{ SAMPLE_WEIGHT | SAMPLE_WEIGHT_STRUCT, "weight" },
	{ SAMPLE_DATA_SRC, "data_src" },
	{ SAMPLE_TRANSACTION, "transaction" },
	{ SAMPLE_REGS_INTR, "regs_intr" },
	{ SAMPLE_PHYS_ADDR, "phys_addr" },
	{ SAMPLE_AUX, "aux" },
	{ SAMPLE_CGROUP, "cgroup" },
	{ SAMPLE_DATA_PAGE_SIZE, "data_page_size" },
	{ SAMPLE_CODE_PAGE_SIZE, "code_page_size" },
};

static void event(struct document *d, const struct event *e, const struct info_event *n)
{
	const char *has[sizeof(has_names) / sizeof(has_names[0])];
	size_t n_has = 0;

	for (size_t i = 0; i < sizeof(has_names) / sizeof(has_names[0]); i++)
		if (e->attr.sample_type & has_names[i].bit)
			has[n_has++] = has_names[i].name;
	document_item(d, "event");
	document_text(d, "name", e->name);
	document_u64(d, "type", e->attr.type);
	document_u64(d, "config", e->attr.config);
	document_u64(d, "samples", n->samples);
	document_u64(d, "weight", n->weight);
	if (n->grouped) {
		document_u64(d, "group_samples", n->group_samples);
		document_u64(d, "group_weight", n->group_weight);
	}
	document_bool(d, "frequency", attr_has(&e->attr, ATTR_FREQ));
	document_u64(d, "period_or_frequency", e->attr.sample_period);
	document_words(d, "has", has, n_has);
	document_end(d);
}

static void records(struct document *d, const struct info *info)
{
	document_map(d, "records");
	for (size_t i = 0; i < info->n_records; i++) {
		const struct info_count *c = &info->records[i];
		const char *name = record_name(c->type);
		char number[24];

		snprintf(number, sizeof(number), "TYPE_%u", c->type);
		document_entry(d, "record", name ? name : number, "count", c->count);
	}
	document_end(d);
}

static void lost(struct document *d, const struct info *info)
{
	document_object(d, "lost");
	document_u64(d, "records", info->lost_records);
	document_u64(d, "events", info->lost_events);
	document_u64(d, "samples", info->lost_samples);
	document_end(d);
}

static void time_span(struct document *d, const struct info *info)
{
	document_object(d, "time");
	if (info->has_time) {
		document_u64(d, "first_ns", info->first_ns);
		document_u64(d, "last_ns", info->last_ns);
	} else {
		document_none(d, "first_ns");
		document_none(d, "last_ns");
	}
	document_end(d);
}

static void render(struct out *o, const struct info *info, enum document_syntax syntax)
{
	const struct events *events = recording_events(info->recording);
	const struct features *features = recording_features(info->recording);
	struct document d;

	document_begin(&d, o, syntax, "info");
	document_u64(&d, "build_ids", features->n_build_ids);
	file(&d, info->recording);
	host(&d, features);
	document_array(&d, "events");
	for (size_t i = 0; i < events->n; i++)
		event(&d, &events->items[i], &info->events[i]);
	document_end(&d);
	records(&d, info);
	lost(&d, info);
	time_span(&d, info);
	document_problems(&d, info->diag);
	document_done(&d);
}

void render_info_json(struct out *o, const struct info *info)
{
	render(o, info, SYNTAX_JSON);
}

void render_info_xml(struct out *o, const struct info *info)
{
	render(o, info, SYNTAX_XML);
}
