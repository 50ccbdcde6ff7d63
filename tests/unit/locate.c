/*
 * tests/unit/locate.c - which file a path means (parser/locate.h).
 */
#include "parser/locate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"

enum { PATH = 4096 };

static char root[1000]; /* a folder of our own, where everything is made */

/* A file below the root. */
static void put(const char *name, const char *contents)
{
	char path[PATH];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	f = fopen(path, "wbe");
	if (!f || fputs(contents, f) < 0 || fclose(f) != 0) {
		perror(path);
		abort();
	}
}

static void make_folder(const char *name)
{
	char path[PATH];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	if (mkdir(path, 0700) != 0) {
		perror(path);
		abort();
	}
}

/* What is located, below the root: "PATH DIRECTORY", and "dir" for a directory recording. */
static const char *located(const char *name, struct error *err)
{
	static char text[3 * PATH];
	char path[PATH];
	struct located l = { 0 };
	size_t skip = strlen(root) + 1;

	snprintf(path, sizeof(path), "%s%s%s", root, *name ? "/" : "", name);
	if (!locate_recording(path, &l, err))
		return NULL;
	snprintf(text, sizeof(text), "%s in %s%s", l.path + skip,
		 strlen(l.directory) > skip ? l.directory + skip : ".", l.is_dir ? " dir" : "");
	located_free(&l);
	return text;
}

static void a_file_is_itself_whatever_it_holds(void)
{
	struct error err;
	struct located l;

	put("any", "no recording at all");
	check_text(located("any", &err), "any in .", "a file");
	check_text(located("missing", &err), "missing in .",
		   "a path that is not there: opening it will tell");
	check(locate_recording("-", &l, &err), "standard input");
	check(strcmp(l.path, "-") == 0 && strcmp(l.directory, "") == 0 && !l.is_dir,
	      "has no directory");
	located_free(&l);
	check(locate_recording("name", &l, &err) && strcmp(l.directory, ".") == 0, "a bare name");
	located_free(&l);
	check(locate_recording("/name", &l, &err) && strcmp(l.directory, "/") == 0,
	      "a name in the root");
	located_free(&l);
	located_free(&l);
}

static void a_folder_gives_the_recording_in_it(void)
{
	struct error err;

	make_folder("dirmode");
	put("dirmode/data", "PERFILE2 and so on");
	put("dirmode/perf.data", "PERFILE2");
	check_text(located("dirmode", &err), "dirmode/data in . dir",
		   "a directory recording comes first; it lies in the folder around it");
	check_text(located("dirmode/", &err), "dirmode//data in . dir", "a slash changes nothing");

	make_folder("plain");
	put("plain/perf.data", "2ELIFREP");
	put("plain/other.data", "PERFILE2");
	put("plain/data", "no recording");
	check_text(located("plain", &err), "plain/perf.data in plain", "then perf.data");

	make_folder("nested");
	make_folder("nested/perf.data");
	put("nested/perf.data/data", "PERFILE2");
	check_text(located("nested", &err), "nested/perf.data/data in nested dir",
		   "or perf.data as a folder");

	make_folder("only");
	put("only/x.perf", "PERFFILE");
	put("only/notes.txt", "PERF");
	put("only/.hidden", "PERFILE2");
	make_folder("only/folder");
	check_text(located("only", &err), "only/x.perf in only",
		   "else the only one, whatever its name");
}

static void none_or_several_recordings_are_errors(void)
{
	struct error err = { 0 };

	make_folder("empty");
	check(!located("empty", &err), "none");
	check(err.kind == ERR_IO && strstr(err.what, "no recording"), "and it is said");
	make_folder("several");
	put("several/b.data", "PERFILE2");
	put("several/a.data", "PERFILE2");
	put("several/c.data", "PERFILE2");
	check(!located("several", &err), "several");
	check(err.kind == ERR_USAGE && strstr(err.what, "a.data, b.data, c.data"),
	      "and all are named, sorted");
}

static void many_names_do_not_fit_a_message(void)
{
	struct error err = { 0 };
	char name[200];

	make_folder("many");
	for (int i = 0; i < 20; i++) {
		snprintf(
			name, sizeof(name), "many/%02d%.*s", i, 100,
			"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
		put(name, "PERFILE2");
	}
	check(!located("many", &err) && strstr(err.what, "20 recordings"), "they are counted");
}

static void a_fifo_is_not_waited_for(void)
{
	struct error err = { 0 };
	char path[PATH];

	make_folder("fifo");
	snprintf(path, sizeof(path), "%s/fifo/perf.data", root);
	check(mkfifo(path, 0600) == 0, "made");
	check(!located("fifo", &err), "nobody writes to it: it is no recording");
}

static void a_folder_that_may_not_be_read_says_so(void)
{
	struct error err = { 0 };
	char path[PATH];

	if (geteuid() == 0) /* root may read everything */
		return;
	make_folder("closed");
	snprintf(path, sizeof(path), "%s/closed", root);
	chmod(path, 0);
	check(!located("closed", &err) && err.kind == ERR_IO, "refused");
	chmod(path, 0700);
}

static void three_magics_begin_a_recording(void)
{
	check(is_perf_magic("PERFILE2"), "of today");
	check(is_perf_magic("2ELIFREP"), "of the other byte order");
	check(is_perf_magic("PERFFILE"), "of old");
	check(!is_perf_magic("PERFILE3") && !is_perf_magic("ELIFFREP"), "others do not");
}

static void clean_up(void)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("rm", "rm", "-rf", root, (char *)NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(root, sizeof(root), "%s/locate-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(root)) {
		perror(root);
		return EXIT_FAILURE;
	}
	a_file_is_itself_whatever_it_holds();
	a_folder_gives_the_recording_in_it();
	none_or_several_recordings_are_errors();
	many_names_do_not_fit_a_message();
	a_fifo_is_not_waited_for();
	a_folder_that_may_not_be_read_says_so();
	three_magics_begin_a_recording();
	clean_up();
	return check_done("locate");
}
