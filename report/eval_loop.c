#include "report/eval_loop.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/debug_function.h"
#include "report/debug_info.h"
#include "report/label.h"

enum { DEEPEST_INLINE = 64 };

static const char target[] = "TARGET_", handler[] = "_TAIL_CALL_";

/* From this line of its file to the next mark: code of `opcode`, or (NULL) of none. */
struct mark {
	const char *file; /* base name: units may write the folder in different ways */
	uint32_t line;
	const char *opcode;
};

/* The evaluation loop, or any other function that was asked for. */
struct loop {
	const struct debug_info *d;
	struct debug_function *function;
	struct mark *marks; /* by file, then by line; none: it is no loop */
	size_t n_marks;
	const char **blocks; /* by block: its opcode; NULL: it says nothing */
	struct source_label
		*code; /* labels that say something of the code behind them, by address */
	size_t n_code;
};

struct eval_loops {
	struct loop *items;
	size_t n, cap;
};

static const char *opcode_of(const char *label)
{
	return text_begins(label, target) ? label + strlen(target) : NULL;
}

/* ---- lines ---- */

static int by_place(const void *va, const void *vb)
{
	const struct mark *a = va, *b = vb;
	int order = strcmp(a->file, b->file);

	if (order)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (!a->opcode || !b->opcode)
		return !b->opcode - !a->opcode;
	return strcmp(a->opcode, b->opcode);
}

static bool is_file_of(const struct mark *m, const char *file)
{
	return file && strcmp(m->file, file) == 0;
}

/*
 * Labels within an opcode's code (PREDICTED_LOAD_FAST, skip_pop) say nothing, nor do those of files without
 * opcodes; behind the last opcode of a file they end it.
 */
static void drop_other_labels(struct loop *l)
{
	const char *file = NULL;
	size_t n = 0;

	for (size_t i = l->n_marks; i-- > 0;) {
		if (l->marks[i].opcode)
			file = l->marks[i].file;
		else if (is_file_of(&l->marks[i], file))
			l->marks[i].line = 0; /* an opcode stands behind it */
	}
	file = NULL;
	for (size_t i = 0; i < l->n_marks; i++) {
		if (l->marks[i].opcode)
			file = l->marks[i].file;
		if (l->marks[i].line && is_file_of(&l->marks[i], file))
			l->marks[n++] = l->marks[i];
	}
	l->n_marks = n;
}

static void mark_lines(struct loop *l)
{
	const struct debug_function *f = l->function;

	l->marks = mem_calloc(f->n_labels, sizeof(*l->marks));
	for (size_t i = 0; i < f->n_labels; i++) {
		const struct source_label *s = &f->labels[i];

		if (s->line)
			l->marks[l->n_marks++] =
				(struct mark){ label_base(s->file), s->line, opcode_of(s->name) };
	}
	if (l->n_marks)
		qsort(l->marks, l->n_marks, sizeof(*l->marks), by_place);
	drop_other_labels(l);
}

/* What a line says of whose code it is. */
enum saying {
	SAYS_NOTHING, /* it is in a file without opcodes */
	SAYS_OPCODE,
	SAYS_NONE, /* code of no opcode */
};

/* How many marks stand at or before a line. */
static size_t marks_to(const struct loop *l, const char *file, uint32_t line)
{
	size_t low = 0, high = l->n_marks;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = strcmp(l->marks[mid].file, file);

		if (order < 0 || (order == 0 && l->marks[mid].line <= line))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static enum saying ask_line(const struct loop *l, const char *path, uint32_t line,
			    const char **opcode)
{
	const char *file = label_base(path);
	size_t n = line ? marks_to(l, file, line) : 0;

	*opcode = NULL;
	if (!line)
		return SAYS_NOTHING;
	if (n > 0 && is_file_of(&l->marks[n - 1], file))
		*opcode = l->marks[n - 1].opcode;
	else if (n == l->n_marks || !is_file_of(&l->marks[n], file))
		return SAYS_NOTHING;
	return *opcode ? SAYS_OPCODE : SAYS_NONE;
}

/* ---- blocks ---- */

static void mark_blocks(struct loop *l)
{
	const struct debug_function *f = l->function;

	l->blocks = mem_calloc(f->n_blocks, sizeof(*l->blocks));
	for (size_t i = 0; i < f->n_places; i++) {
		const struct source_place *p = &f->places[i];
		const char *opcode;

		/* Block 0 is the function, and has all of them. */
		if (p->block && !l->blocks[p->block] &&
		    ask_line(l, p->file, p->line, &opcode) == SAYS_OPCODE)
			l->blocks[p->block] = opcode;
	}
}

static const char *ask_block(const struct loop *l, uint64_t vaddr)
{
	const struct debug_function *f = l->function;
	uint32_t block = nested_ranges_at(&f->ranges, vaddr);

	while (block != NESTED_NONE && !l->blocks[block])
		block = f->blocks[block].outer;
	return block == NESTED_NONE ? NULL : l->blocks[block];
}

/* ---- labels ---- */

static int by_address(const void *va, const void *vb)
{
	const struct source_label *a = va, *b = vb;

	if (a->address != b->address)
		return a->address < b->address ? -1 : 1;
	return strcmp(a->name, b->name);
}

static void mark_code(struct loop *l)
{
	const struct debug_function *f = l->function;
	const char *opcode;

	l->code = mem_calloc(f->n_labels, sizeof(*l->code));
	for (size_t i = 0; i < f->n_labels; i++)
		if (f->labels[i].address &&
		    ask_line(l, f->labels[i].file, f->labels[i].line, &opcode) != SAYS_NOTHING)
			l->code[l->n_code++] = f->labels[i];
	if (l->n_code)
		qsort(l->code, l->n_code, sizeof(*l->code), by_address);
}

static const char *ask_label(const struct loop *l, uint64_t vaddr)
{
	size_t low = 0, high = l->n_code;
	const char *opcode;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (l->code[mid].address <= vaddr)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == 0 || !debug_function_is_one_piece(l->function, l->code[low - 1].address, vaddr))
		return NULL;
	ask_line(l, l->code[low - 1].file, l->code[low - 1].line, &opcode);
	return opcode;
}

/* ---- loops ---- */

struct eval_loops *eval_loops_new(void)
{
	return mem_calloc(1, sizeof(struct eval_loops));
}

void eval_loops_free(struct eval_loops *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->n; i++) {
		free(e->items[i].marks);
		free(e->items[i].blocks);
		free(e->items[i].code);
		debug_function_free(e->items[i].function);
	}
	free(e->items);
	free(e);
}

static const struct loop *find(struct eval_loops *e, struct debug_info *d, uint64_t vaddr)
{
	struct loop l = { .d = d };
	uint64_t id;

	if (!debug_function_id(d, vaddr, &id))
		return NULL;
	for (size_t i = 0; i < e->n; i++)
		if (e->items[i].d == d && e->items[i].function->id == id)
			return &e->items[i];
	l.function = debug_function_new(d, vaddr);
	if (!l.function)
		return NULL;
	mark_lines(&l);
	mark_blocks(&l);
	mark_code(&l);
	e->items = mem_grow(e->items, e->n, 1, &e->cap, sizeof(*e->items));
	e->items[e->n] = l;
	return &e->items[e->n++];
}

enum loop_code eval_loops_code(struct eval_loops *e, struct debug_info *d, uint64_t vaddr,
			       const char **opcode)
{
	const struct loop *l = find(e, d, vaddr);
	struct source_frame frames[DEEPEST_INLINE];
	enum saying said;
	size_t n;

	*opcode = NULL;
	if (!l || !l->n_marks)
		return LOOP_NO_LABELS;
	n = debug_info_frames(d, vaddr, frames, DEEPEST_INLINE);
	said = n ? ask_line(l, frames[n - 1].file, frames[n - 1].line, opcode) : SAYS_NOTHING;
	if (said == SAYS_NOTHING)
		*opcode = ask_block(l, vaddr);
	if (said == SAYS_NOTHING && !*opcode)
		*opcode = ask_label(l, vaddr);
	return *opcode ? LOOP_OPCODE : LOOP_OTHER;
}

/* ---- handlers that are functions ---- */

bool eval_loop_is_handler(const char *symbol)
{
	return text_begins(symbol, handler);
}

const char *eval_loop_handler(struct texts *texts, const char *symbol)
{
	const char *name = symbol + strlen(handler);
	size_t len;

	if (!eval_loop_is_handler(symbol))
		return NULL;
	len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	/* Opcodes are in capitals, what is common to them is not: pop_1_error. */
	if (len == 0 || (name[len] != '\0' && name[len] != '.' && name[len] != '@'))
		return NULL;
	return texts_add(texts, name, len);
}
