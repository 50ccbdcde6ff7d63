/*
 * tests/unit/debug_info.c - lines and inlined functions against binutils' addr2line (report/debug_info.h).
 *
 * Programs are compiled here, with what compilers there are; without any, or without addr2line, nothing
 * can be compared.
 */
#include "report/debug_info.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/elf_file.h"
#include "tests/check.h"

enum { DEEPEST_INLINE = 64, STEP = 3, TEXT = 8192, LINE = 4096 };

/* ---- programs ---- */

static const char c_source[] = "#include <stdlib.h>\n"
			       "static inline int square(int x)\n"
			       "{\n"
			       "	return x * x;\n"
			       "}\n"
			       "static inline int sum_of_squares(const int *v, int n)\n"
			       "{\n"
			       "	int sum = 0;\n"
			       "	for (int i = 0; i < n; i++)\n"
			       "		sum += square(v[i]) + square(i);\n"
			       "	return sum;\n"
			       "}\n"
			       "__attribute__((noinline)) int twice(const int *v, int n)\n"
			       "{\n"
			       "	return sum_of_squares(v, n) + sum_of_squares(v, n / 2);\n"
			       "}\n"
			       "__attribute__((cold, noinline)) void give_up(int code)\n"
			       "{\n"
			       "	exit(code);\n"
			       "}\n"
			       "static int compare(const void *a, const void *b)\n"
			       "{\n"
			       "	return square(*(const int *)a) - square(*(const int *)b);\n"
			       "}\n"
			       "int recurse(int n)\n"
			       "{\n"
			       "	if (n < 0)\n"
			       "		give_up(3);\n"
			       "	return n ? recurse(n - 1) + square(n) : 1;\n"
			       "}\n"
			       "int main(int argc, char **argv)\n"
			       "{\n"
			       "	int v[40];\n"
			       "	(void)argv;\n"
			       "	for (int i = 0; i < 40; i++)\n"
			       "		v[i] = square(i) % 7;\n"
			       "	qsort(v, 40, sizeof(v[0]), compare);\n"
			       "	return twice(v, argc) + recurse(argc);\n"
			       "}\n";

static const char cxx_source[] =
	"#include <algorithm>\n"
	"#include <map>\n"
	"#include <numeric>\n"
	"#include <stdexcept>\n"
	"#include <string>\n"
	"#include <vector>\n"
	"namespace shapes {\n"
	"struct Shape {\n"
	"	virtual ~Shape() = default;\n"
	"	virtual double area() const = 0;\n"
	"};\n"
	"struct Square : Shape {\n"
	"	double side;\n"
	"	explicit Square(double s) : side(s) {}\n"
	"	double area() const override { return side * side; }\n"
	"};\n"
	"} // namespace shapes\n"
	"template <typename T> static T total(const std::vector<T> &v)\n"
	"{\n"
	"	return std::accumulate(v.begin(), v.end(), T());\n"
	"}\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"	std::map<std::string, int> words;\n"
	"	std::vector<int> v;\n"
	"	for (int i = 0; i < argc; i++) {\n"
	"		words[argv[i]]++;\n"
	"		v.push_back(i * 7 % 5);\n"
	"	}\n"
	"	std::sort(v.begin(), v.end(), [](int a, int b) { return a > b; });\n"
	"	try {\n"
	"		if (words.at(\"x\") > 3)\n"
	"			return total(v);\n"
	"	} catch (const std::out_of_range &) {\n"
	"		return 2;\n"
	"	}\n"
	"	return static_cast<int>(shapes::Square(argc).area());\n"
	"}\n";

struct program {
	const char *label, *compiler; /* an environment variable, or a command */
	const char *language, *source, *options;
};

static const struct program programs[] = {
	{ "C", "$CC", "c", c_source, "-O2 -g" },
	{ "C, DWARF 4", "$CC", "c", c_source, "-O2 -gdwarf-4" },
	{ "C, one section for each function", "$CC", "c", c_source, "-O3 -g -ffunction-sections" },
	{ "C, not optimized", "$CC", "c", c_source, "-O0 -g" },
	{ "C++", "g++", "c++", cxx_source, "-O2 -g" },
	{ "C++, DWARF 4", "g++", "c++", cxx_source, "-O3 -gdwarf-4" },
};

static char folder[4000], program_path[4096], list_path[4096];

static void begin(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/debug_infoXXXXXX", tmp ? tmp : "/tmp");
	check(mkdtemp(folder) != NULL, "a folder");
	snprintf(program_path, sizeof(program_path), "%s/program", folder);
	snprintf(list_path, sizeof(list_path), "%s/list", folder);
}

static void end(void)
{
	unlink(program_path);
	unlink(list_path);
	rmdir(folder);
}

static bool compile(const struct program *p)
{
	const char *compiler = p->compiler;
	char command[2 * TEXT];
	FILE *f;

	if (compiler[0] == '$') {
		compiler = getenv(compiler + 1);
		compiler = compiler && *compiler ? compiler : "cc";
	}
	snprintf(command, sizeof(command), "cd '%s' && %s -x %s %s -o program - 2>list", folder,
		 compiler, p->language, p->options);
	f = popen(command, "we");
	return f && fputs(p->source, f) >= 0 && pclose(f) == 0;
}

/* ---- frames as text ---- */

static void frame_text(char out[LINE], const char *name, const char *file, uint32_t line)
{
	if (snprintf(out, LINE, "%s %s:%" PRIu32, name, file, line) >= LINE)
		check(false, "a line that is too long");
}

/* "function file:line" a line for each; what is not known as addr2line has it. */
static size_t our_frames(struct debug_info *d, uint64_t vaddr, char out[DEEPEST_INLINE][LINE])
{
	struct source_frame frames[DEEPEST_INLINE];
	size_t n = debug_info_frames(d, vaddr, frames, DEEPEST_INLINE);

	for (size_t i = 0; i < n; i++)
		frame_text(out[i], frames[i].name[0] ? frames[i].name : "??",
			   frames[i].file[0] ? frames[i].file : "??", frames[i].line);
	return n;
}

/* "file:12 (discriminator 3)", "file:?" */
static void tidy_place(char *place)
{
	char *colon;

	place[strcspn(place, "\n")] = '\0';
	colon = strstr(place, " (discriminator");
	if (colon)
		*colon = '\0';
	colon = strrchr(place, ':');
	if (colon && colon[1] == '?')
		memcpy(colon, ":0", 3);
}

/* The next address of `addr2line -a -i -f`; what its first line was is kept in `ahead`. */
static bool their_frames(FILE *f, char ahead[LINE], uint64_t *vaddr, char out[DEEPEST_INLINE][LINE],
			 size_t *n)
{
	char name[LINE], place[LINE];

	*n = 0;
	if (sscanf(ahead, "0x%" SCNx64, vaddr) != 1)
		return false;
	ahead[0] = '\0';
	while (*n < DEEPEST_INLINE && fgets(name, sizeof(name), f)) {
		if (strncmp(name, "0x", 2) == 0) {
			memcpy(ahead, name, LINE);
			break;
		}
		name[strcspn(name, "\n")] = '\0';
		if (!fgets(place, sizeof(place), f))
			break;
		tidy_place(place);
		if (snprintf(out[(*n)++], LINE, "%s %s", name, place) >= LINE)
			check(false, "a line that is too long");
	}
	return true;
}

/* ---- comparing ---- */

struct comparison {
	const struct program *program;
	struct debug_info *d;
	struct elf_file *elf;
	size_t n, equal, inlined;
	size_t impossible; /* addr2line names a line that the program does not have */
};

static unsigned long lines_of(const char *source)
{
	unsigned long n = 0;

	for (; *source; source++)
		n += *source == '\n';
	return n;
}

/* binutils 2.40 takes a file of DWARF 5 for the program's own: the line is right, but too large for it. */
static bool is_impossible(const struct comparison *c, const char *our, const char *their)
{
	const char *our_line = strrchr(our, ':'), *their_line = strrchr(their, ':');

	return strstr(their, "/<stdin>:") && strcmp(our_line, their_line) == 0 &&
	       strtoul(their_line + 1, NULL, 10) > lines_of(c->program->source);
}

/* Every third byte of every function of the program that has debug information. */
static bool write_addresses(const struct comparison *c)
{
	FILE *f = fopen(list_path, "we");
	struct source_frame frame;

	for (size_t i = 0; f && i < c->elf->n_symbols; i++) {
		const struct elf_symbol *s = &c->elf->symbols[i];

		for (uint64_t a = s->start; a < s->end; a += STEP)
			if (debug_info_frames(c->d, s->start, &frame, 1))
				fprintf(f, "0x%" PRIx64 "\n", a);
	}
	return f && fclose(f) == 0;
}

/* Where a function has no linkage name, addr2line says the symbol's in its place: of the outermost, and of the first. */
static bool is_same(const char *our, const char *their, const char *symbol)
{
	const char *place = strrchr(our, ' ');
	size_t len = strlen(symbol);

	if (strcmp(our, their) == 0)
		return true;
	return len && strncmp(their, symbol, len) == 0 && strcmp(their + len, place) == 0;
}

static void compare_address(struct comparison *c, uint64_t vaddr, char theirs[DEEPEST_INLINE][LINE],
			    size_t n)
{
	static char ours[DEEPEST_INLINE][LINE];
	const struct elf_symbol *symbol = elf_find_symbol(c->elf, vaddr);
	size_t n_ours = our_frames(c->d, vaddr, ours);
	bool equal = n == n_ours;

	for (size_t i = 0; i < n && equal; i++) {
		equal = is_same(ours[i], theirs[i],
				symbol && (i == 0 || i + 1 == n) ? symbol->name : "");
		if (!equal && is_impossible(c, ours[i], theirs[i])) {
			c->impossible++;
			return;
		}
	}
	c->n++;
	c->inlined += n > 1;
	c->equal += equal;
	if (equal)
		return;
	printf("%s: 0x%" PRIx64 ":\n", c->program->label, vaddr);
	for (size_t i = 0; i < n || i < n_ours; i++)
		printf("\tis   %s\n\twant %s\n", i < n_ours ? ours[i] : "-",
		       i < n ? theirs[i] : "-");
}

static void compare(struct comparison *c)
{
	static char theirs[DEEPEST_INLINE][LINE];
	char command[TEXT + 100], ahead[LINE] = "";
	const char *label = c->program->label;
	uint64_t vaddr;
	size_t n;
	FILE *f;

	snprintf(command, sizeof(command), "addr2line -a -i -f -e '%s' <'%s' 2>/dev/null",
		 program_path, list_path);
	f = popen(command, "re");
	if (!f || !fgets(ahead, sizeof(ahead), f)) {
		printf("skip: %s: no addr2line\n", label);
		check(true, "skipped");
	}
	while (f && their_frames(f, ahead, &vaddr, theirs, &n))
		compare_address(c, vaddr, theirs, n);
	if (f)
		pclose(f);
	if (!c->n)
		return;
	printf("%s: %zu of %zu addresses equal, %zu of them in inlined functions; %zu where addr2line "
	       "cannot be right\n",
	       label, c->equal, c->n, c->inlined, c->impossible);
	check(c->impossible * 20 < c->n, "most of them can be compared");
	check_u64(c->equal, c->n, label);
	check(c->inlined || strstr(c->program->options, "-O0"), "there are inlined functions");
}

static void each_address_has_the_functions_and_lines_of_addr2line(void)
{
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		struct comparison c = { .program = &programs[i] };
		struct error err;

		if (!compile(c.program)) {
			printf("skip: %s: no compiler\n", c.program->label);
			check(true, "skipped");
			continue;
		}
		c.d = debug_info_open(program_path, NULL, &err);
		c.elf = elf_file_open(program_path, NULL, &err);
		check(c.d && c.elf, c.program->label);
		if (c.d && c.elf && write_addresses(&c))
			compare(&c);
		elf_file_free(c.elf);
		debug_info_free(c.d);
	}
}

/* ---- what addr2line does not say ---- */

/* The first address of a function whose innermost frame is `inner`; 0: none. */
static uint64_t find_inlined(struct debug_info *d, const struct elf_symbol *in, const char *inner)
{
	struct source_frame frame;

	for (uint64_t a = in->start; a < in->end; a++)
		if (debug_info_frames(d, a, &frame, 1) == 1 && strcmp(frame.name, inner) == 0)
			return a;
	return 0;
}

static void check_square_in_twice(struct debug_info *d, uint64_t vaddr)
{
	static const struct {
		const char *name;
		bool inlined;
		uint32_t decl_line, line;
	} want[] = {
		{ "square", true, 2, 4 },
		{ "sum_of_squares", true, 6, 10 },
		{ "twice", false, 13, 15 },
	};
	struct source_frame frames[DEEPEST_INLINE];
	size_t n = debug_info_frames(d, vaddr, frames, DEEPEST_INLINE);

	check_u64(n, 3, "frames");
	for (size_t i = 0; n == 3 && i < 3; i++) {
		check_text(frames[i].name, want[i].name, "name");
		check(frames[i].inlined == want[i].inlined, want[i].name);
		check_u64(frames[i].decl_line, want[i].decl_line, want[i].name);
		check_u64(frames[i].line, want[i].line, want[i].name);
		check(strstr(frames[i].decl_file, "<stdin>") != NULL, "where it begins");
	}
	check_u64(debug_info_frames(d, vaddr, frames, 2), 2, "no more than asked for");
	check_u64(debug_info_frames(d, vaddr, frames, 0), 0, "nor none");
}

static void a_frame_says_what_it_is_inlined_into_and_where_it_begins(void)
{
	struct source_frame frame;
	struct debug_info *d;
	struct elf_file *elf;
	struct error err;

	if (!compile(&programs[0]))
		return; /* told above */
	d = debug_info_open(program_path, NULL, &err);
	elf = elf_file_open(program_path, NULL, &err);
	for (size_t i = 0; d && elf && i < elf->n_symbols; i++)
		if (strcmp(elf->symbols[i].name, "twice") == 0)
			check_square_in_twice(d, find_inlined(d, &elf->symbols[i], "square"));
	check(d && !debug_info_frames(d, 0, &frame, 1) &&
		      !debug_info_frames(d, UINT64_MAX, &frame, 1),
	      "nothing outside of its units");
	elf_file_free(elf);
	debug_info_free(d);
}

static void what_has_no_debug_information_is_refused(void)
{
	const struct program bare = { "bare", "$CC", "c", c_source, "-O2 -g0 -s" };
	struct error err = { 0 };

	check(!debug_info_open("/nonexistent", NULL, &err) && err.what[0], "no such file");
	check(!debug_info_open("/dev/null", NULL, &err), "no ELF file");
	if (compile(&bare))
		check(!debug_info_open(program_path, NULL, &err), "a stripped one");
}

int main(void)
{
	begin();
	each_address_has_the_functions_and_lines_of_addr2line();
	a_frame_says_what_it_is_inlined_into_and_where_it_begins();
	what_has_no_debug_information_is_refused();
	end();
	return check_done("debug_info");
}
