#include "report/annotate_opcodes.h"

#include "report/opcodes.h"

static void add_costs(struct annotation *a, uint32_t row, const struct opcodes *o,
		      const struct opcode_cost *c)
{
	struct cost_cell self = costs_begin(opcodes_self(o), c->row);
	struct cost_cell total = costs_begin(opcodes_total(o), c->row);

	while (costs_next(opcodes_self(o), &self))
		charges_add(a->charges, row, self.event, self.cost, NULL);
	while (costs_next(opcodes_total(o), &total))
		charges_add(a->charges, row, total.event, NULL, total.cost);
}

static void take_rows(struct annotation *a, struct annotated_opcodes *to, const struct opcodes *o,
		      uint32_t function)
{
	size_t n;
	const struct opcode_cost *rows = opcodes_of(o, function, &n);

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
		add_costs(a, item->cost, o, &rows[i]);
		add_costs(a, to->all, o, &rows[i]);
		if (rows[i].name)
			add_costs(a, to->known, o, &rows[i]);
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

		if (f->function->kind == KIND_PYTHON)
			take_rows(a, &f->opcodes, o,
				  (uint32_t)(f->function - a->in.profile->functions));
	}
	if (opcodes_overflow(o))
		diag_add(a->in.diag, PROBLEM_OVERFLOW, "", "the costs of opcodes leave 64 bits");
	opcodes_free(o);
}
