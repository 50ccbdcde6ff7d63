#include "report/info.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "parser/base/diag.h"
#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/record.h"
#include "parser/recording.h"
#include "parser/sample.h"
#include "report/increase.h"
#include "report/record_again.h"
#include "report/sampled_event.h"

struct walk {
	struct info *info;
	struct recording *recording;
	struct diag *diag;
	struct sample_decoder *decoder;
	struct increases *increases;
	size_t cap_records;
	size_t n_events; /* room in info->events */
};

static uint64_t *record_count(struct walk *w, uint32_t type)
{
	struct info *info = w->info;
	size_t low = 0, high = info->n_records;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (info->records[mid].type < type)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == info->n_records || info->records[low].type != type) {
		info->records = mem_grow(info->records, info->n_records, 1, &w->cap_records,
					 sizeof(*info->records));
		for (size_t i = info->n_records; i > low; i--)
			info->records[i] = info->records[i - 1];
		info->records[low] = (struct info_count){ .type = type };
		info->n_records++;
		if (!record_name(type))
			diag_add(w->diag, PROBLEM_UNKNOWN_RECORD, "",
				 "record type %" PRIu32 " is not known", type);
	}
	return &info->records[low].count;
}

/* In pipe mode events appear on the way. */
static struct info_event *event_of(struct walk *w, int event)
{
	size_t n = recording_events(w->recording)->n;

	if (n > w->n_events) {
		w->info->events = mem_resize(w->info->events, n, sizeof(*w->info->events));
		for (size_t i = w->n_events; i < n; i++)
			w->info->events[i] = (struct info_event){ 0 };
		w->n_events = n;
	}
	return event >= 0 ? &w->info->events[event] : NULL;
}

static void count_group(struct walk *w, const struct sample *s)
{
	size_t n;
	const struct share *shares =
		increases_shares(w->increases, w->recording, w->decoder, s, &n);

	for (size_t i = 0; i < n; i++) {
		struct info_event *e = event_of(w, shares[i].event);

		e->grouped = true;
		e->group_samples += shares[i].weight != 0;
		e->group_weight += shares[i].weight;
	}
}

static void count_sample(struct walk *w, const struct record_view *v)
{
	struct info *info = w->info;
	struct info_event *e;
	struct sample s;
	struct error err;

	if (!sample_decode(w->decoder, v, &s, NULL, &err)) {
		recording_tell_at(w->recording, w->diag, v, PROBLEM_BAD_RECORD, "SAMPLE", &err);
		return;
	}
	e = event_of(w, s.event);
	if (!e) {
		info->unowned_samples++;
		recording_tell(w->recording, w->diag, v, PROBLEM_UNKNOWN_EVENT, "",
			       "a sample's id belongs to no event");
		return;
	}
	e->samples++;
	e->weight += sample_weight(w->recording, &s);
	if (s.type & SAMPLE_TIME) {
		if (!info->has_time || s.time < info->first_ns)
			info->first_ns = s.time;
		if (!info->has_time || s.time > info->last_ns)
			info->last_ns = s.time;
		info->has_time = true;
	}
	if (increases_apply(&s))
		count_group(w, &s);
}

static void count_lost(struct walk *w, const struct record_view *v)
{
	struct info *info = w->info;
	struct record r;
	struct error err;

	if (!record_decode(w->recording, v, &r, NULL, &err)) {
		recording_tell_at(w->recording, w->diag, v, PROBLEM_BAD_RECORD,
				  record_name(v->type), &err);
		return;
	}
	if (v->type == RECORD_LOST) {
		info->lost_records++;
		info->lost_events += r.lost.lost;
	} else {
		info->lost_samples += r.lost.lost;
	}
}

/* After the walk: in pipe mode events and features appear on the way. */
static const char *command_of(const struct recording *r, struct texts *texts)
{
	const struct features *f = recording_features(r);
	struct sampled_event *events = sampled_events(r);
	const char *command =
		record_command(f->cmdline, f->n_cmdline, events, recording_events(r)->n, texts);

	free(events);
	return command;
}

struct info *info_new(struct recording *r, struct diag *diag, struct texts *texts)
{
	struct info *info = mem_calloc(1, sizeof(*info));
	struct walk w = {
		.info = info,
		.recording = r,
		.diag = diag,
		.decoder = sample_decoder_new(r),
		.increases = increases_new(),
	};
	struct record_view v;

	info->recording = r;
	info->diag = diag;
	recording_rewind(r);
	while (recording_next(r, &v)) {
		++*record_count(&w, v.type);
		if (v.type == RECORD_SAMPLE)
			count_sample(&w, &v);
		else if (v.type == RECORD_LOST || v.type == RECORD_LOST_SAMPLES)
			count_lost(&w, &v);
	}
	event_of(&w, -1);
	info->command = command_of(r, texts);
	if (info->lost_events || info->lost_samples)
		diag_add(diag, PROBLEM_LOST, "",
			 "perf lost %" PRIu64 " %s and %" PRIu64 " %s while recording",
			 info->lost_events, plural(info->lost_events, "record", "records"),
			 info->lost_samples, plural(info->lost_samples, "sample", "samples"));
	sample_decoder_free(w.decoder);
	increases_free(w.increases);
	return info;
}

void info_free(struct info *info)
{
	if (!info)
		return;
	free(info->events);
	free(info->records);
	free(info);
}
