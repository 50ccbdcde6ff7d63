#include <stdio.h>

#include "parser/base/diag.h"
#include "parser/record.h"
#include "parser/recording.h"
#include "render/info.h"
#include "render/json.h"
#include "report/info.h"

void render_problems_json(struct json *j, const struct diag *diag)
{
	json_key(j, "problems");
	json_array(j);
	for (size_t i = 0; i < diag_count(diag); i++) {
		const struct problem *p = diag_get(diag, i);

		json_object(j);
		json_key_text(j, "severity", severity_name(p->severity));
		json_key_text(j, "kind", p->name);
		json_key_text(j, "subject", p->subject);
		json_key_text(j, "message", p->message);
		json_key_u64(j, "count", p->count);
		json_key_text(j, "consequence", p->consequence);
		json_key_text(j, "remedy", p->remedy);
		json_end_object(j);
	}
	json_end_array(j);
}

static void file(struct json *j, const struct recording *r)
{
	static const char *const modes[] = { [MODE_FILE] = "file",
					     [MODE_PIPE] = "pipe",
					     [MODE_LEGACY] = "legacy",
					     [MODE_DIR] = "dir" };

	json_key(j, "file");
	json_object(j);
	json_key_text(j, "mode", modes[recording_mode(r)]);
	json_key_text(j, "byte_order", recording_big_endian(r) ? "big" : "little");
	json_key_bool(j, "finished", recording_finished(r));
	json_key_u64(j, "size", recording_size(r));
	json_end_object(j);
}

static void host(struct json *j, const struct features *f)
{
	json_key(j, "host");
	json_object(j);
	json_key_text(j, "hostname", f->hostname);
	json_key_text(j, "os_release", f->os_release);
	json_key_text(j, "arch", f->arch);
	json_key(j, "nrcpus");
	if (f->has_nrcpus)
		json_u64(j, f->nrcpus_online);
	else
		json_null(j);
	json_key(j, "cmdline");
	if (f->cmdline) {
		json_array(j);
		for (size_t i = 0; i < f->n_cmdline; i++)
			json_text(j, f->cmdline[i]);
		json_end_array(j);
	} else {
		json_null(j);
	}
	json_key_text(j, "perf_version", f->version);
	json_key_text(j, "cpu", f->cpudesc);
	json_end_object(j);
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

static void event(struct json *j, const struct event *e, const struct info_event *n)
{
	json_object(j);
	json_key_text(j, "name", e->name);
	json_key_u64(j, "type", e->attr.type);
	json_key_u64(j, "config", e->attr.config);
	json_key_u64(j, "samples", n->samples);
	json_key_u64(j, "weight", n->weight);
	if (n->grouped) {
		json_key_u64(j, "group_samples", n->group_samples);
		json_key_u64(j, "group_weight", n->group_weight);
	}
	json_key_bool(j, "frequency", attr_has(&e->attr, ATTR_FREQ));
	json_key_u64(j, "period_or_frequency", e->attr.sample_period);
	json_key(j, "has");
	json_array(j);
	for (size_t i = 0; i < sizeof(has_names) / sizeof(has_names[0]); i++)
		if (e->attr.sample_type & has_names[i].bit)
			json_text(j, has_names[i].name);
	json_end_array(j);
	json_end_object(j);
}

static void records(struct json *j, const struct info *info)
{
	json_key(j, "records");
	json_object(j);
	for (size_t i = 0; i < info->n_records; i++) {
		const struct info_count *c = &info->records[i];
		char name[24];

		if (record_name(c->type)) {
			json_key_u64(j, record_name(c->type), c->count);
		} else {
			snprintf(name, sizeof(name), "TYPE_%u", c->type);
			json_key_u64(j, name, c->count);
		}
	}
	json_end_object(j);
}

static void time_span(struct json *j, const struct info *info)
{
	json_key(j, "time");
	json_object(j);
	json_key(j, "first_ns");
	if (info->has_time)
		json_u64(j, info->first_ns);
	else
		json_null(j);
	json_key(j, "last_ns");
	if (info->has_time)
		json_u64(j, info->last_ns);
	else
		json_null(j);
	json_end_object(j);
}

void render_info_json(struct out *o, const struct info *info)
{
	const struct events *events = recording_events(info->recording);
	const struct features *features = recording_features(info->recording);
	struct json j;

	json_begin(&j, o);
	json_object(&j);
	json_key_text(&j, "format", "perfolio-info");
	json_key_u64(&j, "version", 1);
	file(&j, info->recording);
	host(&j, features);
	json_key(&j, "events");
	json_array(&j);
	for (size_t i = 0; i < events->n; i++)
		event(&j, &events->items[i], &info->events[i]);
	json_end_array(&j);
	records(&j, info);
	json_key(&j, "lost");
	json_object(&j);
	json_key_u64(&j, "records", info->lost_records);
	json_key_u64(&j, "events", info->lost_events);
	json_key_u64(&j, "samples", info->lost_samples);
	json_end_object(&j);
	time_span(&j, info);
	json_key_u64(&j, "build_ids", features->n_build_ids);
	render_problems_json(&j, info->diag);
	json_end_object(&j);
	json_done(&j);
}
