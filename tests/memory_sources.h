/*
 * tests/memory_sources.h - PERF_SAMPLE_DATA_SRC as processors' drivers write it, and what each means.
 */
#ifndef TESTS_MEMORY_SOURCES_H
#define TESTS_MEMORY_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/data_src.h"

struct memory_source_case {
	const char *label;
	uint64_t value;
	enum data_op op;
	enum data_level level;
	enum data_snoop snoop;
	enum data_tlb tlb;
	bool locked, remote;
	const char *text; /* as perf writes it */
};

extern const struct memory_source_case memory_source_cases[];
extern const size_t n_memory_source_cases;

#endif
