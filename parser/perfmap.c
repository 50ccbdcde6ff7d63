#include "parser/perfmap.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/lines.h"

/* A hexadecimal number at *p, which moves behind it. */
static bool take_hex(const char **p, uint64_t *out)
{
	char *end;

	/* strtoull() would also take blanks and a sign. */
	if (!isxdigit((unsigned char)**p))
		return false;
	errno = 0;
	*out = strtoull(*p, &end, 16);
	*p = end;
	return errno == 0;
}

static bool parse_line(const char *line, struct perfmap_entry *out)
{
	struct perfmap_entry e;
	uint64_t end;

	if (!take_hex(&line, &e.start) || !isblank((unsigned char)*line))
		return false;
	line += strspn(line, " \t");
	if (!take_hex(&line, &e.size) || !isblank((unsigned char)*line))
		return false;
	e.name = line + 1;
	if (lines_is_blank(e.name) || __builtin_add_overflow(e.start, e.size, &end))
		return false;
	*out = e;
	return true;
}

/* The entries as they stand in the file, without the empty ones. */
static struct perfmap_entry *parse_lines(struct perfmap *m, size_t len, size_t *n_out)
{
	struct perfmap_entry *entries = NULL;
	size_t n = 0, cap = 0;

	lines_cut(m->text, len);
	for (size_t at = 0; at <= len; at += strlen(m->text + at) + 1) {
		struct perfmap_entry e;

		if (lines_is_blank(m->text + at))
			continue;
		m->lines++;
		if (!parse_line(m->text + at, &e)) {
			m->malformed++;
		} else if (e.size) {
			entries = mem_grow(entries, n, 1, &cap, sizeof(*entries));
			entries[n++] = e;
		}
	}
	*n_out = n;
	return entries;
}

/* ---- the last line wins -------------------------------------------------- */

/*
 * The address space, cut at every start and end of a line: between two cuts
 * nothing changes, so each such slot has one owner, the last line over it.
 * Lines are painted from the last to the first, on slots that are still free,
 * so that each slot is painted once, however the lines overlap.
 *
 *	line 0   |--------------|
 *	line 1         |---|
 *	line 2                       |--|
 *	cuts     0     1   2    3    4  5
 *	owner       0    1   0   none  2
 */
struct slots {
	uint64_t *cuts; /* sorted, distinct; slot i is [cuts[i], cuts[i + 1]) */
	size_t n;       /* cuts; the slot behind the last one is a sentinel and stays free */
	size_t *owner;  /* of each slot, a line */
	size_t *next;   /* i: the slot is free; else a slot behind it, on the way to a free one */
};

static const size_t NOBODY = SIZE_MAX;

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void slots_init(struct slots *s, const struct perfmap_entry *lines, size_t n)
{
	size_t distinct = 0;

	s->cuts = mem_calloc(2 * n, sizeof(*s->cuts));
	for (size_t i = 0; i < n; i++) {
		s->cuts[2 * i] = lines[i].start;
		s->cuts[2 * i + 1] = lines[i].start + lines[i].size;
	}
	qsort(s->cuts, 2 * n, sizeof(*s->cuts), by_value);
	for (size_t i = 0; i < 2 * n; i++) {
		if (i == 0 || s->cuts[i] != s->cuts[distinct - 1])
			s->cuts[distinct++] = s->cuts[i];
	}
	s->n = distinct;
	s->owner = mem_calloc(distinct, sizeof(*s->owner));
	s->next = mem_calloc(distinct, sizeof(*s->next));
	for (size_t i = 0; i < distinct; i++) {
		s->owner[i] = NOBODY;
		s->next[i] = i;
	}
}

static void slots_done(struct slots *s)
{
	free(s->cuts);
	free(s->owner);
	free(s->next);
}

/* The slot that begins at `addr`, which is a cut. */
static size_t slot_at(const struct slots *s, uint64_t addr)
{
	const uint64_t *cut = bsearch(&addr, s->cuts, s->n, sizeof(*s->cuts), by_value);

	return (size_t)(cut - s->cuts);
}

/* The first free slot from `i` on; what was walked over is shortened for the next time. */
static size_t free_slot(struct slots *s, size_t i)
{
	while (s->next[i] != i) {
		s->next[i] = s->next[s->next[i]];
		i = s->next[i];
	}
	return i;
}

static void paint(struct slots *s, const struct perfmap_entry *line, size_t owner)
{
	size_t end = slot_at(s, line->start + line->size);

	for (size_t i = free_slot(s, slot_at(s, line->start)); i < end; i = free_slot(s, i)) {
		s->owner[i] = owner;
		s->next[i] = i + 1;
	}
}

/* An entry for each run of slots with one owner. */
static void collect(const struct slots *s, const struct perfmap_entry *lines, struct perfmap *m)
{
	size_t cap = 0;

	for (size_t i = 0, end; i < s->n; i = end) {
		for (end = i + 1; end < s->n && s->owner[end] == s->owner[i]; end++)
			;
		if (s->owner[i] == NOBODY)
			continue;
		m->entries = mem_grow(m->entries, m->n, 1, &cap, sizeof(*m->entries));
		m->entries[m->n++] = (struct perfmap_entry){ .start = s->cuts[i],
							     .size = s->cuts[end] - s->cuts[i],
							     .name = lines[s->owner[i]].name };
	}
}

static void settle_overlaps(struct perfmap *m, const struct perfmap_entry *lines, size_t n)
{
	struct slots s;

	slots_init(&s, lines, n);
	for (size_t i = n; i-- > 0;)
		paint(&s, &lines[i], i);
	collect(&s, lines, m);
	slots_done(&s);
}

/* ---- the map ------------------------------------------------------------- */

/* Make the map of `len` bytes of `text` with a NUL behind them, which it takes over. */
static void make_map(char *text, size_t len, struct perfmap *out)
{
	struct perfmap m = { .text = text };
	size_t n;
	struct perfmap_entry *lines = parse_lines(&m, len, &n);

	settle_overlaps(&m, lines, n);
	free(lines);
	*out = m;
}

void perfmap_parse(const char *bytes, size_t len, struct perfmap *out)
{
	make_map(mem_text(bytes, len), len, out);
}

bool perfmap_read(const char *path, struct perfmap *out, struct error *err)
{
	size_t len;
	bool more;
	char *text = lines_read(path, PERFMAP_BYTES_MAX, &len, &more, err);

	if (!text)
		return false;
	make_map(text, len, out);
	out->more = more;
	return true;
}

const struct perfmap_entry *perfmap_find(const struct perfmap *m, uint64_t addr)
{
	size_t low = 0, high = m->n; /* the entries before `low` start at or before addr */

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->entries[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || addr - m->entries[low - 1].start >= m->entries[low - 1].size)
		return NULL;
	return &m->entries[low - 1];
}

void perfmap_free(struct perfmap *m)
{
	free(m->entries);
	free(m->text);
	*m = (struct perfmap){ 0 };
}
