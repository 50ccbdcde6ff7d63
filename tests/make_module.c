/* tests/make_module.c - see make_module.h. */
#include "tests/make_module.h"

#include <stdio.h>
#include <stdlib.h>

const uint8_t module_id[20] = { 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9,
				0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf, 0xb0, 0xb1, 0xb2, 0xb3 };

/* "%" before types, since "@" begins a comment for some assemblers; doubled, for it is a format. */
static const char source[] = "	.text\n"
			     "	.globl first\n"
			     "	.type first, %%function\n"
			     "first:	.fill 5, 1, 0\n"
			     "	.size first, . - first\n"
			     "	.section .init.text, \"ax\", %%progbits\n"
			     "	.type start, %%function\n"
			     "start:	.fill 64, 1, 0\n"
			     "	.size start, . - start\n"
			     "	.section .text.unlikely, \"ax\", %%progbits\n"
			     "	.balign 16\n"
			     "	.type cold, %%function\n"
			     "cold:	.fill 3, 1, 0\n"
			     "	.size cold, . - cold\n"
			     "	.data\n"
			     "	.fill 100, 1, 0\n"
			     "	.section .exit.text, \"ax\", %%progbits\n"
			     "	.balign 8\n"
			     "	.type leave, %%function\n"
			     "leave:	.fill 2, 1, 0\n"
			     "	.size leave, . - leave\n"
			     "	.section %s, \"aw\", %%progbits\n"
			     "	.fill 64, 1, 0\n"
			     "	.section .note.gnu.build-id, \"a\", %%note\n"
			     "	.balign 4\n"
			     "	.4byte 4, 20, 3\n"
			     "	.asciz \"GNU\"\n";

bool make_module(const char *path, bool module)
{
	const char *compiler = getenv("CC");
	char command[5000];
	FILE *f;

	snprintf(command, sizeof(command), "%s -c -x assembler -o '%s' - 2>/dev/null",
		 compiler && *compiler ? compiler : "cc", path);
	f = popen(command, "we");
	if (!f)
		return false;
	fprintf(f, source, module ? ".gnu.linkonce.this_module" : ".something");
	for (size_t i = 0; i < sizeof(module_id); i++)
		fprintf(f, "	.byte %d\n", module_id[i]);
	return pclose(f) == 0;
}
