/*
 * render/info.h - the outputs of `perfolio info`.
 */
#ifndef PERFOLIO_RENDER_INFO_H
#define PERFOLIO_RENDER_INFO_H

struct info;
struct json;
struct diag;
struct out;

void render_info_text(struct out *o, const struct info *info);
void render_info_json(struct out *o, const struct info *info);

/* "problems": [...], as every JSON output has it. */
void render_problems_json(struct json *j, const struct diag *diag);

#endif
