/*
 * render/distinct.h - different names for things that may be called alike, as the events of one recording.
 */
#ifndef PERFOLIO_RENDER_DISTINCT_H
#define PERFOLIO_RENDER_DISTINCT_H

#include <stddef.h>

/*
 * Put "_2" behind the second of equal names, "_3" behind the third ..., the next number where one before is called so
 * already.  Each name is the caller's, to be freed by free(); those that are changed are replaced.
 */
void distinct_names(char **names, size_t n);

#endif
