/*
 * tests/unit/name_columns.c - what the rows of a table are called (render/name_columns.h).
 */
#include "render/name_columns.h"

#include <stdlib.h>
#include <string.h>

#include "render/out.h"
#include "render/text_parts.h"
#include "tests/capture.h"
#include "tests/check.h"

static const struct function plain[] = {
	{ .kind = KIND_PYTHON,
	  .name = "Tree.build",
	  .symbol = "",
	  .module = "app.tree",
	  .file = "/srv/app/tree.py",
	  .line = 12,
	  .object = "" },
	{ .kind = KIND_NATIVE,
	  .name = "memcpy",
	  .symbol = "",
	  .module = "libc.so.6",
	  .file = "",
	  .object = "/usr/lib/x86_64-linux-gnu/libc.so.6" },
	{ .kind = KIND_NATIVE, .name = "  ", .symbol = "", .module = "", .file = "", .object = "" },
};

static const struct function grouped[] = {
	{ .name = "",
	  .symbol = "",
	  .module = "",
	  .file = "",
	  .object = "",
	  .keys = "main\tpython3.15\tinterpreter loop" },
	{ .name = "",
	  .symbol = "",
	  .module = "",
	  .file = "",
	  .object = "",
	  .keys = "a_function_with_a_long_name\t\tmemory" },
	{ .name = "", .symbol = "", .module = "", .file = "", .object = "", .keys = "x\ty\tz" },
};

enum { N = 3 };

static void begin(struct name_columns *c, const struct function *f, const char *keys, bool file)
{
	name_columns_begin(c, keys, file, "");
	for (size_t i = 0; i < N; i++)
		name_columns_measure(c, &f[i], 0);
}

static void check_rows(const struct name_columns *c, const struct function *f, const char *want,
		       const char *row)
{
	struct capture capture;
	struct out *o = capture_begin(&capture);

	name_columns_headings(o, c);
	for (size_t i = 0; i < N; i++)
		name_columns_row(o, c, &f[i], "", 0);
	check_text(capture_end(&capture), want, row);
	capture_free(&capture);
}

static void columns_are_as_wide_as_what_they_hold(void)
{
	struct name_columns c;

	begin(&c, plain, NULL, true);
	check_rows(&c, plain,
		   "  function    module     file\n"
		   "  Tree.build  app.tree   /srv/app/tree.py:12\n"
		   "  memcpy      libc.so.6  /usr/lib/x86_64-linux-gnu/libc.so.6\n"
		   "  [unnamed]\n",
		   "functions");
	begin(&c, grouped, "function\tcomm\tcategory", true);
	check_rows(&c, grouped,
		   "  function                     comm        category          module  file\n"
		   "  main                         python3.15  interpreter loop\n"
		   "  a_function_with_a_long_name              memory\n"
		   "  x                            y           z\n",
		   "a column for each key, and what else there is to say of functions");
	begin(&c, grouped, "comm\tmodule\tcategory", true);
	check_u64(c.n, 3, "rows that are no functions have their keys alone");
}

static void where_there_is_little_room_long_names_lose_their_middle(void)
{
	struct name_columns c;

	begin(&c, plain, NULL, true);
	name_columns_fit(&c, 45);
	check_rows(&c, plain,
		   "  function    module     file\n"
		   "  Tree.build  app.tree   /srv/app/tree.py:12\n"
		   "  memcpy      libc.so.6  /usr/lib/x…libc.so.6\n"
		   "  [unnamed]\n",
		   "the file is cut");
	begin(&c, plain, NULL, true);
	name_columns_fit(&c, 22);
	check_rows(&c, plain,
		   "  function   module\n"
		   "  Tree…uild  app.tree\n"
		   "  memcpy     libc.so.6\n"
		   "  [unnamed]\n",
		   "no file");
	begin(&c, grouped, "function\tcomm\tcategory", true);
	name_columns_fit(&c, 48);
	check_rows(&c, grouped,
		   "  function          comm        category\n"
		   "  main              python3.15  interpreter loop\n"
		   "  a_functi…ng_name              memory\n"
		   "  x                 y           z\n",
		   "keys only, the longest is cut");
}

static size_t widest_line(const char *text)
{
	size_t widest = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);

		if (line && parts_width(line) > widest)
			widest = parts_width(line);
		free(line);
		text += len + (text[len] == '\n');
	}
	return widest;
}

/* Whatever the room: nothing is wider, unless it is too little to be read at all; and every key has a column. */
static void no_row_is_wider_than_the_room(void)
{
	static const struct {
		const struct function *f;
		const char *keys;
	} tables[] = { { plain, NULL }, { grouped, "function\tcomm\tcategory" } };

	for (size_t k = 0; k < 2; k++) {
		for (size_t room = 0; room < 120; room++) {
			struct name_columns c;
			struct capture capture;
			struct out *o = capture_begin(&capture);
			size_t least, widest;

			begin(&c, tables[k].f, tables[k].keys, true);
			least = name_columns_least(&c);
			name_columns_fit(&c, room);
			name_columns_headings(o, &c);
			for (size_t i = 0; i < N; i++)
				name_columns_row(o, &c, &tables[k].f[i], "", 0);
			widest = widest_line(capture_end(&capture));
			check(c.n >= c.n_rows_by, "what rows are by is shown");
			check(room < least || widest <= room, "not wider than the room");
			if (c.keys)
				check(strstr(capture.text, "y  ") && strstr(capture.text, "z\n"),
				      "all keys");
			capture_free(&capture);
		}
	}
}

static void a_prefix_stands_before_the_first_name(void)
{
	struct capture capture;
	struct out *o = capture_begin(&capture);
	struct name_columns c;

	name_columns_begin(&c, NULL, false, "(all) ");
	name_columns_measure(&c, &plain[1], 4);
	name_columns_headings(o, &c);
	name_columns_row(o, &c, &plain[1], "  ← ", 4);
	check_text(capture_end(&capture),
		   "  (all) function  module\n"
		   "    ← memcpy      libc.so.6\n",
		   "headings and a caller");
	capture_free(&capture);
}

int main(void)
{
	columns_are_as_wide_as_what_they_hold();
	where_there_is_little_room_long_names_lose_their_middle();
	no_row_is_wider_than_the_room();
	a_prefix_stands_before_the_first_name();
	return check_done("name_columns");
}
