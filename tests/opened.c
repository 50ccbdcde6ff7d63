/* tests/opened.c - see opened.h. */
#include "tests/opened.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "parser/field.h"
#include "parser/record.h"
#include "parser/sample.h"

int memory_file(const void *bytes, size_t len, char path[32])
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || (len && write(fd, bytes, len) != (ssize_t)len)) {
		perror("memfd");
		abort();
	}
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

bool open_path(struct opened *o, const char *path)
{
	*o = (struct opened){ .fd = -1 };
	o->diag = diag_new();
	o->texts = texts_new();
	o->recording = recording_open(path, o->diag, o->texts, &o->err);
	return o->recording != NULL;
}

bool open_bytes(struct opened *o, const void *bytes, size_t len)
{
	char path[32];
	int fd = memory_file(bytes, len, path);

	open_path(o, path);
	o->fd = fd;
	return o->recording != NULL;
}

bool open_image(struct opened *o, const struct image *img)
{
	return open_bytes(o, img->bytes, img->len);
}

void open_done(struct opened *o)
{
	recording_close(o->recording);
	texts_free(o->texts);
	diag_free(o->diag);
	if (o->fd >= 0)
		close(o->fd);
	*o = (struct opened){ .fd = -1 };
}

const char *opened_records(struct opened *o)
{
	struct record_view v;
	size_t len = 0;

	o->records[0] = '\0';
	recording_rewind(o->recording);
	while (recording_next(o->recording, &v)) {
		const char *name = record_name(v.type);
		char number[24];

		if (v.type == RECORD_HEADER_ATTR || v.type == RECORD_HEADER_FEATURE ||
		    v.type == RECORD_EVENT_UPDATE)
			continue;
		snprintf(number, sizeof(number), "TYPE_%" PRIu32, v.type);
		if (len < sizeof(o->records))
			len += (size_t)snprintf(o->records + len, sizeof(o->records) - len,
						"%s%s%s", len ? " " : "", v.inner ? "~" : "",
						name ? name : number);
	}
	return o->records;
}

/* A listener that looks at all it is told, so that a sanitizer does. */
static void look_at(struct field_log *log, const char *name, enum field_format format,
		    uint64_t value, const void *bytes, size_t len)
{
	volatile uint8_t sum = (uint8_t)(value + (uint64_t)format + strlen(name));

	(void)log;
	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + ((const uint8_t *)bytes)[i]);
}

static void look_at_sample(struct sample_decoder *d, const struct sample *s)
{
	struct field_log log = { .tell = look_at };

	if (s->event >= 0 && s->read_values)
		for (uint64_t i = 0; i < s->read_nr; i++)
			field_tell(&log, "read", FIELD_DEC, sample_read_value(d, s, i).value, NULL,
				   0);
	field_tell(&log, "chain", FIELD_BYTES, 0, s->chain, (size_t)s->chain_nr * 8);
	field_tell(&log, "raw", FIELD_BYTES, 0, s->raw, s->raw_size);
	field_tell(&log, "branches", FIELD_BYTES, 0, s->branches, (size_t)s->branch_nr * 24);
	field_tell(&log, "stack", FIELD_BYTES, 0, s->stack, (size_t)s->stack_size);
	if (s->user_regs)
		field_tell(&log, "regs", FIELD_BYTES, 0, s->user_regs,
			   8 * (size_t)__builtin_popcountll(s->user_regs_mask));
}

uint64_t opened_decode_all(struct opened *o)
{
	struct sample_decoder *d = sample_decoder_new(o->recording);
	struct field_log log = { .tell = look_at };
	struct record_view v;
	uint64_t n = 0;

	recording_rewind(o->recording);
	for (; recording_next(o->recording, &v); n++) {
		struct sample s;
		struct record r;
		struct error err;

		if (v.type != RECORD_SAMPLE)
			record_decode(o->recording, &v, &r, &log, &err);
		else if (sample_decode(d, &v, &s, &log, &err))
			look_at_sample(d, &s);
	}
	sample_decoder_free(d);
	return n;
}

bool opened_record(struct opened *o, uint32_t type, size_t n, struct record_view *v)
{
	recording_rewind(o->recording);
	while (recording_next(o->recording, v))
		if (v->type == type && n-- == 0)
			return true;
	return false;
}

uint64_t opened_problems(const struct opened *o, enum problem_kind kind)
{
	uint64_t n = 0;

	for (size_t i = 0; i < diag_count(o->diag); i++)
		if (diag_get(o->diag, i)->kind == kind)
			n += diag_get(o->diag, i)->count;
	return n;
}
