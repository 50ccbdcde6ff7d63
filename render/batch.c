#include "render/batch.h"

#include <time.h>

#include "report/table.h"

const struct batch_format *const batch_formats[BATCH_FORMATS] = {
	&batch_index_json,   &batch_index_csv,   &batch_index_xml,   &batch_index_html,
	&batch_summary_json, &batch_summary_csv, &batch_summary_xml, &batch_summary_text,
};

const char *batch_when(const struct entry *e, char text[WHEN_TEXT])
{
	time_t when = (time_t)e->when;
	struct tm tm;

	*text = '\0';
	if (e->has_when && gmtime_r(&when, &tm))
		strftime(text, WHEN_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return text;
}

uint64_t batch_python_share(uint64_t python, uint64_t native, uint64_t kernel, uint64_t unknown)
{
	struct cost whole = { 0, 0 };

	cost_add(&whole, &(struct cost){ python, 0 });
	cost_add(&whole, &(struct cost){ native, 0 });
	cost_add(&whole, &(struct cost){ kernel, 0 });
	cost_add(&whole, &(struct cost){ unknown, 0 });
	return cost_share(&(struct cost){ python, 0 }, &whole);
}
