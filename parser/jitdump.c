#include "parser/jitdump.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/cursor.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/source.h"

#define MAGIC         0x4a695444u /* "JiTD" */
#define MAGIC_SWAPPED 0x4454694au

enum {
	CODE_LOAD = 0,
	CODE_MOVE = 1,
	CODE_DEBUG_INFO = 2,
	CODE_CLOSE = 3,
	CODE_UNWINDING_INFO = 4,
};
enum { FILE_HEADER = 40, HEADER_PID = 20, RECORD_HEADER = 16, LOAD_FIXED = 40, FIRST_SLOTS = 256 };

/* Which code a move means: the newest one of an address and number.  Made for the first move. */
struct newest {
	size_t *slots; /* index in codes + 1; 0: free */
	size_t mask;
	size_t entered; /* codes so far */
};

struct reading {
	struct jitdump *d;
	const uint8_t *bytes;
	size_t len;
	bool swap;
	size_t last;     /* where the record before began; behind it there may be */
	size_t n_before; /* none, and then it was none either: so many codes were before it */
	struct newest newest;
	/* lines wait for the code that they are of: its CODE_LOAD follows */
	uint64_t lines_of;
	size_t first_line, n_lines;
	/* and so do unwinding rules */
	uint64_t rules_at;
	uint32_t rules_size;
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

/* ---- the newest code ---- */

/* The slot of a key, or the free one where it belongs.  (Codes may have been taken back.) */
static size_t *slot_of(const struct reading *r, uint64_t start, uint64_t index)
{
	const struct newest *t = &r->newest;
	size_t i = (size_t)hash_pair(start, index) & t->mask;

	for (; t->slots[i] && t->slots[i] <= r->d->n; i = (i + 1) & t->mask) {
		const struct jitdump_code *c = &r->d->codes[t->slots[i] - 1];

		if (c->start == start && c->index == index)
			break;
	}
	return &t->slots[i];
}

static void enter_codes(struct reading *r)
{
	struct newest *t = &r->newest;

	if (t->entered > r->d->n)
		t->entered = r->d->n;
	if (!t->slots || 2 * r->d->n > t->mask) {
		free(t->slots);
		for (t->mask = FIRST_SLOTS - 1; t->mask < 4 * r->d->n; t->mask = 2 * t->mask + 1)
			;
		t->slots = mem_calloc(t->mask + 1, sizeof(*t->slots));
		t->entered = 0;
	}
	for (; t->entered < r->d->n; t->entered++) {
		const struct jitdump_code *c = &r->d->codes[t->entered];

		*slot_of(r, c->start, c->index) = t->entered + 1;
	}
}

/* NULL: there is none. */
static const struct jitdump_code *newest_code(struct reading *r, uint64_t start, uint64_t index)
{
	size_t slot;

	enter_codes(r);
	slot = *slot_of(r, start, index);
	return slot && slot <= r->d->n ? &r->d->codes[slot - 1] : NULL;
}

/* ---- records ---- */

static void add_code(struct jitdump *d, const struct jitdump_code *code)
{
	d->codes = mem_grow(d->codes, d->n, 1, &d->cap, sizeof(*d->codes));
	d->codes[d->n++] = *code;
}

/* What waits for its code: that has come, or will not. */
static void forget_waiting(struct reading *r)
{
	r->n_lines = 0;
	r->rules_size = 0;
}

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
	code.bytes_at = c->origin + c->pos;
	code.n_bytes = code.size;
	if (r->n_lines && r->lines_of == code.start) {
		code.first_line = (uint32_t)r->first_line;
		code.n_lines = (uint32_t)r->n_lines;
	}
	/* perf's genelf.c: the rules are linked to lie behind the code, at a multiple of 8 */
	code.rules_at = r->rules_at;
	code.rules_size = r->rules_size;
	code.rules_from = (code.size + 7) & ~UINT64_C(7);
	forget_waiting(r);
	add_code(r->d, &code);
	return true;
}

/* { u32 pid, tid; u64 vma, old_code_addr, new_code_addr, code_size, code_index } */
static bool move_code(struct reading *r, struct cursor *c, uint64_t time)
{
	const struct jitdump_code *old;
	struct jitdump_code moved;
	uint64_t from, start, size, index;

	cursor_skip(c, 16);
	from = cursor_u64(c);
	start = cursor_u64(c);
	size = cursor_u64(c);
	index = cursor_u64(c);
	if (c->overrun)
		return false;
	old = newest_code(r, from, index);
	if (!old)
		return true;
	moved = *old;
	moved.start = start;
	moved.size = size;
	moved.time = time;
	add_code(r->d, &moved);
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

/* { u64 unwinding_size, eh_frame_hdr_size, mapped_size; eh_frame[]; eh_frame_hdr[] } */
static void read_rules(struct reading *r, struct cursor *c)
{
	uint64_t size = cursor_u64(c), header = cursor_u64(c);

	cursor_u64(c);
	r->rules_size = 0;
	if (c->overrun || size > cursor_left(c) || header > size)
		return;
	r->rules_at = c->origin + c->pos;
	r->rules_size = (uint32_t)(size - header); /* a record's size has 32 bits */
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
	case CODE_UNWINDING_INFO:
		read_rules(r, &c);
		return true;
	default: /* CLOSE says nothing more */
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

/* The next place from `pos` on where reading can go on, found by the pid in its record; the end if there is none. */
static size_t resume(const struct reading *r, size_t pos)
{
	const uint8_t *pid = r->bytes + HEADER_PID;

	if (!r->d->pid) /* nobody's: and zeroes are what there is most of */
		return r->len;
	while (r->len - pos >= RECORD_HEADER + LOAD_FIXED) {
		const uint8_t *at = memmem(r->bytes + pos + RECORD_HEADER,
					   r->len - pos - RECORD_HEADER, pid, sizeof(uint32_t));

		if (!at)
			break;
		pos = (size_t)(at - r->bytes) - RECORD_HEADER;
		if (is_certain(r, pos))
			return pos;
		pos++;
	}
	return r->len;
}

/*
 * From what is no record to the next one.  The record before may be at fault: one that was cut, or that never
 * was one, leads anywhere.  If another one begins inside it, it is taken back.
 */
static size_t step_over(struct reading *r, size_t pos)
{
	size_t next = resume(r, r->last + 1);

	if (next < pos) {
		pos = r->last;
		r->d->n = r->n_before;
	}
	if (next == r->len) {
		r->d->cut = true;
	} else {
		if (!r->d->damaged++)
			r->d->damaged_at = pos;
		r->d->skipped += next - pos;
	}
	forget_waiting(r);
	return next;
}

/* Is there a whole record?  Then it is used. */
static bool read_record(struct reading *r, size_t pos, size_t *next)
{
	struct record h;
	size_t n_before = r->d->n;

	if (r->len - pos < RECORD_HEADER)
		return false;
	h = header_at(r, pos);
	if (!is_plausible(&h) || h.size > r->len - pos || !use_record(r, pos, &h))
		return false;
	r->last = pos;
	r->n_before = n_before;
	*next = pos + h.size;
	return true;
}

static void read_records(struct reading *r, size_t pos)
{
	r->last = pos;
	while (pos < r->len)
		if (!read_record(r, pos, &pos))
			pos = step_over(r, pos);
}

/* What the file says of itself; `len` bytes are there, of `file_size`.  *start: of the first record. */
static bool read_header(struct reading *r, uint64_t file_size, size_t *start, struct error *err)
{
	struct cursor c = { .base = r->bytes, .len = r->len };
	uint32_t magic = cursor_u32(&c);

	if (c.overrun || (magic != MAGIC && magic != MAGIC_SWAPPED))
		return fail_at(err, ERR_FORMAT, 0, "this is no jitdump file");
	r->swap = c.swap = magic == MAGIC_SWAPPED;
	r->d->big_endian = r->bytes[0] == MAGIC >> 24;
	cursor_u32(&c); /* version */
	*start = cursor_u32(&c);
	r->d->machine = cursor_u32(&c);
	cursor_u32(&c);
	r->d->pid = cursor_u32(&c);
	cursor_skip(&c, 16); /* time, flags */
	if (c.overrun || *start < FILE_HEADER || *start > file_size)
		return fail_at(err, ERR_FORMAT, 8, "a jitdump file with an impossible header");
	return true;
}

bool jitdump_parse(const uint8_t *bytes, size_t len, struct jitdump *out, struct error *err)
{
	struct reading r = { .d = out, .bytes = bytes, .len = len };
	size_t start = 0;

	*out = (struct jitdump){ 0 };
	if (!read_header(&r, len, &start, err))
		return false;
	out->texts = texts_new();
	read_records(&r, start);
	free(r.newest.slots);
	return true;
}

/* Is it one?  Found out before its size decides how much memory is taken. */
static bool has_header(const struct source *s, struct error *err)
{
	struct jitdump d = { 0 };
	uint8_t head[FILE_HEADER];
	struct reading r = { .d = &d, .bytes = head };
	size_t start;

	return source_read(s, 0, head, sizeof(head), &r.len, err) &&
	       read_header(&r, s->size, &start, err);
}

bool jitdump_read(const char *path, struct jitdump *out, struct error *err)
{
	bool ok, more;
	struct source s;
	uint8_t *bytes;
	size_t len, got;

	if (!source_open(path, &s, err))
		return false;
	if (!has_header(&s, err)) {
		source_close(&s);
		return false;
	}
	more = s.size > JITDUMP_BYTES_MAX;
	len = more ? JITDUMP_BYTES_MAX : (size_t)s.size;
	bytes = mem_resize(NULL, len, 1);
	ok = source_read(&s, 0, bytes, len, &got, err) && jitdump_parse(bytes, got, out, err);
	if (ok)
		out->more = more;
	source_close(&s);
	free(bytes);
	return ok;
}

size_t jitdump_code_bytes(const char *path, uint64_t at, uint8_t *out, size_t len)
{
	struct source s;
	struct error err;
	size_t got = 0;

	if (!source_open(path, &s, &err))
		return 0;
	if (!source_read(&s, at, out, len, &got, &err))
		got = 0;
	source_close(&s);
	return got;
}

void jitdump_free(struct jitdump *d)
{
	free(d->codes);
	free(d->lines);
	texts_free(d->texts);
	*d = (struct jitdump){ 0 };
}
