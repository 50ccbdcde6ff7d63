#include "report/debug_info.h"

#include <elfutils/libdw.h>
#include <elfutils/libdwelf.h>
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/debug_unit.h"

/* Addresses of a unit. */
struct unit_range {
	uint64_t low, high;
	uint32_t unit;
};

/* A file with DWARF. */
struct opened {
	const char *path; /* NULL: none */
	int fd;
	Dwarf *dwarf; /* NULL: closed */
};

struct debug_info {
	struct opened file, alternate;
	struct debug_unit *units;
	size_t n_units, cap_units;
	struct unit_range *ranges; /* sorted by low */
	size_t n_ranges, cap_ranges;
	size_t held, budget; /* bytes of memory that the units read take, and may take */
	struct texts *texts; /* what frames point to */
};

/* ---- opening ---- */

static void close_dwarf(struct opened *o)
{
	if (!o->dwarf)
		return;
	dwarf_end(o->dwarf);
	close(o->fd);
	o->dwarf = NULL;
}

static bool open_dwarf(struct opened *o, const char *path)
{
	o->path = path;
	o->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (o->fd < 0)
		return false;
	o->dwarf = dwarf_begin(o->fd, DWARF_C_READ);
	if (!o->dwarf)
		close(o->fd);
	return o->dwarf != NULL;
}

/* Open a file that has units. */
static bool open_units(struct opened *o, const char *path)
{
	Dwarf_Off next;
	size_t header;

	if (!open_dwarf(o, path))
		return false;
	if (dwarf_nextcu(o->dwarf, 0, &next, &header, NULL, NULL, NULL) == 0)
		return true;
	close_dwarf(o);
	return false;
}

static void add_unit_range(struct debug_info *d, uint64_t low, uint64_t high, size_t unit)
{
	d->ranges = mem_grow(d->ranges, d->n_ranges, 1, &d->cap_ranges, sizeof(*d->ranges));
	d->ranges[d->n_ranges++] = (struct unit_range){ low, high, (uint32_t)unit };
}

static int by_unit_low(const void *va, const void *vb)
{
	const struct unit_range *a = va, *b = vb;

	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return (a->unit > b->unit) - (a->unit < b->unit);
}

/* The ranges of all units: .debug_aranges is not always there, and not always right. */
static void list_units(struct debug_info *d)
{
	Dwarf_Off off = 0, next;
	size_t header;

	for (; dwarf_nextcu(d->file.dwarf, off, &next, &header, NULL, NULL, NULL) == 0;
	     off = next) {
		struct debug_unit unit = { .offset = off + header, .size = next - off };
		Dwarf_Addr base, low, high;
		ptrdiff_t at = 0;

		if (!dwarf_offdie(d->file.dwarf, off + header, &unit.die))
			continue;
		while ((at = dwarf_ranges(&unit.die, at, &base, &low, &high)) > 0)
			if (low < high)
				add_unit_range(d, low, high, d->n_units);
		d->units = mem_grow(d->units, d->n_units, 1, &d->cap_units, sizeof(*d->units));
		d->units[d->n_units++] = unit;
	}
	if (d->n_ranges)
		qsort(d->ranges, d->n_ranges, sizeof(*d->ranges), by_unit_low);
}

struct debug_info *debug_info_open(const char *path, const char *debug_path, struct error *err)
{
	struct debug_info *d = mem_calloc(1, sizeof(*d));

	if ((!debug_path || !open_units(&d->file, debug_path)) && !open_units(&d->file, path)) {
		fail(err, ERR_FORMAT, "it has no debug information");
		free(d);
		return NULL;
	}
	d->texts = texts_new();
	d->budget = DEBUG_INFO_BUDGET;
	list_units(d);
	return d;
}

bool debug_info_alternate(const struct debug_info *d, struct debug_alternate *out)
{
	const void *build_id;
	ssize_t size = dwelf_dwarf_gnu_debugaltlink(d->file.dwarf, &out->name, &build_id);

	out->of = d->file.path;
	out->build_id = build_id;
	out->size = size > 0 ? (size_t)size : 0;
	return size > 0;
}

bool debug_info_set_alternate(struct debug_info *d, const char *path)
{
	if (!open_dwarf(&d->alternate, texts_add_z(d->texts, path)))
		return false;
	dwarf_setalt(d->file.dwarf, d->alternate.dwarf);
	return true;
}

/* ---- forgetting ---- */

void debug_info_rest(struct debug_info *d)
{
	for (size_t i = 0; i < d->n_units; i++)
		if (d->units[i].read)
			debug_unit_forget(&d->units[i]);
	d->held = 0;
	close_dwarf(&d->file);
	close_dwarf(&d->alternate);
}

void debug_info_set_budget(struct debug_info *d, size_t bytes)
{
	d->budget = bytes;
}

static bool wake(struct debug_info *d)
{
	struct opened *alternate = &d->alternate;

	if (d->file.dwarf)
		return true;
	if (!open_dwarf(&d->file, d->file.path))
		return false;
	if (!alternate->path)
		return true;
	if (!open_dwarf(alternate, alternate->path)) {
		close_dwarf(&d->file); /* libdw would look for it by itself */
		return false;
	}
	dwarf_setalt(d->file.dwarf, alternate->dwarf);
	return true;
}

/* Read a unit, and forget the others if they take too much. */
static bool read_unit(struct debug_info *d, struct debug_unit *u)
{
	size_t size;

	if (d->held > d->budget)
		debug_info_rest(d);
	if (!wake(d))
		return false;
	size = debug_unit_read(u, d->file.dwarf, d->file.fd);
	d->held += size;
	return size != 0;
}

void debug_info_free(struct debug_info *d)
{
	if (!d)
		return;
	debug_info_rest(d);
	free(d->units);
	free(d->ranges);
	texts_free(d->texts);
	free(d);
}

/* ---- asking ---- */

static struct debug_unit *unit_at(struct debug_info *d, uint64_t vaddr)
{
	size_t low = 0, high = d->n_ranges;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->ranges[mid].low <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || vaddr >= d->ranges[low - 1].high)
		return NULL;
	return &d->units[d->ranges[low - 1].unit];
}

struct debug_unit *debug_info_unit(struct debug_info *d, uint64_t vaddr, struct texts **texts)
{
	struct debug_unit *u = unit_at(d, vaddr);

	*texts = d->texts;
	return u && (u->read || read_unit(d, u)) ? u : NULL;
}

size_t debug_info_frames(struct debug_info *d, uint64_t vaddr, struct source_frame *out, size_t max)
{
	struct texts *texts;
	struct debug_unit *u = max ? debug_info_unit(d, vaddr, &texts) : NULL;

	return u ? debug_unit_frames(u, texts, vaddr, out, max) : 0;
}

const char *debug_info_missing(struct debug_info *d, uint64_t vaddr)
{
	const struct debug_unit *u = unit_at(d, vaddr);

	return u && u->read && u->split ? texts_add_z(d->texts, u->split) : NULL;
}

bool debug_info_packages(void)
{
	unsigned major = 0, minor = 0;

	return sscanf(dwfl_version(NULL), "%u.%u", &major, &minor) == 2 &&
	       (major > 0 || minor >= 191);
}
