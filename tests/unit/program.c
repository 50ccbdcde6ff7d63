/*
 * tests/unit/program.c - what a recording is of, by the recorder's command line (report/program.h, report/record_line.h).
 */
#include "report/program.h"

#include <string.h>

#include "parser/base/text.h"
#include "report/machine.h"
#include "tests/check.h"

enum { WORDS = 30 };

/* Words with blanks between. */
static size_t split(char *text, const char **words)
{
	size_t n = 0;

	for (char *at = text; *at && n < WORDS; n++) {
		words[n] = at;
		at += strcspn(at, " ");
		if (*at)
			*at++ = '\0';
	}
	return n;
}

static void a_recording_is_of_its_program_or_of_what_the_options_say(void)
{
	static const struct {
		const char *command, *name, *title;
	} rows[] = {
		{ "perf record -- /usr/bin/nginx -g x", "nginx", "/usr/bin/nginx -g x" },
		{ "perf record -F 99 -g ./app --port 80", "app", "./app --port 80" },
		{ "perf record -F99 --call-graph dwarf,16384 -o x.data app", "app", "app" },
		{ "perf record --freq=99 -e cycles:u -- app", "app", "app" },
		{ "perf record -gF 99 app -p 3", "app", "app -p 3" },
		{ "perf record -z -P -k mono -u 3 -z3 app", "user 3", "user 3 during app" },
		{ "perf record -P -z app", "app", "app" },
		{ "perf record --group --synth no app", "app", "app" },
		{ "perf record -g -- python3 -X perf server.py --fast", "server.py",
		  "python3 -X perf server.py --fast" },
		{ "perf record python3.12 -Xperf -m http.server 80", "http.server",
		  "python3.12 -Xperf -m http.server 80" },
		{ "perf record python3 -mpkg.tool", "pkg.tool", "python3 -mpkg.tool" },
		{ "perf record python3 -W error -c pass", "python3", "python3 -W error -c pass" },
		{ "perf record /usr/bin/python3.15", "python3.15", "/usr/bin/python3.15" },
		{ "perf record python3 -X perf /srv/a/b.py", "b.py",
		  "python3 -X perf /srv/a/b.py" },
		{ "perf record -a -F 99", "whole system", "whole system" },
		{ "perf record -F 99", "whole system", "whole system" },
		{ "perf record -a sleep 2", "whole system", "whole system" },
		{ "perf record --all-cpus -g -- /bin/sleep 2", "whole system", "whole system" },
		{ "perf record -ag -- make -j4", "whole system", "whole system during make -j4" },
		{ "perf record -a -C 0-3 -- sleep 2", "cpu 0-3", "cpu 0-3" },
		{ "perf record -a -G web sleep 1", "cgroup web", "cgroup web" },
		{ "perf record -p 123 sleep 2", "", "pid 123 (python3)" },
		{ "perf record -ap123,124 -- sleep 2", "", "pid 123 (python3), 124" },
		{ "perf record --pid=123,1,2,3,4", "", "pid 123 (python3), 1, 2 and 2 more" },
		{ "perf record -p 99999999999999999999,x", "", "pid 99999999999999999999, x" },
		{ "perf record -t 123", "", "tid 123 (python3)" },
		{ "perf record -p 123 -t 5", "", "pid 123 (python3)" },
		{ "perf record -p", "", "pid " },
		{ "perf", "", "" },
		{ "perf mem record -- app", "app", "app" },
		{ "perf mem -t load record -t load app", "app", "app" },
		{ "perf inject -i perf.data", "", "" },
		{ "simpleperf record --app com.x --in-app --out-fd 3 -g", "com.x", "com.x" },
		{ "/data/simpleperf record -f 4000 -p 123 --duration 3", "", "pid 123 (python3)" },
		{ "simpleperf record -g --duration 2 ls -l", "ls", "ls -l" },
		{ "simpleperf record -a --duration 2", "whole system", "whole system" },
		{ "simpleperf record --duration 2", "", "" },
		{ "", "", "" },
	};
	struct texts *texts = texts_new();
	struct machine *m = machine_new(texts);

	machine_comm(m, 10, 123, 123, "sh", false);
	machine_comm(m, 20, 123, 123, "python3", true);
	machine_seal(m);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words[WORDS];
		char text[200];
		size_t n;

		strncpy(text, rows[i].command, sizeof(text) - 1);
		text[sizeof(text) - 1] = '\0';
		n = split(text, words);
		check_in(rows[i].command);
		check_text(program_name(words, n, texts), rows[i].name, "name");
		check_text(program_title(words, n, m, 30, texts), rows[i].title, "title");
	}
	check_in(NULL);
	check_text(program_name_of("perf record -g -- python3 '/a b/x y.py' -z", texts), "x y.py",
		   "of a quoted command");
	check_text(program_name_of("perf record -g -- PROGRAM", texts), "", "of a made up one");
	machine_free(m);
	texts_free(texts);
}

int main(void)
{
	a_recording_is_of_its_program_or_of_what_the_options_say();
	return check_done("program");
}
