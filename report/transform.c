#include "report/transform.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "report/function_name.h"
#include "report/profile_builder.h"

enum pattern { FOCUS, IGNORE, SHOW_FROM, HIDE, SHOW, PATTERNS };

/* By function: bit p is set if pattern p matches it. */
struct matching {
	const struct profile *p;
	unsigned *bits;
	bool given[PATTERNS];
	bool from_innermost;
	struct diag *diag;
};

bool frame_filter_any(const struct frame_filter *f)
{
	return f->focus || f->ignore || f->hide || f->show || f->show_from;
}

/* ---- which functions match ---- */

static bool matches(const regex_t *re, const struct function *f)
{
	char *full = NULL;
	bool found;

	if (f->kind == KIND_TASK)
		return false;
	found = regexec(re, f->name, 0, NULL, 0) == 0 ||
		(*f->symbol && regexec(re, f->symbol, 0, NULL, 0) == 0) ||
		(*f->file && regexec(re, f->file, 0, NULL, 0) == 0) ||
		(*f->object && regexec(re, f->object, 0, NULL, 0) == 0);
	if (!found && *f->module && asprintf(&full, "%s.%s", f->module, f->name) >= 0) {
		found = regexec(re, full, 0, NULL, 0) == 0;
		free(full);
	}
	return found;
}

static const char *const pattern_names[] = { "--focus", "--ignore", "--show-from", "--hide",
					     "--show" };

/* A name that is typed wrong and a filter that leaves nothing look alike, so it is said.  Of nothing, nothing matches. */
static void tell_no_match(const struct matching *m, enum pattern which, const char *text)
{
	const struct profile *p = m->p;
	char *hint;

	if (!p->n_functions ||
	    m->from_innermost) /* which is made from a name that was looked for */
		return;
	hint = function_names_hint(p->functions, p->n_functions, ~0U, text);
	diag_add(m->diag, PROBLEM_NO_MATCH, pattern_names[which],
		 "%s: '%s' matches no function in the %s view%s", pattern_names[which], text,
		 view_name(p->view), hint);
	free(hint);
}

static bool add_pattern(struct matching *m, enum pattern which, const char *text, struct error *err)
{
	bool any = false;
	char why[160];
	regex_t re;
	int status;

	if (!text)
		return true;
	m->given[which] = true;
	status = regcomp(&re, text, REG_EXTENDED | REG_NOSUB);
	if (status != 0) {
		regerror(status, &re, why, sizeof(why));
		return fail(err, ERR_USAGE, "%s: '%s' is no regular expression: %s",
			    pattern_names[which], text, why);
	}
	for (size_t f = 0; f < m->p->n_functions; f++)
		if (matches(&re, &m->p->functions[f])) {
			m->bits[f] |= 1u << which;
			any = true;
		}
	regfree(&re);
	if (!any)
		tell_no_match(m, which, text);
	return true;
}

static bool find_matches(struct matching *m, const struct frame_filter *f, struct error *err)
{
	return add_pattern(m, FOCUS, f->focus, err) && add_pattern(m, IGNORE, f->ignore, err) &&
	       add_pattern(m, SHOW_FROM, f->show_from, err) && add_pattern(m, HIDE, f->hide, err) &&
	       add_pattern(m, SHOW, f->show, err);
}

static bool has(const struct matching *m, uint32_t function, enum pattern which)
{
	return m->bits[function] >> which & 1;
}

/* ---- the new tree ---- */

/* A node of the old tree. */
struct place {
	uint32_t node;      /* what stands for it in the new one */
	uint32_t root;      /* where the stack's frames begin in the new one: behind tasks */
	bool focus, ignore; /* a frame up to here matches */
	bool from;          /* show-from: a frame up to here matches */
	bool shown;         /* a frame up to here is in the new stack */
	bool python;        /* a frame up to here is Python's */
};

struct rebuilding {
	const struct matching *m;
	const struct profile *old;
	struct profile_builder new;
	struct place *places;
};

static struct place place_of(struct rebuilding *r, const struct profile_node *n)
{
	const struct matching *m = r->m;
	struct place at = r->places[n->parent];
	bool task = r->old->functions[n->function].kind == KIND_TASK;

	if (task) {
		at.node = at.root = builder_child(&r->new, at.node, n->function);
		return at;
	}
	at.python = at.python || r->old->functions[n->function].kind == KIND_PYTHON;
	at.focus = at.focus || has(m, n->function, FOCUS);
	at.ignore = at.ignore || has(m, n->function, IGNORE);
	if (has(m, n->function, HIDE) || (m->given[SHOW] && !has(m, n->function, SHOW)))
		return at;
	at.from = at.from || has(m, n->function, SHOW_FROM);
	if (m->given[SHOW_FROM] && !at.from)
		return at;
	if (m->from_innermost && has(m, n->function, SHOW_FROM) &&
	    r->old->functions[n->function].kind == KIND_PYTHON)
		at.node = at.root;
	at.node = builder_child(&r->new, at.node, n->function);
	at.shown = true;
	return at;
}

static bool is_kept(const struct matching *m, const struct place *at)
{
	return (!m->given[FOCUS] || at->focus) && !at->ignore && at->shown;
}

/* The row of the new profile that the costs went to. */
static uint32_t add_cost(struct rebuilding *r, uint32_t node, uint32_t row)
{
	struct cost_cell cell = costs_begin(&r->old->costs, row);
	uint32_t to = builder_row(&r->new, node);
	struct profile *p = r->new.profile;

	while (costs_next(&r->old->costs, &cell)) {
		costs_add(&p->costs, to, cell.event, cell.cost);
		cost_add(&p->events[cell.event].sum, cell.cost);
	}
	return to;
}

static void leave_out(const struct profile *p, uint32_t row, struct cost *filtered)
{
	struct cost_cell cell = costs_begin(&p->costs, row);

	while (costs_next(&p->costs, &cell))
		cost_add(&filtered[cell.event], cell.cost);
}

/* The kind of a stack before frames were taken out of it, as the view has it. */
static enum function_kind stack_kind(const struct rebuilding *r, size_t node)
{
	if (r->places[node].python)
		return KIND_PYTHON;
	return node ? r->old->functions[r->old->nodes[node].function].kind : KIND_UNKNOWN;
}

static void rebuild(struct rebuilding *r, struct cost *filtered, uint32_t *rows)
{
	const struct profile *old = r->old;

	r->places = mem_calloc(old->n_nodes, sizeof(*r->places));
	for (size_t i = 0; i < old->n_nodes; i++) {
		const struct profile_node *n = &old->nodes[i];

		if (i > 0)
			r->places[i] = place_of(r, n);
		if (!n->cost)
			continue;
		if (is_kept(r->m, &r->places[i])) {
			rows[n->cost] = add_cost(r, r->places[i].node, n->cost);
			profile_count_kind(r->new.profile, stack_kind(r, i),
					   costs_at(&old->costs, n->cost, 0)->samples);
			continue;
		}
		leave_out(old, n->cost, filtered);
	}
	free(r->places);
}

/* An empty profile with the events and functions of the old one. */
static void begin(struct rebuilding *r)
{
	const struct profile *old = r->old;
	struct profile *p;

	builder_begin(&r->new, old->n_events);
	p = r->new.profile;
	p->view = old->view;
	for (size_t e = 0; e < old->n_events; e++) {
		p->events[e] = old->events[e];
		p->events[e].sum = (struct cost){ 0, 0 };
	}
	p->functions = mem_calloc(old->n_functions, sizeof(*p->functions));
	if (old->n_functions)
		memcpy(p->functions, old->functions, old->n_functions * sizeof(*p->functions));
	p->n_functions = p->cap_functions = old->n_functions;
}

bool transform_frames(struct profile **p, const struct frame_filter *f, struct cost *filtered,
		      uint32_t *rows, struct diag *diag, struct error *err)
{
	struct matching m = {
		.p = *p,
		.bits = mem_calloc((*p)->n_functions, sizeof(*m.bits)),
		.from_innermost = f->from_innermost,
		.diag = diag,
	};
	bool ok = find_matches(&m, f, err);

	if (ok) {
		struct rebuilding r = { .m = &m, .old = *p };

		begin(&r);
		rebuild(&r, filtered, rows);
		profile_free(*p);
		*p = builder_end(&r.new);
	}
	free(m.bits);
	return ok;
}
