/*
 * A recording is a header, and one or several files of records:
 *
 *   file, legacy   header | attributes | records ............ | feature table, features
 *   pipe           header | records, attributes and features among them
 *   dir            data: as file; data.0, data.1 ...: records only
 */
#include "parser/recording.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/field.h"
#include "parser/header.h"
#include "parser/locate.h"
#include "parser/packed.h"
#include "parser/record.h"
#include "parser/source.h"
#include "parser/stream.h"

struct recording {
	struct diag *diag;
	struct texts *texts;
	struct located at;
	struct header_info header;
	struct source source; /* the file; of a directory recording `data` */
	bool packed;          /* it came in a tarball */
	int symbols;          /* what came with it in one tarball; -1: nothing */
	struct part {
		unsigned long number; /* data.NUMBER */
		uint64_t size;        /* when it was first opened */
	} * parts;                    /* file i is parts[i - 1] */
	size_t n_parts;
	struct source
		part; /* the one that is being walked: there can be more than a process may open */
	struct events events;
	struct features features;

	struct stream *stream; /* the file that is being walked */
	size_t file;           /* its index */
	uint64_t ordinal;
	uint64_t before;   /* bytes of the files before it */
	uint64_t position; /* of the newest record in it */
	/* A first walk may be broken off and begun again: what it did is not done twice. */
	uint64_t applied; /* records before this one were applied */
	size_t told;      /* files before this one were walked to their end, and told of */
	bool unfinished;  /* seen so far */
	bool refused;     /* the system did not give all of it */
	bool told_no_events;
};

/* ---- opening ---- */

static int by_number(const void *a, const void *b)
{
	unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;

	return (x > y) - (x < y);
}

/* The numbers N of the files data.N in a folder, sorted. */
static unsigned long *data_files(const char *folder, size_t *n_out)
{
	DIR *d = opendir(folder);
	unsigned long *numbers = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;

	while (d && (e = readdir(d))) {
		unsigned long number;
		char *end;

		if (strncmp(e->d_name, "data.", 5) != 0 || e->d_name[5] < '0' || e->d_name[5] > '9')
			continue;
		errno = 0;
		number = strtoul(e->d_name + 5, &end, 10);
		if (*end || errno)
			continue;
		numbers = mem_grow(numbers, n, 1, &cap, sizeof(*numbers));
		numbers[n++] = number;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(numbers, n, sizeof(*numbers), by_number);
	*n_out = n;
	return numbers;
}

/* perf makes files here: a FIFO that came with a folder would keep us waiting. */
static bool open_data_file(const char *path, struct source *out, struct error *err)
{
	struct stat st;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return fail(err, ERR_IO, "it is no file");
	return source_open(path, out, err);
}

/* data.NUMBER beside `data`; what cannot be opened is told. */
static bool open_part(struct recording *r, unsigned long number, struct source *out)
{
	size_t size = strlen(r->at.path) + 40;
	char *path = mem_calloc(size, 1);
	struct error err;
	bool ok;

	snprintf(path, size, "%s.%lu", r->at.path, number);
	ok = open_data_file(path, out, &err);
	if (!ok) {
		r->unfinished = true;
		diag_add(r->diag, PROBLEM_TRUNCATED, path, "%s: %s", path, err.what);
	}
	free(path);
	return ok;
}

/* Find data.0, data.1 ... beside `data`. */
static void find_parts(struct recording *r)
{
	size_t n, folder_len = strlen(r->at.path) - strlen("/data");
	char *folder = mem_text(r->at.path, folder_len);
	unsigned long *numbers = data_files(folder, &n);

	r->parts = mem_calloc(n, sizeof(*r->parts));
	for (size_t i = 0; i < n; i++) {
		struct source s;

		if (!open_part(r, numbers[i], &s))
			continue;
		r->parts[r->n_parts++] = (struct part){ numbers[i], s.size };
		source_close(&s);
	}
	free(numbers);
	free(folder);
}

/* The recording in the tarball, instead of that. */
static bool open_packed(struct recording *r, struct error *err)
{
	struct packed packed;

	if (!packed_open(r->at.path, &packed, err))
		return false;
	source_close(&r->source);
	r->source = packed.recording;
	r->symbols = packed.symbols;
	r->packed = true;
	return true;
}

/* given: NULL, the path is opened. */
static struct recording *open_recording(const char *path, struct source *given, struct diag *diag,
					struct texts *texts, struct error *err)
{
	struct recording *r = mem_calloc(1, sizeof(*r));

	r->diag = diag;
	r->texts = texts;
	r->source.fd = r->part.fd = r->symbols = -1;
	if (given) {
		r->source = *given;
		given->fd = -1;
	}
	if (!locate_recording(path, &r->at, err))
		goto failed;
	if (!given && !source_open(r->at.path, &r->source, err))
		goto failed;
	if (!given && is_packed(&r->source) && !open_packed(r, err))
		goto failed;
	if (!header_read(&r->source, &r->header, &r->events, &r->features, diag, texts, err))
		goto failed;
	r->unfinished = r->header.unfinished;
	if (r->at.is_dir) {
		r->header.mode = MODE_DIR;
		find_parts(r);
	}
	if (r->header.mode != MODE_PIPE)
		events_name_unnamed(&r->events, texts);
	recording_rewind(r);
	return r;
failed:
	recording_close(r);
	return NULL;
}

struct recording *recording_open(const char *path, struct diag *diag, struct texts *texts,
				 struct error *err)
{
	return open_recording(path, NULL, diag, texts, err);
}

struct recording *recording_open_source(const char *path, struct source *given, struct diag *diag,
					struct texts *texts, struct error *err)
{
	return open_recording(path, given, diag, texts, err);
}

void recording_close(struct recording *r)
{
	if (!r)
		return;
	stream_free(r->stream);
	source_close(&r->source);
	source_close(&r->part);
	if (r->symbols >= 0)
		close(r->symbols);
	free(r->parts);
	events_free(&r->events);
	features_free(&r->features);
	located_free(&r->at);
	free(r);
}

/* ---- telling where ---- */

enum { PLACE = RECORDING_FILE_NAME + 2 };

void recording_file_name(const struct recording *r, size_t file, char out[RECORDING_FILE_NAME])
{
	out[0] = '\0';
	if (file)
		snprintf(out, RECORDING_FILE_NAME, "data.%lu", r->parts[file - 1].number);
}

/* "data.3: ", or nothing for the main file. */
static void part_name(const struct recording *r, size_t file, char out[PLACE])
{
	char name[RECORDING_FILE_NAME];

	recording_file_name(r, file, name);
	snprintf(out, PLACE, "%s%s", name, *name ? ": " : "");
}

void recording_tell_at(const struct recording *r, struct diag *diag, const struct record_view *v,
		       enum problem_kind kind, const char *subject, const struct error *err)
{
	char at[PLACE];

	part_name(r, v->file, at);
	diag_add(diag, kind, subject, "%sbyte 0x%" PRIx64 ": %s", at, err->offset, err->what);
}

void recording_tell(const struct recording *r, struct diag *diag, const struct record_view *v,
		    enum problem_kind kind, const char *subject, const char *what)
{
	struct error err = { .offset = v->offset };

	snprintf(err.what, sizeof(err.what), "%s", what);
	recording_tell_at(r, diag, v, kind, subject, &err);
}

/* ---- records that describe the recording ---- */

static struct fields fields_of(const struct recording *r, const struct record_view *v)
{
	return (struct fields){
		.c = { .base = v->payload,
		       .len = v->len,
		       .origin = v->offset + 8,
		       .swap = r->header.swap },
	};
}

/* { attr; u64 ids[] }: the ids take the rest of the record. */
static bool apply_attr(struct recording *r, struct fields *in)
{
	struct attr attr;
	uint32_t size = 0;
	size_t index;

	if (cursor_left(&in->c) >= ATTR_SIZE_MIN) {
		struct cursor peek = in->c;

		cursor_skip(&peek, 4);
		size = cursor_u32(&peek);
	}
	if (size < ATTR_SIZE_MIN || !attr_decode(&in->c, size, &attr))
		return false;
	index = events_add(&r->events, &attr);
	while (cursor_left(&in->c) >= 8)
		events_add_id(&r->events, index, cursor_u64(&in->c));
	return true;
}

enum { UPDATE_UNIT = 0, UPDATE_NAME = 2 };

/* { u64 type, id; text }: unit or name of an event. */
static bool apply_event_update(struct recording *r, struct fields *in)
{
	uint64_t what = cursor_u64(&in->c);
	int event = events_find(&r->events, cursor_u64(&in->c));
	const char *text = (const char *)in->c.base + in->c.pos;
	const char *interned;

	if (in->c.overrun)
		return false;
	if (event < 0 || (what != UPDATE_UNIT && what != UPDATE_NAME))
		return true;
	interned = texts_add(r->texts, text, cursor_left(&in->c));
	if (what == UPDATE_UNIT) {
		r->events.items[event].unit = interned;
	} else if (!r->events.items[event].named) {
		r->events.items[event].name = interned;
		r->events.items[event].named = true;
	}
	return true;
}

/* { u64 feature; its section }.  An empty one is the writer's end mark. */
static bool apply_feature(struct recording *r, struct fields *in)
{
	struct fields section = *in;
	uint64_t bit = cursor_u64(&in->c);

	if (in->c.overrun)
		return false;
	section.c.base += in->c.pos;
	section.c.len -= in->c.pos;
	section.c.origin += in->c.pos;
	/* A second one of its kind would be somebody's mistake, or many of them an attack. */
	if (section.c.len == 0 || bit >= FEATURE_BITS ||
	    feature_present(&r->features, (unsigned)bit))
		return true;
	return feature_decode(&r->features, (unsigned)bit, &section, &r->events, r->texts);
}

static void apply(struct recording *r, const struct record_view *v)
{
	struct fields in = fields_of(r, v);
	bool ok = true;

	switch (v->type) {
	case RECORD_HEADER_ATTR:
		ok = apply_attr(r, &in);
		break;
	case RECORD_EVENT_UPDATE:
		ok = apply_event_update(r, &in);
		break;
	case RECORD_HEADER_FEATURE:
		ok = apply_feature(r, &in);
		break;
	case RECORD_HEADER_BUILD_ID:
		ok = build_id_decode(&r->features, v->misc, &in, r->texts);
		break;
	default:
		return;
	}
	if (!ok)
		recording_tell(r, r->diag, v, PROBLEM_BAD_RECORD, record_name(v->type),
			       "the record ends inside a field");
}

/* ---- walking ---- */

void recording_rewind(struct recording *r)
{
	stream_free(r->stream);
	source_close(&r->part);
	r->file = 0;
	r->ordinal = 0;
	r->before = r->position = 0;
	r->stream = stream_new(&r->source, r->header.data_start, r->header.data_end, r->header.swap,
			       r->header.mode == MODE_PIPE, 0);
}

/* Tell, once, how the walk over the current file ended. */
static void tell_end(struct recording *r)
{
	const struct error *e = stream_error(r->stream);
	const struct error *z = stream_compression_error(r->stream);
	char at[PLACE];
	const char *file = r->file ? at : "";

	if (r->file < r->told)
		return;
	r->told = r->file + 1;
	part_name(r, r->file, at);
	if (z->kind != ERR_NONE)
		diag_add(r->diag, PROBLEM_BAD_COMPRESSION, file,
			 "%sbyte 0x%" PRIx64 ": COMPRESSED record: %s", at, z->offset, z->what);
	if (stream_end(r->stream) == END_JUNK) {
		diag_add(r->diag, PROBLEM_TRAILING_JUNK, file,
			 "%sbyte 0x%" PRIx64 ": %s; %" PRIu64 " %s before used", at, e->offset,
			 e->what, r->ordinal, plural(r->ordinal, "record was", "records were"));
	} else if (stream_end(r->stream) == END_TRUNCATED) {
		r->unfinished = true;
		r->refused = r->refused || e->kind == ERR_IO;
		diag_add(r->diag, PROBLEM_TRUNCATED, file,
			 "%sbyte 0x%" PRIx64 ": %s; %" PRIu64 " %s before used", at, e->offset,
			 e->what, r->ordinal, plural(r->ordinal, "record was", "records were"));
	}
}

/* perf describes events before it writes what is of them. */
static void tell_no_events(struct recording *r)
{
	if (r->events.n || r->told_no_events)
		return;
	r->told_no_events = r->unfinished = true;
	diag_add(r->diag, PROBLEM_UNFINISHED, "events",
		 "it describes no event: perf record ended before it wrote that");
}

static uint64_t file_size(const struct recording *r, size_t file)
{
	return file ? r->parts[file - 1].size : r->source.size;
}

/* Go on with the next file; one that has gone since the recording was opened is told and left out. */
static bool next_file(struct recording *r)
{
	tell_end(r);
	stream_free(r->stream);
	r->stream = NULL;
	source_close(&r->part);
	while (r->file < r->n_parts) {
		r->before += file_size(r, r->file);
		r->file++;
		if (!open_part(r, r->parts[r->file - 1].number, &r->part))
			continue;
		r->stream = stream_new(&r->part, 0, file_size(r, r->file), r->header.swap, false,
				       (uint32_t)r->file);
		return true;
	}
	return false;
}

bool recording_next(struct recording *r, struct record_view *out)
{
	while (!r->stream || !stream_next(r->stream, out)) {
		if (r->stream && next_file(r))
			continue;
		events_name_unnamed(&r->events, r->texts);
		tell_no_events(r);
		return false;
	}
	out->ordinal = r->ordinal++;
	r->position = out->offset;
	if (out->ordinal == r->applied) {
		apply(r, out);
		r->applied++;
	}
	return true;
}

bool recording_finished(const struct recording *r)
{
	return !r->unfinished;
}

bool recording_refused(const struct recording *r)
{
	return r->refused;
}

/* ---- facts ---- */

enum recording_mode recording_mode(const struct recording *r)
{
	return r->header.mode;
}

bool recording_swapped(const struct recording *r)
{
	return r->header.swap;
}

bool recording_big_endian(const struct recording *r)
{
	return r->header.swap != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

uint64_t recording_size(const struct recording *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i <= r->n_parts; i++)
		sum += file_size(r, i);
	return sum;
}

bool recording_is_packed(const struct recording *r)
{
	return r->packed;
}

int recording_symbols(const struct recording *r)
{
	return r->symbols;
}

const char *recording_path(const struct recording *r)
{
	return r->at.path;
}

const char *recording_directory(const struct recording *r)
{
	return r->at.directory;
}

time_t recording_mtime(const struct recording *r)
{
	return r->source.mtime;
}

const struct header_info *recording_header(const struct recording *r)
{
	return &r->header;
}

const struct source *recording_source(const struct recording *r)
{
	return &r->source;
}

const struct events *recording_events(const struct recording *r)
{
	return &r->events;
}

const struct features *recording_features(const struct recording *r)
{
	return &r->features;
}

/*
 * Where a SAMPLE has its id: first with SAMPLE_IDENTIFIER, else behind IP, TID, TIME, ADDR
 * (perf_event.h).  -1: it has none.
 */
static int sample_id_position(uint64_t type)
{
	static const uint64_t before = SAMPLE_IP | SAMPLE_TID | SAMPLE_TIME | SAMPLE_ADDR;

	if (type & SAMPLE_IDENTIFIER)
		return 0;
	if (!(type & SAMPLE_ID))
		return -1;
	return 8 * __builtin_popcountll(type & before);
}

/* How far from its end another record's trailer has the id: behind it STREAM_ID, CPU. 0: none. */
static int trailer_id_distance(uint64_t type)
{
	if (type & SAMPLE_IDENTIFIER)
		return 8;
	if (!(type & SAMPLE_ID))
		return 0;
	return 8 + 8 * __builtin_popcountll(type & (SAMPLE_STREAM_ID | SAMPLE_CPU));
}

int recording_event_of(const struct recording *r, const struct record_view *v)
{
	const struct events *e = &r->events;
	uint64_t type, id;
	struct cursor c;
	int pos;

	if (e->n <= 1)
		return (int)e->n - 1;
	type = e->items[0].attr.sample_type;
	if (v->type == RECORD_SAMPLE) {
		pos = sample_id_position(type);
	} else {
		pos = trailer_id_distance(type);
		pos = pos && attr_has(&e->items[0].attr, ATTR_SAMPLE_ID_ALL) ? (int)v->len - pos
									     : -1;
	}
	if (pos < 0 || (uint32_t)pos > v->len || v->len - (uint32_t)pos < 8)
		return 0;
	c = (struct cursor){
		.base = v->payload, .len = v->len, .pos = (size_t)pos, .swap = r->header.swap
	};
	id = cursor_u64(&c);
	return id ? events_find(e, id) : 0;
}

bool recording_time_of(const struct recording *r, const struct record_view *v, uint64_t *time)
{
	static const uint64_t before = SAMPLE_IDENTIFIER | SAMPLE_IP | SAMPLE_TID;
	static const uint64_t behind =
		SAMPLE_TIME | SAMPLE_ID | SAMPLE_STREAM_ID | SAMPLE_CPU | SAMPLE_IDENTIFIER;
	int event = recording_event_of(r, v);
	const struct attr *a;
	struct cursor c;
	size_t pos;

	if (v->type >= RECORD_HEADER_ATTR || r->events.n == 0)
		return false;
	a = &r->events.items[event >= 0 ? event : 0].attr;
	if (!(a->sample_type & SAMPLE_TIME))
		return false;
	if (v->type == RECORD_SAMPLE) {
		pos = 8 * (size_t)__builtin_popcountll(a->sample_type & before);
	} else {
		size_t distance = 8 * (size_t)__builtin_popcountll(a->sample_type & behind);

		if (!attr_has(a, ATTR_SAMPLE_ID_ALL) || distance > v->len)
			return false;
		pos = v->len - distance;
	}
	if (pos > v->len || v->len - pos < 8)
		return false;
	c = (struct cursor){
		.base = v->payload, .len = v->len, .pos = pos, .swap = r->header.swap
	};
	*time = cursor_u64(&c);
	return true;
}

uint64_t recording_position(const struct recording *r)
{
	return r->before + r->position;
}
