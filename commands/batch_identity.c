#include "commands/batch_identity.h"

#include <string.h>

#include "commands/batch_inputs.h"
#include "parser/base/text.h"
#include "parser/source.h"
#include "report/profile_file.h"

static bool has_all_samples(const struct folio *f)
{
	for (size_t e = 0; e < f->n_events; e++)
		if (!cost_is_zero(&f->events[e].filtered))
			return false;
	return true;
}

static bool recording_of(const char *path, struct digest *out)
{
	struct texts *texts = texts_new();
	struct source source = { .fd = -1 };
	struct folio *f = NULL;
	struct error err;
	bool is = false;

	if (source_open(path, &source, &err))
		f = profile_file_read(&source, 0, texts, &err);
	source_close(&source);
	if (f && f->n_sources == 1 && has_all_samples(f))
		is = digest_parse(out, f->sources[0].hash);
	folio_free(f);
	texts_free(texts);
	return is;
}

struct digest batch_identity(const char *path, const struct digest *content)
{
	struct digest identity;

	if (batch_input_is_profile(path) && recording_of(path, &identity))
		return identity;
	return *content;
}

int batch_input_order(bool a_profile, const char *a, bool b_profile, const char *b)
{
	int order = a_profile - b_profile;

	return order ? order : strcmp(a, b);
}
