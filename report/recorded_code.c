#include "report/recorded_code.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "parser/base/memory.h"
#include "report/recorded_code_parts.h"

void recorded_code_free(struct recorded_code *c)
{
	if (c)
		c->teller->free(c);
}

struct code_site recorded_code_site(struct recorded_code *c, uint32_t location)
{
	return c->teller->site(c, location);
}

void recorded_code_read(struct recorded_code *c, const struct code_site *site,
			struct code_unit *out)
{
	c->teller->read(c, site, out);
}

const struct elf_symbol *recorded_code_symbol(struct recorded_code *c, const struct code_site *site,
					      uint64_t vaddr)
{
	return c->teller->symbol(c, site, vaddr);
}

size_t recorded_code_frames(struct recorded_code *c, const struct code_site *site, uint64_t address,
			    struct source_frame *out, size_t max)
{
	return c->teller->frames(c, site, address, out, max);
}

const char *recorded_code_no_lines(struct recorded_code *c, const struct code_site *site)
{
	return c->teller->no_lines(c, site);
}

enum opcode_gap recorded_code_opcode(struct recorded_code *c, uint32_t location, const char **name)
{
	return c->teller->opcode(c, location, name);
}

bool recorded_code_is_handler(struct recorded_code *c, uint32_t location)
{
	return c->teller->is_handler(c, location);
}

unsigned recorded_code_pythons(struct recorded_code *c)
{
	return c->teller->pythons(c);
}

time_t recorded_code_time(struct recorded_code *c, bool beside)
{
	return c->teller->time(c, beside);
}

/* ---- sites and units ---- */

/* Of one recording in the order in which it has files, and of symbols. */
int code_unit_order(const struct code_site *a, const struct code_site *b)
{
	uint64_t start_a = a->at.symbol ? a->at.symbol->start : 0;
	uint64_t start_b = b->at.symbol ? b->at.symbol->start : 0;

	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	if (a->at.object != b->at.object)
		return a->at.object < b->at.object ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (start_a > start_b) - (start_a < start_b);
}

bool code_site_time(const struct code_site *site, time_t *out)
{
	struct stat st;

	if (!site->has_file || stat(site->at.path, &st) != 0)
		return false;
	*out = st.st_mtime;
	return true;
}

size_t code_limited(uint64_t size)
{
	enum { CODE_LIMIT = 2 << 20 };

	return size < CODE_LIMIT ? (size_t)size : CODE_LIMIT;
}

void code_unit_take(struct code_unit *u, uint8_t *bytes, size_t n, const char *why)
{
	if (n) {
		u->bytes = bytes;
		u->n = n;
		u->why = NULL;
		return;
	}
	free(bytes);
	u->why = why;
}

void code_unit_read(struct code_unit *u, const struct object_place *at)
{
	size_t size = code_limited(u->end - u->start);
	uint8_t *bytes = mem_calloc(size, 1);

	u->machine = at->machine;
	code_unit_take(u, bytes, elf_code(at->path, u->start, u->start + size, bytes),
		       "the file at hand has no code in it");
}
