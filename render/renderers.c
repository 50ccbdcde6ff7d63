#include "render/renderers.h"

#define ROW(name, model) { .model = render_##name },

const struct renderer report_renderers[] = { REPORT_FORMATS(ROW) };
const struct renderer export_renderers[] = { EXPORT_FORMATS(ROW) };
