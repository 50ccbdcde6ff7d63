/*
 * The expression is compiled to operations for a stack of numbers.
 */
#include "report/metric.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { DEEPEST = 64, OPERATIONS_MAX = 1000 };

enum operation_kind { PUSH_NUMBER, PUSH_EVENT, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE };

struct operation {
	enum operation_kind kind;
	double number;
	size_t event;
};

struct metric {
	char *name, *formula;
	struct operation *operations;
	size_t n, cap;
};

struct parsing {
	struct metric *m;
	const char *text; /* all of it, for the caret */
	const char *p;
	const char *const *events;
	size_t n_events;
	struct error *err;
	size_t *caret;
	int depth;
};

static bool wrong(struct parsing *x, const char *at, const char *what)
{
	*x->caret = (size_t)(at - x->text);
	return fail(x->err, ERR_USAGE, "%s", what);
}

static void skip_blanks(struct parsing *x)
{
	x->p += strspn(x->p, " \t");
}

static bool put(struct parsing *x, enum operation_kind kind, double number, size_t event)
{
	struct metric *m = x->m;

	if (m->n == OPERATIONS_MAX)
		return wrong(x, x->p, "the expression is too long");
	m->operations = mem_grow(m->operations, m->n, 1, &m->cap, sizeof(*m->operations));
	m->operations[m->n++] = (struct operation){ kind, number, event };
	return true;
}

/* ---- events ---- */

static size_t plain_length(const char *name)
{
	return strcspn(name, ":/");
}

/* The event of this whole name, else the only one whose plain name it is; false: none, or several. */
static bool find_event(const struct parsing *x, const char *name, size_t len, size_t *out)
{
	size_t found = 0;

	for (size_t e = 0; e < x->n_events; e++) {
		if (strlen(x->events[e]) == len && strncmp(x->events[e], name, len) == 0) {
			*out = e;
			return true;
		}
		if (plain_length(x->events[e]) == len && strncmp(x->events[e], name, len) == 0) {
			*out = e;
			found++;
		}
	}
	return found == 1;
}

/* Bytes that a name without quotes may have. */
static bool is_name_byte(char c)
{
	return c && !strchr(" \t()+*'\"{}", c);
}

/* The longest piece of text that names an event. */
static bool longest_event(const struct parsing *x, size_t *len, size_t *event)
{
	size_t most = 0;

	while (is_name_byte(x->p[most]))
		most++;
	for (*len = most; *len > 0; --*len)
		if (find_event(x, x->p, *len, event))
			return true;
	return false;
}

static bool no_such_event(struct parsing *x, const char *at)
{
	char list[240] = "";
	size_t used = 0;

	for (size_t e = 0; e < x->n_events && used < sizeof(list); e++) {
		size_t room = sizeof(list) - used, len = strlen(x->events[e]);

		if (len + 3 > room)
			break;
		if (e) {
			memcpy(list + used, ", ", 2);
			used += 2;
		}
		memcpy(list + used, x->events[e], len + 1);
		used += len;
	}
	*x->caret = (size_t)(at - x->text);
	return fail(x->err, ERR_USAGE, "no event is called so, or several are; there are: %s",
		    list);
}

static bool parse_quoted(struct parsing *x, char end)
{
	const char *begin = x->p + 1, *close = strchr(begin, end);
	size_t event;

	if (!close)
		return wrong(x, x->p, "the quotes are not closed");
	if (!find_event(x, begin, (size_t)(close - begin), &event))
		return no_such_event(x, begin);
	x->p = close + 1;
	return put(x, PUSH_EVENT, 0, event);
}

/* ---- the grammar ---- */

static bool parse_sum(struct parsing *x);

static bool parse_number(struct parsing *x)
{
	char *end;
	double v = strtod(x->p, &end);

	if (!isfinite(v))
		return wrong(x, x->p, "the number is too large");
	x->p = end;
	return put(x, PUSH_NUMBER, v, 0);
}

static bool parse_group(struct parsing *x)
{
	const char *open = x->p++;

	if (!parse_sum(x))
		return false;
	skip_blanks(x);
	if (*x->p != ')')
		return wrong(x, open, "this parenthesis is not closed");
	x->p++;
	return true;
}

static bool parse_operand(struct parsing *x)
{
	size_t len, event;

	switch (*x->p) {
	case '(':
		return parse_group(x);
	case '\'':
	case '"':
		return parse_quoted(x, *x->p);
	case '{':
		return parse_quoted(x, '}');
	case '\0':
		return wrong(x, x->p, "the expression ends where a number or an event should be");
	default:
		break;
	}
	if (longest_event(x, &len, &event)) {
		x->p += len;
		return put(x, PUSH_EVENT, 0, event);
	}
	if ((*x->p >= '0' && *x->p <= '9') || *x->p == '.')
		return parse_number(x);
	return no_such_event(x, x->p);
}

static bool parse_factor(struct parsing *x)
{
	bool negate = false, ok;

	for (skip_blanks(x); *x->p == '-' || *x->p == '+'; skip_blanks(x))
		negate ^= *x->p++ == '-';
	if (x->depth == DEEPEST)
		return wrong(x, x->p, "the expression is nested too deeply");
	x->depth++;
	ok = parse_operand(x);
	x->depth--;
	return ok && (!negate || put(x, NEGATE, 0, 0));
}

static bool parse_product(struct parsing *x)
{
	if (!parse_factor(x))
		return false;
	for (skip_blanks(x); *x->p == '*' || *x->p == '/'; skip_blanks(x)) {
		enum operation_kind kind = *x->p++ == '*' ? MULTIPLY : DIVIDE;

		if (!parse_factor(x) || !put(x, kind, 0, 0))
			return false;
	}
	return true;
}

static bool parse_sum(struct parsing *x)
{
	if (!parse_product(x))
		return false;
	for (skip_blanks(x); *x->p == '+' || *x->p == '-'; skip_blanks(x)) {
		enum operation_kind kind = *x->p++ == '+' ? ADD : SUBTRACT;

		if (!parse_product(x) || !put(x, kind, 0, 0))
			return false;
	}
	return true;
}

static bool parse_all(struct parsing *x)
{
	const char *equals = strchr(x->text, '=');
	size_t len;

	if (!equals || equals == x->text)
		return wrong(x, x->text, "a metric is NAME=EXPR");
	len = (size_t)(equals - x->text);
	while (len > 0 && x->text[len - 1] == ' ')
		len--;
	x->m->name = mem_text(x->text, len);
	x->p = equals + 1;
	skip_blanks(x);
	x->m->formula = mem_text(x->p, strlen(x->p));
	if (!parse_sum(x))
		return false;
	return !*x->p || wrong(x, x->p, "an operator should be here: + - * /");
}

struct metric *metric_parse(const char *text, const char *const *events, size_t n,
			    struct error *err, size_t *caret)
{
	struct metric *m = mem_calloc(1, sizeof(*m));
	struct parsing x = {
		.m = m,
		.text = text,
		.events = events,
		.n_events = n,
		.err = err,
		.caret = caret,
	};

	if (parse_all(&x))
		return m;
	metric_free(m);
	return NULL;
}

/* ---- values ---- */

static double apply(enum operation_kind kind, double a, double b)
{
	switch (kind) {
	case ADD:
		return a + b;
	case SUBTRACT:
		return a - b;
	case MULTIPLY:
		return a * b;
	default:
		return b == 0 ? NAN : a / b;
	}
}

bool metric_value(const struct metric *m, const uint64_t *sums, double *out)
{
	/* every nesting holds at most two numbers back: those of a sum and of a product */
	double stack[3 * DEEPEST + 3];
	size_t depth = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct operation *o = &m->operations[i];

		if (o->kind == PUSH_NUMBER) {
			stack[depth++] = o->number;
		} else if (o->kind == PUSH_EVENT) {
			stack[depth++] = (double)sums[o->event];
		} else if (o->kind == NEGATE) {
			stack[depth - 1] = -stack[depth - 1];
		} else {
			depth--;
			stack[depth - 1] = apply(o->kind, stack[depth - 1], stack[depth]);
		}
	}
	*out = stack[0];
	return isfinite(stack[0]);
}

const char *metric_name(const struct metric *m)
{
	return m->name;
}

const char *metric_formula(const struct metric *m)
{
	return m->formula;
}

void metric_free(struct metric *m)
{
	if (!m)
		return;
	free(m->name);
	free(m->formula);
	free(m->operations);
	free(m);
}
