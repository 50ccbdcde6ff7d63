/*
 * render/annotate_parts.h - what annotations for people are put together from: columns of numbers, lines of code, colours.
 */
#ifndef PERFOLIO_RENDER_ANNOTATE_PARTS_H
#define PERFOLIO_RENDER_ANNOTATE_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/annotate.h"
#include "render/out.h"
#include "report/annotation.h"

/* Of the 8 basic colours those that can be read on dark and on light backgrounds. */
enum annotate_color {
	COLOR_HEADING, /* bold */
	COLOR_HOT,     /* red: 5 % and more, as perf annotate has it */
	COLOR_WARM,    /* green: 0.5 % and more */
	COLOR_PLACE,   /* cyan: where an instruction is in the source */
	COLOR_INLINED, /* magenta */
	COLOR_WARNING, /* bold red */
};

/* How one function is written; annotate_writer_begin() chooses the columns that there is room for. */
struct annotate_writer {
	struct out *o;
	const struct annotation *a;
	const struct annotated *f;
	struct annotate_look look;
	size_t columns;  /* of the terminal; 0: no limit */
	size_t n_events; /* so many have columns */
	bool totals;     /* there is room for them */
	unsigned width;  /* of a column of numbers */
	bool utf8;
	struct cost *hidden; /* by event that has columns: self of the rows in the gap under way */
	size_t n_hidden;     /* so many are in it */
};

void annotate_writer_begin(struct annotate_writer *w, struct out *o, const struct annotation *a,
			   const struct annotate_look *look);

void annotate_writer_end(struct annotate_writer *w);

void annotate_color(struct annotate_writer *w, enum annotate_color c);
void annotate_plain(struct annotate_writer *w); /* the end of a colour */

/* The columns of numbers, with the blanks behind them: of a row of charges, of none, their headings. */
size_t annotate_numbers_width(const struct annotate_writer *w);
void annotate_numbers(struct annotate_writer *w, uint32_t row);
void annotate_no_numbers(struct annotate_writer *w);
/* Ends the line, with `rest` behind the headings. */
void annotate_headings(struct annotate_writer *w, const char *rest);

/* The cost, as a share of the whole or in samples, with blanks behind it. */
void annotate_share(struct annotate_writer *w, const struct cost *part, const struct cost *whole);
/* For one such column for each event: their headings, as annotate_headings(). */
void annotate_single_headings(struct annotate_writer *w, const char *title, const char *rest);

/* Columns left behind `used` ones; never too few to say something. */
size_t annotate_room(const struct annotate_writer *w, size_t used);

/*
 * A line of code in at most `width` columns: tabs become blanks, what cannot be printed a '?', the end is cut with an
 * ellipsis.  Returns the columns used.
 */
size_t annotate_code(struct annotate_writer *w, const char *text, size_t width);

/*
 * The rule of all rows: names, code and remarks behind them are cut to the terminal's width; what is told in sentences is
 * wrapped.  A sentence begins behind `indent` columns, and so do its other lines.  Ends the line.
 */
void annotate_sentence(struct annotate_writer *w, size_t indent, const char *text);

/*
 * A C++ name as short as people say it: "std::vector<int>::push_back(int const&)" is std::vector::push_back.  What stands in
 * angle brackets goes, the parameters, and the type before the name.  The caller's to free().
 */
char *annotate_short_name(const char *name);

/*
 * Rows that are not shown: each is told with its row of charges (0: it has none); then, if there were any, one line stands for
 * all of them, with the sum of their self.  `one`, `many`: what they are called.
 */
void annotate_hide(struct annotate_writer *w, uint32_t row, size_t n);
void annotate_gap(struct annotate_writer *w, const char *one, const char *many);
void annotate_unhide(struct annotate_writer *w); /* that line was written by the caller */

/*
 * Of lists in the order of cost, such as what a function calls, so many rows are shown of `n` that have at least
 * ANNOTATE_LEAST in an event; with --full all.  The others are told by one line behind the columns of numbers:
 * "⋮ 21 more functions (--full shows all)".  whole: row of the costs that shares are of, if they are not of all samples.
 */
enum { ANNOTATE_LEAST = 50 /* hundredths of percent */ };
bool annotate_is_small(const struct annotate_writer *w, const struct costs *costs, uint32_t row,
		       uint32_t whole);
size_t annotate_most_listed(const struct annotate_writer *w, size_t n);
void annotate_not_listed(struct annotate_writer *w, size_t n, const char *one, const char *many);

/* Whose lines they are, "inlined", and where they were read; long names in short. */
void annotate_source_heading(struct annotate_writer *w, const struct annotated_source *s);
void annotate_warning(struct annotate_writer *w, const char *text);

/* Lines of a source, those that are shown, with a heading. */
void annotate_source(struct annotate_writer *w, const struct annotated_source *s);

/* The instructions of a part, with jumps and places. */
void annotate_instructions(struct annotate_writer *w, const struct native_part *p);

#endif
