#include "report/sample_filter.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"

/* ---- numbers ---- */

static bool read_number(const char **p, uint64_t *out)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*out = strtoull(*p, &end, 10);
	*p = end;
	return errno == 0;
}

/* Processes, threads and processors have numbers of 32 bits. */
static bool is_in_range(const struct number_range *r)
{
	return r->first <= UINT32_MAX && r->last <= UINT32_MAX;
}

bool number_list_parse(struct number_list *list, const char *text, struct error *err)
{
	const char *p = text;

	do {
		struct number_range r;

		p += *p == ',';
		if (!read_number(&p, &r.first))
			return fail(err, ERR_USAGE, "'%s' is no list of numbers (3,8-11)", text);
		r.last = r.first;
		if (*p == '-') {
			p++;
			if (!read_number(&p, &r.last) || r.last < r.first)
				return fail(err, ERR_USAGE,
					    "'%s' has a range without an end (8-11)", text);
		}
		if (!is_in_range(&r))
			return fail(err, ERR_USAGE, "'%s' has a number above %u", text, UINT32_MAX);
		list->items = mem_resize(list->items, list->n + 1, sizeof(*list->items));
		list->items[list->n++] = r;
	} while (*p == ',');
	return !*p || fail(err, ERR_USAGE, "'%s' is no list of numbers (3,8-11)", text);
}

static bool in_list(const struct number_list *list, uint64_t v)
{
	for (size_t i = 0; i < list->n; i++)
		if (v >= list->items[i].first && v <= list->items[i].last)
			return true;
	return list->n == 0;
}

/* ---- times ---- */

/* Seconds with up to nine digits behind the point, exactly. */
static bool read_seconds(const char **p, uint64_t *ns)
{
	uint64_t whole, part = 0, unit = 1000000000;

	if (!read_number(p, &whole))
		return false;
	if (**p == '.') {
		for (++*p; **p >= '0' && **p <= '9'; ++*p) {
			unit /= 10;
			part += unit * (uint64_t)(**p - '0');
		}
	}
	return !__builtin_mul_overflow(whole, (uint64_t)1000000000, ns) &&
	       !__builtin_add_overflow(*ns, part, ns);
}

static bool read_percent(const char **p, double *out)
{
	const char *end = text_decimal(*p, out);

	if (!end || *end != '%' || *out > 100)
		return false;
	*p = end + 1;
	return true;
}

bool sample_filter_time(struct sample_filter *f, const char *text, struct error *err)
{
	const char *p = text;

	f->has_time = true;
	f->percent = strchr(text, '%') != NULL;
	f->from_ns = 0;
	f->to_ns = UINT64_MAX;
	if (f->percent) {
		if (read_percent(&p, &f->from) && *p++ == '-' && read_percent(&p, &f->to) && !*p &&
		    f->from <= f->to)
			return true;
		return fail(err, ERR_USAGE, "'%s' is no span of percents (10%%-20%%)", text);
	}
	if ((*p == ',' || read_seconds(&p, &f->from_ns)) && *p++ == ',' &&
	    (!*p || read_seconds(&p, &f->to_ns)) && !*p && f->from_ns <= f->to_ns)
		return true;
	return fail(err, ERR_USAGE, "'%s' is no span of seconds (12.5,14 or 12.5, or ,14)", text);
}

void sample_filter_begin(struct sample_filter *f, uint64_t first_ns, uint64_t last_ns)
{
	double span = last_ns > first_ns ? (double)(last_ns - first_ns) : 0;

	if (!f->has_time || !f->percent)
		return;
	f->from_ns = first_ns + (uint64_t)ceil(span * f->from / 100);
	/* 10%-20% and 20%-30% share no sample: the end is not in it, but for that of the recording */
	f->to_ns = first_ns + (uint64_t)ceil(span * f->to / 100);
	if (f->to < 100 && f->to_ns > 0)
		f->to_ns--;
}

/* ---- all together ---- */

static bool in_words(const char *words, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = words; *p;) {
		size_t n = strcspn(p, ",");

		if (n == len && strncmp(p, word, n) == 0)
			return true;
		p += n + (p[n] == ',');
	}
	return false;
}

bool sample_filter_any(const struct sample_filter *f)
{
	return f->pids.n || f->tids.n || f->cpus.n || f->comms || f->has_time;
}

bool sample_filter_takes(const struct sample_filter *f, const struct sample_facts *s)
{
	if (f->has_time && (s->time < f->from_ns || s->time > f->to_ns))
		return false;
	if (f->cpus.n && !(s->has_cpu && in_list(&f->cpus, s->cpu)))
		return false;
	return in_list(&f->pids, s->pid) && in_list(&f->tids, s->tid) &&
	       (!f->comms || in_words(f->comms, s->comm));
}

void sample_filter_done(struct sample_filter *f)
{
	free(f->pids.items);
	free(f->tids.items);
	free(f->cpus.items);
	*f = (struct sample_filter){ 0 };
}
