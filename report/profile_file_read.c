/*
 * Each section is read with a cursor over its unpacked bytes.  A number of things is held against the bytes that are
 * left before anything is made for them; a place is held against how many there are of what it points to.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/plural.h"
#include "parser/sections.h"
#include "report/profile_file.h"
#include "report/profile_file_memory.h"
#include "report/profile_file_parts.h"
#include "report/profile_file_reading.h"
#include "report/sampled_event.h"

static bool read_texts(struct reading *r)
{
	size_t n;

	if (!begin_section(r, SECTION_TEXTS))
		return false;
	n = count(r, 1);
	r->texts = mem_calloc(n + 1, sizeof(*r->texts));
	r->texts[0] = texts_add_z(r->f->texts, "");
	r->n_texts = 1;
	for (size_t i = 0; i < n && !r->c.overrun; i++) {
		size_t len = count(r, 1);
		const uint8_t *bytes = cursor_bytes(&r->c, len);

		if (bytes)
			r->texts[i] = texts_add(r->f->texts, (const char *)bytes, len);
	}
	if (n > 1)
		r->n_texts = n;
	return end_section(r);
}

static bool read_whole(struct reading *r)
{
	if (!begin_section(r, SECTION_WHOLE))
		return false;
	r->f->keys = small(r) & (ROOT_BIT(ROOT_KEYS) - 1);
	r->f->tree->overflow = number(r) & WHOLE_OVERFLOW;
	return end_section(r);
}

static void read_source(struct reading *r, struct folio_source *s)
{
	uint64_t flags;
	size_t ends;

	s->path = text(r);
	s->hash = text(r);
	s->size = number(r);
	s->host = text(r);
	s->program = text(r);
	s->arch = text(r);
	s->kernel = text(r);
	s->cpu = text(r);
	s->perf = text(r);
	s->perfolio = text(r);
	s->options = text(r);
	flags = number(r);
	s->has_time = flags & SOURCE_HAS_TIME;
	s->wall_is_mtime = flags & SOURCE_WALL_IS_MTIME;
	s->positions = r->positions && (flags & SOURCE_POSITIONS);
	s->wall_ns = number(r);
	s->clock = (int32_t)difference(r);
	s->first_ns = number(r);
	s->last_ns = s->first_ns + number(r);
	s->processes = number(r);
	s->threads = number(r);
	s->samples = number(r);
	s->unused = number(r);
	s->no_increase = number(r);
	s->lost_events = number(r);
	s->lost_samples = number(r);
	ends = count(r, 1);
	for (size_t end = 0; end < ends; end++) {
		uint64_t samples = number(r);

		if (end < STACK_ENDS)
			s->stacks[end] = samples;
	}
}

enum { SINCE_COMMANDS = 1 }; /* the minor version that had them first */

static bool read_sources(struct reading *r)
{
	struct folio *f = r->f;

	if (!begin_section(r, SECTION_SOURCES))
		return false;
	f->cap_sources = count(r, 24);
	f->sources = mem_calloc(f->cap_sources, sizeof(*f->sources));
	while (f->n_sources < f->cap_sources && !r->c.overrun)
		read_source(r, &f->sources[f->n_sources++]);
	for (size_t i = 0; i < f->n_sources; i++)
		f->sources[i].command = r->sections.minor >= SINCE_COMMANDS ? text(r) : r->texts[0];
	return end_section(r);
}

static void read_event(struct reading *r, struct folio_event *e)
{
	struct attr *a = &e->attr;

	e->name = text(r);
	e->unit = text(r);
	e->mixed = number(r) & EVENT_MIXED;
	e->place = small(r);
	e->recordings = small(r);
	e->filtered.samples = number(r);
	e->filtered.weight = number(r);
	a->type = small(r);
	a->config = number(r);
	a->config1 = number(r);
	a->config2 = number(r);
	a->config3 = number(r);
	a->bp_type = small(r);
	a->sample_period = number(r);
	a->flags = number(r);
	a->sample_max_stack = (uint16_t)number(r);
	a->sample_stack_user = small(r);
}

/* What is not so is as good as not known. */
static void read_counted(struct reading *r, struct folio_event *e)
{
	struct counted_time time;

	time.enabled_ns = number(r);
	time.running_ns = number(r);
	if (time.running_ns <= time.enabled_ns)
		e->counted = time;
}

static bool read_events(struct reading *r)
{
	struct folio_event *events;
	bool known = true;
	size_t n;

	if (!begin_section(r, SECTION_EVENTS))
		return false;
	n = count(r, 17);
	events = mem_calloc(n, sizeof(*events));
	for (size_t i = 0; i < n && !r->c.overrun; i++) {
		read_event(r, &events[i]);
		known &= r->c.overrun || sampled_unit_is_known(events[i].unit);
	}
	for (size_t i = 0; i < n && r->c.pos < r->c.len; i++)
		read_counted(r, &events[i]);
	if (known && !r->c.overrun)
		folio_add_events(r->f, events, n);
	free(events);
	return known ? end_section(r) : wrong(r, "an event's unit is not ns, count or samples");
}

static bool read_spans(struct reading *r)
{
	struct folio *f = r->f;

	f->cap_spans = count(r, 4);
	f->spans = mem_calloc(f->cap_spans, sizeof(*f->spans));
	while (f->n_spans < f->cap_spans && !r->c.overrun) {
		struct folio_span *s = &f->spans[f->n_spans++];

		s->task = place(r, f->tasks.n);
		s->instance = place(r, f->cap_spans); /* each has a span, so there are no more */
		s->python = number(r) & SPAN_PYTHON;
		s->user_samples = number(r);
		if (s->instance >= f->n_instances)
			f->n_instances = s->instance + 1;
	}
	return end_section(r);
}

static bool read_tasks(struct reading *r)
{
	size_t n;

	if (!begin_section(r, SECTION_TASKS))
		return false;
	n = count(r, 10);
	for (size_t i = 0; i < n && !r->c.overrun; i++) {
		struct task_time time;
		struct sampled_task t;

		t.host = text(r);
		t.recording = text(r);
		t.comm = text(r);
		t.process = text(r);
		t.pid = small(r);
		t.tid = small(r);
		t.cpu_1 = small(r);
		time.has_time = number(r) & TASK_HAS_TIME;
		time.first_ns = number(r);
		time.last_ns = time.first_ns + number(r);
		if (!r->c.overrun && folio_add_task(r->f, &t, &time) != i)
			return wrong(r, "a task is there twice");
	}
	return read_spans(r);
}

static bool read_functions(struct reading *r)
{
	size_t n;

	if (!begin_section(r, SECTION_FUNCTIONS))
		return false;
	n = count(r, 8);
	for (size_t i = 0; i < n && !r->c.overrun; i++) {
		struct function f = { .kind = (enum function_kind)place(r, KIND_TASK) };
		uint64_t flags = number(r);

		f.inlined = flags & FUNCTION_INLINED;
		f.placeholder = flags & FUNCTION_PLACEHOLDER;
		f.name = text(r);
		f.symbol = text(r);
		f.module = text(r);
		f.file = text(r);
		f.object = text(r);
		f.line = small(r);
		if (!r->c.overrun && functions_add(&r->f->functions, &f) != i)
			return wrong(r, "a function is there twice");
	}
	return end_section(r);
}

static bool read_lists(struct reading *r)
{
	struct folio *f = r->f;
	uint32_t *words = NULL;
	size_t n, cap = 0;
	bool ok = true;

	if (!begin_section(r, SECTION_LISTS))
		return false;
	n = count(r, 3);
	for (size_t i = 0; i < n && ok; i++) {
		size_t words_n = count(r, 1);

		words = mem_grow(words, 0, words_n, &cap, sizeof(*words));
		for (size_t k = 0; k < words_n; k++)
			words[k] = place(r, f->functions.n);
		ok = !r->c.overrun && words_n >= 2 &&
		     frame_lists_add(&f->lists, words[0], words + 1, words_n - 1) == i;
	}
	free(words);
	return ok ? end_section(r) : wrong(r, "a list is there twice, or has no functions");
}

static bool read_frames(struct reading *r)
{
	if (!read_lists(r))
		return false;
	if (sections_find(&r->sections, SECTION_POSITIONS))
		return read_positions(r);
	use_lists(r);
	return true;
}

static bool read_files(struct reading *r)
{
	struct folio *f = r->f;
	size_t n;

	if (!begin_section(r, SECTION_FILES))
		return false;
	n = count(r, 1);
	f->files = mem_calloc(n, sizeof(*f->files));
	for (; f->n_files < n && !r->c.overrun; f->n_files++) {
		f->files[f->n_files] = text(r);
		if (f->n_files && strcmp(f->files[f->n_files - 1], f->files[f->n_files]) >= 0)
			return wrong(r, "its files are not sorted");
	}
	return end_section(r);
}

static void read_problem(struct reading *r)
{
	struct folio_problem p;
	const char *name = text(r);

	p.kind = diag_kind_find(name);
	p.inlining = number(r) & PROBLEM_INLINING;
	p.place = small(r);
	p.recordings = small(r);
	p.count = number(r);
	p.subject = text(r);
	p.message = text(r);
	p.where = text(r);
	if (p.kind == PROBLEM_KINDS) {
		p.kind = PROBLEM_OF_NEWER;
		p.subject = name;
	}
	if (!r->c.overrun)
		folio_add_problem(r->f, &p);
}

static bool read_problems(struct reading *r)
{
	size_t n;

	if (!begin_section(r, SECTION_PROBLEMS))
		return false;
	n = count(r, 8);
	for (size_t i = 0; i < n && !r->c.overrun; i++)
		read_problem(r);
	return end_section(r);
}

/* ---- the tree ---- */

/* The parents of the nodes from how far up each is.  False: one is above the root. */
static bool read_parents(struct reading *r, uint32_t *parents, size_t n, uint32_t *path)
{
	size_t depth = 0;

	for (uint32_t i = 1; i <= n; i++) {
		uint64_t up = number(r);

		if (up > depth || r->c.overrun)
			return false;
		depth -= up;
		parents[i] = path[depth];
		path[++depth] = i;
	}
	return true;
}

/*
 * What each node is.  Siblings come in order, so that none can be there twice without being looked for.
 * last_1: by node its newest child's number plus 1.
 */
static bool make_nodes(struct reading *r, const uint32_t *parents, size_t n, uint32_t *last_1)
{
	struct folio *f = r->f;

	for (uint32_t i = 1; i <= n; i++) {
		bool task = parents[i] == 0;
		uint32_t which = place(r, task ? f->tasks.n : r->n_positions), location;

		if (r->c.overrun || which < last_1[parents[i]])
			return false;
		last_1[parents[i]] = which + 1;
		location = task ? folio_location(f, true, which) : r->locations[which];
		calltree_append(f->tree, parents[i], location);
	}
	return true;
}

static bool read_tree(struct reading *r)
{
	uint32_t *parents, *work;
	size_t n;
	bool ok;

	if (!begin_section(r, SECTION_TREE))
		return false;
	n = count(r, 2);
	parents = mem_calloc(n + 1, sizeof(*parents));
	work = mem_calloc(n + 1, sizeof(*work));
	ok = n < UINT32_MAX - 1 && read_parents(r, parents, n, work);
	memset(work, 0, (n + 1) * sizeof(*work));
	ok = ok && make_nodes(r, parents, n, work);
	free(parents);
	free(work);
	return ok ? end_section(r) : wrong(r, "its nodes are no tree");
}

/* ---- costs ---- */

struct cell {
	uint32_t node, event;
	struct cost cost;
};

/* All costs, by node; NULL: there are more than can be. */
static struct cell *read_cells(struct reading *r, const uint64_t *usual, size_t *n_out)
{
	struct folio *f = r->f;
	struct cell *cells = NULL;
	size_t n = 0, cap = 0;

	for (uint32_t i = 0; i < f->tree->n_nodes; i++) {
		size_t more = count(r, 3);

		if (r->c.overrun || more > f->n_events)
			goto failed;
		cells = mem_grow(cells, n, more, &cap, sizeof(*cells));
		for (size_t k = 0; k < more; k++)
			cells[n++] = (struct cell){ .node = i };
	}
	for (size_t i = 0; i < n; i++)
		cells[i].event = place(r, f->n_events);
	for (size_t i = 0; i < n; i++)
		cells[i].cost.samples = number(r);
	for (size_t i = 0; i < n; i++)
		cells[i].cost.weight =
			difference(r) + cells[i].cost.samples * usual[cells[i].event];
	if (r->c.overrun)
		goto failed;
	*n_out = n;
	return cells ? cells : mem_calloc(1, sizeof(*cells));
failed:
	free(cells);
	return NULL;
}

static bool read_costs(struct reading *r)
{
	struct calltree *t = r->f->tree;
	uint64_t *usual;
	struct cell *cells;
	size_t n = 0;
	bool ok;

	if (!begin_section(r, SECTION_COSTS))
		return false;
	usual = mem_calloc(r->f->n_events, sizeof(*usual));
	for (size_t e = 0; e < r->f->n_events; e++)
		usual[e] = number(r);
	cells = read_cells(r, usual, &n);
	ok = cells != NULL;
	for (size_t i = 0; cells && i < n; i++) {
		uint32_t row = calltree_row(t, cells[i].node);

		if (!costs_add(&t->costs, row, cells[i].event, &cells[i].cost))
			t->overflow = true;
	}
	free(cells);
	free(usual);
	return ok ? end_section(r) : wrong(r, "its costs do not fit the nodes and events");
}

/* ---- accesses to memory ---- */

/* By node of the file which one of the tree it is. */
static uint32_t *all_nodes(const struct reading *r)
{
	uint32_t *nodes = mem_calloc(r->f->tree->n_nodes, sizeof(*nodes));

	for (uint32_t i = 0; i < r->f->tree->n_nodes; i++)
		nodes[i] = i;
	return nodes;
}

static bool read_memory(struct reading *r, bool wanted)
{
	struct memory_reading memory;
	const char **texts;
	uint32_t *nodes;
	size_t n;

	if (!wanted || !sections_find(&r->sections, SECTION_MEMORY))
		return true;
	if (!begin_section(r, SECTION_MEMORY))
		return false;
	n = count(r, 1);
	texts = mem_calloc(n, sizeof(*texts));
	for (size_t i = 0; i < n; i++)
		texts[i] = text(r);
	nodes = all_nodes(r);
	memory = (struct memory_reading){ texts, n, r->f->n_events, nodes, r->f->tree->n_nodes };
	memory_section_read(&r->c, &memory, folio_memory(r->f));
	free(nodes);
	free(texts);
	return end_section(r);
}

/* ---- the file ---- */

static bool check_version(struct reading *r)
{
	static const char *const known[] = {
		SECTION_TEXTS,     SECTION_WHOLE, SECTION_SOURCES,   SECTION_EVENTS, SECTION_TASKS,
		SECTION_FUNCTIONS, SECTION_LISTS, SECTION_POSITIONS, SECTION_CODE,   SECTION_TREE,
		SECTION_COSTS,     SECTION_FILES, SECTION_PROBLEMS,  SECTION_MEMORY,
	};

	if (r->sections.major != PROFILE_FILE_MAJOR)
		return fail_at(r->err, ERR_UNSUPPORTED, SECTIONS_MAGIC_BYTES,
			       "the profile file has version %u.%u, this perfolio reads %u: use a "
			       "perfolio that fits, or save it again from the recording",
			       r->sections.major, r->sections.minor, PROFILE_FILE_MAJOR);
	for (size_t i = 0; i < r->sections.n; i++) {
		const struct section *s = &r->sections.items[i];
		bool is_known = false;

		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			is_known |= strcmp(known[k], s->tag) == 0;
		if (!is_known && (s->flags & SECTION_NEEDED))
			return fail_at(r->err, ERR_UNSUPPORTED, s->offset,
				       "a newer perfolio wrote it: section %s is needed, and not "
				       "known here",
				       s->tag);
	}
	if (r->source->size > r->sections.end)
		return fail_at(
			r->err, ERR_FORMAT, r->sections.end,
			"%" PRIu64 " %s behind the last section", r->source->size - r->sections.end,
			plural(r->source->size - r->sections.end, "byte follows", "bytes follow"));
	return true;
}

static bool read_all(struct reading *r, unsigned wanted)
{
	return check_version(r) && read_texts(r) && read_whole(r) && read_sources(r) &&
	       read_events(r) && read_tasks(r) && read_functions(r) && read_frames(r) &&
	       read_files(r) && read_problems(r) && read_tree(r) && read_costs(r) &&
	       read_memory(r, wanted & PROFILE_FILE_MEMORY);
}

bool profile_file_keys(const struct source *s, unsigned *keys, struct error *err)
{
	struct reading r = { .source = s, .err = err };
	struct texts *texts = texts_new();
	bool ok = sections_read(s, &r.sections, err);

	r.f = folio_new(texts, 0);
	ok = ok && check_version(&r) && read_whole(&r);
	*keys = r.f->keys;
	sections_done(&r.sections);
	free(r.bytes);
	folio_free(r.f);
	texts_free(texts);
	return ok;
}

struct folio *profile_file_read(const struct source *s, unsigned wanted, struct texts *texts,
				struct error *err)
{
	struct reading r = { .source = s,
			     .err = err,
			     .positions = wanted & PROFILE_FILE_POSITIONS };
	bool ok;

	if (!sections_read(s, &r.sections, err))
		return NULL;
	r.f = folio_new(texts, 0);
	ok = read_all(&r, wanted);
	sections_done(&r.sections);
	free(r.bytes);
	free(r.texts);
	free(r.locations);
	if (ok)
		return r.f;
	folio_free(r.f);
	return NULL;
}
