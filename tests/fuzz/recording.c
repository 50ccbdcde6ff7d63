/*
 * tests/fuzz/recording.c - any bytes as a recording: opened, walked and decoded twice.
 *
 * Holds if both walks come to their end with the same number of records.
 */
#include <stdint.h>
#include <stdlib.h>

#include "tests/opened.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct opened o;

	if (open_bytes(&o, data, size)) {
		uint64_t first = opened_decode_all(&o);

		if (opened_decode_all(&o) != first)
			abort();
	}
	open_done(&o);
	return 0;
}
