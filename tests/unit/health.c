/*
 * tests/unit/health.c - verdicts, programs and quartiles: what a batch says of recordings (report/health.h, program.h, shares.h).
 */
#include "report/health.h"

#include <stdlib.h>
#include <string.h>

#include "report/shares.h"
#include "tests/check.h"

static void thresholds_are_as_documented(void)
{
	static const struct {
		const char *label;
		struct health h;
		enum verdict_level level;
		size_t reasons;
	} rows[] = {
		{ "all is well", { .samples = 1000 }, VERDICT_USABLE, 0 },
		{ "no samples", { .samples = 0 }, VERDICT_UNUSABLE, 1 },
		{ "none but lost ones", { .lost = 5 }, VERDICT_UNUSABLE, 2 },
		{ "99 samples", { .samples = 99 }, VERDICT_LIMITED, 1 },
		{ "100 samples", { .samples = 100 }, VERDICT_USABLE, 0 },
		{ "9.99 % unnamed", { .samples = 10000, .unnamed = 999 }, VERDICT_USABLE, 0 },
		{ "10 % unnamed", { .samples = 10000, .unnamed = 1000 }, VERDICT_LIMITED, 1 },
		{ "49.99 % unnamed", { .samples = 10000, .unnamed = 4999 }, VERDICT_LIMITED, 1 },
		{ "50 % unnamed", { .samples = 10000, .unnamed = 5000 }, VERDICT_UNUSABLE, 1 },
		{ "9.99 % broken", { .samples = 10000, .broken = 999 }, VERDICT_USABLE, 0 },
		{ "10 % broken", { .samples = 10000, .broken = 1000 }, VERDICT_LIMITED, 1 },
		{ "all broken", { .samples = 10000, .broken = 10000 }, VERDICT_LIMITED, 1 },
		{ "0.99 % lost", { .samples = 9901, .lost = 99 }, VERDICT_USABLE, 0 },
		{ "1 % lost", { .samples = 9900, .lost = 100 }, VERDICT_LIMITED, 1 },
		{ "50 % lost", { .samples = 5000, .lost = 5000 }, VERDICT_UNUSABLE, 1 },
		{ "damaged", { .samples = 1000, .damaged = true }, VERDICT_LIMITED, 1 },
		{ "all at once",
		  { .samples = 50,
		    .unnamed = 10,
		    .broken = 50,
		    .lost = UINT64_MAX,
		    .damaged = true },
		  VERDICT_UNUSABLE,
		  5 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct health_verdict v = health_judge(&rows[i].h);

		check_in(rows[i].label);
		check_u64(v.level, rows[i].level, "level");
		check_u64(v.n, rows[i].reasons, "reasons");
		for (size_t k = 0; k + 1 < v.n; k++)
			check(v.reasons[k].level >= v.reasons[k + 1].level, "the worst first");
	}
	check_in(NULL);
}
static int by_value(const void *a, const void *b)
{
	return (int)*(const uint64_t *)a - (int)*(const uint64_t *)b;
}

/* Against the definition, on both sides of the number from which on they are counted. */
static void quartiles_are_those_of_a_sorted_list(void)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 5, 7, 8, 100, 19999, 20000, 20001, 60000 };
	uint64_t *all = malloc(60000 * sizeof(*all)), seed = 1;

	for (size_t s = 0; all && s < sizeof(sizes) / sizeof(sizes[0]); s++) {
		struct shares shares = { .n = 0 };
		size_t n = sizes[s];

		for (size_t i = 0; i < n; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			all[i] = (seed >> 33) % (SHARE_WHOLE + 1);
			shares_add(&shares, all[i]);
		}
		qsort(all, n, sizeof(*all), by_value);
		for (unsigned q = 0; q <= 4; q++) {
			size_t rank = (n * q + 3) / 4;

			check_u64(shares_quantile(&shares, q, 4), all[rank ? rank - 1 : 0],
				  "quantile");
		}
		shares_done(&shares);
	}
	free(all);
	check_u64(shares_quantile(&(struct shares){ .n = 0 }, 1, 2), 0, "of none");
}

int main(void)
{
	thresholds_are_as_documented();
	quartiles_are_those_of_a_sorted_list();
	return check_done("health");
}
