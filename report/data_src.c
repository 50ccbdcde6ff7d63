#include "report/data_src.h"

#include <stdarg.h>
#include <stdio.h>

#define ITEMS(array) (sizeof(array) / sizeof((array)[0]))

static unsigned take(uint64_t *value, unsigned bits)
{
	unsigned field = (unsigned)*value & ((1u << bits) - 1);

	*value >>= bits;
	return field;
}

struct data_src data_src_decode(uint64_t value)
{
	struct data_src d;

	d.op = take(&value, 5);
	d.lvl = take(&value, 14);
	d.snoop = take(&value, 5);
	d.lock = take(&value, 2);
	d.dtlb = take(&value, 7);
	d.lvl_num = take(&value, 4);
	d.remote = take(&value, 1);
	d.snoopx = take(&value, 2);
	d.blk = take(&value, 3);
	d.hops = take(&value, 3);
	d.region = take(&value, 5);
	return d;
}

/* ---- what they mean ---- */

enum data_op data_src_op(const struct data_src *d)
{
	if (d->op & MEM_OP_NA)
		return DATA_OP_NONE;
	if (d->op & MEM_OP_LOAD)
		return DATA_OP_LOAD;
	if (d->op & MEM_OP_STORE)
		return DATA_OP_STORE;
	if (d->op & MEM_OP_PFETCH)
		return DATA_OP_PREFETCH;
	return d->op & MEM_OP_EXEC ? DATA_OP_CODE : DATA_OP_NONE;
}

static enum data_level level_of_number(unsigned number)
{
	static const enum data_level levels[] = {
		[0] = DATA_LEVEL_UNKNOWN, /* of a time before there were numbers */
		[MEM_LVLNUM_L1] = DATA_LEVEL_L1,
		[MEM_LVLNUM_L2] = DATA_LEVEL_L2,
		[MEM_LVLNUM_L3] = DATA_LEVEL_L3,
		[MEM_LVLNUM_L4] = DATA_LEVEL_L4,
		[MEM_LVLNUM_L2_MHB] = DATA_LEVEL_L2_MHB,
		[MEM_LVLNUM_MSC] = DATA_LEVEL_MSC,
		[MEM_LVLNUM_L0] = DATA_LEVEL_L0,
		[MEM_LVLNUM_UNC] = DATA_LEVEL_UNCACHED,
		[MEM_LVLNUM_CXL] = DATA_LEVEL_CXL,
		[MEM_LVLNUM_IO] = DATA_LEVEL_IO,
		[MEM_LVLNUM_ANY_CACHE] = DATA_LEVEL_ANY_CACHE,
		[MEM_LVLNUM_LFB] = DATA_LEVEL_LFB,
		[MEM_LVLNUM_RAM] = DATA_LEVEL_LOCAL_RAM,
		[MEM_LVLNUM_PMEM] = DATA_LEVEL_PMEM,
		[MEM_LVLNUM_NA] = DATA_LEVEL_UNKNOWN,
	};

	return levels[number];
}

/* The outermost of the levels named by bits. */
static enum data_level level_of_bits(unsigned lvl)
{
	static const struct {
		unsigned bit;
		enum data_level level;
	} rows[] = {
		{ MEM_LVL_UNC, DATA_LEVEL_UNCACHED },
		{ MEM_LVL_IO, DATA_LEVEL_IO },
		{ MEM_LVL_LOC_RAM, DATA_LEVEL_LOCAL_RAM },
		{ MEM_LVL_L3, DATA_LEVEL_L3 },
		{ MEM_LVL_L2, DATA_LEVEL_L2 },
		{ MEM_LVL_LFB, DATA_LEVEL_LFB },
		{ MEM_LVL_L1, DATA_LEVEL_L1 },
	};

	for (size_t i = 0; i < ITEMS(rows); i++)
		if (lvl & rows[i].bit)
			return rows[i].level;
	return DATA_LEVEL_UNKNOWN;
}

/* Where it is only said that a level did not have it. */
static enum data_level beyond(enum data_level level)
{
	switch (level) {
	case DATA_LEVEL_L0:
	case DATA_LEVEL_L1:
	case DATA_LEVEL_LFB:
		return DATA_LEVEL_L1_MISS;
	case DATA_LEVEL_L2:
	case DATA_LEVEL_L2_MHB:
		return DATA_LEVEL_L2_MISS;
	case DATA_LEVEL_L3:
	case DATA_LEVEL_L4:
	case DATA_LEVEL_MSC:
	case DATA_LEVEL_ANY_CACHE:
		return DATA_LEVEL_L3_MISS;
	default:
		return DATA_LEVEL_UNKNOWN;
	}
}

/*
 * Bits for remote memory decide: Intel's "L3 miss, shared" (0x0b) has them and the number of L3.  AMD before Zen 4
 * cannot tell L3 from another cache of the node and sets the bits of both, as Arm's SPE does for a remote
 * access; the remote bit tells those two apart.  Else the number, which is finer, goes before the bits.
 */
enum data_level data_src_level(const struct data_src *d)
{
	const unsigned local = MEM_LVL_L1 | MEM_LVL_LFB | MEM_LVL_L2 | MEM_LVL_L3;
	bool missed = (d->lvl & MEM_LVL_MISS) && !(d->lvl & MEM_LVL_HIT);
	enum data_level level;

	if (d->lvl & (MEM_LVL_REM_RAM1 | MEM_LVL_REM_RAM2))
		return DATA_LEVEL_REMOTE_RAM;
	if (d->lvl & (MEM_LVL_REM_CCE1 | MEM_LVL_REM_CCE2))
		return (d->lvl & local) && !missed && !d->remote ? DATA_LEVEL_ANY_CACHE
								 : DATA_LEVEL_REMOTE_CACHE;
	level = level_of_number(d->lvl_num);
	if (level == DATA_LEVEL_UNKNOWN)
		level = level_of_bits(d->lvl);
	if (missed)
		return beyond(level);
	if (level == DATA_LEVEL_LOCAL_RAM && d->region == MEM_REGION_MMIO)
		return DATA_LEVEL_IO;
	if (d->remote && level == DATA_LEVEL_LOCAL_RAM)
		return DATA_LEVEL_REMOTE_RAM;
	if (d->remote && level <= DATA_LEVEL_ANY_CACHE)
		return DATA_LEVEL_REMOTE_CACHE;
	return level;
}

enum data_snoop data_src_snoop(const struct data_src *d)
{
	if (d->snoop & MEM_SNOOP_HITM)
		return DATA_SNOOP_HITM;
	if (d->snoopx & MEM_SNOOPX_PEER)
		return DATA_SNOOP_PEER;
	if (d->snoopx & MEM_SNOOPX_FWD)
		return DATA_SNOOP_FORWARD;
	if (d->snoop & MEM_SNOOP_HIT)
		return DATA_SNOOP_HIT;
	if (d->snoop & MEM_SNOOP_MISS)
		return DATA_SNOOP_MISS;
	return d->snoop & MEM_SNOOP_NONE ? DATA_SNOOP_NONE : DATA_SNOOP_UNKNOWN;
}

/* "Walker hit" is how perf writes Arm's "the TLB was asked and had it". */
enum data_tlb data_src_tlb(const struct data_src *d)
{
	if (d->dtlb & MEM_TLB_OS)
		return DATA_TLB_FAULT;
	if (d->dtlb & MEM_TLB_MISS)
		return DATA_TLB_MISS;
	if (d->dtlb & MEM_TLB_HIT) {
		if ((d->dtlb & (MEM_TLB_L1 | MEM_TLB_L2)) == MEM_TLB_L1)
			return DATA_TLB_L1;
		if ((d->dtlb & (MEM_TLB_L1 | MEM_TLB_L2)) == MEM_TLB_L2)
			return DATA_TLB_L2;
		return DATA_TLB_HIT;
	}
	return d->dtlb & MEM_TLB_WK ? DATA_TLB_MISS : DATA_TLB_UNKNOWN;
}

bool data_src_locked(const struct data_src *d)
{
	return (d->lock & MEM_LOCK_LOCKED) && !(d->lock & MEM_LOCK_NA);
}

bool data_src_is_remote(const struct data_src *d)
{
	enum data_level level = data_src_level(d);

	return d->remote || level == DATA_LEVEL_REMOTE_CACHE || level == DATA_LEVEL_REMOTE_RAM;
}

/* ---- names ---- */

const char *data_op_key(enum data_op v)
{
	static const char *const keys[DATA_OPS] = {
		[DATA_OP_NONE] = "none",         [DATA_OP_LOAD] = "load", [DATA_OP_STORE] = "store",
		[DATA_OP_PREFETCH] = "prefetch", [DATA_OP_CODE] = "code",
	};

	return keys[v];
}

static const struct level_names {
	const char *key, *heading;
} level_names[DATA_LEVELS] = {
	[DATA_LEVEL_L0] = { "l0", "L0" },
	[DATA_LEVEL_L1] = { "l1", "L1" },
	[DATA_LEVEL_LFB] = { "lfb", "LFB" },
	[DATA_LEVEL_L2] = { "l2", "L2" },
	[DATA_LEVEL_L2_MHB] = { "l2_mhb", "L2MHB" },
	[DATA_LEVEL_L3] = { "l3", "L3" },
	[DATA_LEVEL_L4] = { "l4", "L4" },
	[DATA_LEVEL_MSC] = { "msc", "MSC" },
	[DATA_LEVEL_ANY_CACHE] = { "any_cache", "cache" },
	[DATA_LEVEL_LOCAL_RAM] = { "local_ram", "RAM" },
	[DATA_LEVEL_REMOTE_CACHE] = { "remote_cache", "r.cache" },
	[DATA_LEVEL_REMOTE_RAM] = { "remote_ram", "r.RAM" },
	[DATA_LEVEL_PMEM] = { "pmem", "PMEM" },
	[DATA_LEVEL_CXL] = { "cxl", "CXL" },
	[DATA_LEVEL_IO] = { "io", "I/O" },
	[DATA_LEVEL_UNCACHED] = { "uncached", "UNC" },
	[DATA_LEVEL_L1_MISS] = { "l1_miss", ">L1" },
	[DATA_LEVEL_L2_MISS] = { "l2_miss", ">L2" },
	[DATA_LEVEL_L3_MISS] = { "l3_miss", ">L3" },
	[DATA_LEVEL_UNKNOWN] = { "unknown", "?" },
};

const char *data_level_key(enum data_level v)
{
	return level_names[v].key;
}

const char *data_level_heading(enum data_level v)
{
	return level_names[v].heading;
}

const char *data_snoop_key(enum data_snoop v)
{
	static const char *const keys[DATA_SNOOPS] = {
		[DATA_SNOOP_UNKNOWN] = "unknown", [DATA_SNOOP_NONE] = "none",
		[DATA_SNOOP_MISS] = "miss",       [DATA_SNOOP_HIT] = "hit",
		[DATA_SNOOP_FORWARD] = "forward", [DATA_SNOOP_PEER] = "peer",
		[DATA_SNOOP_HITM] = "hitm",
	};

	return keys[v];
}

const char *data_tlb_key(enum data_tlb v)
{
	static const char *const keys[DATA_TLBS] = {
		[DATA_TLB_UNKNOWN] = "unknown", [DATA_TLB_L1] = "l1",
		[DATA_TLB_L2] = "l2",           [DATA_TLB_HIT] = "hit",
		[DATA_TLB_MISS] = "miss",       [DATA_TLB_FAULT] = "fault",
	};

	return keys[v];
}

const char *data_region_name(unsigned region)
{
	static const char *const names[] = {
		[MEM_REGION_NA] = "",
		[MEM_REGION_RSVD] = "reserved",
		[MEM_REGION_L_SHARE] = "local shared cache",
		[MEM_REGION_L_NON_SHARE] = "local non-shared cache",
		[MEM_REGION_O_IO] = "other I/O agent",
		[MEM_REGION_O_SHARE] = "other shared cache",
		[MEM_REGION_O_NON_SHARE] = "other non-shared cache",
		[MEM_REGION_MMIO] = "MMIO",
		[MEM_REGION_MEM0] = "memory 0",
		[MEM_REGION_MEM0 + 1] = "memory 1",
		[MEM_REGION_MEM0 + 2] = "memory 2",
		[MEM_REGION_MEM0 + 3] = "memory 3",
		[MEM_REGION_MEM0 + 4] = "memory 4",
		[MEM_REGION_MEM0 + 5] = "memory 5",
		[MEM_REGION_MEM0 + 6] = "memory 6",
		[MEM_REGION_MEM0 + 7] = "memory 7",
	};

	return region < ITEMS(names) ? names[region] : "unknown region";
}

/* ---- as perf writes it: tools/perf/util/mem-events.c ---- */

struct writer {
	char *to;
	size_t left;
};

__attribute__((format(printf, 2, 3))) static void put(struct writer *w, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(w->to, w->left, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= w->left)
		n = (int)w->left - 1; /* never: DATA_SRC_TEXT holds all names at once */
	w->to += n;
	w->left -= (size_t)n;
}

/* The names of the bits with " or " between them; how many. */
static int put_bits(struct writer *w, unsigned bits, const char *const *names, size_t n)
{
	int put_so_far = 0;

	for (size_t i = 0; i < n; i++)
		if (bits >> i & 1)
			put(w, "%s%s", put_so_far++ ? " or " : "", names[i]);
	return put_so_far;
}

static void put_op(struct writer *w, const struct data_src *d)
{
	static const char *const names[DATA_OPS] = {
		[DATA_OP_LOAD] = "LOAD",
		[DATA_OP_STORE] = "STORE",
		[DATA_OP_PREFETCH] = "PFETCH",
		[DATA_OP_CODE] = "EXEC",
	};
	enum data_op op = data_src_op(d);

	if (op == DATA_OP_NONE)
		put(w, d->op ? "N/A" : "No");
	else
		put(w, "%s", names[op]);
}

static void put_numbered_level(struct writer *w, const struct data_src *d)
{
	static const char *const names[] = {
		[MEM_LVLNUM_L1] = "L1",
		[MEM_LVLNUM_L2] = "L2",
		[MEM_LVLNUM_L3] = "L3",
		[MEM_LVLNUM_L4] = "L4",
		[MEM_LVLNUM_L2_MHB] = "L2 MHB",
		[MEM_LVLNUM_MSC] = "Memory-side Cache",
		[MEM_LVLNUM_L0] = "L0",
		[MEM_LVLNUM_UNC] = "Uncached",
		[MEM_LVLNUM_CXL] = "CXL",
		[MEM_LVLNUM_IO] = "I/O",
		[MEM_LVLNUM_ANY_CACHE] = "Any cache",
		[MEM_LVLNUM_LFB] = "LFB/MAB",
		[MEM_LVLNUM_RAM] = "RAM",
		[MEM_LVLNUM_PMEM] = "PMEM",
	};
	static const char *const hops[] = {
		[MEM_HOPS_0] = "core, same node ",
		[MEM_HOPS_1] = "node, same socket ",
		[MEM_HOPS_2] = "socket, same board ",
		[MEM_HOPS_3] = "board ",
	};

	if (d->remote)
		put(w, "Remote ");
	if (d->hops)
		put(w, "%s", d->hops < ITEMS(hops) ? hops[d->hops] : "N/A ");
	put(w, "%s", names[d->lvl_num]);
}

static void put_level(struct writer *w, const struct data_src *d)
{
	static const char *const names[] = {
		"L1",
		"LFB/MAB",
		"L2",
		"L3",
		"Local RAM",
		"Remote RAM (1 hop)",
		"Remote RAM (2 hops)",
		"Remote Cache (1 hop)",
		"Remote Cache (2 hops)",
		"I/O",
		"Uncached",
	};
	const char *end = d->lvl & MEM_LVL_HIT ? " hit" : d->lvl & MEM_LVL_MISS ? " miss" : " ";

	if (d->lvl_num && d->lvl_num != MEM_LVLNUM_NA)
		put_numbered_level(w, d);
	else if (!put_bits(w, d->lvl >> 3, names, ITEMS(names))) /* behind N/A, hit, miss */
		end = "N/A";
	put(w, "%s", end);
}

static void put_snoop(struct writer *w, const struct data_src *d)
{
	static const char *const names[] = { "N/A", "None", "Hit", "Miss", "HitM", "Fwd", "Peer" };

	if (!put_bits(w, d->snoop | d->snoopx << 5, names, ITEMS(names)))
		put(w, "N/A");
}

static void put_tlb(struct writer *w, const struct data_src *d)
{
	static const char *const names[] = { "N/A", "", "", "L1", "L2", "Walker", "Fault" };

	if (!put_bits(w, d->dtlb & ~(unsigned)(MEM_TLB_HIT | MEM_TLB_MISS), names, ITEMS(names)))
		put(w, "N/A");
	put(w, "%s%s", d->dtlb & MEM_TLB_HIT ? " hit" : "", d->dtlb & MEM_TLB_MISS ? " miss" : "");
}

static void put_lock(struct writer *w, const struct data_src *d)
{
	if (d->lock & MEM_LOCK_NA)
		put(w, "N/A");
	else
		put(w, d->lock & MEM_LOCK_LOCKED ? "Yes" : "No");
}

static void put_block(struct writer *w, const struct data_src *d)
{
	if (!d->blk || (d->blk & MEM_BLK_NA))
		put(w, " N/A");
	else
		put(w, "%s%s", d->blk & MEM_BLK_DATA ? " Data" : "",
		    d->blk & MEM_BLK_ADDR ? " Addr" : "");
}

void data_src_text(uint64_t value, char out[DATA_SRC_TEXT])
{
	struct data_src d = data_src_decode(value);
	struct writer w = { out, DATA_SRC_TEXT };
	const struct {
		const char *label;
		void (*put)(struct writer *w, const struct data_src *d);
	} parts[] = {
		{ "|OP ", put_op },   { "|LVL ", put_level }, { "|SNP ", put_snoop },
		{ "|TLB ", put_tlb }, { "|LCK ", put_lock },  { "|BLK ", put_block },
	};

	for (size_t i = 0; i < ITEMS(parts); i++) {
		put(&w, "%s", parts[i].label);
		parts[i].put(&w, &d);
	}
}
