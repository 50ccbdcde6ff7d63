/* tests/make_folio.c - see make_folio.h. */
#include "tests/make_folio.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/perf_format.h"
#include "report/folio_view.h"
#include "report/totals.h"
#include "report/view.h"

struct making {
	struct folio *f;
	uint64_t state;
};

static unsigned chance(struct making *m, unsigned n)
{
	m->state = m->state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(m->state >> 33) % n;
}

static const char *text(struct making *m, const char *s)
{
	return texts_add_z(m->f->texts, s);
}

static const struct {
	const char *name, *file, *object;
	enum function_kind kind;
	bool placeholder, inlined;
} pool[] = {
	{ "main", "/srv/a/app.py", "", KIND_PYTHON, false, false },
	{ "main", "/srv/b/app.py", "", KIND_PYTHON, false, false },
	{ "helper", "/srv/a/util.py", "", KIND_PYTHON, false, false },
	{ "helper", "/srv/b/util.py", "", KIND_PYTHON, false, false },
	{ "<module>", "<frozen runpy>", "", KIND_PYTHON, false, false },
	{ "_PyEval_EvalFrameDefault", "", "/usr/bin/python3.12", KIND_NATIVE, false, false },
	{ "list_sort", "", "/usr/bin/python3.12", KIND_NATIVE, false, false },
	{ "[python3.12]", "", "/usr/bin/python3.12", KIND_NATIVE, true, false },
	{ "malloc", "", "/usr/lib/libc.so.6", KIND_NATIVE, false, false },
	{ "foo", "foo.c", "/usr/lib/libx.so.1", KIND_NATIVE, false, false },
	{ "foo", "foo.c", "/usr/lib/liby.so.1", KIND_NATIVE, false, false },
	{ "tiny", "tiny.h", "/usr/lib/libx.so.1", KIND_NATIVE, false, true },
	{ "sys_read", "", "[kernel.kallsyms]", KIND_KERNEL, false, false },
	{ "[unknown]", "", "", KIND_UNKNOWN, true, false },
};

enum { N_POOL = sizeof(pool) / sizeof(pool[0]), INLINED = 11, PYTHONS = 5, LOOP = 5 };

static uint32_t function(struct making *m, unsigned i)
{
	struct function f = {
		.kind = pool[i].kind,
		.placeholder = pool[i].placeholder,
		.inlined = pool[i].inlined,
		.name = text(m, pool[i].name),
		.file = text(m, pool[i].file),
		.object = text(m, pool[i].object),
		.line = pool[i].kind == KIND_NATIVE && *pool[i].file ? 1 + chance(m, 3) : 0,
	};
	const char *slash = strrchr(f.object, '/');

	f.symbol = text(m, "");
	f.module = text(m, slash ? slash + 1 : f.object);
	return folio_add_function(m->f, &f);
}

static struct source_place source_place(struct making *m)
{
	struct source_place place = { text(m, chance(m, 3) ? "foo.c" : "tiny.h"), 1 + chance(m, 3),
				      chance(m, 2) };

	if (chance(m, 9) == 0)
		place = (struct source_place){ .file = text(m, "") };
	return place;
}

/* The function's code: the same in all recordings, but that not all files were at hand. */
static struct code_piece code_piece(struct making *m, unsigned i)
{
	struct code_piece piece = {
		.kind = pool[i].kind == KIND_KERNEL ? PIECE_KERNEL : PIECE_FILE,
		.object = text(m, pool[i].object),
		.build_id = text(m, chance(m, 4) ? "0123456789" : ""),
		.symbol = text(m, pool[i].placeholder ? "" : pool[i].name),
		.start = pool[i].kind == KIND_KERNEL ? 0 : 0x1000 * (uint64_t)i,
		.machine = 62,
		.path = text(m, chance(m, 2) ? pool[i].object : "/tmp/copy"),
	};

	piece.end = piece.start + 0x40;
	if (pool[i].placeholder || chance(m, 9) == 0) {
		piece.kind = PIECE_OFFSETS;
		piece.symbol = piece.path = text(m, "");
		piece.start = piece.end = 0;
		piece.machine = 0;
	}
	return piece;
}

/* Where frames of a list are: in few places, so that recordings have some in common. */
static uint32_t position(struct making *m, unsigned i, uint32_t list)
{
	struct positions *to = &m->f->positions;
	size_t n = frame_list_count(&m->f->lists, list);
	struct code_piece piece = code_piece(m, i);
	struct source_place places[2] = { source_place(m), source_place(m) };
	struct position p = {
		.list = list,
		.lines = NO_LINES,
		.exact = chance(m, 2),
		.address = piece.start + 4 * chance(m, 3),
		.opcode = OPCODE_NO_LOOP,
		.opcode_name = text(m, ""),
	};

	if (!m->f->sources[0].positions || pool[i].kind == KIND_PYTHON || !*pool[i].object)
		return positions_add_list(to, list, m->f->texts);
	p.piece = positions_add_piece(to, &piece);
	if (chance(m, 3))
		p.lines = positions_add_lines(to, places, n);
	if (i == LOOP && chance(m, 3)) {
		p.opcode = OPCODE_KNOWN;
		p.opcode_name = text(m, chance(m, 2) ? "LOAD_FAST" : "BINARY_OP");
	} else if (i == LOOP) {
		p.opcode = (enum opcode_gap)(OPCODE_OTHER_CODE + chance(m, 3));
	}
	return positions_add(to, &p);
}

/* Frames of one place: some have another function inlined, or are known better with debug information. */
static uint32_t location(struct making *m)
{
	unsigned i = chance(m, N_POOL);
	uint32_t frames[2] = { function(m, i), 0 }, symbol = frames[0];
	size_t n = 1;
	uint32_t list;

	if (pool[i].kind == KIND_NATIVE && !pool[i].inlined && chance(m, 4) == 0)
		frames[n++] = function(m, INLINED);
	if (i == 7 && chance(m, 2) == 0)
		frames[0] = function(m, 6);
	list = frame_lists_add(&m->f->lists, symbol, frames, n);
	return folio_location(m->f, false, position(m, i, list));
}

static uint32_t task(struct making *m)
{
	static const char *const names[] = { "python3", "worker", "sh" };
	struct sampled_task t = {
		.host = text(m, chance(m, 2) ? "alpha" : "beta"),
		.recording = folio_recording_key(m->f->texts, m->f->sources[0].path,
						 m->f->sources[0].hash),
		.comm = text(m, names[chance(m, 3)]),
		.process = text(m, names[chance(m, 3)]),
		.pid = 100 + chance(m, 3),
		.tid = 100 + chance(m, 6),
		.cpu_1 = chance(m, 4),
	};
	uint64_t first = chance(m, 1000);
	struct task_time time = { true, first, first + chance(m, 1000) };

	t = task_kept(&t, m->f->keys, m->f->texts);
	return folio_add_task(m->f, &t, &time);
}

static void add_span(struct making *m, uint32_t t)
{
	struct folio *f = m->f;
	uint32_t instance = chance(m, 3);

	for (size_t i = 0; i < f->n_spans; i++)
		if (f->spans[i].task == t && f->spans[i].instance == instance)
			return;
	f->spans = mem_grow(f->spans, f->n_spans, 1, &f->cap_spans, sizeof(*f->spans));
	f->spans[f->n_spans++] = (struct folio_span){ t, instance, chance(m, 2), chance(m, 50) };
	if (instance >= f->n_instances)
		f->n_instances = instance + 1;
}

static void add_stack(struct making *m)
{
	struct folio *f = m->f;
	uint32_t t = task(m), node = calltree_child(f->tree, 0, folio_location(f, true, t));
	unsigned depth = chance(m, 9);
	size_t costs = 1 + chance(m, 3);

	while (depth--)
		node = calltree_child(f->tree, node, location(m));
	add_span(m, t);
	for (size_t i = 0; i < costs; i++) {
		struct cost cost = { 1 + chance(m, 5), 0 };

		cost.weight = chance(m, 3) ? cost.samples * 1000 : chance(m, 1u << 30);
		costs_add(&f->tree->costs, calltree_row(f->tree, node),
			  chance(m, (unsigned)f->n_events), &cost);
	}
}

static void add_events(struct making *m)
{
	static const char *const names[] = { "cycles", "cache-misses", "page-faults" };
	static const uint32_t types[] = { TYPE_HARDWARE, TYPE_HARDWARE, TYPE_SOFTWARE };
	static const uint64_t configs[] = { 0, 3, 2 };
	struct folio_event events[3];
	size_t n = 0, first = chance(m, 2), period = chance(m, 2);

	for (size_t i = first; i < 3; i++, n++)
		events[n] = (struct folio_event){
			.name = text(m, names[i]),
			.unit = text(m, "count"),
			.attr = { .type = types[i],
				  .config = configs[i],
				  .sample_period = i == 1 ? 1000 + period : 99,
				  .flags = i == 0 ? ATTR_FREQ : 0 },
			.place = (uint32_t)(i - first),
			.recordings = 1,
			.filtered = { chance(m, 9), chance(m, 99) },
			.counted = { n % 2 ? 900000000 + n : 0, n % 2 ? chance(m, 900000000) : 0 },
		};
	folio_add_events(m->f, events, n);
}

static void add_source(struct making *m, unsigned seed)
{
	struct folio_source s = {
		.size = seed,
		.wall_ns = 1700000000000000000 + chance(m, 5),
		.wall_is_mtime = chance(m, 2),
		.clock = chance(m, 2) ? 1 : -1,
		.has_time = true,
		.first_ns = 1000,
		.last_ns = 1000 + chance(m, 1000),
		.processes = 1 + chance(m, 3),
		.threads = 3 + chance(m, 3),
		.samples = chance(m, 100),
		.stacks = { chance(m, 9), chance(m, 9), 0, 0, 0, chance(m, 9) },
	};
	char path[32], hash[32];

	s.positions = chance(m, 3);
	snprintf(path, sizeof(path), "run-%u.data", seed % 7);
	snprintf(hash, sizeof(hash), "%08x", seed * 2654435761u);
	s.path = text(m, path);
	s.hash = text(m, hash);
	s.host = text(m, chance(m, 2) ? "alpha" : "beta");
	s.program = text(m, "python3 app.py");
	s.command = text(m, "perf record -g -- python3 app.py");
	s.arch = s.kernel = s.cpu = s.perf = text(m, "");
	s.perfolio = text(m, "0.1.0");
	s.options = text(m, chance(m, 2) ? "--comm=sh" : "");
	m->f->sources = mem_grow(m->f->sources, m->f->n_sources, 1, &m->f->cap_sources,
				 sizeof(*m->f->sources));
	m->f->sources[m->f->n_sources++] = s;
}

static void add_problems(struct making *m)
{
	for (uint32_t i = 0; i < 3; i++) {
		struct folio_problem p = {
			.kind = chance(m, 2) ? PROBLEM_LOST : PROBLEM_MISSING_OBJECT,
			.inlining = chance(m, 2),
			.place = i,
			.recordings = 1,
			.count = 1 + chance(m, 3),
			.subject = text(m, chance(m, 2) ? "/usr/lib/libx.so.1" : ""),
			.message = text(m, "it is gone"),
			.where = m->f->sources[0].path,
		};

		folio_add_problem(m->f, &p);
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_files(struct making *m)
{
	struct folio *f = m->f;

	f->files = mem_calloc(PYTHONS + 1, sizeof(*f->files));
	for (size_t i = 0; i < PYTHONS; i++)
		f->files[f->n_files++] = text(m, pool[i].file);
	if (chance(m, 2))
		f->files[f->n_files++] = text(m, "/srv/c/util.py");
	qsort(f->files, f->n_files, sizeof(*f->files), by_text);
}

static uint32_t add_thread(struct making *m, struct memory_log *log, uint32_t recording)
{
	bool is_new;
	uint32_t pid = 100 + chance(m, 2);
	uint32_t i = memory_log_thread(log, recording, pid, pid + chance(m, 3), &is_new);

	if (is_new)
		log->threads[i].comm = text(m, chance(m, 2) ? "worker" : "python3");
	return i;
}

static uint32_t add_memory_line(struct making *m, struct memory_log *log, uint32_t recording,
				uint32_t object)
{
	uint32_t instance = chance(m, 3);
	bool is_new;

	return memory_log_line(log,
			       &(struct memory_line){
				       .addr = 0x7f0000000000 + chance(m, 40) * MEMORY_LINE,
				       .phys = chance(m, 2) * chance(m, 9) * MEMORY_LINE,
				       .page_size = chance(m, 2) ? MEMORY_PAGE : 1u << 21,
				       .recording = recording,
				       .pid = instance ? 100 + instance : UINT32_MAX,
				       .instance = instance,
				       .object = object,
			       },
			       &is_new);
}

/* Accesses to memory at the nodes that there are. */
static void add_accesses(struct making *m, size_t n)
{
	static const char *const names[] = { "[heap]", "/lib/libc.so.6", "[stack]", "[kernel]" };
	const struct folio_source *s = &m->f->sources[0];
	struct memory_log *log = folio_memory(m->f);
	uint32_t recording =
		memory_log_recording(log, folio_recording_key(m->f->texts, s->path, s->hash));

	log->recorded = SAMPLE_ADDR | SAMPLE_WEIGHT_STRUCT;
	log->left_out = chance(m, 3);
	while (n--) {
		unsigned name = chance(m, 4);
		struct data_object o = { (enum data_object_kind)name, chance(m, 2),
					 text(m, names[name]) };
		struct memory_access a = {
			.count = 1 + chance(m, 2),
			.latency = chance(m, 2) * chance(m, 300),
			.node = chance(m, (unsigned)m->f->tree->n_nodes),
			.weight2 = (uint16_t)chance(m, 3),
			.weight3 = (uint16_t)(chance(m, 2) * UINT16_MAX),
			.line = MEMORY_NONE,
		};

		a.source = memory_log_source(log, chance(m, (unsigned)m->f->n_events),
					     0x2 + chance(m, 4) * 0x100142);
		a.object = memory_log_object(log, &o);
		a.thread = add_thread(m, log, recording);
		if (chance(m, 5)) {
			a.line = add_memory_line(m, log, recording, a.object);
			a.offset = (uint8_t)chance(m, MEMORY_LINE);
		}
		memory_log_count(log, &a);
	}
}

struct folio *make_folio(struct texts *texts, unsigned seed, unsigned keys, size_t stacks)
{
	struct making m = { .f = folio_new(texts, keys), .state = seed };
	size_t accesses = stacks / 2;

	add_source(&m, seed);
	add_events(&m);
	while (stacks--)
		add_stack(&m);
	add_problems(&m);
	add_files(&m);
	if (seed % 3)
		add_accesses(&m, accesses);
	return m.f;
}

/* ---- rows ---- */

struct lines {
	char **items;
	size_t n, cap;
};

static void add_line(struct lines *l, char *line)
{
	l->items = mem_grow(l->items, l->n, 1, &l->cap, sizeof(*l->items));
	l->items[l->n++] = line;
}

static char *join(struct lines *l)
{
	size_t len = 1;
	char *all, *to;

	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_text);
	for (size_t i = 0; i < l->n; i++)
		len += strlen(l->items[i]) + 1;
	to = all = mem_calloc(len, 1);
	for (size_t i = 0; i < l->n; i++) {
		to = stpcpy(stpcpy(to, l->items[i]), "\n");
		free(l->items[i]);
	}
	free(l->items);
	return all;
}

static void add_function_rows(struct lines *l, const struct profile *p, const struct totals *t,
			      size_t i)
{
	const struct function *f = &p->functions[i];

	for (size_t e = 0; e < p->n_events; e++) {
		const struct cost *self = costs_at(&t->self, i, e),
				  *total = costs_at(&t->total, i, e);
		char *line;

		if (cost_is_zero(self) && cost_is_zero(total))
			continue;
		if (asprintf(&line, "%s|%s|%s|%d|%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
			     f->name, f->file, f->object, f->kind, p->events[e].name, self->samples,
			     self->weight, total->samples, total->weight) >= 0)
			add_line(l, line);
	}
}

char *folio_rows(const struct folio *f, enum view view, bool inlined, bool positions)
{
	struct lines lines = { .n = 0 };
	struct folio_view v;
	struct view_input in;
	struct profile *p;
	struct totals *t;

	folio_view(f, 0, positions, &v);
	if (inlined)
		folio_view_inlined(f, &v);
	in = (struct view_input){ .events = v.events,
				  .collected = &v.collected,
				  .functions = &v.functions,
				  .frames = &v.frames,
				  .texts = f->texts };
	p = view_profile(&in, view);
	t = totals_new(p);
	for (size_t i = 0; i < p->n_functions; i++)
		add_function_rows(&lines, p, t, i);
	totals_free(t);
	profile_free(p);
	folio_view_done(&v);
	return join(&lines);
}

/* ---- places ---- */

/* What a position is, but for what its functions follow from; free() it. */
static char *describe(const struct folio *f, const struct position *p)
{
	static const struct code_piece none = { .object = "-", .build_id = "", .symbol = "" };
	const struct code_piece *piece = position_piece(&f->positions, p);
	size_t n, len;
	const struct source_place *places = position_lines(&f->positions, p, &n);
	const struct function *symbol = &f->functions.items[frame_list_symbol(&f->lists, p->list)];
	char *text = NULL;
	FILE *to = open_memstream(&text, &len);

	piece = piece ? piece : &none;
	fprintf(to, "%s %s %s %d %s %s %s %" PRIx64 "-%" PRIx64 " %u at %" PRIx64 "%s %s/%d",
		symbol->name, symbol->file, symbol->object, piece->kind, piece->object,
		piece->build_id, piece->symbol, piece->start, piece->end, piece->machine,
		p->address, p->exact ? "" : " call", p->opcode_name, p->opcode);
	for (size_t i = 0; i < n; i++)
		fprintf(to, " %s:%u-%u", places[i].file, places[i].line, places[i].declared);
	for (size_t i = 0; i < frame_list_count(&f->lists, p->list); i++)
		fprintf(to, " %s", f->functions.items[frame_list(&f->lists, p->list)[i]].name);
	fclose(to);
	for (char *c = text; *c; c++)
		*c = *c == ' ' ? '_' : *c;
	return text;
}

static bool is_above(const struct calltree *t, uint32_t node, uint32_t position)
{
	bool found = false;

	for (; node; node = t->nodes[node].parent) {
		const struct location *l = &t->locations[t->nodes[node].location];

		found |= l->space != SPACE_TASK && l->addr == position;
	}
	return found;
}

/* One position after the other, node by node. */
char *folio_places(const struct folio *f)
{
	const struct calltree *t = f->tree;
	struct lines lines = { .n = 0 };

	for (uint32_t p = 0; p < f->positions.n; p++) {
		struct cost total[3] = { { 0, 0 } }, self[3] = { { 0, 0 } };
		char *what = describe(f, &f->positions.items[p]);

		assert(f->n_events <= 3);
		for (uint32_t n = 1; n < t->n_nodes; n++)
			for (size_t e = 0; e < f->n_events; e++) {
				const struct location *l = &t->locations[t->nodes[n].location];
				const struct cost *cost = costs_at(&t->costs, t->nodes[n].cost, e);

				if (is_above(t, n, p))
					cost_add(&total[e], cost);
				if (l->space != SPACE_TASK && l->addr == p)
					cost_add(&self[e], cost);
			}
		for (size_t e = 0; e < f->n_events; e++) {
			char *line;

			if (!cost_is_zero(&total[e]) &&
			    asprintf(&line, "%s|%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
				     what, f->events[e].name, self[e].samples, self[e].weight,
				     total[e].samples, total[e].weight) >= 0)
				add_line(&lines, line);
		}
		free(what);
	}
	return join(&lines);
}

/* ---- sums ---- */

struct sum {
	char *key;
	uint64_t numbers[4];
};

struct sums {
	struct sum *items;
	size_t n, cap;
};

static void add_to_sums(struct sums *s, const char *line, size_t len)
{
	const char *blank = memrchr(line, '|', len), *numbers;
	size_t key, i = 0;
	uint64_t v[4];

	blank = strchr(blank, ' ');
	key = (size_t)(blank - line);
	numbers = blank;
	sscanf(numbers, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &v[0], &v[1], &v[2], &v[3]);
	while (i < s->n &&
	       (strlen(s->items[i].key) != key || memcmp(s->items[i].key, line, key) != 0))
		i++;
	if (i == s->n) {
		s->items = mem_grow(s->items, s->n, 1, &s->cap, sizeof(*s->items));
		s->items[s->n++] = (struct sum){ .key = mem_text(line, key) };
	}
	for (int k = 0; k < 4; k++)
		s->items[i].numbers[k] += v[k];
}

char *add_rows(char *const *rows, size_t n)
{
	struct lines lines = { .n = 0 };
	struct sums sums = { .n = 0 };

	for (size_t i = 0; i < n; i++)
		for (const char *p = rows[i]; *p; p += strcspn(p, "\n") + 1)
			add_to_sums(&sums, p, strcspn(p, "\n"));
	for (size_t i = 0; i < sums.n; i++) {
		const uint64_t *v = sums.items[i].numbers;
		char *line;

		if (asprintf(&line, "%s %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64,
			     sums.items[i].key, v[0], v[1], v[2], v[3]) >= 0)
			add_line(&lines, line);
		free(sums.items[i].key);
	}
	free(sums.items);
	return join(&lines);
}
