#include "parser/jitdump.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/cursor.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/source.h"

#define MAGIC         0x4a695444u /* "JiTD" */
#define MAGIC_SWAPPED 0x4454694au
/* A dump is read whole; larger ones are cut here. */
#define BYTES_MAX (UINT64_C(1) << 31)

enum {
	CODE_LOAD = 0,
	CODE_MOVE = 1,
	CODE_DEBUG_INFO = 2,
	CODE_CLOSE = 3,
	CODE_UNWINDING_INFO = 4,
};
enum { FILE_HEADER = 40, RECORD_HEADER = 16, LOAD_FIXED = 40 };

struct reading {
	struct jitdump *d;
	const uint8_t *bytes;
	size_t len;
	bool swap;
	/* lines wait for the code that they are of: its CODE_LOAD follows */
	uint64_t lines_of;
	size_t first_line, n_lines;
};

struct record {
	uint32_t id, size;
	uint64_t time;
};

static struct cursor cursor_at(const struct reading *r, size_t pos, size_t len)
{
	return (struct cursor){
		.base = r->bytes + pos, .len = len, .origin = pos, .swap = r->swap
	};
}

/* ---- records ---- */

/* { u32 pid, tid; u64 vma, code_addr, code_size, code_index; char name[]; code[code_size] } */
static bool load_code(struct reading *r, struct cursor *c, uint64_t time)
{
	struct jitdump_code code = { .time = time };
	const char *name;

	cursor_skip(c, 16); /* pid, tid, vma */
	code.start = cursor_u64(c);
	code.size = cursor_u64(c);
	code.index = cursor_u64(c);
	name = cursor_text(c);
	if (!name || code.size > cursor_left(c))
		return false;
	code.name = texts_add_z(r->d->texts, name);
	if (r->n_lines && r->lines_of == code.start) {
		code.first_line = (uint32_t)r->first_line;
		code.n_lines = (uint32_t)r->n_lines;
	}
	r->n_lines = 0;
	r->d->codes = mem_grow(r->d->codes, r->d->n, 1, &r->d->cap, sizeof(*r->d->codes));
	r->d->codes[r->d->n++] = code;
	return true;
}

/* { u32 pid, tid; u64 vma, old_code_addr, new_code_addr, code_size, code_index } */
static bool move_code(struct reading *r, struct cursor *c, uint64_t time)
{
	uint64_t old, start, size, index;

	cursor_skip(c, 16);
	old = cursor_u64(c);
	start = cursor_u64(c);
	size = cursor_u64(c);
	index = cursor_u64(c);
	if (c->overrun)
		return false;
	for (size_t i = r->d->n; i-- > 0;) {
		struct jitdump_code moved = r->d->codes[i];

		if (moved.start != old || moved.index != index)
			continue;
		moved.start = start;
		moved.size = size;
		moved.time = time;
		r->d->codes = mem_grow(r->d->codes, r->d->n, 1, &r->d->cap, sizeof(*r->d->codes));
		r->d->codes[r->d->n++] = moved;
		break;
	}
	return true;
}

/* { u64 code_addr, nr; nr x { u64 addr; u32 line, discriminator; char file[] } }; "\xff" is the file before. */
static bool read_lines(struct reading *r, struct cursor *c)
{
	struct jitdump *d = r->d;
	const char *file = "";
	uint64_t n;

	r->lines_of = cursor_u64(c);
	n = cursor_u64(c);
	if (!cursor_fits(c, n, 17))
		return false;
	r->first_line = d->n_lines;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t addr = cursor_u64(c);
		uint32_t line = cursor_u32(c);
		const char *text;

		cursor_u32(c);
		text = cursor_text(c);
		if (!text)
			return false;
		if (strcmp(text, "\xff") != 0)
			file = texts_add_z(d->texts, text);
		d->lines = mem_grow(d->lines, d->n_lines, 1, &d->cap_lines, sizeof(*d->lines));
		d->lines[d->n_lines++] = (struct jitdump_line){ addr, line, file };
	}
	r->n_lines = (size_t)n;
	return true;
}

static bool use_record(struct reading *r, size_t pos, const struct record *h)
{
	struct cursor c = cursor_at(r, pos + RECORD_HEADER, h->size - RECORD_HEADER);

	switch (h->id) {
	case CODE_LOAD:
		return load_code(r, &c, h->time);
	case CODE_MOVE:
		return move_code(r, &c, h->time);
	case CODE_DEBUG_INFO:
		return read_lines(r, &c);
	default: /* CLOSE says nothing more; trampolines are unwound without UNWINDING_INFO */
		return true;
	}
}

/* ---- finding records ---- */

static struct record header_at(const struct reading *r, size_t pos)
{
	struct cursor c = cursor_at(r, pos, RECORD_HEADER);
	struct record h;

	h.id = cursor_u32(&c);
	h.size = cursor_u32(&c);
	h.time = cursor_u64(&c);
	return h;
}

/* New kinds may come, but not with numbers that are far away. */
static bool is_plausible(const struct record *h)
{
	return h->id <= CODE_UNWINDING_INFO + 4 && h->size >= RECORD_HEADER && h->size < 1u << 28;
}

/* A code record proves itself: its name and code fill its size, but for padding. */
static bool is_certain(const struct reading *r, size_t pos)
{
	struct record h = header_at(r, pos);
	struct cursor c;
	uint32_t pid;
	uint64_t size;
	const char *name;

	if (h.id != CODE_LOAD || h.size < RECORD_HEADER + LOAD_FIXED + 2 || h.size > r->len - pos)
		return false;
	c = cursor_at(r, pos + RECORD_HEADER, h.size - RECORD_HEADER);
	pid = cursor_u32(&c);
	cursor_skip(&c, 20); /* tid, vma, code_addr */
	size = cursor_u64(&c);
	cursor_skip(&c, 8);
	name = cursor_text(&c);
	return pid == r->d->pid && h.time && name && *name && size && size <= cursor_left(&c) &&
	       cursor_left(&c) - size < 16;
}

/* The next place from `pos` on where reading can go on; the end if there is none. */
static size_t resume(const struct reading *r, size_t pos)
{
	static const uint8_t load[4] = { CODE_LOAD };

	while (r->len - pos >= RECORD_HEADER + LOAD_FIXED) {
		const uint8_t *at = memmem(r->bytes + pos, r->len - pos, load, sizeof(load));

		if (!at)
			break;
		pos = (size_t)(at - r->bytes);
		if (r->len - pos < RECORD_HEADER + LOAD_FIXED)
			break;
		if (is_certain(r, pos))
			return pos;
		pos++;
	}
	return r->len;
}

static size_t step_over(struct reading *r, size_t pos)
{
	size_t next = resume(r, pos + 1);

	if (next == r->len) {
		r->d->cut = true;
	} else {
		if (!r->d->damaged++)
			r->d->damaged_at = pos;
		r->d->skipped += next - pos;
	}
	r->n_lines = 0;
	return next;
}

static void read_records(struct reading *r, size_t pos)
{
	while (pos < r->len) {
		struct record h;

		if (r->len - pos < RECORD_HEADER) {
			r->d->cut = true;
			return;
		}
		h = header_at(r, pos);
		if (is_plausible(&h) && h.size <= r->len - pos && use_record(r, pos, &h))
			pos += h.size;
		else
			pos = step_over(r, pos);
	}
}

bool jitdump_parse(const uint8_t *bytes, size_t len, struct jitdump *out, struct error *err)
{
	struct reading r = { .d = out, .bytes = bytes, .len = len };
	struct cursor c = { .base = bytes, .len = len };
	uint32_t magic = cursor_u32(&c), size;

	*out = (struct jitdump){ 0 };
	if (c.overrun || (magic != MAGIC && magic != MAGIC_SWAPPED))
		return fail_at(err, ERR_FORMAT, 0, "this is no jitdump file");
	r.swap = c.swap = magic == MAGIC_SWAPPED;
	cursor_u32(&c); /* version */
	size = cursor_u32(&c);
	out->machine = cursor_u32(&c);
	cursor_u32(&c);
	out->pid = cursor_u32(&c);
	cursor_skip(&c, 16); /* time, flags */
	if (c.overrun || size < FILE_HEADER || size > len)
		return fail_at(err, ERR_FORMAT, 8, "a jitdump file with an impossible header");
	out->texts = texts_new();
	read_records(&r, size);
	return true;
}

bool jitdump_read(const char *path, struct jitdump *out, struct error *err)
{
	struct source s;
	uint8_t *bytes;
	size_t len, got;
	bool ok;

	if (!source_open(path, &s, err))
		return false;
	len = (size_t)(s.size < BYTES_MAX ? s.size : BYTES_MAX);
	bytes = mem_resize(NULL, len, 1);
	ok = source_read(&s, 0, bytes, len, &got, err) && jitdump_parse(bytes, got, out, err);
	source_close(&s);
	free(bytes);
	return ok;
}

void jitdump_free(struct jitdump *d)
{
	free(d->codes);
	free(d->lines);
	texts_free(d->texts);
	*d = (struct jitdump){ 0 };
}
