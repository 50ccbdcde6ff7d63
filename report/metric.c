#include "report/metric.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "report/event_name.h"

enum {
	TEXT_MAX = 4096,      /* bytes of NAME=EXPR */
	METRIC_NAME_MAX = 64, /* bytes of NAME */
	NESTING_MAX = 64,     /* parentheses in each other */
	STACK_MAX = 256,      /* values that wait for their operator; NESTING_MAX bounds them */
	NUMBER_MAX = 64,      /* characters of a number */
};

/* In postfix order: "a b +" for a + b. */
struct op {
	enum { OP_EVENT, OP_NUMBER, OP_ADD, OP_SUBTRACT, OP_MULTIPLY, OP_DIVIDE, OP_NEGATE } kind;
	size_t event;
	long double number;
};

struct metric {
	char *name, *formula;
	struct op *ops;
	size_t n, cap;
};

/* ---- reading ---- */

struct reader {
	const char *text, *at;
	const char *const *events;
	size_t n_events;
	struct metric *metric;
	unsigned nesting;
	struct error *err;
	const char *wrong; /* the place the error is about */
};

__attribute__((format(printf, 4, 5))) static bool complain(struct reader *r, const char *where,
							   enum error_kind kind, const char *fmt,
							   ...)
{
	char what[sizeof(r->err->what)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	r->wrong = where;
	return fail(r->err, kind, "%s", what);
}

static void emit(struct reader *r, struct op op)
{
	struct metric *m = r->metric;

	m->ops = mem_grow(m->ops, m->n, 1, &m->cap, sizeof(*m->ops));
	m->ops[m->n++] = op;
}

static void skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t\r\n");
}

/* ---- event names ---- */

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '.' || c == ':' || (unsigned char)c >= 0x80;
}

/* Can a name of `len` bytes, the beginning of the text here, end there? */
static bool stands_here(const char *text, const char *name, size_t len)
{
	return len > 0 && strncmp(text, name, len) == 0 && !is_word(text[len]);
}

/* The length of the longest event name, whole or short, that stands here; 0: none. */
static size_t longest_name(const struct reader *r)
{
	size_t longest = 0;

	for (size_t i = 0; i < r->n_events; i++) {
		const char *event = r->events[i];
		size_t lengths[] = { strlen(event), event_short_length(event) };

		for (size_t k = 0; k < sizeof(lengths) / sizeof(lengths[0]); k++)
			if (lengths[k] > longest && stands_here(r->at, event, lengths[k]))
				longest = lengths[k];
	}
	return longest;
}

/* What is no event's name: as far as a name could reach. */
static size_t unknown_length(const char *text)
{
	size_t len = 0;

	while (is_word(text[len]) || (text[len] && strchr("-/,=@%", text[len])))
		len++;
	return len;
}

static bool is_short_name(const char *event, const char *name, size_t len)
{
	return event_short_length(event) == len && memcmp(event, name, len) == 0;
}

/* "a, b, c" of the events that `name` is the short name of, or of all (NULL), as far as they fit. */
static void list_events(const struct reader *r, const char *name, size_t len, char *list,
			size_t size)
{
	static const char more[] = ", ...";
	size_t used = 0;

	*list = '\0';
	for (size_t i = 0; i < r->n_events; i++) {
		const char *event = r->events[i];
		size_t n = strlen(event) + 2;

		if (name && !is_short_name(event, name, len))
			continue;
		if (used + n + sizeof(more) > size) {
			snprintf(list + used, size - used, "%s", used ? more : "...");
			return;
		}
		used += (size_t)snprintf(list + used, size - used, "%s%s", used ? ", " : "", event);
	}
}

/* Names from the command line may be long; a message shows their beginning. */
#define SHOWN 80

static bool complain_event(struct reader *r, const char *name, size_t len, size_t count)
{
	int shown = len > SHOWN ? SHOWN : (int)len;
	char list[240], *hint;
	bool ok;

	list_events(r, count ? name : NULL, len, list, sizeof(list));
	if (count)
		return complain(r, name, ERR_USAGE, "'%.*s' can be several events: %s", shown, name,
				list);
	if (!r->n_events)
		return complain(r, name, ERR_USAGE,
				"there is no event '%.*s'; the recording has none", shown, name);
	hint = event_names_hint(r->events, r->n_events, name, len);
	ok = complain(r, name, ERR_USAGE, "there is no event '%.*s'%s%s", shown, name,
		      *hint ? hint : "; there are: ", *hint ? "" : list);
	free(hint);
	return ok;
}

static bool read_event(struct reader *r, const char *name, size_t len)
{
	size_t count;
	struct op op = { .kind = OP_EVENT,
			 .event = event_find(r->events, r->n_events, name, len, &count) };

	if (count != 1)
		return complain_event(r, name, len, count);
	emit(r, op);
	return true;
}

static bool read_quoted(struct reader *r, char end)
{
	const char *name = r->at + 1, *close = strchr(name, end);

	if (!close)
		return complain(r, r->at, ERR_USAGE, "no %c closes the name", end);
	r->at = close + 1;
	return read_event(r, name, (size_t)(close - name));
}

static bool read_name(struct reader *r)
{
	const char *name = r->at;
	size_t len = longest_name(r);

	if (len == 0)
		len = unknown_length(name);
	if (len == 0)
		return complain(r, name, ERR_USAGE,
				*name ? "an event, a number or '(' is expected here"
				      : "an event, a number or '(' is missing at the end");
	r->at += len;
	return read_event(r, name, len);
}

/* ---- numbers ---- */

static size_t digits(const char *s)
{
	return strspn(s, "0123456789");
}

static bool begins_number(const char *s)
{
	return digits(s) > 0 || (*s == '.' && digits(s + 1) > 0);
}

/* "12", "12.", ".5", "1.5e-3": never what only strtold() takes (hexadecimal, "inf"). */
static size_t number_length(const char *s)
{
	size_t len = digits(s), exponent;

	if (s[len] == '.')
		len += 1 + digits(s + len + 1);
	if (s[len] == 'e' || s[len] == 'E') {
		exponent = s[len + 1] == '+' || s[len + 1] == '-' ? 2 : 1;
		if (digits(s + len + exponent) > 0)
			len += exponent + digits(s + len + exponent);
	}
	return len;
}

static bool read_number(struct reader *r)
{
	size_t len = number_length(r->at);
	struct op op = { .kind = OP_NUMBER };
	char copy[NUMBER_MAX + 1];

	if (len > NUMBER_MAX)
		return complain(r, r->at, ERR_LIMIT, "a number has at most %d characters",
				NUMBER_MAX);
	if (is_word(r->at[len]))
		return complain(r, r->at + len, ERR_USAGE, "this does not belong to a number");
	memcpy(copy, r->at, len);
	copy[len] = '\0';
	op.number = strtold(copy, NULL);
	if (op.number > DBL_MAX)
		return complain(r, r->at, ERR_LIMIT, "the number is too large");
	r->at += len;
	emit(r, op);
	return true;
}

/* ---- expressions ---- */

/* Calls itself through read_parentheses(), which bounds that. */
static bool read_sum(struct reader *r);

static bool read_parentheses(struct reader *r)
{
	const char *open = r->at++;

	if (r->nesting++ == NESTING_MAX)
		return complain(r, open, ERR_LIMIT, "more than %d parentheses in each other",
				NESTING_MAX);
	if (!read_sum(r))
		return false;
	if (*r->at != ')')
		return complain(r, open, ERR_USAGE, "no ')' closes this");
	r->at++;
	r->nesting--;
	return true;
}

/* A number, an event or (...), with signs before it. */
static bool read_value(struct reader *r)
{
	bool negative = false, ok;

	for (skip_blanks(r); *r->at == '-' || *r->at == '+'; skip_blanks(r))
		negative ^= *r->at++ == '-';
	if (*r->at == '(')
		ok = read_parentheses(r);
	else if (*r->at == '\'' || *r->at == '"' || *r->at == '{')
		ok = read_quoted(r, *r->at == '{' ? '}' : *r->at);
	else if (begins_number(r->at))
		ok = read_number(r);
	else
		ok = read_name(r);
	if (ok && negative)
		emit(r, (struct op){ .kind = OP_NEGATE });
	if (ok)
		skip_blanks(r);
	return ok;
}

static bool read_product(struct reader *r)
{
	if (!read_value(r))
		return false;
	while (*r->at == '*' || *r->at == '/') {
		struct op op = { .kind = *r->at++ == '*' ? OP_MULTIPLY : OP_DIVIDE };

		if (!read_value(r))
			return false;
		emit(r, op);
	}
	return true;
}

static bool read_sum(struct reader *r)
{
	if (!read_product(r))
		return false;
	while (*r->at == '+' || *r->at == '-') {
		struct op op = { .kind = *r->at++ == '+' ? OP_ADD : OP_SUBTRACT };

		if (!read_product(r))
			return false;
		emit(r, op);
	}
	return true;
}

static bool read_expression(struct reader *r)
{
	const char *end = r->at + strlen(r->at);

	skip_blanks(r);
	while (end > r->at && strchr(" \t\r\n", end[-1]))
		end--;
	r->metric->formula = mem_text(r->at, (size_t)(end - r->at));
	if (!read_sum(r))
		return false;
	if (*r->at == ')')
		return complain(r, r->at, ERR_USAGE, "no '(' opens this");
	if (*r->at)
		return complain(r, r->at, ERR_USAGE, "+, -, * or / is expected here");
	return true;
}

/* ---- NAME= ---- */

static bool read_metric_name(struct reader *r)
{
	const char *equals = strchr(r->text, '='), *begin, *end;

	skip_blanks(r);
	begin = r->at;
	if (!equals || equals == begin)
		return complain(r, begin, ERR_USAGE, "a metric is written NAME=EXPRESSION");
	for (end = equals; end > begin && strchr(" \t\r\n", end[-1]); end--)
		;
	if (end - begin > METRIC_NAME_MAX)
		return complain(r, begin, ERR_LIMIT, "a metric's name has at most %d bytes",
				METRIC_NAME_MAX);
	for (const char *s = begin; s < end;) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (c == UTF8_BAD || utf8_is_control(c))
			return complain(r, s, ERR_USAGE,
					"a metric's name cannot hold this character");
		s += len;
	}
	r->metric->name = mem_text(begin, (size_t)(end - begin));
	r->at = equals + 1;
	return true;
}

struct metric *metric_parse(const char *text, const char *const *events, size_t n,
			    struct error *err, size_t *caret)
{
	struct reader r = { .text = text, .at = text, .events = events, .n_events = n, .err = err };
	bool ok;

	r.metric = mem_calloc(1, sizeof(*r.metric));
	if (strlen(text) > TEXT_MAX)
		ok = complain(&r, text + TEXT_MAX, ERR_LIMIT, "a metric has at most %d bytes",
			      TEXT_MAX);
	else
		ok = read_metric_name(&r) && read_expression(&r);
	if (ok)
		return r.metric;
	*caret = (size_t)(r.wrong - text);
	metric_free(r.metric);
	return NULL;
}

void metric_free(struct metric *m)
{
	if (!m)
		return;
	free(m->name);
	free(m->formula);
	free(m->ops);
	free(m);
}

const char *metric_name(const struct metric *m)
{
	return m->name;
}

const char *metric_formula(const struct metric *m)
{
	return m->formula;
}

/* ---- computing ---- */

/* false: there is no such value. */
static bool compute(int kind, long double a, long double b, long double *out)
{
	switch (kind) {
	case OP_ADD:
		*out = a + b;
		return true;
	case OP_SUBTRACT:
		*out = a - b;
		return true;
	case OP_MULTIPLY:
		*out = a * b;
		return true;
	default:
		if (b == 0)
			return false;
		*out = a / b;
		return true;
	}
}

bool metric_value(const struct metric *m, const uint64_t *weights, double *out)
{
	long double stack[STACK_MAX] = { 0 };
	size_t depth = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct op *op = &m->ops[i];

		if (op->kind == OP_EVENT) {
			stack[depth++] = (long double)weights[op->event];
		} else if (op->kind == OP_NUMBER) {
			stack[depth++] = op->number;
		} else if (op->kind == OP_NEGATE) {
			stack[depth - 1] = -stack[depth - 1];
		} else {
			depth--;
			if (!compute((int)op->kind, stack[depth - 1], stack[depth],
				     &stack[depth - 1]))
				return false;
		}
	}
	/* Also false for what is not a number. */
	if (!(stack[0] <= DBL_MAX && stack[0] >= -DBL_MAX))
		return false;
	*out = (double)stack[0] + 0.0; /* never "-0" */
	return true;
}

/* ---- sums of events ---- */

/* Does no event multiply or divide another, nor divide a number? */
static bool is_affine(const struct metric *m)
{
	bool constant[STACK_MAX] = { false }; /* the values that wait hold no event */
	size_t depth = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct op *op = &m->ops[i];
		bool a, b;

		if (op->kind == OP_EVENT || op->kind == OP_NUMBER) {
			constant[depth++] = op->kind == OP_NUMBER;
			continue;
		}
		if (op->kind == OP_NEGATE)
			continue;
		depth--;
		a = constant[depth - 1];
		b = constant[depth];
		if ((op->kind == OP_MULTIPLY && !a && !b) || (op->kind == OP_DIVIDE && !b))
			return false;
		constant[depth - 1] = a && b;
	}
	return true;
}

bool metric_linear(const struct metric *m, size_t n, int *factors, struct error *err)
{
	uint64_t *unit = mem_calloc(n, sizeof(*unit));
	double factor = 0, number = 0;
	bool ok;

	if (!is_affine(m))
		ok = fail(err, ERR_USAGE, "it multiplies events or divides by them");
	else if (!metric_value(m, unit, &number))
		ok = fail(err, ERR_USAGE, "it divides by zero");
	else if (number != 0)
		ok = fail(err, ERR_USAGE, "it adds a number, %g, to what the events give", number);
	else
		ok = true;
	for (size_t e = 0; ok && e < n; e++) {
		unit[e] = 1;
		ok = metric_value(m, unit, &factor) && factor == rint(factor) &&
		     fabs(factor) <= INT_MAX;
		if (ok)
			factors[e] = (int)factor;
		else
			fail(err, ERR_USAGE, "a factor, %g, is no whole number up to %d", factor,
			     INT_MAX);
		unit[e] = 0;
	}
	free(unit);
	return ok;
}
