/*
 * The index as one page that needs neither a server nor the network: what costs most, hosts, programs, days, and every
 * recording with links to its outputs.  A click on a column's head sorts by it.
 *
 * All that comes from recordings goes through text(): nothing of it can become markup.  Cells that sort
 * by something else than their text have it in data-v.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/base/utf8.h"
#include "render/batch.h"
#include "render/out.h"
#include "report/table.h"

/* More than a browser sorts while one waits; the CSV has them all. */
enum { MOST_ROWS = 10000, MOST_GROUPS = 1000, MOST_FUNCTIONS = 25 };

enum section { NOWHERE, FUNCTIONS, HOSTS, PROGRAMS, DAYS, RECORDINGS, FAILED, DUPLICATES };

struct page {
	struct out *o;
	enum section section;
	size_t rows; /* of the table that is open */
	size_t most; /* rows it may have */
	size_t cut;  /* more rows that --limit left out before */
};

static const char head[] =
	"<!DOCTYPE html>\n"
	"<html lang=\"en\">\n"
	"<head>\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width\">\n"
	"<title>perfolio batch</title>\n"
	"<style>\n"
	":root { color-scheme: light dark; --line: #8884; --dim: #777; --bad: #c22; --fair: #a60; --good: #283; --row: #8881 }\n"
	"@media (prefers-color-scheme: dark) { :root { --dim: #999; --bad: #f76; --fair: #fb4; --good: #7c8 } }\n"
	"body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5em auto; padding: 0 1.5em; max-width: 110em }\n"
	"h1 { font-size: 1.5em; margin: 0 0 .3em } h2 { font-size: 1.15em; margin: 1.8em 0 .4em }\n"
	"nav a { margin-right: 1em } .dim { color: var(--dim) }\n"
	".scroll { overflow-x: auto }\n"
	"table { border-collapse: collapse; font-variant-numeric: tabular-nums }\n"
	"th, td { text-align: left; padding: .2em .7em .2em 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap }\n"
	"td.n, th.n { text-align: right } tbody tr:hover { background: var(--row) }\n"
	"th button { all: unset; cursor: pointer; font-weight: 600 } th button:focus-visible { outline: 2px solid }\n"
	"th[aria-sort] button::after { content: \" \\2195\"; color: var(--dim) }\n"
	"th[aria-sort=ascending] button::after { content: \" \\2191\" } th[aria-sort=descending] button::after { content: \" \\2193\" }\n"
	"td.name { font-family: ui-monospace, monospace; overflow-wrap: anywhere; white-space: normal; min-width: 12em }\n"
	".wrap { white-space: normal; overflow-wrap: anywhere; min-width: 14em }\n"
	".usable { color: var(--good) } .limited { color: var(--fair) } .unusable { color: var(--bad) }\n"
	"td a { margin-right: .6em }\n"
	"</style>\n"
	"</head>\n"
	"<body>\n";

static const char script[] =
	"<script>\n"
	"'use strict';\n"
	"const value = (row, i) => { const c = row.cells[i]; return c.dataset.v ?? c.textContent; };\n"
	"for (const button of document.querySelectorAll('th button')) {\n"
	"  const th = button.parentElement, number = th.classList.contains('n');\n"
	"  button.addEventListener('click', () => {\n"
	"    const up = th.ariaSort === 'none' ? !number : th.ariaSort !== 'ascending';\n"
	"    for (const other of th.parentElement.cells) other.ariaSort = 'none';\n"
	"    th.ariaSort = up ? 'ascending' : 'descending';\n"
	"    const body = th.closest('table').tBodies[0], i = th.cellIndex, sign = up ? 1 : -1;\n"
	"    const rows = [...body.rows].map(row => [value(row, i), row]);\n"
	"    rows.sort((a, b) => sign * (number ? a[0] - b[0] : a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));\n"
	"    body.append(...rows.map(row => row[1]));\n"
	"  });\n"
	"}\n"
	"</script>\n"
	"</body>\n"
	"</html>\n";

/* ---- pieces ---- */

/* Text that stays text, in an element or in a quoted attribute. */
static void text(struct out *o, const char *s)
{
	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (c == '&')
			out_text(o, "&amp;");
		else if (c == '<')
			out_text(o, "&lt;");
		else if (c == '>')
			out_text(o, "&gt;");
		else if (c == '"')
			out_text(o, "&quot;");
		else if (c == UTF8_BAD || utf8_is_control(c) || c == 0xfffe || c == 0xffff)
			out_text(o, UTF8_REPLACEMENT);
		else
			out_bytes(o, s, len);
		s += len;
	}
}

/* A part of a URL's path (RFC 3986, 2.3: what is not unreserved is written as %XX). */
static void url_part(struct out *o, const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    strchr("-._~", c))
			out_char(o, (char)c);
		else
			out_printf(o, "%%%02X", c);
	}
}

static void cell(struct out *o, const char *s)
{
	out_text(o, "<td>");
	text(o, s);
}

static void name_cell(struct out *o, const char *s)
{
	out_text(o, "<td class=\"name\">");
	text(o, s);
}

static void wrapped_cell(struct out *o, const char *s)
{
	out_text(o, "<td class=\"wrap\">");
	text(o, s);
}

static void number_cell(struct out *o, uint64_t v)
{
	out_text(o, "<td class=\"n\">");
	out_u64(o, v);
}

static void share_cell(struct out *o, uint64_t hundredths)
{
	out_printf(o, "<td class=\"n\">%" PRIu64 ".%02" PRIu64, hundredths / 100, hundredths % 100);
}

static void seconds_cell(struct out *o, uint64_t ns)
{
	out_text(o, "<td class=\"n\">");
	out_seconds(o, ns);
}

static void end_table(struct page *p)
{
	if (p->section == NOWHERE)
		return;
	out_text(p->o, "</tbody></table></div>\n");
	if (p->rows + p->cut > p->most)
		out_printf(p->o, "<p class=\"dim\">%zu more are not shown here; %s.</p>\n",
			   p->rows + p->cut - (p->rows < p->most ? p->rows : p->most),
			   p->cut ? "summary.csv has all of them with --limit 0"
			   : p->section == RECORDINGS || p->section == FAILED ||
					   p->section == DUPLICATES
				   ? "index.csv has all"
				   : "summary.csv has all");
	p->section = NOWHERE;
}

/* columns: words with '|' between, those of numbers with '#' in front. */
static void begin_table(struct page *p, enum section section, const char *id, const char *title,
			const char *columns, size_t most)
{
	struct out *o = p->o;

	end_table(p);
	p->section = section;
	p->rows = p->cut = 0;
	p->most = most;
	out_text(o, "<h2");
	if (*id)
		out_printf(o, " id=\"%s\"", id);
	out_char(o, '>');
	text(o, title);
	out_text(o, "</h2>\n<div class=\"scroll\"><table><thead><tr>");
	while (*columns) {
		size_t len = strcspn(columns, "|");
		bool number = *columns == '#';

		out_printf(o, "<th%s aria-sort=\"none\"><button>%.*s</button></th>",
			   number ? " class=\"n\"" : "", (int)(len - number), columns + number);
		columns += len + (columns[len] == '|');
	}
	out_text(o, "</tr></thead><tbody>\n");
}

/* May there be another row? */
static bool row(struct page *p)
{
	if (p->rows++ >= p->most)
		return false;
	out_text(p->o, "<tr>");
	return true;
}

/* ---- the document ---- */

static void *begin(struct out *o, const struct index_totals *t)
{
	struct page *p = mem_calloc(1, sizeof(*p));

	p->o = o;
	out_text(o, head);
	out_printf(o,
		   "<h1>%" PRIu64 " %s</h1>\n<p><span class=\"usable\">%" PRIu64
		   " usable</span>, <span class=\"limited\">%" PRIu64
		   " with limits</span>, <span class=\"unusable\">%" PRIu64
		   " not usable</span>; %" PRIu64 " %s, %" PRIu64 " failed, %" PRIu64
		   " with the content of another; %" PRIu64 " %s</p>\n",
		   t->recordings, plural(t->recordings, "recording", "recordings"),
		   t->verdicts[VERDICT_USABLE], t->verdicts[VERDICT_LIMITED],
		   t->verdicts[VERDICT_UNUSABLE], t->inputs, plural(t->inputs, "input", "inputs"),
		   t->failed, t->duplicates, t->samples, plural(t->samples, "sample", "samples"));
	out_text(o, "<nav>");
	if (t->recordings)
		out_text(
			o,
			"<a href=\"#recordings\">Recordings</a><a href=\"#functions\">Functions</a>"
			"<a href=\"#hosts\">Hosts</a><a href=\"#programs\">Programs</a><a href=\"#days\">Days</a>");
	if (t->failed)
		out_text(o, "<a href=\"#failed\">Failed</a>");
	if (t->duplicates)
		out_text(o, "<a href=\"#duplicates\">Duplicates</a>");
	out_text(o, "</nav>\n");
	return p;
}

static void functions(struct page *p, const struct fleet_event *e, bool first)
{
	struct out *o = p->o;
	size_t length = strlen(e->name) + 64;
	char *title = mem_calloc(length, 1);

	stpcpy(stpcpy(title, "Functions by "), e->name);
	begin_table(
		p, FUNCTIONS, first ? "functions" : "", title,
		"Function|Module|#Self %|#Total %|#Recordings|#Self %: quarter|#median|#three quarters",
		MOST_FUNCTIONS);
	p->cut = e->n_all - e->n_functions;
	free(title);
	for (size_t i = 0; i < e->n_functions; i++) {
		const struct fleet_function *f = &e->functions[i];

		if (!row(p))
			continue;
		name_cell(o, f->name);
		cell(o, f->module);
		share_cell(o, cost_share(&f->self, &e->sum));
		share_cell(o, cost_share(&f->total, &e->sum));
		number_cell(o, f->recordings);
		share_cell(o, f->self_share.lower);
		share_cell(o, f->self_share.median);
		share_cell(o, f->self_share.upper);
		out_char(o, '\n');
	}
}

static void verdict_cells(struct out *o, const uint64_t *n)
{
	for (int v = 0; v < VERDICT_LEVELS; v++)
		number_cell(o, n[v]);
}

/* What costs most in a group, of its first event. */
static void group_row(struct page *p, const struct fleet_group *g)
{
	struct out *o = p->o;
	const struct fleet_event *e = g->n_events ? &g->events[0] : NULL;
	const struct fleet_function *top = e && e->n_functions ? &e->functions[0] : NULL;

	if (!row(p))
		return;
	cell(o, *g->value ? g->value : "(not known)");
	number_cell(o, g->recordings);
	verdict_cells(o, g->verdicts);
	number_cell(o, g->samples);
	seconds_cell(o, g->duration_ns);
	share_cell(o, batch_python_share(g->python, g->native, g->kernel, g->unknown));
	name_cell(o, top ? top->name : "");
	share_cell(o, top ? cost_share(&top->self, &e->sum) : 0);
	out_char(o, '\n');
}

static void group(void *context, const struct fleet_group *g)
{
	static const struct {
		const char *id, *title, *column;
	} names[FLEET_KEYS] = {
		[FLEET_ALL] = { "", "", "" },
		[FLEET_HOST] = { "hosts", "Hosts", "Host" },
		[FLEET_PROGRAM] = { "programs", "Programs", "Program" },
		[FLEET_DAY] = { "days", "Days (UTC)", "Day" },
	};
	enum section section = HOSTS + (enum section)g->key - (enum section)FLEET_HOST;
	struct page *p = context;
	char columns[200];

	if (g->key == FLEET_ALL) {
		for (size_t i = 0; i < g->n_events; i++)
			functions(p, &g->events[i], i == 0);
		if (!g->n_events)
			out_text(p->o, "<h2 id=\"functions\">No samples</h2>\n");
		return;
	}
	if (p->section != section) {
		stpcpy(stpcpy(columns, names[g->key].column),
		       "|#Recordings|#Usable|#With limits|#Not usable|#Samples|#Seconds|#Python %|Top function|#Self %");
		begin_table(p, section, names[g->key].id, names[g->key].title, columns,
			    MOST_GROUPS);
	}
	group_row(p, g);
}

static void verdict(struct out *o, const struct health *h)
{
	struct health_verdict v = health_judge(h);

	out_printf(o, "<td class=\"wrap\" data-v=\"%d\"><span class=\"%s\">%s</span>", (int)v.level,
		   verdict_name(v.level), verdict_name(v.level));
	for (size_t i = 0; i < v.n; i++) {
		out_text(o, i ? "; " : " <span class=\"dim\">");
		text(o, v.reasons[i].text);
	}
	if (v.n)
		out_text(o, "</span>");
}

/* The serious ones, each kind once; their number sorts. */
static void problems(struct out *o, const struct entry *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_problems; i++)
		n += strcmp(e->problems[i].severity, "note") != 0;
	out_printf(o, "<td data-v=\"%zu\">", n);
	for (size_t i = 0; i < e->n_problems; i++) {
		const struct entry_problem *p = &e->problems[i];
		bool again = false;

		for (size_t k = 0; k < i && !again; k++)
			again = strcmp(e->problems[k].kind, p->kind) == 0;
		if (again || strcmp(p->severity, "note") == 0)
			continue;
		out_text(o, "<span title=\"");
		text(o, p->message);
		out_text(o, "\">");
		text(o, p->kind);
		out_text(o, "</span> ");
	}
}

static void links(struct out *o, const char *folder, const struct entry *e)
{
	out_text(o, "<td>");
	for (size_t i = 0; i < e->n_outputs; i++) {
		out_text(o, "<a href=\"recordings/");
		url_part(o, folder);
		out_char(o, '/');
		url_part(o, e->outputs[i].name);
		out_text(o, "\">");
		text(o, e->outputs[i].name);
		out_text(o, "</a>");
	}
}

static void recording(void *context, const char *folder, const struct entry *e)
{
	static const struct cost nothing = { 0, 0 };
	struct page *p = context;
	struct out *o = p->o;
	char when[WHEN_TEXT];

	if (p->section != RECORDINGS)
		begin_table(
			p, RECORDINGS, "recordings", "Recordings",
			"Host|Program|When (UTC)|#Seconds|#Samples|#Python %|Top function|#Self %|Verdict|#Problems|Outputs|Input",
			MOST_ROWS);
	if (!row(p))
		return;
	cell(o, e->host);
	cell(o, e->program);
	cell(o, batch_when(e, when));
	seconds_cell(o, e->duration_ns);
	number_cell(o, e->health.samples);
	share_cell(o, batch_python_share(e->python, e->native, e->kernel, e->unknown));
	name_cell(o, e->top_name);
	share_cell(o, cost_share(&e->top, e->n_events ? &e->events[0].sum : &nothing));
	verdict(o, &e->health);
	problems(o, e);
	links(o, folder, e);
	wrapped_cell(o, e->input);
	out_char(o, '\n');
}

static void pair(struct page *p, const char *a, const char *b)
{
	if (!row(p))
		return;
	wrapped_cell(p->o, a);
	wrapped_cell(p->o, b);
	out_char(p->o, '\n');
}

static void failed(void *context, const char *input, const char *reason)
{
	struct page *p = context;

	if (p->section != FAILED)
		begin_table(p, FAILED, "failed", "Failed", "Input|Reason", MOST_ROWS);
	pair(p, input, reason);
}

static void duplicate(void *context, const char *input, const char *of)
{
	struct page *p = context;

	if (p->section != DUPLICATES)
		begin_table(p, DUPLICATES, "duplicates", "Duplicates", "Input|The same content as",
			    MOST_ROWS);
	pair(p, input, of);
}

static void end(void *context)
{
	struct page *p = context;

	end_table(p);
	out_text(p->o, script);
	free(p);
}

const struct batch_format batch_index_html = {
	.file = "index.html",
	.begin = begin,
	.group = group,
	.recording = recording,
	.failed = failed,
	.duplicate = duplicate,
	.end = end,
};
