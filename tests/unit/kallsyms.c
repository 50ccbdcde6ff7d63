/*
 * tests/unit/kallsyms.c - the kernel's symbol table (parser/kallsyms.h).
 */
#include "parser/kallsyms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/check.h"

static struct kallsyms parsed(const char *text)
{
	struct kallsyms k;

	kallsyms_parse(text, strlen(text), &k);
	return k;
}

/* The name at an address; NULL: none. */
static const char *name_at(const struct kallsyms *k, uint64_t addr)
{
	const struct kallsyms_entry *e = kallsyms_find(k, addr);

	return e ? e->name : NULL;
}

static void check_name(const struct kallsyms *k, uint64_t addr, const char *want, const char *row)
{
	check_text(name_at(k, addr), want, row);
}

static void a_symbol_reaches_to_the_next_one(void)
{
	struct kallsyms k = parsed("ffffffff81000000 T _stext\n"
				   "ffffffff81000100 t do_one\n"
				   "ffffffff81002080 W do_two\n");

	check_name(&k, 0xffffffff80ffffff, NULL, "before the first");
	check_name(&k, 0xffffffff81000000, "_stext", "its first byte");
	check_name(&k, 0xffffffff810000ff, "_stext", "its last byte");
	check_name(&k, 0xffffffff81000100, "do_one", "the next one");
	check_name(&k, 0xffffffff81002000, "do_one", "over more than a page");
	check_name(&k, 0xffffffff81002080, "do_two", "the last one");
	check_name(&k, 0xffffffff81003fff, "do_two", "to the end of the page behind its own");
	check_name(&k, 0xffffffff81004000, NULL, "and no further");
	check_name(&k, UINT64_MAX, NULL, "the end of the address space");
	check(k.malformed == 0 && !k.hidden, "nothing is wrong with it");
	kallsyms_free(&k);
}

static void kernel_and_modules_do_not_fill_the_gap_between_them(void)
{
	struct kallsyms k = parsed("1000 T kernel_last\n"
				   "9000 t a_first\t[mod_a]\n"
				   "9800 t a_last\t[mod_a]\n"
				   "a800 t near\t[mod_b]\n"
				   "f000 t bpf_prog_1234_f\t[bpf]\n"
				   "f0c0 t ftrace_trampoline\t[__builtin__ftrace]\n");

	check_name(&k, 0x1fff, "kernel_last", "what begins a page has that page");
	check_name(&k, 0x2000, NULL, "the gap behind the kernel");
	check_name(&k, 0x9000, "a_first", "a module");
	check_name(&k, 0xa7ff, "a_last", "the last one of a module");
	check_name(&k, 0xa800, "near", "ends where the next module begins");
	check_name(&k, 0xc000, NULL, "the gap behind a module");
	check_name(&k, 0xf0bf, "bpf_prog_1234_f", "a BPF program");
	check_name(&k, 0xf0c0, "ftrace_trampoline", "a trampoline");
	check_text(kallsyms_find(&k, 0x1000)->module, "", "the kernel itself");
	check_text(kallsyms_find(&k, 0x9800)->module, "mod_a", "the module's name");
	check_text(kallsyms_find(&k, 0xf000)->module, "bpf", "bpf");
	check_text(kallsyms_find(&k, 0xf0c0)->module, "__builtin__ftrace", "__builtin__ftrace");
	kallsyms_free(&k);
}

static void the_last_name_of_an_address_is_shown(void)
{
	struct kallsyms k = parsed("2000 T memset\n"
				   "1000 T other\n"
				   "2000 T __memset\n"
				   "2000 W __pi_memset\n"
				   "2040 t next\n");
	uint64_t addr = 0;

	check_name(&k, 0x2000, "__pi_memset", "as perf, whatever its type");
	check_name(&k, 0x203f, "__pi_memset", "to its end");
	check_name(&k, 0x1fff, "other", "the one before ends there");
	check(kallsyms_address(&k, "memset", &addr) && addr == 0x2000, "all names are known");
	kallsyms_free(&k);
}

static void text_and_data_are_kept_and_nothing_else(void)
{
	static const struct {
		const char *label, *line;
		bool kept;
	} rows[] = {
		{ "global text", "1000 T f", true },
		{ "local text", "1000 t f", true },
		{ "weak", "1000 W f", true },
		{ "weak, undefined", "1000 w f", true },
		{ "data", "1000 D f", true },
		{ "local data", "1000 d f", true },
		{ "bss", "1000 b f", true },
		{ "read-only data", "1000 R f", false },
		{ "absolute", "1000 A f", false },
		{ "mapping symbol", "1000 t $x", false },
		{ "local label", "1000 t .L12", false },
		{ "local label of x86", "1000 t L0\001", false },
		{ "ppc64 entry point", "1000 t .f", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kallsyms k = parsed(rows[i].line);

		check((kallsyms_find(&k, 0x1000) != NULL) == rows[i].kept, rows[i].label);
		check_u64(k.malformed, 0, rows[i].label);
		kallsyms_free(&k);
	}
}

static void a_line_that_does_not_parse_is_counted_and_stepped_over(void)
{
	static const struct {
		const char *line;
		size_t malformed;
	} rows[] = {
		{ "hello", 1 },
		{ "1000", 1 },
		{ "1000 T", 1 },
		{ "1000 T ", 1 },
		{ "1000 T  ", 1 },
		{ "1000 TT f", 1 },
		{ "1000  f", 1 },
		{ "1000\tT\tf", 1 },
		{ " 1000 T f", 1 },
		{ "-1000 T f", 1 },
		{ "10000000000000000 T f", 1 },
		{ "1000 T f\tmod", 1 },
		{ "1000 T f\t[mod", 1 },
		{ "1000 T f\t[]", 1 },
		{ "1000 T \t[mod]", 1 },
		{ "", 0 },
		{ " \t", 0 },
		{ "1000 T f\t[mod]\r", 0 },
		{ "1000 T f g", 0 },
		{ "1000 R hello", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[100];
		struct kallsyms k;

		snprintf(text, sizeof(text), "10 T before\n%s\n9000 T behind\n", rows[i].line);
		k = parsed(text);
		check_u64(k.malformed, rows[i].malformed, rows[i].line);
		check_name(&k, 0x10, "before", rows[i].line);
		check_name(&k, 0x9000, "behind", rows[i].line);
		kallsyms_free(&k);
	}
}

static void addresses_that_are_all_zero_are_hidden(void)
{
	struct kallsyms k = parsed("0000000000000000 T _stext\n"
				   "0000000000000000 t f\t[mod]\n");
	uint64_t addr;

	check(k.hidden, "kptr_restrict was in force");
	check(k.n == 0 && !kallsyms_find(&k, 0), "then nothing has a name");
	check(!kallsyms_address(&k, "_stext", &addr), "nor an address");
	kallsyms_free(&k);
	k = parsed("0000000000000000 D per_cpu\n"
		   "ffffffff81000000 T _stext\n");
	check(!k.hidden, "one symbol at 0 hides nothing");
	kallsyms_free(&k);
	k = parsed("");
	check(!k.hidden && k.n == 0 && k.malformed == 0, "an empty file");
	check(!kallsyms_find(&k, 0), "has no symbol");
	kallsyms_free(&k);
}

static void an_address_is_found_by_the_name_of_a_kernel_symbol(void)
{
	struct kallsyms k = parsed("3000 t twice\n"
				   "2000 t twice\n"
				   "1000 t twice\t[mod]\n"
				   "4000 t only\t[mod]\n");
	uint64_t addr = 0;

	check(kallsyms_address(&k, "twice", &addr) && addr == 0x2000, "the lowest of several");
	addr = 7;
	check(!kallsyms_address(&k, "only", &addr), "a module's symbol is not the kernel's");
	check(!kallsyms_address(&k, "none", &addr), "no such symbol");
	check_u64(addr, 7, "a failure leaves the result");
	kallsyms_free(&k);
}

static void the_end_of_the_address_space_is_no_trap(void)
{
	struct kallsyms k = parsed("fffffffffffffffe T f\n"
				   "ffffffffffffffff T g\n");

	check_name(&k, 0xfffffffffffffffe, "f", "the last but one byte");
	check_name(&k, UINT64_MAX, NULL, "a symbol on the last byte is empty");
	kallsyms_free(&k);
}

static void a_file_is_read_whole_or_the_error_says_why(void)
{
	char path[] = "/tmp/perfolio-kallsyms-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;
	struct kallsyms k = { 0 };
	struct error err;

	check(f != NULL, "a temporary file");
	if (!f)
		return;
	for (unsigned i = 20000; i > 0; i--)
		fprintf(f, "%016x t symbol_%u\n", i * 16, i);
	fclose(f);
	check(kallsyms_read(path, &k, &err), "it is read");
	check(k.n == 20000 && k.malformed == 0, "with all its lines");
	check_name(&k, 19999 * 16 + 15, "symbol_19999", "sorted");
	kallsyms_free(&k);
	unlink(path);
	check(!kallsyms_read(path, &k, &err) && err.kind == ERR_IO, "a file that is not there");
	check(!kallsyms_read("/tmp", &k, &err) && err.kind == ERR_IO, "a directory");
	check(!k.entries && !k.text, "a failure leaves nothing behind");
}

int main(void)
{
	a_symbol_reaches_to_the_next_one();
	kernel_and_modules_do_not_fill_the_gap_between_them();
	the_last_name_of_an_address_is_shown();
	text_and_data_are_kept_and_nothing_else();
	a_line_that_does_not_parse_is_counted_and_stepped_over();
	addresses_that_are_all_zero_are_hidden();
	an_address_is_found_by_the_name_of_a_kernel_symbol();
	the_end_of_the_address_space_is_no_trap();
	a_file_is_read_whole_or_the_error_says_why();
	return check_done("kallsyms");
}
