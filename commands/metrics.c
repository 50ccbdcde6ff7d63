#include "commands/metrics.h"

#include <stdio.h>
#include <stdlib.h>

#include "commands/session.h"
#include "parser/base/memory.h"
#include "report/metric.h"

void metrics_add(struct metrics *m, const char *text)
{
	m->texts = mem_resize(m->texts, m->n + 1, sizeof(*m->texts));
	m->texts[m->n++] = text;
}

static void tell(const struct options *o, const char *text, const struct error *err, size_t caret)
{
	session_say("perfolio %s: --metric: %s", o->command->name, err->what);
	fputs("\n  ", stderr);
	session_put(text);
	fprintf(stderr, "\n  %*s^\n", (int)caret, "");
}

bool metrics_parse(struct metrics *m, const struct profile *p, const struct options *o)
{
	const char **names = mem_calloc(p->n_events, sizeof(char *));
	bool ok = true;

	for (size_t e = 0; e < p->n_events; e++)
		names[e] = p->events[e].name;
	m->parsed = mem_calloc(m->n, sizeof(struct metric *));
	for (size_t i = 0; i < m->n && ok; i++) {
		struct error err;
		size_t caret = 0;

		m->parsed[i] = metric_parse(m->texts[i], names, p->n_events, &err, &caret);
		ok = m->parsed[i] != NULL;
		if (!ok)
			tell(o, m->texts[i], &err, caret);
	}
	free(names);
	return ok;
}

void metrics_add_ratios(const struct metrics *m, struct ratios *r)
{
	for (size_t i = 0; i < m->n; i++)
		ratios_add(r, m->parsed[i], metric_name(m->parsed[i]),
			   metric_formula(m->parsed[i]));
}

int metrics_refuse(const struct options *o, const char *text, const struct error *err)
{
	fprintf(stderr, "perfolio %s: --metric: ", o->command->name);
	session_put(err->what);
	fprintf(stderr,
		"\n  %s\n  callgrind files hold events times whole numbers, added up or taken off "
		"(NAME=100 * a + b);\n  report and cache show any metric\n",
		text);
	return EXIT_USAGE;
}

struct derived *metrics_derive(const struct metrics *m, const struct profile *p,
			       const struct options *o)
{
	struct derived *d = mem_calloc(m->n, sizeof(*d));
	struct error err;

	for (size_t i = 0; i < m->n; i++) {
		if (derived_init(&d[i], m->parsed[i], p->n_events, &err))
			continue;
		metrics_refuse(o, m->texts[i], &err);
		metrics_free_derived(d, i);
		return NULL;
	}
	return d;
}

void metrics_free_derived(struct derived *d, size_t n)
{
	for (size_t i = 0; d && i < n; i++)
		derived_done(&d[i]);
	free(d);
}

void metrics_done(struct metrics *m)
{
	for (size_t i = 0; m->parsed && i < m->n; i++)
		metric_free(m->parsed[i]);
	free(m->parsed);
	free(m->texts);
	*m = (struct metrics){ .n = 0 };
}
