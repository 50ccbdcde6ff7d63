/*
 * tests/unit/stacks.c - call chains and the tree they become (report/stacks.h, report/calltree.h).
 */
#include "report/stacks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/text.h"
#include "tests/check.h"
#include "tests/make_profile.h"
#include "tests/walked.h"

/* A machine with a tree that grows on it. */
struct world {
	struct texts *texts;
	struct machine *machine;
	struct stacks *stacks;
	struct collected collected;
};

enum { PID = 7, OTHER = 8, PAGE = 0x1000 };

static void world_begin(struct world *w)
{
	*w = (struct world){ .texts = texts_new() };
	w->machine = machine_new(w->texts);
}

static void map(struct world *w, uint64_t time, uint32_t pid, uint64_t start, const char *file)
{
	machine_mmap(w->machine, time, pid,
		     &(struct mapping){
			     .start = start, .end = start + PAGE, .filename = file, .prot = 5 });
}

static void world_seal(struct world *w)
{
	machine_seal(w->machine);
	w->collected.tree = calltree_new(1);
	w->stacks = stacks_new(w->machine, w->collected.tree, NULL);
}

static void world_end(struct world *w)
{
	stacks_free(w->stacks);
	calltree_free(w->collected.tree);
	machine_free(w->machine);
	texts_free(w->texts);
}

static uint32_t node(struct world *w, const struct stack_key *key)
{
	return stacks_leaf(w->stacks, key).node;
}

/* The node of a chain of user code whose first address is the ip. */
static uint32_t node_of(struct world *w, uint32_t pid, uint64_t time, const uint64_t *chain,
			size_t n)
{
	return node(w, &(struct stack_key){
			       .instance = machine_instance(w->machine, pid, time),
			       .cpumode = MISC_USER,
			       .time = time,
			       .ip = n > 1 ? chain[1] : 0,
			       .chain = (const uint8_t *)chain,
			       .chain_nr = n,
		       });
}

static void check_node(const struct world *w, uint32_t leaf, const char *want, const char *row)
{
	char text[1000];

	stack_text(text, sizeof(text), w->machine, &w->collected, leaf);
	check_text(text, want, row);
}

#define CHAIN(...) (const uint64_t[]){ __VA_ARGS__ }, sizeof((const uint64_t[]){ __VA_ARGS__ }) / 8

/* ---- a chain's addresses ---- */

#define K UINT64_C(0xffffffff81000010) /* in the kernel */
#define M UINT64_C(0xffffffffc0000020) /* in a module */

struct chain_row {
	const char *label;
	unsigned cpumode;
	uint64_t ip;
	uint64_t chain[10];
	size_t n;
	const char *want;
};

/*
 * The first address behind a context marker is where that context ran. The others are return
 * addresses, looked up one byte before: in the call, which is what was being executed.
 */
static const struct chain_row chains[] = {
	{ "user code",
	  MISC_USER,
	  0x1010,
	  { CONTEXT_USER, 0x1010, 0x2010, 0x3010 },
	  4,
	  "c:300f;b:200f;a:1010" },
	{ "a return address at a mapping's first byte was called from the one before",
	  MISC_USER,
	  0x1010,
	  { CONTEXT_USER, 0x1010, 0x2000 },
	  3,
	  "a:1fff;a:1010" },
	{ "an address that ran at a mapping's first byte",
	  MISC_USER,
	  0x2000,
	  { CONTEXT_USER, 0x2000, 0x1010 },
	  3,
	  "a:100f;b:2000" },
	{ "kernel and user: the user's first is where it entered the kernel",
	  MISC_KERNEL,
	  K,
	  { CONTEXT_KERNEL, K, K + 0x10, CONTEXT_USER, 0x2000, 0x1010 },
	  6,
	  "a:100f;b:2000;k:ffffffff8100001f;k:ffffffff81000010" },
	{ "no marker: the sample's context",
	  MISC_KERNEL,
	  K,
	  { K, 0x1010 },
	  2,
	  "k:100f;k:ffffffff81000010" },
	{ "no marker and no context: the upper half is the kernel's",
	  0,
	  K,
	  { K, K },
	  2,
	  "k:ffffffff8100000f;k:ffffffff81000010" },
	{ "... and the lower half is not", 0, 0x1010, { 0x1010 }, 1, "a:1010" },
	{ "no chain: the ip alone", MISC_USER, 0x1010, { 0 }, 0, "a:1010" },
	{ "only markers: the ip alone",
	  MISC_KERNEL,
	  K,
	  { CONTEXT_KERNEL, CONTEXT_USER },
	  2,
	  "k:ffffffff81000010" },
	{ "no address at all", MISC_USER, 0, { CONTEXT_USER }, 1, "" },
	{ "not even a marker", 0, 0, { 0 }, 0, "" },
	{ "a marker without addresses behind it",
	  MISC_USER,
	  0x1010,
	  { CONTEXT_KERNEL, CONTEXT_USER, 0x1010, CONTEXT_KERNEL },
	  4,
	  "a:1010" },
	{ "two markers of one context: both are exact",
	  MISC_USER,
	  0x1010,
	  { CONTEXT_USER, 0x1010, CONTEXT_USER, 0x2010 },
	  4,
	  "b:2010;a:1010" },
	{ "a precise event's ip is better than where the interrupt came",
	  MISC_USER,
	  0x1008,
	  { CONTEXT_USER, 0x1010, 0x2010 },
	  3,
	  "b:200f;a:1008" },
	{ "without an ip the chain has the leaf",
	  MISC_USER,
	  0,
	  { CONTEXT_USER, 0x1010 },
	  2,
	  "a:1010" },
	{ "a kernel sample with a chain of user code only (--user-callchains)",
	  MISC_KERNEL,
	  K,
	  { CONTEXT_USER, 0x1010, 0x2010 },
	  3,
	  "b:200f;a:1010;k:ffffffff81000010" },
	{ "a precise ip of the user's before the kernel was entered",
	  MISC_USER,
	  0x1008,
	  { CONTEXT_KERNEL, K, CONTEXT_USER, 0x1010 },
	  4,
	  "a:1010;k:ffffffff81000010;a:1008" },
	{ "an ip of an unknown context does not contradict the chain",
	  0,
	  K,
	  { CONTEXT_USER, 0x1010 },
	  2,
	  "a:1010" },
	{ "outside of all mappings",
	  MISC_USER,
	  0x9010,
	  { CONTEXT_USER, 0x9010, 0x1010 },
	  3,
	  "a:100f;?:9010" },
	{ "a return address 0 does not wrap",
	  MISC_USER,
	  0x1010,
	  { CONTEXT_USER, 0x1010, 0 },
	  3,
	  "?:0;a:1010" },
	{ "guests",
	  MISC_GUEST_KERNEL,
	  K,
	  { CONTEXT_GUEST_KERNEL, K, CONTEXT_GUEST_USER, 0x1010, 0x2010 },
	  5,
	  "gu:200f;gu:1010;gk:ffffffff81000010" },
	{ "old kernels' guest marker",
	  MISC_GUEST_KERNEL,
	  K,
	  { CONTEXT_GUEST, K },
	  2,
	  "gk:ffffffff81000010" },
	{ "a guest without a chain", MISC_GUEST_USER, 0x1010, { 0 }, 0, "gu:1010" },
	{ "the hypervisor",
	  MISC_HYPERVISOR,
	  K,
	  { CONTEXT_HV, K, CONTEXT_USER, 0x1010 },
	  4,
	  "a:1010;hv:ffffffff81000010" },
	{ "a damaged marker changes no context and is no address",
	  MISC_USER,
	  0x1010,
	  { CONTEXT_USER, 0x1010, (uint64_t)-77, 0x2010 },
	  4,
	  "b:2010;a:1010" },
	{ "the smallest number that is a marker",
	  MISC_USER,
	  0x1010,
	  { CONTEXT_USER, 0x1010, CONTEXT_MAX, 0x2010 },
	  4,
	  "b:2010;a:1010" },
	{ "the greatest that is an address",
	  MISC_KERNEL,
	  CONTEXT_MAX - 1,
	  { CONTEXT_KERNEL, CONTEXT_MAX - 1 },
	  2,
	  "k:fffffffffffff000" },
	{ "a cookie is no address",
	  MISC_KERNEL,
	  K,
	  { CONTEXT_KERNEL, K, CONTEXT_USER_DEFERRED, 0x1010 },
	  4,
	  "k:ffffffff81000010" },
	{ "a module",
	  MISC_KERNEL,
	  M,
	  { CONTEXT_KERNEL, M, K },
	  3,
	  "k:ffffffff8100000f;k:ffffffffc0000020" },
};

static void a_chain_is_read_context_by_context(void)
{
	struct world w;

	world_begin(&w);
	map(&w, 1, PID, 0x1000, "/a");
	map(&w, 1, PID, 0x2000, "/b");
	map(&w, 1, PID, 0x3000, "/c");
	world_seal(&w);
	for (size_t i = 0; i < sizeof(chains) / sizeof(chains[0]); i++) {
		const struct chain_row *r = &chains[i];
		uint8_t bytes[8 * 10 + 1]; /* not where a u64 should lie */
		struct stack_key key = {
			.instance = machine_instance(w.machine, PID, 5),
			.cpumode = r->cpumode,
			.time = 5,
			.ip = r->ip,
			.chain = bytes + 1,
			.chain_nr = r->n,
		};

		memcpy(bytes + 1, r->chain, 8 * r->n);
		check_node(&w, node(&w, &key), r->want, r->label);
	}
	world_end(&w);
}

static void a_thread_can_be_the_root(void)
{
	struct world w;
	struct location task = { .space = SPACE_TASK, .exact = true };
	const char *names[] = { "sh-7/7" };
	struct stack_key key = { .time = 5, .cpumode = MISC_USER, .ip = 0x1010 };

	world_begin(&w);
	map(&w, 1, PID, 0x1000, "/a");
	world_seal(&w);
	w.collected.tasks = names;
	key.instance = machine_instance(w.machine, PID, 5);
	check_node(&w, node(&w, &key), "a:1010", "without");
	key.root = calltree_child(w.collected.tree, 0, calltree_location(w.collected.tree, &task));
	check_node(&w, node(&w, &key), "sh-7/7;a:1010", "with");
	key.ip = 0;
	check(node(&w, &key) == key.root, "no address at all");
	world_end(&w);
}

/* ---- equal bytes, other code ---- */

static void what_a_chain_means_depends_on_the_time(void)
{
	static const struct {
		const char *label;
		uint64_t time;
		const char *want;
	} rows[] = {
		{ "a hole", 5, "b:200f;?:1010" },
		{ "covered", 10, "b:200f;old:1010" },
		{ "the hole, again", 9, "b:200f;?:1010" },
		{ "mapped anew (dlclose, dlopen; a JIT's arena)", 20, "b:200f;new:1010" },
		{ "the old one, again", 19, "b:200f;old:1010" },
		{ "before everything", 0, "?:200f;?:1010" },
		{ "after exec: the same addresses, another image", 40, "d:200f;c:1010" },
		{ "exec, when nothing was mapped yet", 34, "b:200f;new:1010" },
		{ "its first mapping", 35, "?:200f;c:1010" },
		{ "the image before", 29, "b:200f;new:1010" },
	};
	struct world w;

	world_begin(&w);
	map(&w, 1, PID, 0x2000, "/b");
	map(&w, 10, PID, 0x1000, "/old");
	map(&w, 15, PID, 0x5000, "/elsewhere");
	map(&w, 20, PID, 0x1000, "/new");
	machine_comm(w.machine, 30, PID, PID, "other", true);
	map(&w, 35, PID, 0x1000, "/c");
	map(&w, 36, PID, 0x2000, "/d");
	world_seal(&w);
	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
			check_node(&w,
				   node_of(&w, PID, rows[i].time,
					   CHAIN(CONTEXT_USER, 0x1010, 0x2010)),
				   rows[i].want, rows[i].label);
	world_end(&w);
}

static void each_process_has_its_own_files(void)
{
	struct world w;

	world_begin(&w);
	map(&w, 1, PID, 0x1000, "/a");
	map(&w, 1, OTHER, 0x1000, "/b");
	world_seal(&w);
	for (int again = 0; again < 2; again++) {
		check_node(&w, node_of(&w, PID, 5, CHAIN(CONTEXT_USER, 0x1010)), "a:1010",
			   "one process");
		check_node(&w, node_of(&w, OTHER, 5, CHAIN(CONTEXT_USER, 0x1010)), "b:1010",
			   "another one, equal bytes");
		check_node(&w, node_of(&w, 99, 5, CHAIN(CONTEXT_USER, 0x1010)), "?:1010",
			   "one that nobody spoke of");
	}
	world_end(&w);
}

/* A file is the same for parent and child; JIT code need not be, as each has a map of its own. */
static void forked_processes_share_files_but_not_jit_code(void)
{
	struct world w;

	world_begin(&w);
	map(&w, 1, PID, 0x1000, "/a");
	map(&w, 1, PID, 0x2000, "//anon");
	machine_fork(w.machine, 10, OTHER, PID, OTHER, PID, true);
	world_seal(&w);
	check(node_of(&w, PID, 20, CHAIN(CONTEXT_USER, 0x1010)) ==
		      node_of(&w, OTHER, 20, CHAIN(CONTEXT_USER, 0x1010)),
	      "a file's code is one node");
	check(node_of(&w, PID, 20, CHAIN(CONTEXT_USER, 0x2010)) !=
		      node_of(&w, OTHER, 20, CHAIN(CONTEXT_USER, 0x2010)),
	      "JIT code is two");
	world_end(&w);
}

static void kernel_code_that_comes_and_goes_is_followed(void)
{
	struct world w;
	struct mapping prog = {
		.start = M, .end = M + 0x100, .filename = "bpf_1", .is_symbol = true
	};
	struct stack_key key = { .cpumode = MISC_KERNEL, .ip = M };

	world_begin(&w);
	machine_kernel_mmap(w.machine, 10, &prog);
	prog.filename = "bpf_2";
	machine_kernel_mmap(w.machine, 20, &prog);
	world_seal(&w);
	for (key.time = 5; key.time < 30; key.time += 10) {
		uint32_t leaf = node(&w, &key);
		const struct calltree *t = w.collected.tree;
		struct mapping_id id = t->locations[t->nodes[leaf].location].mapping;

		check_text(id.i ? machine_mapping(w.machine, id)->filename : "",
			   key.time < 10   ? ""
			   : key.time < 20 ? "bpf_1"
					   : "bpf_2",
			   "at its time");
	}
	world_end(&w);
}

/* ---- the tables, by brute force ---- */

enum { ROUNDS = 20000, INNER_MAX = 12, OUTER_MAX = 30, ADDRESSES = 12, LAST_TIME = 400 };

/* A machine in which three processes map, fork and exec all the time. */
static void make_busy_machine(struct world *w, uint64_t *seed)
{
	static const char *const files[] = { "/a", "/b", "/c", "//anon" };

	for (uint64_t time = 1; time < LAST_TIME; time++) {
		uint32_t pid = PID + random_below(seed, 3), what = random_below(seed, 20);

		if (what == 0)
			machine_comm(w->machine, time, pid, pid, "x", true);
		else if (what == 1)
			machine_fork(w->machine, time, pid, PID, pid, PID, true);
		else
			map(w, time, pid, PAGE * (1 + random_below(seed, ADDRESSES)),
			    files[random_below(seed, 4)]);
	}
}

/* A chain of few kinds: outer parts are shared by many, and half of the chains are asked again and again. */
static size_t make_chain(uint64_t *chain, uint64_t *seed)
{
	uint64_t own = random_below(seed, 2) ? *seed : random_below(seed, 5);
	uint64_t shared = random_below(seed, 4);
	size_t inner = random_below(&own, INNER_MAX), outer = random_below(&shared, OUTER_MAX),
	       n = 0;

	chain[n++] = CONTEXT_USER;
	while (inner-- > 0)
		chain[n++] = PAGE * (1 + random_below(&own, ADDRESSES)) + 0x10;
	while (outer-- > 0)
		chain[n++] = PAGE * (1 + random_below(&shared, ADDRESSES)) + 0x10;
	return n;
}

/* Whatever was asked before, a chain gives what it gives when it is asked first. */
static void what_was_asked_before_changes_no_answer(void)
{
	uint64_t seed = 1;
	struct world w;
	unsigned wrong = 0;

	world_begin(&w);
	make_busy_machine(&w, &seed);
	world_seal(&w);
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t chain[1 + INNER_MAX + OUTER_MAX], time = random_below(&seed, LAST_TIME);
		uint32_t pid = PID + random_below(&seed, 3), answer;
		size_t n = make_chain(chain, &seed);
		struct stacks *used = w.stacks;

		answer = node_of(&w, pid, time, chain, n);
		w.stacks = stacks_new(w.machine, w.collected.tree, NULL);
		wrong += node_of(&w, pid, time, chain, n) != answer;
		stacks_free(w.stacks);
		w.stacks = used;
	}
	check_u64(wrong, 0, "answers that differ");
	world_end(&w);
}

static void tables_grow(void)
{
	enum { MANY = 20000 };
	uint32_t *nodes = calloc(MANY, sizeof(*nodes));
	unsigned wrong = 0;
	struct world w;

	world_begin(&w);
	map(&w, 1, PID, 0x1000, "/a");
	world_seal(&w);
	for (int again = 0; again < 2; again++)
		for (uint64_t i = 0; i < MANY; i++) {
			uint32_t leaf =
				node_of(&w, PID, 5, CHAIN(CONTEXT_USER, 0x1000 + i, 0x100000 + i));

			wrong += nodes[i] && nodes[i] != leaf;
			nodes[i] = leaf;
		}
	check_u64(wrong, 0, "a chain keeps its node");
	check_u64(w.collected.tree->n_nodes, 1 + 2 * MANY, "distinct chains have distinct nodes");
	check_u64(w.collected.tree->n_locations, 2 * MANY, "and distinct locations");
	world_end(&w);
	free(nodes);
}

/* ---- the tree ---- */

static void locations_that_differ_in_anything_are_two(void)
{
	static const struct location base = { .addr = 1, .mapping = { 2 }, .owner = { 3 } };
	struct calltree *t = calltree_new(1);
	struct location l[7];

	for (size_t i = 0; i < 7; i++)
		l[i] = base;
	l[1].addr = 2;
	l[2].mapping.i = 3;
	l[3].owner.i = 2;
	l[4].space = SPACE_KERNEL;
	l[5].exact = true;
	l[6].code = 1;
	for (int again = 0; again < 2; again++)
		for (uint32_t i = 0; i < 7; i++)
			check_u64(calltree_location(t, &l[i]), i, "its own index");
	calltree_free(t);
	calltree_free(NULL);
}

static void count(struct calltree *t, uint32_t n, size_t event, uint64_t weight)
{
	calltree_count(t, calltree_row(t, n), event, weight);
}

static void costs_are_added_for_each_event(void)
{
	struct calltree *t = calltree_new(3);
	uint32_t a = calltree_child(t, 0, 0), b = calltree_child(t, a, 0);
	const struct cost *row;

	check_u64(t->nodes[a].cost, 0, "nothing ended there yet");
	count(t, a, 0, 10);
	count(t, b, 1, 5);
	count(t, a, 0, 0);
	count(t, a, 2, 7);
	row = costs_at(&t->costs, t->nodes[a].cost, 0);
	check(row[0].samples == 2 && row[0].weight == 10, "a weight of 0 is a sample, too");
	check(row[1].samples == 0 && row[2].samples == 1 && row[2].weight == 7, "by event");
	row = costs_at(&t->costs, t->nodes[b].cost, 0);
	check(row[0].samples == 0 && row[1].weight == 5, "by node");
	count(t, 0, 0, 3);
	check_u64(costs_at(&t->costs, t->nodes[0].cost, 0)->weight, 3,
		  "a sample without any address");
	check(calltree_row(t, a) == t->nodes[a].cost, "a row is made once");
	check(!t->overflow, "the sums fit");
	count(t, b, 1, UINT64_MAX);
	check(t->overflow, "a sum that does not fit is told");
	row = costs_at(&t->costs, t->nodes[b].cost, 0);
	check_u64(row[1].weight, UINT64_MAX, "... and does not wrap");
	calltree_free(t);
}

/* ---- small questions ---- */

static void anonymous_memory_is_a_jit_compilers(void)
{
	static const struct {
		const char *filename;
		bool jit;
	} rows[] = {
		{ "//anon", true },
		{ "", true },
		{ "/dev/zero (deleted)", true },
		{ "/anon_hugepage (deleted)", true },
		{ "[anon:jit code]", true },
		{ "[heap]", true },
		{ "[stack]", true },
		{ "[stack:12]", true },
		{ "/SYSV00000000", true },
		{ "/memfd:doublemapper (deleted)", true },
		{ "[vdso]", false },
		{ "[vsyscall]", false },
		{ "/usr/bin/python3", false },
		{ "/tmp/jit-7.dump", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mapping m = { .filename = rows[i].filename };

		check(stacks_is_jit(&m) == rows[i].jit, rows[i].filename);
	}
}

int main(void)
{
	a_chain_is_read_context_by_context();
	a_thread_can_be_the_root();
	what_a_chain_means_depends_on_the_time();
	each_process_has_its_own_files();
	forked_processes_share_files_but_not_jit_code();
	kernel_code_that_comes_and_goes_is_followed();
	what_was_asked_before_changes_no_answer();
	tables_grow();
	locations_that_differ_in_anything_are_two();
	costs_are_added_for_each_event();
	anonymous_memory_is_a_jit_compilers();
	return check_done("stacks");
}
