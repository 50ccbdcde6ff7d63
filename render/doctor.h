/*
 * render/doctor.h - the outputs of `perfolio doctor`.
 */
#ifndef PERFOLIO_RENDER_DOCTOR_H
#define PERFOLIO_RENDER_DOCTOR_H

struct doctor;
struct out;

void render_doctor_text(struct out *o, const struct doctor *d);
void render_doctor_json(struct out *o, const struct doctor *d);
void render_doctor_xml(struct out *o, const struct doctor *d);

#endif
