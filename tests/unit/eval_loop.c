/*
 * tests/unit/eval_loop.c - whose code is in an evaluation loop, asked of one that knows (report/eval_loop.h).
 *
 * A loop like CPython's is compiled here, with what compilers there are.  Run, it writes from within each opcode the
 * address that it is at and the opcode's name.
 */
#include "report/eval_loop.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/base/text.h"
#include "report/debug_info.h"
#include "tests/check.h"

enum { TEXT = 8192 };

/* The asm keeps compilers from merging what is common to two opcodes. */
static const char begin[] =
	"#include <stdio.h>\n"
	"__attribute__((noinline)) void at(const char *name)\n"
	"{\n"
	"	printf(\"%p %s\\n\", __builtin_return_address(0), name);\n"
	"}\n"
	"#define HERE(name) do { at(name); __asm__ volatile(\"/* \" name \" */\"); } while (0)\n"
	"#define DISPATCH() goto *targets[*next++]\n"
	"static inline __attribute__((always_inline)) int twice(int v, int call)\n"
	"{\n"
	"	if (call == 1)\n"
	"		HERE(\"LOAD_FAST\");\n"
	"	else\n"
	"		HERE(\"BINARY_OP_ADD_INT\");\n"
	"	return 2 * v;\n"
	"}\n"
	"int loop(const unsigned char *next, int *stack)\n"
	"{\n"
	"	static void *const targets[] = { &&TARGET_LOAD_FAST, &&TARGET_NOP,\n"
	"		&&TARGET_BINARY_OP_ADD_INT, &&TARGET_POP_TOP, &&TARGET_RETURN_VALUE,\n"
	"		&&TARGET_INSTRUMENTED_LINE };\n"
	"	HERE(\"-\");\n"
	"	DISPATCH();\n";

static const char end[] =
	"}\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"	static const unsigned char good[] = { 0, 1, 0, 2, 3, 5, 0, 4 }, bad[] = { 0, 3, 3 };\n"
	"	int stack[20] = { 1, argc };\n"
	"	(void)argv;\n"
	"	HERE(\"main\");\n"
	"	return (loop(good, stack + 2) + loop(bad, stack + 2)) & 64;\n"
	"}\n";

/* All lines of an opcode are those of the generated file, which has the errors' code, too: CPython 3.14. */
static const char lines_source[] = "# 100 \"Python/generated_cases.c.h\"\n"
				   "	TARGET_BINARY_OP_ADD_INT: {\n"
				   "		int sum;\n"
				   "		if (stack[-1] < 0)\n"
				   "			goto error;\n"
				   "		PREDICTED_BINARY_OP: __attribute__((unused));\n"
				   "		sum = twice(stack[-1] + stack[-2], 0);\n"
				   "		HERE(\"BINARY_OP_ADD_INT\");\n"
				   "		*--stack = sum;\n"
				   "		DISPATCH();\n"
				   "	}\n"
				   "	TARGET_LOAD_FAST: {\n"
				   "		int value = twice(*next, 1);\n"
				   "		HERE(\"LOAD_FAST\");\n"
				   "		*stack++ = value;\n"
				   "		DISPATCH();\n"
				   "	}\n"
				   "	TARGET_NOP: {\n"
				   "		HERE(\"NOP\");\n"
				   "		DISPATCH();\n"
				   "	}\n"
				   "	TARGET_POP_TOP: {\n"
				   "		HERE(\"POP_TOP\");\n"
				   "		stack[-1] = -1;\n"
				   "		if (next[-2] == 3)\n"
				   "			goto error;\n"
				   "		DISPATCH();\n"
				   "	}\n"
				   "	TARGET_RETURN_VALUE: {\n"
				   "		HERE(\"RETURN_VALUE\");\n"
				   "		return stack[-1];\n"
				   "	}\n"
				   "	TARGET_INSTRUMENTED_LINE:\n"
				   "		HERE(\"INSTRUMENTED_LINE\");\n"
				   "		DISPATCH();\n"
				   "	error:\n"
				   "		HERE(\"-\");\n"
				   "		return -1;\n";

/* The lines of what an opcode does are those of another file; errors have a file of their own: CPython 3.12. */
static const char blocks_source[] = "# 100 \"Python/generated_cases.c.h\"\n"
				    "	TARGET_BINARY_OP_ADD_INT: {\n"
				    "		int right = stack[-1], sum;\n"
				    "		int left = stack[-2];\n"
				    "# 500 \"Python/bytecodes.c\"\n"
				    "		if (right < 0)\n"
				    "			goto error;\n"
				    "		for (int i = 0; i < 2; i++) {\n"
				    "			int more = twice(left + i, 0);\n"
				    "			HERE(\"BINARY_OP_ADD_INT\");\n"
				    "			left += more;\n"
				    "		}\n"
				    "		sum = left + right;\n"
				    "# 107 \"Python/generated_cases.c.h\"\n"
				    "		*--stack = sum;\n"
				    "		HERE(\"BINARY_OP_ADD_INT\");\n"
				    "		DISPATCH();\n"
				    "	}\n"
				    "	TARGET_LOAD_FAST: {\n"
				    "		int value;\n"
				    "# 300 \"Python/bytecodes.c\"\n"
				    "		value = twice(*next, 1);\n"
				    "		HERE(\"LOAD_FAST\");\n"
				    "# 115 \"Python/generated_cases.c.h\"\n"
				    "		*stack++ = value;\n"
				    "		DISPATCH();\n"
				    "	}\n"
				    "	TARGET_NOP: {\n"
				    "# 200 \"Python/bytecodes.c\"\n"
				    "		HERE(\"NOP\");\n"
				    "# 120 \"Python/generated_cases.c.h\"\n"
				    "		DISPATCH();\n"
				    "	}\n"
				    "	TARGET_POP_TOP: {\n"
				    "		int value = stack[-1];\n"
				    "# 250 \"Python/bytecodes.c\"\n"
				    "		HERE(\"POP_TOP\");\n"
				    "		stack[-1] = value;\n"
				    "		if (next[-2] == 3)\n"
				    "			goto error;\n"
				    "# 130 \"Python/generated_cases.c.h\"\n"
				    "		DISPATCH();\n"
				    "	}\n"
				    "	TARGET_RETURN_VALUE: {\n"
				    "		int value = stack[-1];\n"
				    "# 700 \"Python/bytecodes.c\"\n"
				    "		HERE(\"RETURN_VALUE\");\n"
				    "		return value;\n"
				    "# 140 \"Python/generated_cases.c.h\"\n"
				    "	}\n"
				    "# 900 \"Python/ceval.c\"\n"
				    "	TARGET_INSTRUMENTED_LINE: {\n"
				    "		HERE(\"INSTRUMENTED_LINE\");\n"
				    "		DISPATCH();\n"
				    "	}\n"
				    "	error:\n"
				    "		HERE(\"-\");\n"
				    "		return -1;\n";

static const struct program {
	const char *label, *compiler, *source, *options;
} programs[] = {
	{ "lines", "$CC", lines_source, "-O2 -g" },
	{ "lines, not optimized", "$CC", lines_source, "-O0 -g" },
	{ "lines, DWARF 4", "$CC", lines_source, "-O3 -gdwarf-4" },
	{ "lines, clang", "clang", lines_source, "-O2 -g" },
	{ "blocks", "$CC", blocks_source, "-O2 -g" },
	{ "blocks, not optimized", "$CC", blocks_source, "-O0 -g" },
	{ "blocks, DWARF 4", "$CC", blocks_source, "-O3 -gdwarf-4" },
	{ "blocks, clang", "clang", blocks_source, "-O2 -g" },
};

static char folder[4000], program_path[4096];

static const char *compiler_of(const struct program *p)
{
	const char *compiler = p->compiler;

	if (compiler[0] == '$') {
		compiler = getenv(compiler + 1);
		compiler = compiler && *compiler ? compiler : "cc";
	}
	return compiler;
}

static bool has_compiler(const struct program *p)
{
	char command[TEXT];
	FILE *f;

	snprintf(command, sizeof(command), "%s --version >/dev/null 2>&1", compiler_of(p));
	f = popen(command, "we");
	return f && pclose(f) == 0;
}

static bool compile(const struct program *p)
{
	char command[2 * TEXT];
	FILE *f;

	snprintf(command, sizeof(command), "cd '%s' && %s -x c %s -fno-pie -no-pie -w -o program -",
		 folder, compiler_of(p), p->options);
	f = popen(command, "we");
	return f && fputs(begin, f) >= 0 && fputs(p->source, f) >= 0 && fputs(end, f) >= 0 &&
	       pclose(f) == 0;
}

/* What the program says of one address: the opcode, "-" for code of none, "main" for another function. */
static bool check_address(struct eval_loops *e, struct debug_info *d, const char *line)
{
	char name[60], label[100];
	const char *opcode;
	enum loop_code code;
	uint64_t addr;

	if (sscanf(line, "0x%" SCNx64 " %59s", &addr, name) != 2)
		return false;
	code = eval_loops_code(e, d, addr - 1, &opcode);
	snprintf(label, sizeof(label), "%s at 0x%" PRIx64, name, addr);
	if (strcmp(name, "main") == 0)
		check(code == LOOP_NO_LABELS && !opcode, label);
	else if (strcmp(name, "-") == 0)
		check(code == LOOP_OTHER && !opcode, label);
	else
		check(code == LOOP_OPCODE, label);
	if (code == LOOP_OPCODE)
		check_text(opcode, name, label);
	return true;
}

static void check_program(const struct program *p)
{
	struct error err;
	struct debug_info *d = debug_info_open(program_path, NULL, &err);
	struct eval_loops *e = eval_loops_new();
	FILE *f = popen(program_path, "re");
	const char *opcode;
	char line[200];
	size_t n = 0;

	check_in(p->label);
	check(d && f, "compiled and run");
	while (d && f && fgets(line, sizeof(line), f))
		n += check_address(e, d, line);
	check(n > 10, "addresses");
	check(!d || eval_loops_code(e, d, UINT64_MAX, &opcode) == LOOP_NO_LABELS,
	      "an address of nothing");
	if (f)
		pclose(f);
	eval_loops_free(e);
	debug_info_free(d);
	check_in(NULL);
}

static void code_is_of_the_opcode_that_says_so(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		if (!has_compiler(&programs[i])) {
			printf("skip: %s: no compiler\n", programs[i].label);
			check(true, "skipped");
			continue;
		}
		check(compile(&programs[i]), programs[i].label);
		check_program(&programs[i]);
	}
}

static void a_handler_has_its_opcode_in_its_name(void)
{
	static const struct {
		const char *symbol, *opcode;
		bool is_handler;
	} rows[] = {
		{ "_TAIL_CALL_LOAD_FAST", "LOAD_FAST", true },
		{ "_TAIL_CALL_BINARY_OP_SUBSCR_LIST_INT.llvm.123", "BINARY_OP_SUBSCR_LIST_INT",
		  true },
		{ "_TAIL_CALL_CALL.cold", "CALL", true },
		{ "_TAIL_CALL_INSTRUMENTED_CALL", "INSTRUMENTED_CALL", true },
		{ "_TAIL_CALL_CALL_ISINSTANCE@plt", "CALL_ISINSTANCE", true },
		{ "_TAIL_CALL_exception_unwind", NULL, true },
		{ "_TAIL_CALL_pop_2_error.cold", NULL, true },
		{ "_TAIL_CALL_", NULL, true },
		{ "_TAIL_CALL_Mixed", NULL, true },
		{ "_PyEval_EvalFrameDefault", NULL, false },
		{ "TAIL_CALL_LOAD_FAST", NULL, false },
		{ "", NULL, false },
	};
	struct texts *texts = texts_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_text(eval_loop_handler(texts, rows[i].symbol), rows[i].opcode,
			   rows[i].symbol);
		check(eval_loop_is_handler(rows[i].symbol) == rows[i].is_handler, rows[i].symbol);
	}
	texts_free(texts);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/eval_loopXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(folder) != NULL, "a folder");
	snprintf(program_path, sizeof(program_path), "%s/program", folder);
	code_is_of_the_opcode_that_says_so();
	a_handler_has_its_opcode_in_its_name();
	unlink(program_path);
	rmdir(folder);
	return check_done("eval_loop");
}
