/*
 * report/data_src.h - PERF_SAMPLE_DATA_SRC: where the processor found the data of a load or store.
 *
 * The number has the same value in either byte order: the kernel declares the bit fields the other way
 * round on big-endian machines, so that turning its eight bytes is all there is to do.
 *
 *	bit 0   mem_op       5   load, store, prefetch, code
 *	    5   mem_lvl     14   level as a set of bits, with hit and miss
 *	   19   mem_snoop    5   what other caches had
 *	   24   mem_lock     2
 *	   26   mem_dtlb     7
 *	   33   mem_lvl_num  4   level as a number (since 4.14)
 *	   37   mem_remote   1   with the number: not this node's, or not this core's
 *	   38   mem_snoopx   2
 *	   40   mem_blk      3   why a load had to wait (since 5.12)
 *	   43   mem_hops     3   how far away (since 5.16)
 *	   46   mem_region   5   which cache or memory region (since 7.0)
 *
 * Source: union perf_mem_data_src, perf_event.h.  What processors put there: arch/x86/events/intel/ds.c,
 * arch/x86/events/amd/ibs.c, arch/powerpc/perf/isa207-common.c, tools/perf/util/arm-spe.c.
 */
#ifndef PERFOLIO_REPORT_DATA_SRC_H
#define PERFOLIO_REPORT_DATA_SRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* mem_op */
enum {
	MEM_OP_NA = 0x01,
	MEM_OP_LOAD = 0x02,
	MEM_OP_STORE = 0x04,
	MEM_OP_PFETCH = 0x08,
	MEM_OP_EXEC = 0x10,
};

/* mem_lvl */
enum {
	MEM_LVL_NA = 0x01,
	MEM_LVL_HIT = 0x02,
	MEM_LVL_MISS = 0x04,
	MEM_LVL_L1 = 0x08,
	MEM_LVL_LFB = 0x10,
	MEM_LVL_L2 = 0x20,
	MEM_LVL_L3 = 0x40,
	MEM_LVL_LOC_RAM = 0x80,
	MEM_LVL_REM_RAM1 = 0x100,
	MEM_LVL_REM_RAM2 = 0x200,
	MEM_LVL_REM_CCE1 = 0x400,
	MEM_LVL_REM_CCE2 = 0x800,
	MEM_LVL_IO = 0x1000,
	MEM_LVL_UNC = 0x2000,
};

/* mem_snoop */
enum {
	MEM_SNOOP_NA = 0x01,
	MEM_SNOOP_NONE = 0x02,
	MEM_SNOOP_HIT = 0x04,
	MEM_SNOOP_MISS = 0x08,
	MEM_SNOOP_HITM = 0x10,
};

/* mem_lock */
enum { MEM_LOCK_NA = 0x01, MEM_LOCK_LOCKED = 0x02 };

/* mem_dtlb */
enum {
	MEM_TLB_NA = 0x01,
	MEM_TLB_HIT = 0x02,
	MEM_TLB_MISS = 0x04,
	MEM_TLB_L1 = 0x08,
	MEM_TLB_L2 = 0x10,
	MEM_TLB_WK = 0x20,
	MEM_TLB_OS = 0x40,
};

/* mem_lvl_num */
enum {
	MEM_LVLNUM_L1 = 1,
	MEM_LVLNUM_L2 = 2,
	MEM_LVLNUM_L3 = 3,
	MEM_LVLNUM_L4 = 4,
	MEM_LVLNUM_L2_MHB = 5,
	MEM_LVLNUM_MSC = 6,
	MEM_LVLNUM_L0 = 7,
	MEM_LVLNUM_UNC = 8,
	MEM_LVLNUM_CXL = 9,
	MEM_LVLNUM_IO = 10,
	MEM_LVLNUM_ANY_CACHE = 11,
	MEM_LVLNUM_LFB = 12,
	MEM_LVLNUM_RAM = 13,
	MEM_LVLNUM_PMEM = 14,
	MEM_LVLNUM_NA = 15,
};

/* mem_snoopx, mem_blk, mem_hops */
enum { MEM_SNOOPX_FWD = 0x01, MEM_SNOOPX_PEER = 0x02 };
enum { MEM_BLK_NA = 0x01, MEM_BLK_DATA = 0x02, MEM_BLK_ADDR = 0x04 };
enum { MEM_HOPS_0 = 1, MEM_HOPS_1 = 2, MEM_HOPS_2 = 3, MEM_HOPS_3 = 4 };

/* mem_region; its numbers go on to MEM_REGION_MEM0 + 7 */
enum {
	MEM_REGION_NA = 0,
	MEM_REGION_RSVD = 1,
	MEM_REGION_L_SHARE = 2,
	MEM_REGION_L_NON_SHARE = 3,
	MEM_REGION_O_IO = 4,
	MEM_REGION_O_SHARE = 5,
	MEM_REGION_O_NON_SHARE = 6,
	MEM_REGION_MMIO = 7,
	MEM_REGION_MEM0 = 8,
};

/* The fields as they lie there. */
struct data_src {
	unsigned op, lvl, snoop, lock, dtlb;
	unsigned lvl_num, remote, snoopx, blk, hops, region;
};

struct data_src data_src_decode(uint64_t value);

/* ---- what they mean: of each kind a value for every number, whoever wrote it ---- */

/* Of several bits the one that perf names. */
enum data_op {
	DATA_OP_NONE, /* no access to memory, or it is not said which */
	DATA_OP_LOAD,
	DATA_OP_STORE,
	DATA_OP_PREFETCH,
	DATA_OP_CODE,
	DATA_OPS
};

/* The one level that had the data, in the order of their distance. */
enum data_level {
	DATA_LEVEL_L0,
	DATA_LEVEL_L1,
	DATA_LEVEL_LFB, /* on its way into L1: line fill buffer, AMD's miss address buffer */
	DATA_LEVEL_L2,
	DATA_LEVEL_L2_MHB, /* on its way into L2: miss handling buffer */
	DATA_LEVEL_L3,
	DATA_LEVEL_L4,
	DATA_LEVEL_MSC,       /* memory-side cache */
	DATA_LEVEL_ANY_CACHE, /* a cache of this node; which is not said */
	DATA_LEVEL_LOCAL_RAM,
	DATA_LEVEL_REMOTE_CACHE, /* of another core (where the processor says so), or another node */
	DATA_LEVEL_REMOTE_RAM,
	DATA_LEVEL_PMEM,
	DATA_LEVEL_CXL,
	DATA_LEVEL_IO,
	DATA_LEVEL_UNCACHED,
	DATA_LEVEL_L1_MISS, /* all that is said: it was not in L1 (stores of Intel) ... */
	DATA_LEVEL_L2_MISS,
	DATA_LEVEL_L3_MISS,
	DATA_LEVEL_UNKNOWN,
	DATA_LEVELS
};

/* Of several bits the costliest: Intel says "none or miss". */
enum data_snoop {
	DATA_SNOOP_UNKNOWN,
	DATA_SNOOP_NONE,
	DATA_SNOOP_MISS,
	DATA_SNOOP_HIT,
	DATA_SNOOP_FORWARD, /* another cache passed a clean line on */
	DATA_SNOOP_PEER,    /* another cache passed the line on, clean or not (Arm) */
	DATA_SNOOP_HITM,    /* another cache had it modified */
	DATA_SNOOPS
};

enum data_tlb {
	DATA_TLB_UNKNOWN,
	DATA_TLB_L1,
	DATA_TLB_L2,
	DATA_TLB_HIT,  /* which one is not said */
	DATA_TLB_MISS, /* the page tables were walked */
	DATA_TLB_FAULT,
	DATA_TLBS
};

enum data_op data_src_op(const struct data_src *d);
enum data_level data_src_level(const struct data_src *d);
enum data_snoop data_src_snoop(const struct data_src *d);
enum data_tlb data_src_tlb(const struct data_src *d);
bool data_src_locked(const struct data_src *d);

/* Did the line come out of a cache that is not this node's (with a number: not this core's)? */
bool data_src_is_remote(const struct data_src *d);

/* Names for machines: "local_ram", "hitm" ... */
const char *data_op_key(enum data_op v);
const char *data_level_key(enum data_level v);
const char *data_snoop_key(enum data_snoop v);
const char *data_tlb_key(enum data_tlb v);

/* The level as the heading of a column: "RAM", "r.RAM" ... */
const char *data_level_heading(enum data_level v);

/* The region's name: "memory 0" ...; "" for none. */
const char *data_region_name(unsigned region);

enum { DATA_SRC_TEXT = 400 }; /* no text is longer than this */

/* As `perf script -F data_src` writes it (6.9 and later): "|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A". */
void data_src_text(uint64_t value, char out[DATA_SRC_TEXT]);

#endif
