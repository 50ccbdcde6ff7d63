/*
 * "perfolio-doctor" as JSON: findings, the most harmful first.
 */
#include "render/doctor.h"
#include "render/json.h"
#include "render/out.h"
#include "report/doctor.h"

static void finding(struct json *j, const struct finding *f)
{
	json_object(j);
	json_key_text(j, "harm", harm_name(f->harm));
	json_key_text(j, "kind", f->kind);
	json_key_text(j, "title", f->title);
	json_key_text(j, "evidence", f->evidence);
	json_key_text(j, "consequence", f->consequence);
	json_key_text(j, "remedy", f->remedy);
	json_key_u64(j, "samples", f->samples);
	json_key(j, "share");
	json_double(j, (double)f->share / 10000);
	json_end_object(j);
}

void render_doctor_json(struct out *o, const struct doctor *d)
{
	struct json j;

	json_begin(&j, o);
	json_object(&j);
	json_key_text(&j, "format", "perfolio-doctor");
	json_key_u64(&j, "version", 1);
	json_key_bool(&j, "healthy", doctor_count(d, HARM_SERIOUS) == 0);
	json_key_u64(&j, "samples", d->samples);
	json_key(&j, "findings");
	json_array(&j);
	for (size_t i = 0; i < d->n; i++)
		finding(&j, &d->findings[i]);
	json_end_array(&j);
	json_end_object(&j);
	json_done(&j);
}
