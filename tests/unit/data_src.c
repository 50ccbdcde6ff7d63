/*
 * tests/unit/data_src.c - where data was found, as Intel's, AMD's, Arm's and IBM's processors say it (report/data_src.h).
 */
#include "report/data_src.h"

#include <stdio.h>
#include <string.h>

#include "tests/check.h"
#include "tests/memory_sources.h"

static void every_encoding_has_its_meaning(void)
{
	for (size_t i = 0; i < n_memory_source_cases; i++) {
		const struct memory_source_case *c = &memory_source_cases[i];
		struct data_src d = data_src_decode(c->value);
		char text[DATA_SRC_TEXT];

		check_in(c->label);
		check_text(data_op_key(data_src_op(&d)), data_op_key(c->op), "op");
		check_text(data_level_key(data_src_level(&d)), data_level_key(c->level), "level");
		check_text(data_snoop_key(data_src_snoop(&d)), data_snoop_key(c->snoop), "snoop");
		check_text(data_tlb_key(data_src_tlb(&d)), data_tlb_key(c->tlb), "TLB");
		check(data_src_locked(&d) == c->locked, "locked");
		check(data_src_is_remote(&d) == c->remote, "remote");
		data_src_text(c->value, text);
		check_text(text, c->text, "as perf writes it");
	}
	check_in(NULL);
}

static void the_cases_have_every_class(void)
{
	unsigned ops = 0, levels = 0, snoops = 0, tlbs = 0;

	for (size_t i = 0; i < n_memory_source_cases; i++) {
		ops |= 1u << memory_source_cases[i].op;
		levels |= 1u << memory_source_cases[i].level;
		snoops |= 1u << memory_source_cases[i].snoop;
		tlbs |= 1u << memory_source_cases[i].tlb;
	}
	check_u64(ops, (1u << DATA_OPS) - 1, "ops");
	check_u64(levels, (1u << DATA_LEVELS) - 1, "levels");
	check_u64(snoops, (1u << DATA_SNOOPS) - 1, "snoops");
	check_u64(tlbs, (1u << DATA_TLBS) - 1, "TLB");
}

/* Each field lies where perf_event.h has it. */
static void fields_lie_where_the_kernel_puts_them(void)
{
	struct data_src d = data_src_decode(~(uint64_t)0);

	check_u64(d.op, 0x1f, "op");
	check_u64(d.lvl, 0x3fff, "lvl");
	check_u64(d.snoop, 0x1f, "snoop");
	check_u64(d.lock, 3, "lock");
	check_u64(d.dtlb, 0x7f, "dtlb");
	check_u64(d.lvl_num, 0xf, "lvl_num");
	check_u64(d.remote, 1, "remote");
	check_u64(d.snoopx, 3, "snoopx");
	check_u64(d.blk, 7, "blk");
	check_u64(d.hops, 7, "hops");
	check_u64(d.region, 0x1f, "region");
	/* of Debian's perf 6.1, of a Sandy Bridge: |OP LOAD|LVL L2 hit|SNP None|TLB L1 or L2 hit|LCK No */
	d = data_src_decode(0x68100442);
	check_u64(d.op, MEM_OP_LOAD, "op of a recorded number");
	check_u64(d.lvl, MEM_LVL_HIT | MEM_LVL_L2, "its level");
	check_u64(d.snoop, MEM_SNOOP_NONE, "its snoop");
	check_u64(d.dtlb, MEM_TLB_HIT | MEM_TLB_L1 | MEM_TLB_L2, "its TLB");
}

/* Any number has a meaning and a text: no table is left, no text is cut. */
static void any_number_is_taken(void)
{
	uint64_t value = 1;
	size_t longest = 0;

	for (int i = 0; i < 100000; i++) {
		struct data_src d = data_src_decode(value);
		char text[DATA_SRC_TEXT];

		if (data_src_op(&d) >= DATA_OPS || data_src_level(&d) >= DATA_LEVELS ||
		    data_src_snoop(&d) >= DATA_SNOOPS || data_src_tlb(&d) >= DATA_TLBS ||
		    !data_region_name(d.region))
			check(false, "a class");
		data_src_text(value, text);
		if (strlen(text) > longest)
			longest = strlen(text);
		value = value * 6364136223846793005u + 1442695040888963407u;
	}
	check(longest < DATA_SRC_TEXT - 1, "the longest text");
	check_text(data_region_name(MEM_REGION_MEM0 + 7), "memory 7", "the last region");
	check_text(data_region_name(31), "unknown region", "a region of later kernels");
}

static void keys_are_distinct(void)
{
	for (int a = 0; a < DATA_LEVELS; a++)
		for (int b = 0; b < a; b++)
			check(strcmp(data_level_key((enum data_level)a),
				     data_level_key((enum data_level)b)) != 0 &&
				      strcmp(data_level_heading((enum data_level)a),
					     data_level_heading((enum data_level)b)) != 0,
			      data_level_key((enum data_level)a));
}

int main(void)
{
	fields_lie_where_the_kernel_puts_them();
	every_encoding_has_its_meaning();
	the_cases_have_every_class();
	any_number_is_taken();
	keys_are_distinct();
	return check_done("data_src");
}
