/*
 * tests/fuzz/entry.c - any bytes as a batch's record of a recording, and as its list of functions (report/entry.h, fleet.h).
 */
#include "report/entry.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "report/fleet.h"
#include "report/fleet_modules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_file(void *modules, const char *file)
{
	fleet_modules_add(modules, file);
}

/* Sums hold, whatever stands in the file. */
static void add_up(const struct entry *e, const char *path)
{
	struct fleet_modules *modules = fleet_modules_new();
	struct fleet *f = fleet_new(FLEET_ALL, "", modules);
	const struct fleet_group *g;
	struct error err = { 0 };
	char day[DAY_TEXT];
	bool ok;

	entry_files_read(path, add_file, modules, &err);
	fleet_modules_name(modules);
	err = (struct error){ 0 };
	ok = fleet_add(f, e, path, &err);
	entry_day(e, day);
	g = fleet_finish(f, 3);
	assert(g->recordings == ok && (ok || err.what[0]));
	for (size_t i = 0; i < g->n_events; i++) {
		const struct fleet_event *event = &g->events[i];

		assert(event->n_functions <= 3 && event->n_functions <= event->n_all);
		for (size_t k = 0; k < event->n_functions; k++) {
			const struct fleet_function *function = &event->functions[k];

			assert(function->recordings == 1);
			assert(function->self.weight <= event->sum.weight);
			assert(function->total.samples <= event->sum.samples);
			assert(function->self_share.lower <= 10000);
		}
	}
	fleet_free(f);
	fleet_modules_free(modules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct entry_event events[] = { { "cycles", "count", { 100, 1000 } },
						     { "cpu-clock", "ns", { 7, 0 } } };
	struct entry two = { .events = (struct entry_event *)events, .n_events = 2 };
	int fd = memfd_create("entry", MFD_CLOEXEC);
	struct error err = { 0 };
	struct entry e;
	char path[64];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (entry_read(&e, path, &err)) {
		for (size_t i = 0; i < e.n_outputs; i++)
			assert(!strchr(e.outputs[i].name, '/') && e.outputs[i].name[0] != '.');
		health_judge(&e.health);
		add_up(&e, path);
		entry_done(&e);
	} else {
		assert(err.kind != ERR_NONE && err.what[0] != '\0');
	}
	add_up(&two, path);
	close(fd);
	return 0;
}
