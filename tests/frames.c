/*
 * tests/frames.c - functions and lines at addresses of an ELF file, for suites that compare them.
 *
 *	frames FILE <ADDRESSES
 *
 * reads hexadecimal addresses, a line each, and prints for each the address and then its frames,
 * innermost first: "\tNAME\tFILE\tLINE", names as people write them, "?" for what is not known.
 */
#include <inttypes.h>
#include <stdio.h>

#include "parser/base/text.h"
#include "report/debug_info.h"
#include "report/demangle.h"

enum { DEEPEST = 128 };

static const char *or_unknown(const char *text)
{
	return text[0] ? text : "?";
}

int main(int argc, char **argv)
{
	struct source_frame frames[DEEPEST];
	struct error err = { 0 };
	struct debug_info *d = argc == 2 ? debug_info_open(argv[1], NULL, &err) : NULL;
	struct texts *texts = texts_new();
	uint64_t vaddr;

	if (!d) {
		fprintf(stderr, "frames: %s\n",
			argc == 2 ? err.what : "usage: frames FILE <ADDRESSES");
		texts_free(texts);
		return 1;
	}
	while (scanf("%" SCNx64, &vaddr) == 1) {
		size_t n = debug_info_frames(d, vaddr, frames, DEEPEST);

		printf("0x%" PRIx64 "\n", vaddr);
		for (size_t i = 0; i < n; i++)
			printf("\t%s\t%s\t%" PRIu32 "\n",
			       or_unknown(demangle(texts, frames[i].name)),
			       or_unknown(frames[i].file), frames[i].line);
	}
	debug_info_free(d);
	texts_free(texts);
	return 0;
}
