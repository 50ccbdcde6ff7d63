#include "render/dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/features.h"
#include "parser/field.h"
#include "parser/header.h"
#include "parser/record.h"
#include "parser/recording.h"
#include "parser/sample.h"
#include "parser/source.h"
#include "render/out.h"

enum { BYTES_SHOWN = 64 };

/* A listener that prints "  name value" for each field. */
struct printer {
	struct field_log log; /* first: the listener is found through it */
	struct out *out;
};

static void print_bytes(struct out *o, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len && i < BYTES_SHOWN; i++)
		out_printf(o, "%02x", p[i]);
	if (len > BYTES_SHOWN)
		out_printf(o, "... (%zu bytes)", len);
}

static void print_text(struct out *o, const char *p, size_t len)
{
	char *copy = strndup(p, len);

	if (copy)
		out_name(o, copy);
	free(copy);
}

static void print_field(struct field_log *log, const char *name, enum field_format format,
			uint64_t value, const void *bytes, size_t len)
{
	struct out *o = ((struct printer *)log)->out;

	out_printf(o, "  %s ", name);
	switch (format) {
	case FIELD_DEC:
		out_u64(o, value);
		break;
	case FIELD_HEX:
		out_printf(o, "0x%" PRIx64, value);
		break;
	case FIELD_SIGNED:
		out_printf(o, "%" PRId64, (int64_t)value);
		break;
	case FIELD_TEXT:
		print_text(o, bytes, len);
		break;
	case FIELD_BYTES:
		print_bytes(o, bytes, len);
		break;
	}
	out_char(o, '\n');
}

/* ---- which types ---- */

static bool name_is(const char *name, size_t len, uint32_t type)
{
	static const char prefix[] = "PERF_RECORD_";
	const char *own = record_name(type);
	char number[24];

	snprintf(number, sizeof(number), "TYPE_%" PRIu32, type);
	if (strlen(number) == len && strncasecmp(number, name, len) == 0)
		return true;
	if (len > strlen(prefix) && strncasecmp(name, prefix, strlen(prefix)) == 0) {
		name += strlen(prefix);
		len -= strlen(prefix);
	}
	return own && strlen(own) == len && strncasecmp(own, name, len) == 0;
}

static bool in_list(const char *types, uint32_t type)
{
	for (const char *p = types; *p;) {
		size_t len = strcspn(p, ",");

		if (name_is(p, len, type))
			return true;
		p += len + (p[len] == ',');
	}
	return false;
}

static bool known(const char *name, size_t len)
{
	static const char number[] = "TYPE_";

	if (len > strlen(number) && strncasecmp(name, number, strlen(number)) == 0)
		return strspn(name + strlen(number), "0123456789") == len - strlen(number);
	for (uint32_t type = 0; type < RECORD_TYPES; type++)
		if (name_is(name, len, type))
			return true;
	return false;
}

const char *dump_unknown_type(const char *types, size_t *len)
{
	const char *p = types;

	do {
		*len = strcspn(p, ",");
		if (!known(p, *len))
			return p;
		p += *len + (p[*len] == ',');
	} while (*p);
	return NULL;
}

char *dump_type_names(void)
{
	size_t room = 1;
	char *names, *to;

	for (uint32_t type = 0; type < RECORD_TYPES; type++)
		room += record_name(type) ? strlen(record_name(type)) + 1 : 0;
	to = names = mem_calloc(room, 1);
	for (uint32_t type = 0; type < RECORD_TYPES; type++)
		if (record_name(type))
			to = stpcpy(stpcpy(to, to > names ? "|" : ""), record_name(type));
	return names;
}

/* ---- the parts ---- */

static void dump_header(struct out *o, const struct recording *r)
{
	const struct header_info *h = recording_header(r);

	out_printf(o, "0x0 HEADER\n  size %" PRIu64 "\n  byte_order %s\n", h->size,
		   recording_big_endian(r) ? "big" : "little");
	if (h->mode == MODE_PIPE)
		return;
	out_printf(o, "  attr_size %" PRIu64 "\n", h->attr_size);
	out_printf(o, "  attrs 0x%" PRIx64 " + %" PRIu64 "\n", h->attrs.offset, h->attrs.size);
	out_printf(o, "  data 0x%" PRIx64 " + %" PRIu64 "\n", h->data.offset, h->data.size);
	out_printf(o, "  event_types 0x%" PRIx64 " + %" PRIu64 "\n", h->event_types.offset,
		   h->event_types.size);
}

static void dump_events(struct out *o, const struct recording *r)
{
	const struct events *events = recording_events(r);

	for (size_t i = 0; i < events->n; i++) {
		const struct event *e = &events->items[i];
		const struct attr *a = &e->attr;

		out_printf(o, "EVENT %zu\n  name ", i);
		out_name(o, e->name);
		out_printf(o, "\n  type %" PRIu32 "\n  size %" PRIu32 "\n  config 0x%" PRIx64 "\n",
			   a->type, a->size, a->config);
		out_printf(o, "  %s %" PRIu64 "\n", attr_has(a, ATTR_FREQ) ? "freq" : "period",
			   a->sample_period);
		out_printf(o,
			   "  sample_type 0x%" PRIx64 "\n  read_format 0x%" PRIx64
			   "\n  flags 0x%" PRIx64 "\n",
			   a->sample_type, a->read_format, a->flags);
		for (size_t k = 0; k < e->n_ids; k++)
			out_printf(o, "  id %" PRIu64 "\n", e->ids[k]);
	}
}

/* Decode the section again, for the listener only. */
static void dump_feature(struct printer *p, const struct recording *r, unsigned bit,
			 const struct file_section *section)
{
	struct features scratch = { 0 };
	struct events none = { 0 };
	struct texts *texts;
	struct fields in = { .c = { .origin = section->offset, .swap = recording_swapped(r) },
			     .log = &p->log };
	struct error err;
	uint8_t *bytes;

	if (feature_name(bit))
		out_printf(p->out, "0x%" PRIx64 " FEATURE %s size %" PRIu64 "\n", section->offset,
			   feature_name(bit), section->size);
	else
		out_printf(p->out, "0x%" PRIx64 " FEATURE %u size %" PRIu64 "\n", section->offset,
			   bit, section->size);
	bytes = section_read(recording_source(r), section, &err);
	if (!bytes) {
		out_printf(p->out, "  cannot be read: %s\n", err.what);
		return;
	}
	texts = texts_new();
	in.c.base = bytes;
	in.c.len = (size_t)section->size;
	if (!feature_decode(&scratch, bit, &in, &none, texts))
		out_text(p->out, "  ends inside a field\n");
	features_free(&scratch);
	texts_free(texts);
	free(bytes);
}

static void dump_record(struct printer *p, const struct recording *r, struct sample_decoder *d,
			const struct record_view *v)
{
	const char *name = record_name(v->type);
	char file[RECORDING_FILE_NAME];
	struct record record;
	struct sample sample;
	struct error err;
	bool ok;

	recording_file_name(r, v->file, file);
	if (*file)
		out_printf(p->out, "%s ", file);
	out_printf(p->out, "0x%" PRIx64 "%s ", v->offset, v->inner ? " (compressed)" : "");
	if (name)
		out_text(p->out, name);
	else
		out_printf(p->out, "TYPE_%" PRIu32, v->type);
	out_printf(p->out, " misc 0x%x size %" PRIu32 "\n", v->misc, v->len + 8);
	if (v->type == RECORD_SAMPLE)
		ok = sample_decode(d, v, &sample, &p->log, &err);
	else
		ok = record_decode(r, v, &record, &p->log, &err);
	if (!ok)
		out_printf(p->out, "  damaged: %s\n", err.what);
}

void render_dump(struct out *o, struct recording *r, const struct dump_options *options)
{
	struct printer p = { .log = { .tell = print_field }, .out = o };
	const struct header_info *h = recording_header(r);
	struct sample_decoder *d = sample_decoder_new(r);
	struct record_view v;
	uint64_t left = options->limit ? options->limit : UINT64_MAX;

	if (!options->types) {
		dump_header(o, r);
		dump_events(o, r);
		for (unsigned bit = 0; bit < FEATURE_BITS; bit++)
			if (h->features[bit].offset)
				dump_feature(&p, r, bit, &h->features[bit]);
	}
	recording_rewind(r);
	while (left && recording_next(r, &v)) {
		if (options->types && !in_list(options->types, v.type))
			continue;
		dump_record(&p, r, d, &v);
		left--;
	}
	sample_decoder_free(d);
}
