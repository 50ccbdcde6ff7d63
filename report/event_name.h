/*
 * report/event_name.h - events by the names that people give to options.
 *
 * An event is called by its name, "cycles:u" or "cache-misses/period=40/", or in short by the part of it that
 * stands before the first ':' or '/'.
 */
#ifndef PERFOLIO_REPORT_EVENT_NAME_H
#define PERFOLIO_REPORT_EVENT_NAME_H

#include <stddef.h>

/* How many bytes of the name are the short one. */
size_t event_short_length(const char *event);

/*
 * The event called by the first `len` bytes of `name`: its index, and in *count how many events that is the short name
 * of where it is no whole name.  Only *count == 1 names an event.
 */
size_t event_find(const char *const *events, size_t n, const char *name, size_t len, size_t *count);

/* What may have been meant, as near_names_hint() writes it, by short names where only those are near; free() it. */
char *event_names_hint(const char *const *events, size_t n, const char *name, size_t len);

#endif
