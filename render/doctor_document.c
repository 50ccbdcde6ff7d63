/*
 * "perfolio-doctor" as JSON and XML: findings, the most harmful first; doc/schema/perfolio-doctor.schema.json and .xsd.
 */
#include "render/doctor.h"
#include "render/document.h"
#include "report/doctor.h"

static double fraction(uint64_t share)
{
	return (double)share / 10000;
}

static void file(struct document *d, const struct finding_file *f)
{
	document_item(d, "file");
	document_text(d, "name", f->name);
	document_text(d, "evidence", f->evidence);
	document_u64(d, "samples", f->samples);
	document_double(d, "share", fraction(f->share));
	document_end(d);
}

static void finding(struct document *d, const struct doctor *doctor, const struct finding *f)
{
	document_item(d, "finding");
	if (*doctor->recording)
		document_text(d, "recording", doctor->recording);
	document_text(d, "harm", harm_name(f->harm));
	document_text(d, "kind", f->kind);
	document_text(d, "title", f->title);
	document_text(d, "evidence", f->evidence);
	document_text(d, "consequence", f->consequence);
	document_text(d, "remedy", f->remedy);
	document_text(d, "command", f->command);
	document_u64(d, "samples", f->samples);
	document_double(d, "share", fraction(f->share));
	document_array(d, "files");
	for (size_t i = 0; i < f->n_files; i++)
		file(d, &f->files[i]);
	document_end(d);
	document_end(d);
}

static void render(struct out *o, struct doctor *const *doctors, size_t n,
		   enum document_syntax syntax)
{
	uint64_t samples = 0;
	bool healthy = true;
	struct document d;

	for (size_t i = 0; i < n; i++) {
		healthy = healthy && !doctor_count(doctors[i], HARM_SERIOUS);
		if (__builtin_add_overflow(samples, doctors[i]->samples, &samples))
			samples = UINT64_MAX;
	}
	document_begin(&d, o, syntax, "doctor");
	document_bool(&d, "healthy", healthy);
	document_u64(&d, "samples", samples);
	document_array(&d, "findings");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < doctors[i]->n; k++)
			finding(&d, doctors[i], &doctors[i]->findings[k]);
	document_end(&d);
	document_done(&d);
}

void render_doctor_json(struct out *o, struct doctor *const *d, size_t n)
{
	render(o, d, n, SYNTAX_JSON);
}

void render_doctor_xml(struct out *o, struct doctor *const *d, size_t n)
{
	render(o, d, n, SYNTAX_XML);
}
