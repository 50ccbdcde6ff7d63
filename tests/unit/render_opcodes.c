/*
 * tests/unit/render_opcodes.c - opcodes of an annotation, as text and as JSON (render/annotate_opcodes.h).
 */
#include "render/annotate_opcodes.h"

#include <stdlib.h>
#include <string.h>

#include "render/annotate_parts.h"
#include "render/document.h"
#include "render/out.h"
#include "report/annotation.h"
#include "tests/capture.h"
#include "tests/check.h"

enum { EVENTS = 2, MOST = 20 };

/* Two events, of 1000 and 10 samples; weights are tenfold. */
struct made {
	struct profile_event profile_events[EVENTS];
	struct annotated_event events[EVENTS];
	struct annotated_opcode items[MOST];
	struct annotation a;
	struct annotated f;
};

static void begin(struct made *m, size_t n_events)
{
	static const size_t columns[EVENTS] = { 0, 1 };

	*m = (struct made){ .profile_events = {
				    { .name = "cpu-clock", .sum = { 1000, 10000 } },
				    { .name = "page-faults", .sum = { 10, 100 } },
			    } };
	for (size_t e = 0; e < EVENTS; e++)
		m->events[e].event = &m->profile_events[e];
	m->a = (struct annotation){
		.events = m->events,
		.n_events = n_events,
		.charges = charges_new(NULL, columns, n_events),
	};
	m->f.opcodes = (struct annotated_opcodes){
		.items = m->items,
		.all = charges_row(m->a.charges),
		.known = charges_row(m->a.charges),
	};
}

static void add(struct made *m, uint32_t row, const uint64_t self[EVENTS],
		const uint64_t total[EVENTS])
{
	for (size_t e = 0; e < m->a.n_events; e++)
		charges_add(m->a.charges, row, e, &(struct cost){ self[e], 10 * self[e] },
			    &(struct cost){ total[e], 10 * total[e] });
}

/* An item with samples by event; name NULL: not known. */
static void item(struct made *m, const char *name, const char *family, enum opcode_gap gap,
		 const uint64_t self[EVENTS], const uint64_t total[EVENTS])
{
	struct annotated_opcode *i = &m->items[m->f.opcodes.n++];

	*i = (struct annotated_opcode){ name, family, gap, charges_row(m->a.charges) };
	add(m, i->cost, self, total);
	add(m, m->f.opcodes.all, self, total);
	if (name)
		add(m, m->f.opcodes.known, self, total);
}

#define COSTS(a, b) ((const uint64_t[EVENTS]){ a, b })

static void usual(struct made *m, size_t n_events)
{
	begin(m, n_events);
	item(m, "CALL_LEN", "CALL", OPCODE_KNOWN, COSTS(0, 0), COSTS(200, 1));
	item(m, "LOAD_FAST", "LOAD_FAST", OPCODE_KNOWN, COSTS(100, 0), COSTS(100, 0));
	item(m, "NOP", "NOP", OPCODE_KNOWN, COSTS(1, 0), COSTS(1, 0));
	item(m, "BAD\033[0m", "BAD\033[0m", OPCODE_KNOWN, COSTS(1, 0), COSTS(1, 0));
	item(m, NULL, NULL, OPCODE_OTHER_CODE, COSTS(97, 0), COSTS(97, 3));
	item(m, NULL, NULL, OPCODE_NO_LOOP, COSTS(0, 0), COSTS(1, 0));
}

static void check_lines(struct made *m, const struct annotate_look *look, const char *want,
			const char *label)
{
	struct annotate_writer w;
	struct capture c;

	annotate_writer_begin(&w, capture_begin(&c), &m->a, look);
	w.f = &m->f;
	annotate_opcodes_text(&w);
	annotate_writer_end(&w);
	check_text(capture_end(&c), want, label);
	capture_free(&c);
	charges_free(m->a.charges);
}

static void rows_have_shares_bars_and_reasons(void)
{
	struct made m;

	usual(&m, 1);
	check_lines(
		&m, &(struct annotate_look){ .assembly = true },
		"\n"
		"opcodes\n"
		" self %  total %  opcode\n"
		"           50.00  ██████████  CALL_LEN (CALL)\n"
		"  25.00    25.00  █████       LOAD_FAST\n"
		"   0.50     0.50  ⋮ 2 more opcodes (--full shows all)\n"
		"  24.25    24.25              not known: code of no opcode (entry, exits, errors, "
		"pending work as garbage collection)\n"
		"            0.25              not known: the evaluation loop is not in the stack\n"
		"known for 75.50 % of its own cost in cpu-clock, with what opcodes call\n",
		"one event");
	usual(&m, 2);
	m.a.options.full = true;
	check_lines(
		&m, &(struct annotate_look){ .assembly = true, .global = true },
		"\n"
		"opcodes\n"
		"cpu-clock         page-faults\n"
		" self %  total %   self %  total %  opcode\n"
		"           20.00             10.00  ██████████  CALL_LEN (CALL)\n"
		"  10.00    10.00                    █████       LOAD_FAST\n"
		"   0.10     0.10                                NOP\n"
		"   0.10     0.10                                BAD?[0m\n"
		"   9.70     9.70             30.00              not known: code of no opcode "
		"(entry, exits, errors, pending work as garbage collection)\n"
		"            0.10                                not known: the evaluation loop is "
		"not in the stack\n"
		"known for 75.50 % of its own cost in cpu-clock, with what opcodes call\n"
		"known for 25.00 % of its own cost in page-faults, with what opcodes call\n",
		"two events, all rows, of all samples");
}

/* At 80 columns all of two events has room, and a reason takes two lines; at 60 there are no columns of self. */
static void tables_are_as_wide_as_the_terminal(void)
{
	struct made m;

	setenv("COLUMNS", "80", 1);
	usual(&m, 2);
	check_lines(
		&m, &(struct annotate_look){ .assembly = true },
		"\n"
		"opcodes\n"
		"cpu-clock         page-faults\n"
		" self %  total %   self %  total %  opcode\n"
		"           50.00             25.00  ██████████  CALL_LEN (CALL)\n"
		"  25.00    25.00                    █████       LOAD_FAST\n"
		"   0.50     0.50                    ⋮ 2 more opcodes (--full shows all)\n"
		"  24.25    24.25             75.00              not known: code of no opcode\n"
		"                                                (entry, exits, errors, pending\n"
		"                                                work as garbage collection)\n"
		"            0.25                                not known: the evaluation loop\n"
		"                                                is not in the stack\n"
		"known for 75.50 % of its own cost in cpu-clock, with what opcodes call\n"
		"known for 25.00 % of its own cost in page-faults, with what opcodes call\n",
		"80 columns");
	setenv("COLUMNS", "50", 1);
	usual(&m, 2);
	check_lines(&m, &(struct annotate_look){ .assembly = true },
		    "\n"
		    "opcodes\n"
		    "cpu-clock\n"
		    "total %  opcode\n"
		    "  50.00  ██████████  CALL_LEN (CALL)\n"
		    "  25.00  █████       LOAD_FAST\n"
		    "   0.50  ⋮ 2 more opcodes (--full shows all)\n"
		    "  24.25              not known: code of no opcode\n"
		    "                     (entry, exits, errors,\n"
		    "                     pending work as garbage\n"
		    "                     collection)\n"
		    "   0.25              not known: the evaluation\n"
		    "                     loop is not in the stack\n"
		    "known for 75.50 % of its own cost in cpu-clock,\n"
		    "with what opcodes call\n",
		    "50 columns");
	unsetenv("COLUMNS");
}

static void many_opcodes_are_counted(void)
{
	struct capture c;
	struct annotate_writer w;
	struct made m;
	const char *text;

	begin(&m, 1);
	for (int i = 0; i < 20; i++)
		item(&m, "LOAD_FAST", "LOAD_FAST", OPCODE_KNOWN, COSTS(1, 0), COSTS(5, 0));
	annotate_writer_begin(&w, capture_begin(&c), &m.a, &(struct annotate_look){ 0 });
	w.f = &m.f;
	annotate_opcodes_text(&w);
	annotate_writer_end(&w);
	text = capture_end(&c);
	check(has_line(text, "   8.00    40.00  ⋮ 8 more opcodes (--full shows all)"),
	      "twelve are listed, of the others the sums");
	capture_free(&c);
	charges_free(m.a.charges);
}

static void without_any_opcode_the_main_reason_is_said(void)
{
	struct made m;

	begin(&m, 1);
	item(&m, NULL, NULL, OPCODE_OTHER_CODE, COSTS(1, 0), COSTS(1, 0));
	item(&m, NULL, NULL, OPCODE_NO_DEBUG_INFO, COSTS(1, 0), COSTS(7, 0));
	check_lines(&m, &(struct annotate_look){ .assembly = true },
		    "\nno opcodes: no debug information of the interpreter is at hand\n",
		    "a reason");
	begin(&m, 1);
	check_lines(&m, &(struct annotate_look){ .assembly = true }, "", "no samples");
}

static const char *document_of(struct capture *c, struct made *m, enum document_syntax syntax)
{
	struct document d;

	document_begin(&d, capture_begin(c), syntax, "toy");
	render_opcodes_document(&d, &m->a, &m->f);
	document_done(&d);
	return capture_end(c);
}

static void documents_have_all_rows(void)
{
	struct capture c;
	struct made m;
	const char *text;

	usual(&m, 2);
	text = document_of(&c, &m, SYNTAX_JSON);
	check(is_json(text, c.len), "it is JSON");
	check(strstr(text, "{\"opcode\":\"CALL_LEN\",\"family\":\"CALL\",\"self\":[0,0],"
			   "\"total\":[2000,10],\"self_samples\":[0,0],\"total_samples\":[200,1]}"),
	      "an opcode");
	check(strstr(text, "{\"unknown\":\"other-code\",\"self\":[970,0],\"total\":[970,30],"),
	      "what is not known");
	check(strstr(text, "\"NOP\"") && strstr(text, "\"no-loop\""), "small rows, too");
	capture_free(&c);
	text = document_of(&c, &m, SYNTAX_XML);
	check(strstr(text,
		     "<opcode opcode=\"CALL_LEN\" family=\"CALL\" self=\"0 0\" total=\"2000 10\" "
		     "self_samples=\"0 0\" total_samples=\"200 1\"/>"),
	      "an opcode in XML");
	check(strstr(text, "<opcode unknown=\"other-code\" self=\"970 0\" total=\"970 30\" "),
	      "what is not known in XML");
	capture_free(&c);
	charges_free(m.a.charges);
}

int main(void)
{
	rows_have_shares_bars_and_reasons();
	tables_are_as_wide_as_the_terminal();
	many_opcodes_are_counted();
	without_any_opcode_the_main_reason_is_said();
	documents_have_all_rows();
	return check_done("render_opcodes");
}
