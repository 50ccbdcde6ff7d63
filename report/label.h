/*
 * report/label.h - how functions are written where one text must say it all.
 */
#ifndef PERFOLIO_REPORT_LABEL_H
#define PERFOLIO_REPORT_LABEL_H

#include <stdbool.h>

#include "report/profile.h"

struct texts;

/*
 * A frame of a folded stack: "module.qualname" for Python, the name for native, "name_[k]" for
 * the kernel, placeholders and tasks as they are.  full: " (file)" or " (object)" behind it.
 * Ready to print: ';' is ',', control bytes and bytes that are not UTF-8 are '?'; never empty.
 */
const char *label_frame(struct texts *texts, const struct function *f, bool full);

/* What goes before a function's name: its module; "" where the name of a grouped row has all there is to say. */
const char *label_module(const struct function *f);

/* A text on one line: without control bytes, valid UTF-8, no blanks around it; "" stays empty. */
const char *label_clean(struct texts *texts, const char *s);

/* The last part of a path. */
const char *label_base(const char *path);

#endif
