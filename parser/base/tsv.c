#include "parser/base/tsv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"

enum { STEP = 1 << 16 };

/* A regular file: another one could make us wait, or never end. */
static FILE *open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fdopen(fd, "r");
	close(fd);
	errno = EINVAL;
	return NULL;
}

bool tsv_open(struct tsv *t, const char *path, size_t max, struct error *err)
{
	FILE *f = open_regular(path);
	size_t cap = 0, n = 0;
	char *bytes = NULL;
	bool ok = true;

	if (!f)
		return fail(err, ERR_IO, "%s: cannot open: %s", path, strerror(errno));
	do {
		bytes = mem_grow(bytes, n, STEP, &cap, 1);
		n += fread(bytes + n, 1, STEP - 1, f);
	} while (!feof(f) && !ferror(f) && n <= max);
	if (ferror(f))
		ok = fail(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
	else if (n > max)
		ok = fail(err, ERR_LIMIT, "%s: it has more than %zu bytes", path, max);
	fclose(f);
	if (!ok) {
		free(bytes);
		return false;
	}
	bytes[n] = '\0';
	*t = (struct tsv){ .bytes = bytes, .len = n };
	return true;
}

void tsv_close(struct tsv *t)
{
	free(t->bytes);
	*t = (struct tsv){ .bytes = NULL };
}

/* What a field says, in its place. */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (*s == '\\' && s[1]) {
			s++;
			*to++ = *s == 't' ? '\t' : *s == 'n' ? '\n' : *s == 'r' ? '\r' : *s;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

bool tsv_next(struct tsv *t)
{
	static char nothing[1];
	char *line = t->bytes + t->at, *end;

	if (t->at >= t->len)
		return false;
	end = memchr(line, '\n', t->len - t->at);
	t->whole = end != NULL;
	if (!end)
		end = t->bytes + t->len;
	*end = '\0';
	t->at = (size_t)(end - t->bytes) + 1;
	for (t->n = 0; line && t->n < TSV_FIELDS; t->n++) {
		char *tab = strchr(line, '\t');

		if (tab)
			*tab = '\0';
		t->field[t->n] = line;
		unescape(line);
		line = tab ? tab + 1 : NULL;
	}
	for (size_t i = t->n; i < t->n + TSV_SPARE && i < TSV_FIELDS; i++)
		t->field[i] = nothing;
	return true;
}

bool tsv_u64(const char *field, uint64_t *out)
{
	char *end;
	unsigned long long v;

	if (*field < '0' || *field > '9')
		return false;
	errno = 0;
	v = strtoull(field, &end, 10);
	if (*end || errno)
		return false;
	*out = v;
	return true;
}

void tsv_put(FILE *f, bool more, const char *text)
{
	if (more)
		putc('\t', f);
	for (; *text; text++) {
		switch (*text) {
		case '\\':
			fputs("\\\\", f);
			break;
		case '\t':
			fputs("\\t", f);
			break;
		case '\n':
			fputs("\\n", f);
			break;
		case '\r':
			fputs("\\r", f);
			break;
		default:
			putc(*text, f);
		}
	}
}

void tsv_put_u64(FILE *f, bool more, uint64_t v)
{
	fprintf(f, "%s%" PRIu64, more ? "\t" : "", v);
}

bool tsv_end(FILE *f, struct error *err)
{
	bool failed = ferror(f) || fflush(f) != 0;
	int why = errno;

	if (fclose(f) != 0 && !failed) {
		failed = true;
		why = errno;
	}
	return !failed || fail(err, ERR_IO, "cannot write: %s", strerror(why));
}
