/* tests/memory_sources.c - see memory_sources.h. */
#include "tests/memory_sources.h"

/* As PERF_MEM_S() of perf_event.h: P(LVL, L1). */
#define P(field, value) ((uint64_t)MEM_##field##_##value << SHIFT_##field)
#define REM             ((uint64_t)1 << 37)
#define REGION(number)  ((uint64_t)(number) << SHIFT_REGION)
#define HOP(number)     ((uint64_t)(number) << SHIFT_HOPS)

enum {
	SHIFT_OP = 0,
	SHIFT_LVL = 5,
	SHIFT_SNOOP = 19,
	SHIFT_LOCK = 24,
	SHIFT_TLB = 26,
	SHIFT_LVLNUM = 33,
	SHIFT_SNOOPX = 38,
	SHIFT_BLK = 40,
	SHIFT_HOPS = 43,
	SHIFT_REGION = 46,
};

const struct memory_source_case memory_source_cases[] = {
	{
		.label = "Intel 0x00: L3 miss",
		.value = P(OP, LOAD) | P(LVL, MISS) | P(LVLNUM, L3) | P(SNOOP, NA) | P(TLB, HIT) |
			 P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3_MISS,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L3 miss|SNP N/A|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x01: L1",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L1) | P(LVLNUM, L1) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x02: LFB",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, LFB) | P(LVLNUM, LFB) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_LFB,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL LFB/MAB hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x03: L2",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L2) | P(LVLNUM, L2) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L2,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L2 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x05: L3, snoop miss",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVLNUM, L3) | P(SNOOP, MISS) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3,
		.snoop = DATA_SNOOP_MISS,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L3 hit|SNP Miss|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x06: L3, snoop hit",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVLNUM, L3) | P(SNOOP, HIT) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L3 hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x07: L3, HITM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVLNUM, L3) | P(SNOOP, HITM) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L3 hit|SNP HitM|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x08: remote cache, hit",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_CCE1) | REM | P(LVLNUM, L3) |
			 P(SNOOP, HIT) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote L3 hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x09: remote cache, HITM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_CCE1) | REM | P(LVLNUM, L3) |
			 P(SNOOP, HITM) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote L3 hit|SNP HitM|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x0a: local RAM, shared",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, LOC_RAM) | P(LVLNUM, RAM) |
			 P(SNOOP, HIT) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_LOCAL_RAM,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL RAM hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x0b: remote RAM with the number of L3",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_RAM1) | REM | P(LVLNUM, L3) |
			 P(SNOOP, HIT) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote L3 hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x0c: local RAM, exclusive",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, LOC_RAM) | P(LVLNUM, RAM) |
			 P(SNOOP, NONE) | P(SNOOP, MISS) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_LOCAL_RAM,
		.snoop = DATA_SNOOP_MISS,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL RAM hit|SNP None or Miss|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x0d: remote RAM, exclusive",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_RAM1) | P(LVLNUM, RAM) | REM |
			 P(SNOOP, NONE) | P(SNOOP, MISS) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_MISS,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote RAM hit|SNP None or Miss|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x0e: I/O",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, IO) | P(LVLNUM, NA) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_IO,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL I/O hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel 0x0f: uncached",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, UNC) | P(LVLNUM, NA) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_UNCACHED,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL Uncached hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Skylake 0x08: PMEM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, PMEM) | P(SNOOP, HIT) | P(TLB, HIT) |
			 P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_PMEM,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL PMEM hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Skylake 0x08: L4",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, L4) | P(SNOOP, HIT) | P(TLB, HIT) |
			 P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L4,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L4 hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Skylake 0x0b: remote RAM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, RAM) | REM | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote RAM hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Skylake 0x0c: remote cache, forward",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, ANY_CACHE) | REM | P(SNOOPX, FWD) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_FORWARD,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote Any cache hit|SNP Fwd|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Skylake 0x0d: remote cache, HITM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, ANY_CACHE) | REM | P(SNOOP, HITM) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote Any cache hit|SNP HitM|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Lion Cove: L2 MHB",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, L2_MHB) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L2_MHB,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L2 MHB hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Lion Cove: memory-side cache",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, MSC) | P(SNOOP, NONE) | P(TLB, HIT) |
			 P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_MSC,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL Memory-side Cache hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Panther Cove: L0",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, L0) | P(SNOOP, NONE) | P(TLB, HIT) |
			 P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L0,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L0 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Panther Cove: L2, HITM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L2) | P(LVLNUM, L2) | P(SNOOP, HITM) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L2,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L2 hit|SNP HitM|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Panther Cove: other cache, remote",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVLNUM, L3) |
			 P(REGION, O_SHARE) | P(LVL, REM_CCE1) | REM | P(SNOOP, HIT) |
			 P(SNOOPX, FWD) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_FORWARD,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote L3 hit|SNP Hit or Fwd|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Panther Cove: memory region 3",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, RAM) | REGION(11) | P(LVL, LOC_RAM) |
			 P(SNOOP, HIT) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_LOCAL_RAM,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL RAM hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Panther Cove: memory region 5, remote",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, RAM) | REGION(13) |
			 P(LVL, REM_RAM1) | REM | P(SNOOP, HIT) | P(TLB, HIT) | P(TLB, L1) |
			 P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote RAM hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Panther Cove: MMIO",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, RAM) | P(REGION, MMIO) |
			 P(SNOOP, HIT) | P(TLB, HIT) | P(TLB, L1) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_IO,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL RAM hit|SNP Hit|TLB L1 or L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel: second-level TLB missed",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L1) | P(LVLNUM, L1) | P(SNOOP, NONE) |
			 P(TLB, MISS) | P(TLB, L2),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_MISS,
		.text = "|OP LOAD|LVL L1 hit|SNP None|TLB L2 miss|LCK No|BLK  N/A",
	},
	{
		.label = "Intel: locked",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L1) | P(LVLNUM, L1) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2) | P(LOCK, LOCKED),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.locked = true,
		.text = "|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK Yes|BLK  N/A",
	},
	{
		.label = "Intel: blocked by both",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L1) | P(LVLNUM, L1) | P(SNOOP, NONE) |
			 P(TLB, HIT) | P(TLB, L1) | P(TLB, L2) | P(BLK, DATA) | P(BLK, ADDR),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L1 hit|SNP None|TLB L1 or L2 hit|LCK No|BLK  Data Addr",
	},
	{
		.label = "Nehalem: neither TLB nor lock",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(SNOOP, HITM) | P(TLB, NA) |
			 P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_UNKNOWN,
		.text = "|OP LOAD|LVL L3 hit|SNP HitM|TLB N/A|LCK N/A|BLK  N/A",
	},
	{
		.label = "Intel: store hit L1",
		.value = P(OP, STORE) | P(LVL, L1) | P(LVL, HIT) | P(SNOOP, NA) | P(TLB, HIT) |
			 P(TLB, L2),
		.op = DATA_OP_STORE,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L2,
		.text = "|OP STORE|LVL L1 hit|SNP N/A|TLB L2 hit|LCK No|BLK  N/A",
	},
	{
		.label = "Intel: store missed L1",
		.value = P(OP, STORE) | P(LVL, L1) | P(LVL, MISS) | P(SNOOP, NA) | P(TLB, MISS) |
			 P(TLB, L2),
		.op = DATA_OP_STORE,
		.level = DATA_LEVEL_L1_MISS,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_MISS,
		.text = "|OP STORE|LVL L1 miss|SNP N/A|TLB L2 miss|LCK No|BLK  N/A",
	},
	{
		.label = "Haswell: load of which nothing is known",
		.value = P(OP, LOAD) | P(LVL, NA) | P(SNOOP, NA) | P(LVLNUM, NA) | P(TLB, NA) |
			 P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_UNKNOWN,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_UNKNOWN,
		.text = "|OP LOAD|LVL N/A|SNP N/A|TLB N/A|LCK N/A|BLK  N/A",
	},
	{
		.label = "AMD: L1",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L1) | P(LVLNUM, L1) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL L1 hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "AMD: L2, second-level TLB",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L2) | P(LVLNUM, L2) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L2) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L2,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L2,
		.text = "|OP LOAD|LVL L2 hit|SNP N/A|TLB L2 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "AMD: miss address buffer, TLB missed",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, LFB) | P(LVLNUM, LFB) | P(SNOOP, NA) |
			 P(TLB, MISS) | P(TLB, L2) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_LFB,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_MISS,
		.text = "|OP LOAD|LVL LFB/MAB hit|SNP N/A|TLB L2 miss|LCK N/A|BLK  N/A",
	},
	{
		.label = "AMD: uncached",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, UNC) | P(LVLNUM, UNC) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_UNCACHED,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL Uncached hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "AMD: locked store",
		.value = P(OP, STORE) | P(LVL, HIT) | P(LVL, L1) | P(LVLNUM, L1) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, LOCKED),
		.op = DATA_OP_STORE,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.locked = true,
		.text = "|OP STORE|LVL L1 hit|SNP N/A|TLB L1 hit|LCK Yes|BLK  N/A",
	},
	{
		.label = "AMD: store of which nothing is known",
		.value = P(OP, STORE) | P(LVL, NA) | P(LVLNUM, NA) | P(SNOOP, NA) | P(TLB, HIT) |
			 P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_STORE,
		.level = DATA_LEVEL_UNKNOWN,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP STORE|LVL N/A|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 3: L3 or another cache of the node",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVL, REM_CCE1) |
			 P(LVLNUM, ANY_CACHE) | P(HOPS, 0) | P(SNOOP, NA) | P(TLB, HIT) |
			 P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_ANY_CACHE,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL core, same node Any cache hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 3, Linux 6.1: the same without number",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVL, REM_CCE1) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_ANY_CACHE,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL L3 or Remote Cache (1 hop) hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 3: remote cache, modified",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_CCE2) | P(LVLNUM, ANY_CACHE) | REM |
			 P(HOPS, 1) | P(SNOOP, HITM) | P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_L1,
		.remote = true,
		.text = "|OP LOAD|LVL Remote node, same socket Any cache hit|SNP HitM|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: L3",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVLNUM, L3) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL L3 hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: cache of a near CCX",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_CCE1) | P(LVLNUM, ANY_CACHE) | REM |
			 P(HOPS, 0) | P(SNOOP, HIT) | P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_L1,
		.remote = true,
		.text = "|OP LOAD|LVL Remote core, same node Any cache hit|SNP Hit|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: cache of a far CCX, modified",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_CCE2) | P(LVLNUM, ANY_CACHE) | REM |
			 P(HOPS, 1) | P(SNOOP, HITM) | P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_L1,
		.remote = true,
		.text = "|OP LOAD|LVL Remote node, same socket Any cache hit|SNP HitM|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: RAM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, LOC_RAM) | P(LVLNUM, RAM) |
			 P(SNOOP, NA) | P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_LOCAL_RAM,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL RAM hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: remote RAM",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_RAM1) | P(LVLNUM, RAM) | REM |
			 P(HOPS, 1) | P(SNOOP, NA) | P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.remote = true,
		.text = "|OP LOAD|LVL Remote node, same socket RAM hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: PMEM",
		.value = P(OP, LOAD) | P(LVLNUM, PMEM) | P(SNOOP, NA) | P(TLB, HIT) | P(TLB, L1) |
			 P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_PMEM,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL PMEM |SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: CXL, remote",
		.value = P(OP, LOAD) | P(LVLNUM, CXL) | REM | P(HOPS, 1) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_CXL,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.remote = true,
		.text = "|OP LOAD|LVL Remote node, same socket CXL |SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "Zen 4: I/O",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, IO) | P(LVLNUM, IO) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_IO,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP LOAD|LVL I/O hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "AMD: software prefetch",
		.value = P(OP, PFETCH) | P(LVL, HIT) | P(LVL, L2) | P(LVLNUM, L2) | P(SNOOP, NA) |
			 P(TLB, HIT) | P(TLB, L1) | P(LOCK, NA),
		.op = DATA_OP_PREFETCH,
		.level = DATA_LEVEL_L2,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_L1,
		.text = "|OP PFETCH|LVL L2 hit|SNP N/A|TLB L1 hit|LCK N/A|BLK  N/A",
	},
	{
		.label = "AMD: an instruction without memory",
		.value = P(OP, NA),
		.op = DATA_OP_NONE,
		.level = DATA_LEVEL_UNKNOWN,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_UNKNOWN,
		.text = "|OP N/A|LVL N/A|SNP N/A|TLB N/A|LCK No|BLK  N/A",
	},
	{
		.label = "nothing at all",
		.value = 0,
		.op = DATA_OP_NONE,
		.level = DATA_LEVEL_UNKNOWN,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_UNKNOWN,
		.text = "|OP No|LVL N/A|SNP N/A|TLB N/A|LCK No|BLK  N/A",
	},
	{
		.label = "Neoverse: L1",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L1) | P(LVLNUM, L1) | P(SNOOP, NONE) |
			 P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L1 hit|SNP None|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Neoverse: peer core",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L2) | P(LVLNUM, L2) | P(SNOOPX, PEER) |
			 P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L2,
		.snoop = DATA_SNOOP_PEER,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L2 hit|SNP Peer|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Neoverse: peer cluster",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVLNUM, L3) | P(SNOOPX, PEER) |
			 P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3,
		.snoop = DATA_SNOOP_PEER,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L3 hit|SNP Peer|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Neoverse: system cache",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L3) | P(LVLNUM, L3) | P(SNOOP, HIT) |
			 P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3,
		.snoop = DATA_SNOOP_HIT,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L3 hit|SNP Hit|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Neoverse: other socket",
		.value = P(OP, LOAD) | P(LVL, REM_CCE1) | P(LVLNUM, ANY_CACHE) | REM |
			 P(SNOOPX, PEER) | P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_PEER,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote Any cache |SNP Peer|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Neoverse: RAM, TLB missed",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, LOC_RAM) | P(LVLNUM, RAM) |
			 P(SNOOP, NONE) | P(TLB, WK) | P(TLB, MISS),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_LOCAL_RAM,
		.snoop = DATA_SNOOP_NONE,
		.tlb = DATA_TLB_MISS,
		.text = "|OP LOAD|LVL RAM hit|SNP None|TLB Walker miss|LCK No|BLK  N/A",
	},
	{
		.label = "Neoverse: store",
		.value = P(OP, STORE) | P(LVL, NA) | P(LVLNUM, NA) | P(SNOOP, NA) | P(TLB, WK) |
			 P(TLB, HIT),
		.op = DATA_OP_STORE,
		.level = DATA_LEVEL_UNKNOWN,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.text = "|OP STORE|LVL N/A|SNP N/A|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Arm: last level missed",
		.value = P(OP, LOAD) | P(LVL, L3) | P(LVL, MISS) | P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L3_MISS,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L3 miss|SNP N/A|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Arm: L2 missed",
		.value = P(OP, LOAD) | P(LVL, L2) | P(LVL, MISS) | P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L2_MISS,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.text = "|OP LOAD|LVL L2 miss|SNP N/A|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "Arm: last level missed, remote",
		.value = P(OP, LOAD) | P(LVL, L3) | P(LVL, MISS) | P(LVL, REM_CCE1) | P(TLB, WK) |
			 P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL L3 or Remote Cache (1 hop) miss|SNP N/A|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "POWER: L2 of another core of the node",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L2) | P(LVLNUM, L2) | REM | P(HOPS, 0) |
			 P(SNOOP, HITM) | P(TLB, MISS),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_CACHE,
		.snoop = DATA_SNOOP_HITM,
		.tlb = DATA_TLB_MISS,
		.remote = true,
		.text = "|OP LOAD|LVL Remote core, same node L2 hit|SNP HitM|TLB N/A miss|LCK No|BLK  N/A",
	},
	{
		.label = "POWER: RAM on another board",
		.value =
			P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, RAM) | REM | P(HOPS, 3) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote board RAM hit|SNP N/A|TLB N/A hit|LCK No|BLK  N/A",
	},
	{
		.label = "POWER: remote RAM, 2 hops, by bits",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, REM_RAM2) | P(TLB, WK) | P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote RAM (2 hops) hit|SNP N/A|TLB Walker hit|LCK No|BLK  N/A",
	},
	{
		.label = "code, and the fault handler",
		.value = P(OP, EXEC) | P(LVL, HIT) | P(LVL, L2) | P(TLB, OS),
		.op = DATA_OP_CODE,
		.level = DATA_LEVEL_L2,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_FAULT,
		.text = "|OP EXEC|LVL L2 hit|SNP N/A|TLB Fault|LCK No|BLK  N/A",
	},
	{
		.label = "walker without hit or miss",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVL, L1) | P(TLB, WK),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_L1,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_MISS,
		.text = "|OP LOAD|LVL L1 hit|SNP N/A|TLB Walker|LCK No|BLK  N/A",
	},
	{
		.label = "a hop number that nobody knows",
		.value = P(OP, LOAD) | P(LVL, HIT) | P(LVLNUM, RAM) | REM | HOP(7) | P(TLB, WK) |
			 P(TLB, HIT),
		.op = DATA_OP_LOAD,
		.level = DATA_LEVEL_REMOTE_RAM,
		.snoop = DATA_SNOOP_UNKNOWN,
		.tlb = DATA_TLB_HIT,
		.remote = true,
		.text = "|OP LOAD|LVL Remote N/A RAM hit|SNP N/A|TLB Walker hit|LCK No|BLK  N/A",
	},
};
const size_t n_memory_source_cases = sizeof(memory_source_cases) / sizeof(memory_source_cases[0]);
