#include "commands/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 400 };

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void progress_begin(struct progress *p)
{
	*p = (struct progress){ .terminal = isatty(STDERR_FILENO) == 1 };
	if (p->terminal)
		p->begin_ms = now_ms();
}

void progress_show(struct progress *p, unsigned pass, unsigned passes, uint64_t part,
		   uint64_t whole)
{
	double share = whole ? (double)part / (double)whole : 1;

	if (!p->terminal || now_ms() - p->begin_ms < PATIENCE_MS)
		return;
	if (share > 1)
		share = 1;
	fprintf(stderr, "\rperfolio: reading %3.0f %%", 100 * (pass + share) / passes);
	p->shown = true;
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
