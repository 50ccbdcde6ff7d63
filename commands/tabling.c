#include "commands/tabling.h"

#include "commands/commands.h"
#include "render/out.h"

enum { TERMINAL_ROWS = 40 }; /* more rows than people read */

static bool take_limit(struct tabling *t, const struct options *o)
{
	uint64_t limit;

	if (!options_number(o, "limit", 0, SIZE_MAX, &limit))
		return false;
	t->table.limit = (size_t)limit;
	t->limited = true;
	return true;
}

bool tabling_option(struct tabling *t, const struct options *o, int id, bool *wrong)
{
	int word;

	switch (id) {
	case OPT_SORT:
		word = options_word(o, "sort", SORTS);
		t->table.sort = (enum sort_key)word;
		t->sorted = true;
		*wrong = word < 0;
		return true;
	case OPT_LIMIT:
		*wrong = !take_limit(t, o);
		return true;
	case OPT_PERCENT_LIMIT:
		t->percent_limited = true;
		*wrong = !options_percent(o, "percent-limit", &t->table.percent_limit);
		return true;
	case OPT_METRIC:
		metrics_add(&t->metrics, o->arg);
		return true;
	case OPT_FORMAT:
		t->format = options_word(o, "format", REPORT_WORDS);
		*wrong = t->format < 0;
		return true;
	default:
		return false;
	}
}

void tabling_fit(struct tabling *t, const struct out *o)
{
	if (t->format == 0 && !t->limited && out_is_terminal(o))
		t->table.limit = TERMINAL_ROWS;
}

void tabling_done(struct tabling *t)
{
	metrics_done(&t->metrics);
}
