#include "parser/kallsyms.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/lines.h"

enum { PAGE_BYTES = 4096 };

/* Cut "\t[MODULE]" off a name. */
static bool take_module(char *name, const char **module)
{
	char *tab = strchr(name, '\t');
	size_t len;

	*module = "";
	if (!tab)
		return true;
	len = strlen(tab);
	if (len < sizeof("\t[]") || tab[1] != '[' || tab[len - 1] != ']')
		return false;
	*tab = '\0';
	tab[len - 1] = '\0';
	*module = tab + 2;
	return true;
}

/* "ADDRESS TYPE NAME[\t[MODULE]]"; the line is cut into its texts. */
static bool parse_line(char *line, struct kallsyms_entry *out, char *type)
{
	struct kallsyms_entry e = { 0 };
	char *end;

	/* strtoull() would also take blanks and a sign. */
	if (!isxdigit((unsigned char)line[0]))
		return false;
	errno = 0;
	e.start = strtoull(line, &end, 16);
	if (errno || end[0] != ' ' || !isalpha((unsigned char)end[1]) || end[2] != ' ')
		return false;
	e.name = end + 3;
	if (!take_module(end + 3, &e.module) || lines_is_blank(e.name))
		return false;
	*type = end[1];
	*out = e;
	return true;
}

/* perf's choice, see the header. */
static bool is_kept(char type, const char *name)
{
	bool is_label =
		name[0] == '$' || strncmp(name, ".L", 2) == 0 || strncmp(name, "L0", 2) == 0;

	return strchr("TtWwDdBb", type) && !is_label;
}

/* The entries as they stand in the file, without their ends. */
static void parse_lines(struct kallsyms *k, size_t len)
{
	size_t cap = 0;

	lines_cut(k->text, len);
	for (size_t at = 0, next; at <= len; at = next) {
		char *line = k->text + at;
		struct kallsyms_entry e;
		char type;

		next = at + strlen(line) + 1; /* before parse_line() shortens it */
		if (lines_is_blank(line))
			continue;
		if (!parse_line(line, &e, &type)) {
			k->malformed++;
		} else if (is_kept(type, e.name)) {
			k->entries = mem_grow(k->entries, k->n, 1, &cap, sizeof(*k->entries));
			k->entries[k->n++] = e;
		}
	}
}

/* ---- the table ----------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct kallsyms_entry *x = a, *y = b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	/* The names lie in one text, so their order is that of the file. */
	return (x->name > y->name) - (x->name < y->name);
}

/* Where a symbol ends at the latest if nothing follows it: start + a page, rounded up. */
static uint64_t guessed_end(uint64_t start)
{
	uint64_t end;

	if (__builtin_add_overflow(start, 2 * PAGE_BYTES - 1, &end))
		return UINT64_MAX;
	return end - end % PAGE_BYTES;
}

/* Of several names of one address the last one gets the range, the others get nothing. */
static void set_ends(struct kallsyms *k)
{
	for (size_t i = 0; i < k->n; i++) {
		struct kallsyms_entry *e = &k->entries[i];
		const struct kallsyms_entry *next = i + 1 < k->n ? e + 1 : NULL;

		e->end = guessed_end(e->start);
		if (next && (next->start < e->end || strcmp(e->module, next->module) == 0))
			e->end = next->start;
	}
}

/* Make the table of `len` bytes of `text` with a NUL behind them, which it takes over. */
static void make_table(char *text, size_t len, struct kallsyms *out)
{
	struct kallsyms k = { .text = text };

	parse_lines(&k, len);
	if (k.n)
		qsort(k.entries, k.n, sizeof(*k.entries), by_start);
	k.hidden = k.n && k.entries[k.n - 1].start == 0;
	if (k.hidden)
		k.n = 0;
	set_ends(&k);
	*out = k;
}

void kallsyms_parse(const char *bytes, size_t len, struct kallsyms *out)
{
	make_table(mem_text(bytes, len), len, out);
}

bool kallsyms_read(const char *path, struct kallsyms *out, struct error *err)
{
	size_t len;
	bool more;
	char *text = lines_read(path, KALLSYMS_BYTES_MAX, &len, &more, err);

	if (!text)
		return false;
	make_table(text, len, out);
	out->more = more;
	return true;
}

const struct kallsyms_entry *kallsyms_find(const struct kallsyms *k, uint64_t addr)
{
	size_t low = 0, high = k->n; /* the entries before `low` start at or before addr */

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (k->entries[mid].start <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || addr >= k->entries[low - 1].end)
		return NULL;
	return &k->entries[low - 1];
}

bool kallsyms_address(const struct kallsyms *k, const char *name, uint64_t *out)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct kallsyms_entry *e = &k->entries[i];

		if (*e->module == '\0' && strcmp(e->name, name) == 0) {
			*out = e->start;
			return true;
		}
	}
	return false;
}

void kallsyms_free(struct kallsyms *k)
{
	free(k->entries);
	free(k->text);
	*k = (struct kallsyms){ 0 };
}
