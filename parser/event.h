/*
 * parser/event.h - the events of a recording, and which record belongs to which.
 */
#ifndef PERFOLIO_PARSER_EVENT_H
#define PERFOLIO_PARSER_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/attr.h"

struct event {
	struct attr attr;
	const char *name; /* as typed (EVENT_DESC, EVENT_UPDATE) or made from type and config */
	bool named;       /* the recording has the name */
	const char *unit; /* EVENT_UPDATE_UNIT; "" without */
	uint64_t *ids;    /* the kernel's ids of its counters */
	size_t n_ids;
	int group; /* index of the group's leader among the events, -1 without a group */
};

/* The events and a table id -> event.  Starts as zeroes. */
struct events {
	struct event *items;
	size_t n, cap;
	struct event_slot *slots; /* id -> event; see event.c */
	size_t mask;              /* slots - 1; 0 while there is no table */
	size_t n_slots;
};

void events_free(struct events *e);

/* Append an event with its attr; name and ids follow.  Returns its index. */
size_t events_add(struct events *e, const struct attr *attr);

/* Say that counter `id` belongs to event `index`. The first to claim an id has it. */
void events_add_id(struct events *e, size_t index, uint64_t id);

/* The event of counter `id`; -1 if nobody has it. */
int events_find(const struct events *e, uint64_t id);

/* Make names for the events that have none: "cycles", "cpu-clock", "raw 0x..". */
struct texts;
void events_name_unnamed(struct events *e, struct texts *texts);

#endif
