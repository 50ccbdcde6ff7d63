/* tests/check.c - see check.h. */
#include "tests/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The one state of a test program; it has one thread and one harness. */
static unsigned long passed, failed;
static const char *current_case;

/* Count a row; true if it failed and wants its "failed: ..." line continued. */
static bool failing(bool ok, const char *row)
{
	if (ok) {
		passed++;
		return false;
	}
	failed++;
	printf("failed: %s%s%s", current_case ? current_case : "", current_case ? ": " : "", row);
	return true;
}

/* A test that crashes later must not take the rows before it along. */
static void end_line(void)
{
	printf("\n");
	fflush(stdout);
}

void check(bool ok, const char *row)
{
	if (failing(ok, row))
		end_line();
}

void check_text(const char *is, const char *want, const char *row)
{
	bool same = is && want ? strcmp(is, want) == 0 : is == want;

	if (failing(same, row)) {
		printf("\n\tis   %s\n\twant %s", is ? is : "(NULL)", want ? want : "(NULL)");
		end_line();
	}
}

void check_u64(uint64_t is, uint64_t want, const char *row)
{
	if (failing(is == want, row)) {
		printf("\n\tis   %" PRIu64 " (0x%" PRIx64 ")\n\twant %" PRIu64 " (0x%" PRIx64 ")",
		       is, is, want, want);
		end_line();
	}
}

void check_in(const char *label)
{
	current_case = label;
}

int check_done(const char *name)
{
	if (passed + failed == 0) {
		printf("%s: no row was checked\n", name);
		failed++;
	}
	if (failed)
		printf("%s:\n", name);
	printf("%lu passed, %lu failed\n", passed, failed);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
