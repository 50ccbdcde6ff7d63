/*
 * tests/unit/record_again.c - the command to record once more (report/record_again.h, report/shell_words.h), whose words
 * a real shell has to read as they were.
 */
#include "report/record_again.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parser/attr.h"
#include "parser/base/text.h"
#include "parser/perf_format.h"
#include "report/sampled_event.h"
#include "report/shell_words.h"
#include "tests/check.h"

static const char *const odd_words[] = {
	"",        " ",          "a b",      "it's",        "$HOME",
	"`id`",    "a\"b",       "-x",       "{a,b}",       "*",
	"~",       "a;b|c&d>e",  "\\",       "\\'",         "\x1b[31mred",
	"a\nb",    "tab\there",  "\xff\xfe", "b\xc3\xb6se", "\xe2\x80\xaexyz",
	"\x7fzoo", "#no",        "!1",       "a=b",         "'",
	"$'x'",    "\x1b'\\x41",
};

enum { ODD = sizeof(odd_words) / sizeof(odd_words[0]) };

static bool steers_a_terminal(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return strstr(text, "\xe2\x80\xae") != NULL;
}

static void words_come_back_from_their_text(void)
{
	struct shell_words words = { 0 }, back = { 0 };
	struct texts *texts = texts_new();
	const char *text;

	for (size_t i = 0; i < ODD; i++)
		shell_words_add(&words, odd_words[i]);
	text = shell_words_join(&words, texts);
	check(!steers_a_terminal(text), "no byte that steers a terminal");
	shell_words_split(&back, text, texts);
	check_u64(back.n, ODD, "as many words");
	for (size_t i = 0; i < back.n && i < ODD; i++)
		check_text(back.items[i], odd_words[i], "word");
	shell_words_done(&words);
	shell_words_done(&back);
	texts_free(texts);
}

/* Words that a recording could hold: options, values, and bytes of all kinds. */
static const char *any_word(uint64_t *seed, char *text, size_t size)
{
	static const char *const known[] = { "record", "-a",       "-F", "-c",   "--call-graph",
					     "-g",     "-p",       "-e", "--",   "-o",
					     "-",      "--filter", "-k", "-agF9" };
	size_t n;

	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	if (*seed >> 63)
		return known[(*seed >> 33) % (sizeof(known) / sizeof(known[0]))];
	n = (*seed >> 40) % (size - 1);
	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		text[i] = (char)((*seed >> 33) % 255 + 1);
	}
	text[n] = '\0';
	return text;
}

static void any_words_are_kept_and_changed_without_harm(void)
{
	enum { ROUNDS = 20000, WORDS = 8, LONGEST = 9 };
	const struct record_changes changes = { .call_graph = "fp",
						.frequency = "9",
						.python = "perf" };
	uint64_t seed = 7;
	size_t wrong = 0, unsafe = 0;
	struct texts *texts = texts_new();

	for (int round = 0; round < ROUNDS; round++) {
		char text[WORDS][LONGEST];
		const char *again;
		struct shell_words words = { 0 }, back = { 0 };

		shell_words_add(&words, "perf");
		for (int i = 0; i < WORDS; i++)
			shell_words_add(&words, any_word(&seed, text[i], LONGEST));
		again = shell_words_join(&words, texts);
		shell_words_split(&back, again, texts);
		wrong += back.n != words.n;
		for (size_t i = 0; i < back.n && i < words.n; i++)
			wrong += strcmp(back.items[i], words.items[i]) != 0;
		unsafe += steers_a_terminal(again) ||
			  steers_a_terminal(record_again(again, &changes, texts));
		shell_words_done(&words);
		shell_words_done(&back);
		if (round % 1000 == 0) {
			texts_free(texts);
			texts = texts_new();
		}
	}
	check_u64(wrong, 0, "words that did not come back");
	check_u64(unsafe, 0, "texts with control bytes");
	texts_free(texts);
}

/* The independent reader: bash, which prints what it takes the words for. */
static void a_shell_reads_the_same_words(void)
{
	struct shell_words words = { 0 };
	struct texts *texts = texts_new();
	char got[1000] = "", want[1000] = "", path[] = "/tmp/record_again.XXXXXX", run[64];
	size_t len = 0;
	FILE *f;

	for (size_t i = 0; i < ODD; i++) {
		shell_words_add(&words, odd_words[i]);
		len += (size_t)snprintf(want + len, sizeof(want) - len, "<%s>", odd_words[i]);
	}
	f = fdopen(mkstemp(path), "w");
	fprintf(f, "printf '<%%s>' %s\n", shell_words_join(&words, texts));
	fclose(f);
	snprintf(run, sizeof(run), "bash %s", path);
	f = popen(run, "r");
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	if (pclose(f) == 0)
		check_text(got, want, "the words that bash sees");
	else
		puts("skip: there is no bash");
	unlink(path);
	shell_words_done(&words);
	texts_free(texts);
}

static void options_stay_but_for_what_is_changed(void)
{
	static const struct {
		const char *label, *command;
		struct record_changes changes;
		const char *want;
	} rows[] = {
		{ "call graph in place of another",
		  "/usr/bin/perf record -F 299 -g -e cycles:u -o x -- ./a b",
		  { .call_graph = "dwarf,16384" },
		  "perf record -F 299 --call-graph dwarf,16384 -e cycles:u -o x -- ./a b" },
		{ "call graph where there was none",
		  "perf record -p 12 -F 99 sleep 2",
		  { .call_graph = "fp" },
		  "perf record -p 12 -F 99 --call-graph fp -- sleep 2" },
		{ "letters in one word, a long option with =, two of the same kind",
		  "perf record -agF99 --call-graph=dwarf,8192 sleep 1",
		  { .call_graph = "dwarf,32768" },
		  "perf record -a --call-graph dwarf,32768 -F 99 -- sleep 1" },
		{ "a period becomes a frequency",
		  "perf record -c 100000 -t 5",
		  { .frequency = "999" },
		  "perf record -F 999 -t 5" },
		{ "a frequency becomes a period",
		  "perf record --freq 99 -t 5",
		  { .count = "1000" },
		  "perf record -c 1000 -t 5" },
		{ "options that are not known, and values in their word",
		  "perf record -z5 --new-option=3 --flag --user-regs=ip -b ./a",
		  { .clock = "mono" },
		  "perf record -z5 --new-option=3 --flag --user-regs=ip -b -k mono -- ./a" },
		{ "events and their filters go together",
		  "perf record -e sched:x --filter 'a == 1' -e b ./a",
		  { .event = "cpu-clock" },
		  "perf record -e cpu-clock -- ./a" },
		{ "a pipe is not written to a terminal",
		  "perf record -g -o - ./a",
		  { .sample_cpu = true },
		  "perf record -g --sample-cpu -- ./a" },
		{ "of another tool of perf",
		  "perf mem record -a sleep 1",
		  { .pages = "1024" },
		  "perf mem record -a -m 1024 -- sleep 1" },
		{ "what is not known",
		  "",
		  { .call_graph = "dwarf,16384" },
		  "perf record --call-graph dwarf,16384 -- PROGRAM" },
		{ "a recorder whose options are not perf's",
		  "simpleperf record -f 1000 --app x -g",
		  { .call_graph = "fp" },
		  "perf record --call-graph fp -- PROGRAM" },
		{ "a Python program",
		  "perf record -g /usr/bin/python3.12 -O app.py",
		  { .python = "perf" },
		  "perf record -g -- /usr/bin/python3.12 -X perf -O app.py" },
		{ "one that starts Python itself",
		  "perf record -g ./run.sh",
		  { .python = "perf" },
		  "PYTHONPERFSUPPORT=1 perf record -g -- ./run.sh" },
		{ "without the environment",
		  "perf record ./a",
		  { .clean_environment = true },
		  "env -i PATH=\"$PATH\" perf record -- ./a" },
		{ "words that a shell would change",
		  "perf record -e '{a,b}:S' -- ./a 'x y' $'\\x1b[1m' '$(reboot)'",
		  { .frequency = "99" },
		  "perf record -e '{a,b}:S' -F 99 -- ./a 'x y' $'\\x1b[1m' '$(reboot)'" },
	};
	struct texts *texts = texts_new();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(record_again(rows[i].command, &rows[i].changes, texts), rows[i].want,
			   rows[i].label);
	texts_free(texts);
}

static void events_say_what_a_command_line_does_not(void)
{
	static const char *const own_path[] = { "/usr/bin/perf" };
	static const char *const other_tool[] = { "/data/simpleperf", "record", "--app", "x" };
	static const char *const words[] = { "/opt/ld.so", "record", "-F", "99", "a b" };
	struct attr clock = { .sample_period = 499,
			      .flags = ATTR_FREQ,
			      .sample_type = SAMPLE_CALLCHAIN };
	struct attr faults = { .sample_period = 100 }, dwarf = clock,
		    dummy = { .sample_period = 1 };
	struct sampled_event same[] = { { .name = "cpu-clock:u", .attr = &clock },
					{ .name = "dummy:HG", .attr = &dummy } };
	struct sampled_event other[] = { { .name = "cpu-clock:u", .attr = &clock },
					 { .name = "faults", .attr = &faults } };
	struct sampled_event copies[] = { { .name = "cpu_core/cycles/Pu", .attr = &dwarf } };
	struct texts *texts = texts_new();

	dwarf.sample_type |= SAMPLE_STACK_USER | SAMPLE_REGS_USER;
	dwarf.sample_stack_user = 8192;
	dwarf.flags |= ATTR_USE_CLOCKID;
	dwarf.clockid = 1;
	check_text(record_command(own_path, 1, same, 2, texts),
		   "perf record -F 499 -e cpu-clock:u -g -- PROGRAM", "one frequency");
	check_text(record_command(own_path, 1, other, 2, texts),
		   "perf record -e cpu-clock/freq=499/u -e faults/period=100/ -g -- PROGRAM",
		   "different rates");
	check_text(
		record_command(NULL, 0, copies, 1, texts),
		"perf record -F 499 -e cpu_core/cycles/Pu -k mono --call-graph dwarf,8192 -- PROGRAM",
		"copies of stacks");
	check_text(record_command(words, 5, same, 1, texts), "perf record -F 99 'a b'",
		   "a command line that is there");
	check_text(record_command(other_tool, 4, same, 1, texts), "simpleperf record --app x",
		   "of another recorder");
	texts_free(texts);
}

int main(void)
{
	words_come_back_from_their_text();
	any_words_are_kept_and_changed_without_harm();
	a_shell_reads_the_same_words();
	options_stay_but_for_what_is_changed();
	events_say_what_a_command_line_does_not();
	return check_done("record_again");
}
