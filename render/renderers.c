#include "render/renderers.h"

#include <stddef.h>

const struct table_renderer table_renderers[] = {
	{ "text", "a table for people", render_text },
	{ "csv", "comma-separated values (RFC 4180)", render_csv },
	{ "json", "JSON, as doc/schema/perfolio-report.schema.json says", render_json },
	{ "xml", "XML, as doc/schema/perfolio-report.xsd says", render_xml },
	{ NULL, NULL, NULL },
};
