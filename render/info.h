/*
 * render/info.h - the outputs of `perfolio info`.
 */
#ifndef PERFOLIO_RENDER_INFO_H
#define PERFOLIO_RENDER_INFO_H

struct diag;
struct info;
struct out;
struct profile_info;

void render_info_text(struct out *o, const struct info *info);
void render_info_json(struct out *o, const struct info *info);
void render_info_xml(struct out *o, const struct info *info);

void render_profile_info_text(struct out *o, const struct profile_info *info);
void render_profile_info_json(struct out *o, const struct profile_info *info);
void render_profile_info_xml(struct out *o, const struct profile_info *info);

/* "problems", as text. */
void render_problems_text(struct out *o, const struct diag *diag);

#endif
