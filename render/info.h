/*
 * render/info.h - the outputs of `perfolio info`.
 */
#ifndef PERFOLIO_RENDER_INFO_H
#define PERFOLIO_RENDER_INFO_H

struct info;
struct out;

void render_info_text(struct out *o, const struct info *info);
void render_info_json(struct out *o, const struct info *info);
void render_info_xml(struct out *o, const struct info *info);

#endif
