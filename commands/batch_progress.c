#include "commands/batch_progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { SHOW_EVERY_MS = 200, BAR = 30, FEW = 100 };

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void batch_progress_begin(struct batch_progress *p, size_t whole, bool quiet)
{
	*p = (struct batch_progress){
		.whole = whole,
		.quiet = quiet,
		.terminal = isatty(STDERR_FILENO) == 1,
	};
	p->begin_ms = now_ms();
}

static void show_bar(struct batch_progress *p, size_t done, size_t failed)
{
	int64_t now = now_ms();
	double seconds = (double)(now - p->begin_ms) / 1000;
	double rate = seconds > 0 ? (double)done / seconds : 0;
	double left = rate > 0 ? (double)(p->whole - done) / rate : 0;
	size_t filled = p->whole ? done * BAR / p->whole : BAR;

	if (now - p->begin_ms < SHOW_EVERY_MS || now - p->last_ms < SHOW_EVERY_MS)
		return;
	p->last_ms = now;
	fputs("\r[", stderr);
	for (size_t i = 0; i < BAR; i++)
		fputc(i < filled ? '#' : '.', stderr);
	fprintf(stderr, "] %zu/%zu  %.0f/s  %02.0f:%02d left", done, p->whole, rate,
		(double)(int64_t)(left / 60), (int)((int64_t)left % 60));
	if (failed)
		fprintf(stderr, "  %zu failed", failed);
	fputs("\033[K", stderr);
	p->shown = true;
}

void batch_progress_show(struct batch_progress *p, size_t done, size_t failed)
{
	size_t tenths = p->whole ? done * 10 / p->whole : 10;

	if (p->quiet)
		return;
	if (p->terminal) {
		show_bar(p, done, failed);
	} else if (p->whole >= FEW && tenths > p->told && done < p->whole) {
		fprintf(stderr, "perfolio batch: %zu of %zu\n", done, p->whole);
		p->told = tenths;
	}
}

void batch_progress_end(struct batch_progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}

int batch_progress_wait(const struct batch_progress *p)
{
	return p->terminal && !p->quiet ? SHOW_EVERY_MS : -1;
}
