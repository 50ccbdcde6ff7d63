#include "report/annotate_opcodes.h"

#include "report/opcodes.h"

static void add_costs(struct annotation *a, uint32_t row, const struct opcode_cost *c)
{
	for (size_t e = 0; e < a->n_events; e++)
		charges_add(a->charges, row, e, &c->self[e], &c->total[e]);
}

static void take_rows(struct annotation *a, struct annotated_opcodes *to,
		      const struct opcode_cost *rows, size_t n)
{
	to->items = annotation_array(a, n, sizeof(*to->items));
	to->all = charges_row(a->charges);
	to->known = charges_row(a->charges);
	for (size_t i = 0; i < n; i++) {
		struct annotated_opcode *item = &to->items[to->n++];

		*item = (struct annotated_opcode){
			.name = rows[i].name,
			.family = rows[i].family,
			.gap = rows[i].gap,
			.cost = charges_row(a->charges),
		};
		add_costs(a, item->cost, &rows[i]);
		add_costs(a, to->all, &rows[i]);
		if (rows[i].name)
			add_costs(a, to->known, &rows[i]);
	}
}

static bool has_python(const struct annotation *a)
{
	for (size_t i = 0; i < a->n_functions; i++)
		if (a->functions[i].function->kind == KIND_PYTHON)
			return true;
	return false;
}

void annotate_opcodes(struct annotation *a, const size_t *columns)
{
	struct opcodes_input in = {
		.code = a->in.code,
		.collected = a->in.collected,
		.functions = a->in.functions,
		.frames = a->in.frames,
		.shown = a->in.shown,
		.n_shown = a->in.profile->n_functions,
		.columns = columns,
		.n_events = a->n_events,
	};
	struct opcodes *o;

	if (!has_python(a))
		return;
	o = opcodes_new(&in);
	for (size_t i = 0; i < a->n_functions; i++) {
		struct annotated *f = &a->functions[i];
		uint32_t number = (uint32_t)(f->function - a->in.profile->functions);
		const struct opcode_cost *rows;
		size_t n;

		if (f->function->kind != KIND_PYTHON)
			continue;
		rows = opcodes_of(o, number, &n);
		take_rows(a, &f->opcodes, rows, n);
	}
	opcodes_free(o);
}
