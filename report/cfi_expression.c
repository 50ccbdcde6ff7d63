#include "report/cfi_expression.h"

#include <dwarf.h>

enum { EVALUATION_DEPTH = 64 };

struct evaluation {
	const struct cfi_frame *f;
	uint64_t stack[EVALUATION_DEPTH];
	unsigned depth;
	bool failed;
};

static void push(struct evaluation *v, uint64_t x)
{
	if (v->depth == EVALUATION_DEPTH)
		v->failed = true;
	else
		v->stack[v->depth++] = x;
}

static uint64_t pop(struct evaluation *v)
{
	if (v->depth == 0) {
		v->failed = true;
		return 0;
	}
	return v->stack[--v->depth];
}

static void push_register(struct evaluation *v, uint64_t reg, uint64_t offset)
{
	if (reg >= CFI_REGS || !(v->f->valid >> reg & 1))
		v->failed = true;
	else
		push(v, v->f->regs[reg] + offset);
}

static void push_memory(struct evaluation *v, uint64_t addr)
{
	uint64_t x = 0;

	if (v->failed || !v->f->read(v->f->context, addr, &x))
		v->failed = true;
	push(v, x);
}

static uint64_t shift(uint8_t atom, uint64_t a, uint64_t by)
{
	if (atom == DW_OP_shl)
		return by < 64 ? a << by : 0;
	if (atom == DW_OP_shr)
		return by < 64 ? a >> by : 0;
	/* DW_OP_shra: the sign comes in from the left */
	if (by >= 64)
		return a >> 63 ? UINT64_MAX : 0;
	return a >> 63 ? a >> by | ~(UINT64_MAX >> by) : a >> by;
}

/* Operations with two operands; false: it is none of them. */
static bool binary(uint8_t atom, uint64_t a, uint64_t b, uint64_t *out)
{
	int64_t x = (int64_t)a, y = (int64_t)b;

	switch (atom) {
	case DW_OP_and:
		*out = a & b;
		return true;
	case DW_OP_or:
		*out = a | b;
		return true;
	case DW_OP_xor:
		*out = a ^ b;
		return true;
	case DW_OP_plus:
		*out = a + b;
		return true;
	case DW_OP_minus:
		*out = a - b;
		return true;
	case DW_OP_mul:
		*out = a * b;
		return true;
	case DW_OP_shl:
	case DW_OP_shr:
	case DW_OP_shra:
		*out = shift(atom, a, b);
		return true;
	case DW_OP_eq:
		*out = x == y;
		return true;
	case DW_OP_ne:
		*out = x != y;
		return true;
	case DW_OP_ge:
		*out = x >= y;
		return true;
	case DW_OP_gt:
		*out = x > y;
		return true;
	case DW_OP_le:
		*out = x <= y;
		return true;
	case DW_OP_lt:
		*out = x < y;
		return true;
	default:
		return false;
	}
}

static void other_operation(struct evaluation *v, const struct cfi_operation *op)
{
	uint64_t b = pop(v), a = pop(v), result;

	if (binary(op->atom, a, b, &result))
		push(v, result);
	else
		v->failed = true;
}

static void run(struct evaluation *v, const struct cfi_operation *op)
{
	uint64_t a;

	if (op->atom >= DW_OP_lit0 && op->atom <= DW_OP_lit31) {
		push(v, op->atom - (uint64_t)DW_OP_lit0);
		return;
	}
	if (op->atom >= DW_OP_breg0 && op->atom <= DW_OP_breg31) {
		push_register(v, op->atom - (uint64_t)DW_OP_breg0, op->number);
		return;
	}
	switch (op->atom) {
	case DW_OP_bregx:
		push_register(v, op->number, op->number2);
		break;
	case DW_OP_addr:
	case DW_OP_const1u:
	case DW_OP_const1s:
	case DW_OP_const2u:
	case DW_OP_const2s:
	case DW_OP_const4u:
	case DW_OP_const4s:
	case DW_OP_const8u:
	case DW_OP_const8s:
	case DW_OP_constu:
	case DW_OP_consts:
		push(v, op->number);
		break;
	case DW_OP_call_frame_cfa:
		push(v, v->f->cfa);
		break;
	case DW_OP_plus_uconst:
		push(v, pop(v) + op->number);
		break;
	case DW_OP_deref:
		push_memory(v, pop(v));
		break;
	case DW_OP_dup:
		a = pop(v);
		push(v, a);
		push(v, a);
		break;
	case DW_OP_drop:
		pop(v);
		break;
	case DW_OP_neg:
		push(v, 0 - pop(v));
		break;
	case DW_OP_not:
		push(v, ~pop(v));
		break;
	case DW_OP_nop:
		break;
	default:
		other_operation(v, op);
	}
}

bool cfi_evaluate(const struct cfi_expression *e, const struct cfi_frame *f, uint64_t *out)
{
	struct evaluation v = { .f = f };

	for (uint32_t i = 0; i < e->n && !v.failed; i++)
		run(&v, &e->ops[i]);
	*out = pop(&v);
	return !v.failed;
}
