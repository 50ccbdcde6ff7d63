#include "report/objects_txt.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/source.h"

/* A system has thousands of objects, at about 100 bytes a line. */
enum { MAX_FILE_BYTES = 1 << 24 };

/* ---- build ids ----------------------------------------------------------- */

struct object_id object_id_of(const uint8_t *bytes, size_t size)
{
	static const struct object_id none;
	struct object_id id = none;

	id.size = (uint8_t)(size < BUILD_ID_MAX ? size : BUILD_ID_MAX);
	memcpy(id.bytes, bytes, id.size);
	return memcmp(id.bytes, none.bytes, BUILD_ID_MAX) ? id : none;
}

bool object_id_equal(const struct object_id *a, const struct object_id *b)
{
	return memcmp(a->bytes, b->bytes, BUILD_ID_MAX) == 0;
}

const char *object_id_text(const struct object_id *id, char text[OBJECT_ID_TEXT])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < id->size; i++) {
		text[2 * i] = digits[id->bytes[i] >> 4];
		text[2 * i + 1] = digits[id->bytes[i] & 15];
	}
	text[2 * id->size] = '\0';
	return text;
}

/* ---- lines --------------------------------------------------------------- */

static uint8_t hex_value(char c)
{
	return (uint8_t)(isdigit((unsigned char)c) ? c - '0'
						   : tolower((unsigned char)c) - 'a' + 10);
}

/* The hexadecimal digits at *p, an even number of them up to a blank; *p moves behind them. */
static bool take_id(const char **p, struct object_id *out)
{
	uint8_t bytes[BUILD_ID_MAX];
	const char *s = *p;
	size_t n = 0;

	for (; isxdigit((unsigned char)s[0]) && isxdigit((unsigned char)s[1]); s += 2) {
		if (n == BUILD_ID_MAX)
			return false;
		bytes[n++] = (uint8_t)(hex_value(s[0]) << 4 | hex_value(s[1]));
	}
	if (!isblank((unsigned char)*s))
		return false;
	*p = s;
	*out = object_id_of(bytes, n);
	return out->size > 0;
}

static bool parse_line(const char *line, struct object_row *out)
{
	struct object_row row;

	if (!take_id(&line, &row.id))
		return false;
	row.path = line + strspn(line, " \t");
	if (*row.path == '\0')
		return false;
	*out = row;
	return true;
}

static void add_line(struct objects_txt *t, char *line, size_t len)
{
	struct object_row row;
	bool has_nul = memchr(line, '\0', len) != NULL;

	if (len > 0 && line[len - 1] == '\r')
		line[len - 1] = '\0';
	line += strspn(line, " \t");
	if (!has_nul && (*line == '\0' || *line == '#'))
		return;
	t->lines++;
	/* No path has a NUL, so what stands before it is not the path either. */
	if (has_nul || !parse_line(line, &row))
		t->malformed++;
	else
		objects_txt_add(t, row.path, &row.id);
}

/* Takes `text`, which has room for a NUL behind its `len` bytes. */
static void parse(char *text, size_t len, struct objects_txt *out)
{
	struct objects_txt t = { .text = text };
	char *line = text, *end = text + len;

	*end = '\0';
	while (line < end) {
		char *stop = memchr(line, '\n', (size_t)(end - line));

		if (!stop)
			stop = end;
		*stop = '\0';
		add_line(&t, line, (size_t)(stop - line));
		line = stop + 1;
	}
	objects_txt_sort(&t);
	*out = t;
}

void objects_txt_parse(const char *bytes, size_t len, struct objects_txt *out)
{
	char *text = mem_resize(NULL, len + 1, 1);

	memcpy(text, bytes, len);
	parse(text, len, out);
}

bool objects_txt_read(const char *path, struct objects_txt *out, struct error *err)
{
	struct source s;
	char *text = NULL;
	bool ok = false;
	size_t got;

	if (!source_open(path, &s, err))
		return false;
	if (s.size > MAX_FILE_BYTES) {
		fail(err, ERR_LIMIT, "the file is too large to be a list of objects");
		goto done;
	}
	text = mem_resize(NULL, (size_t)s.size + 1, 1);
	if (!source_read(&s, 0, text, (size_t)s.size, &got, err))
		goto done;
	parse(text, got, out);
	text = NULL; /* handed over */
	ok = true;
done:
	free(text);
	source_close(&s);
	return ok;
}

/* ---- the table ----------------------------------------------------------- */

void objects_txt_add(struct objects_txt *t, const char *path, const struct object_id *id)
{
	t->rows = mem_grow(t->rows, t->n, 1, &t->cap, sizeof(*t->rows));
	t->rows[t->n++] = (struct object_row){ path, *id };
}

static int by_path(const void *a, const void *b)
{
	const struct object_row *x = a, *y = b;
	int order = strcmp(x->path, y->path);

	return order ? order : memcmp(x->id.bytes, y->id.bytes, BUILD_ID_MAX);
}

void objects_txt_sort(struct objects_txt *t)
{
	if (t->n)
		qsort(t->rows, t->n, sizeof(*t->rows), by_path);
}

const struct object_id *objects_txt_find(const struct objects_txt *t, const char *path)
{
	size_t low = 0, high = t->n;
	const struct object_id *id;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(t->rows[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == t->n || strcmp(t->rows[low].path, path) != 0)
		return NULL;
	id = &t->rows[low].id;
	for (size_t i = low + 1; i < t->n && strcmp(t->rows[i].path, path) == 0; i++)
		if (!object_id_equal(&t->rows[i].id, id))
			return NULL;
	return id;
}

void objects_txt_free(struct objects_txt *t)
{
	free(t->rows);
	free(t->text);
	*t = (struct objects_txt){ 0 };
}
