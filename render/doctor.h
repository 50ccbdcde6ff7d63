/*
 * render/doctor.h - the outputs of `perfolio doctor`.
 */
#ifndef PERFOLIO_RENDER_DOCTOR_H
#define PERFOLIO_RENDER_DOCTOR_H

#include <stddef.h>

struct doctor;
struct out;

/* Of one recording, or of several, one after the other. */
void render_doctor_text(struct out *o, struct doctor *const *d, size_t n);
void render_doctor_json(struct out *o, struct doctor *const *d, size_t n);
void render_doctor_xml(struct out *o, struct doctor *const *d, size_t n);

#endif
