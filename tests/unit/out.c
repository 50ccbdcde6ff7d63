/*
 * tests/unit/out.c - the stream that all output goes through (render/out.h).
 */
#include "render/out.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/check.h"

static char folder[4000];

/* ---- files to write to ---- */

/* A path in the test's folder; the last eight stay valid. */
static const char *path_of(const char *name)
{
	static char paths[8][sizeof(folder) + 300];
	static unsigned next;
	char *path = paths[next++ % 8];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "we");

	if (!f || fputs(text, f) < 0 || fclose(f) != 0)
		abort();
}

/* The first bytes of a file; NULL if there is none. */
static const char *text_of(const char *path)
{
	static char text[1000];
	FILE *f = fopen(path, "re");

	if (!f)
		return NULL;
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	fclose(f);
	return text;
}

static long size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (long)st.st_size : -1;
}

/* How many names there are in the test's folder. */
static unsigned files_in_folder(void)
{
	char command[sizeof(folder) + 40];
	unsigned n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "ls -A '%s' | wc -l", folder);
	f = popen(command, "re");
	if (!f || fscanf(f, "%u", &n) != 1)
		abort();
	pclose(f);
	return n;
}

static void write_to(const char *path, const char *text, const char *row)
{
	struct error err;
	struct out *o = out_open(path, &err);

	check(o != NULL, row);
	if (!o)
		return;
	out_text(o, text);
	check(out_close(o, &err), row);
}

static void a_file_appears_when_it_is_whole(void)
{
	const char *path = path_of("new");
	struct error err;
	struct out *o = out_open(path, &err);

	check(o != NULL, "opened");
	out_text(o, "one\n");
	check(text_of(path) == NULL, "nothing there yet");
	check(out_close(o, &err), "closed");
	check_text(text_of(path), "one\n", "now it is");
	o = out_open(path, &err);
	out_text(o, "two\n");
	check_text(text_of(path), "one\n", "the old one stays for so long");
	check(out_close(o, &err), "closed again");
	check_text(text_of(path), "two\n", "and is replaced");
	check_u64(files_in_folder(), 1, "nothing else is left");
	unlink(path);
}

static void a_new_file_has_the_usual_rights_and_an_old_one_keeps_its_own(void)
{
	static const struct {
		const char *label;
		mode_t mask, old, want;
	} rows[] = {
		{ "usual mask", 022, 0, 0644 },
		{ "private mask", 077, 0, 0600 },
		{ "an old private file", 022, 0600, 0600 },
		{ "an old shared file", 077, 0664, 0664 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path = path_of("mode");
		mode_t mask;
		struct stat st = { .st_mode = 0 };

		if (rows[i].old) {
			put_file(path, "old");
			chmod(path, rows[i].old);
		}
		mask = umask(rows[i].mask);
		write_to(path, "x", rows[i].label);
		umask(mask);
		check(stat(path, &st) == 0 && (st.st_mode & 07777) == rows[i].want, rows[i].label);
		unlink(path);
	}
}

static void a_link_stays_and_its_target_is_written(void)
{
	const char *target = path_of("target"), *link = path_of("link");
	struct stat st;

	if (symlink("target", link) != 0)
		abort();
	write_to(link, "through a dangling link", "a target that is not there yet");
	check_text(text_of(target), "through a dangling link", "is made");
	check(lstat(link, &st) == 0 && S_ISLNK(st.st_mode), "the link is still one");
	write_to(link, "again", "a target that is");
	check_text(text_of(target), "again", "is replaced");
	check(lstat(link, &st) == 0 && S_ISLNK(st.st_mode), "the link is still one");
	unlink(link);
	unlink(target);
}

static void a_name_may_be_as_long_as_names_may_be(void)
{
	char name[256];

	memset(name, 'n', 255);
	name[255] = '\0';
	write_to(path_of(name), "long", "255 bytes");
	check_text(text_of(path_of(name)), "long", "are a name");
	unlink(path_of(name));
}

static void what_cannot_be_written_is_told_when_it_is_opened(void)
{
	static const struct {
		const char *label, *path, *what;
	} rows[] = {
		{ "a folder that is not there", "none/file",
		  "cannot create: No such file or directory" },
		{ "a folder", "", "cannot create: Is a directory" },
		{ "a file taken for a folder", "plain/file", "cannot create: Not a directory" },
		{ "a folder to be", "none/", "cannot create: No such file or directory" },
	};
	struct error err;

	put_file(path_of("plain"), "");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_in(rows[i].label);
		check(out_open(path_of(rows[i].path), &err) == NULL, "refused");
		check_text(err.what, rows[i].what, "and told");
		check(err.kind == ERR_IO, "as a failure of the system");
	}
	check_in("no name");
	check(out_open("", &err) == NULL, "refused");
	check_text(err.what, "cannot create: No such file or directory", "and told");
	check_in(NULL);
	unlink(path_of("plain"));
	check_u64(files_in_folder(), 0, "nothing is left");
}

static void a_folder_where_nothing_can_be_made_still_has_files_that_can_be_written(void)
{
	const char *path = path_of("locked/file");
	struct error err;

	if (geteuid() == 0) {
		printf("skipped: nothing is forbidden to root\n");
		return;
	}
	mkdir(path_of("locked"), 0700);
	put_file(path, "old and longer");
	chmod(path_of("locked"), 0500);
	write_to(path, "new", "the file");
	check_text(text_of(path), "new", "written directly");
	check(out_open(path_of("locked/other"), &err) == NULL, "another is refused");
	check_text(err.what, "cannot create: Permission denied", "and told");
	chmod(path, 0400);
	check(out_open(path, &err) == NULL, "as is a file without rights");
	chmod(path_of("locked"), 0700);
	unlink(path);
	rmdir(path_of("locked"));
}

/* ---- failures on the way ---- */

/* Enough that the buffer cannot hold it back. */
static void put_a_lot(struct out *o)
{
	for (int i = 0; i < 20000; i++)
		out_text(o, "0123456789");
}

static bool has_nameless_files(void)
{
	int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void a_signal_leaves_the_old_file_and_nothing_else(void)
{
	const char *path = path_of("old");
	struct error err;
	int status;
	pid_t pid;

	if (!has_nameless_files()) {
		printf("skipped: this file system has no files without a name\n");
		return;
	}
	put_file(path, "old");
	pid = fork();
	if (pid == 0) {
		put_a_lot(out_open(path, &err));
		raise(SIGKILL);
	}
	check(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status), "killed while it wrote");
	check_text(text_of(path), "old", "the old file is whole");
	check_u64(files_in_folder(), 1, "and nothing else is left");
	unlink(path);
}

/* Several may write beside each other. */
static void files_written_at_the_same_time_do_not_meet(void)
{
	enum { FILES = 3 };
	struct out *o[FILES];
	struct error err;

	for (int i = 0; i < FILES; i++)
		o[i] = out_open(path_of(i ? "same" : "other"), &err);
	for (int i = 0; i < FILES; i++)
		out_printf(o[i], "number %d", i);
	for (int i = 0; i < FILES; i++)
		check(out_close(o[i], &err), "closed");
	check_text(text_of(path_of("other")), "number 0", "one");
	check_text(text_of(path_of("same")), "number 2", "another, the last to be whole");
	check_u64(files_in_folder(), 2, "and nothing else");
	unlink(path_of("other"));
	unlink(path_of("same"));
}

static void a_full_disk_is_told_and_leaves_the_old_file(void)
{
	const char *path = path_of("full");
	struct rlimit old, small;
	struct error err = { .kind = ERR_NONE };
	struct out *o;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	small = old;
	small.rlim_cur = 100000;
	put_file(path, "old");
	o = out_open(path, &err);
	setrlimit(RLIMIT_FSIZE, &small);
	put_a_lot(o);
	setrlimit(RLIMIT_FSIZE, &old);
	check(out_errno(o) == EFBIG, "known at once");
	out_text(o, "more");
	check(!out_close(o, &err), "told at the end");
	check_text(err.what, "cannot write: File too large", "with the reason");
	check_text(text_of(path), "old", "the old file is whole");
	check_u64(files_in_folder(), 1, "and nothing else is left");
	unlink(path);
}

static void a_device_is_written_directly(void)
{
	static const struct {
		const char *label;
		bool much;
	} rows[] = {
		{ "a little, so that only the close fails", false },
		{ "a lot", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error err;
		struct out *o = out_open("/dev/full", &err);

		check_in(rows[i].label);
		check(o != NULL, "opened");
		if (!o)
			continue;
		if (rows[i].much)
			put_a_lot(o);
		else
			out_text(o, "x");
		check(!out_close(o, &err), "it is full");
		check_text(err.what, "cannot write: No space left on device", "as it is told");
		check(access("/dev/full", F_OK) == 0, "it is still there");
	}
	check_in(NULL);
	write_to("/dev/null", "x", "another one");
}

static void a_fifo_is_written_directly(void)
{
	const char *path = path_of("fifo");
	char text[16] = "";
	int reader;

	if (mkfifo(path, 0600) != 0)
		abort();
	reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	write_to(path, "through", "written");
	check(read(reader, text, sizeof(text) - 1) == 7, "read");
	check_text(text, "through", "what was written");
	close(reader);
	unlink(path);
}

/* ---- standard output ---- */

/* Put `fd` in the place of standard output (-1: close it); what was there. */
static int swap_stdout(int fd)
{
	int old;

	fflush(stdout);
	old = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 10);
	if (fd < 0)
		close(STDOUT_FILENO);
	else
		dup2(fd, STDOUT_FILENO);
	return old;
}

static void restore_stdout(int old)
{
	dup2(old, STDOUT_FILENO);
	close(old);
}

/* Write to standard output in place of which `fd` stands; ok, and the message if not. */
static bool write_to_stdout(int fd, const char *path, bool much, struct error *err)
{
	int old = swap_stdout(fd);
	struct out *o = out_open(path, err);
	bool ok = o != NULL;

	if (o) {
		if (much)
			put_a_lot(o);
		else
			out_text(o, "x");
		ok = out_close(o, err);
	}
	restore_stdout(old);
	return ok;
}

static void standard_output_that_cannot_be_written_is_told(void)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC), ends[2];
	struct error err;

	signal(SIGPIPE, SIG_IGN);
	if (pipe2(ends, O_CLOEXEC) != 0)
		abort();
	close(ends[0]);
	for (int much = 0; much < 2; much++) {
		check_in(much ? "a lot" : "a little");
		check(!write_to_stdout(full, "-", much, &err), "a full disk");
		check_text(err.what, "cannot write to standard output: No space left on device",
			   "as it is told");
		check(!write_to_stdout(ends[1], NULL, much, &err), "nobody reads");
		check_text(err.what, "cannot write to standard output: Broken pipe",
			   "as it is told");
		check(!write_to_stdout(-1, "-", much, &err), "closed");
		check_text(err.what, "cannot write to standard output: Bad file descriptor",
			   "as it is told");
	}
	check_in(NULL);
	close(full);
	close(ends[1]);
}

static void nothing_on_a_closed_standard_output_is_a_failure_too(void)
{
	int old = swap_stdout(-1);
	struct error err;
	struct out *o = out_open("-", &err);
	bool ok = out_close(o, &err);

	restore_stdout(old);
	check(!ok, "closed");
}

static void a_pipe_that_does_not_block_is_waited_for(void)
{
	int ends[2];
	pid_t reader;
	struct error err;
	int status = -1;
	bool ok;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0)
		abort();
	fflush(stdout);
	reader = fork();
	if (reader == 0) {
		char bytes[5000];
		ssize_t n;
		size_t all = 0;

		close(ends[1]);
		fcntl(ends[0], F_SETFL, 0);
		while ((n = read(ends[0], bytes, sizeof(bytes))) > 0) {
			all += (size_t)n;
			usleep(100);
		}
		_exit(all == 200000 ? 0 : 1);
	}
	close(ends[0]);
	ok = write_to_stdout(ends[1], "-", true, &err);
	close(ends[1]);
	check(ok, "written");
	check(waitpid(reader, &status, 0) == reader && status == 0, "and all bytes were read");
}

/* `perfolio ... -o /dev/stdout >file`: the file is the shell's, and more may be written to it. */
static void a_name_for_standard_output_is_standard_output(void)
{
	const char *path = path_of("redirected");
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	struct error err;

	if (write(fd, "before ", 7) != 7)
		abort();
	check(write_to_stdout(fd, "/dev/stdout", false, &err), "written");
	if (write(fd, " after", 6) != 6)
		abort();
	close(fd);
	check_text(text_of(path), "before x after", "in its place");
	unlink(path);
}

/* ---- what is written ---- */

static void every_byte_arrives_in_order_whatever_the_pieces(void)
{
	static char block[70000];
	const char *path = path_of("pieces");
	struct error err;
	struct out *o = out_open(path, &err);
	static char got[500000];
	size_t len, at = 0;
	bool right = true;
	FILE *f;

	memset(block, 'b', sizeof(block));
	for (size_t n = 0; n < 100; n++) {
		out_char(o, 'c');
		out_bytes(o, block, n * 70);
	}
	out_bytes(o, block, sizeof(block)); /* more than the buffer */
	out_char(o, 'e');
	check(out_close(o, &err), "written");
	f = fopen(path, "re");
	len = fread(got, 1, sizeof(got), f);
	fclose(f);
	for (size_t n = 0; n < 100; n++) {
		right &= got[at++] == 'c';
		for (size_t i = 0; i < n * 70; i++)
			right &= got[at++] == 'b';
	}
	for (size_t i = 0; i < sizeof(block); i++)
		right &= got[at++] == 'b';
	right &= got[at++] == 'e';
	check(right, "in order");
	check_u64(len, at, "and nothing else");
	check_u64((uint64_t)size_of(path), at, "as the file's size says");
	unlink(path);
}

static void numbers_and_names_are_printed_whole(void)
{
	static char name[1000];
	const char *path = path_of("printed");
	struct error err;
	struct out *o = out_open(path, &err);

	memset(name, 'n', sizeof(name) - 1);
	out_u64(o, 0);
	out_char(o, ' ');
	out_u64(o, UINT64_MAX);
	out_printf(o, " %d %s|", -5, "five");
	out_name(o, "tab\tbell\x07 bad\xff\xc3 ok ö 漢 \xe2\x80\xa8 \xc2\x85 \x7f \x1b[31m|");
	check(out_close(o, &err), "written");
	check_text(text_of(path),
		   "0 18446744073709551615 -5 five|tab?bell? bad?? ok ö 漢 ? ? ? ?[31m|",
		   "control bytes and broken ones are shown as ?");
	o = out_open(path, &err);
	out_printf(o, "%s", name);
	check(out_close(o, &err), "written");
	check_u64((uint64_t)size_of(path), sizeof(name) - 1,
		  "a text longer than the room for short ones");
	unlink(path);
}

static void the_width_is_that_of_the_environment_where_there_is_no_terminal(void)
{
	static const struct {
		const char *columns;
		unsigned want;
	} rows[] = {
		{ "80", 80 },
		{ "1", 1 },
		{ "", 0 },
		{ "0", 0 },
		{ "-80", 0 },
		{ "80x", 0 },
		{ " 80", 0 },
		{ NULL, 0 },
		{ "100000", 100000 },
		{ "99999999999999999999", 0 },
	};
	struct error err;
	struct out *o = out_open("/dev/null", &err);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].columns)
			setenv("COLUMNS", rows[i].columns, 1);
		else
			unsetenv("COLUMNS");
		check_u64(out_columns(o), rows[i].want,
			  rows[i].columns ? rows[i].columns : "unset");
	}
	check(!out_is_terminal(o), "no terminal");
	out_close(o, &err);
}

static void seconds_have_three_digits_and_are_rounded(void)
{
	static const struct {
		uint64_t ns;
		const char *text;
	} rows[] = {
		{ 0, "0.000" },          { 499999, "0.000" },
		{ 500000, "0.001" },     { 1499999, "0.001" },
		{ 999499999, "0.999" },  { 999500000, "1.000" },
		{ 7937500000, "7.938" }, { UINT64_MAX, "18446744073.710" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[OUT_SECONDS];

		out_seconds_text(text, rows[i].ns);
		check_text(text, rows[i].text, rows[i].text);
	}
}

int main(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/outXXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		abort();
	a_file_appears_when_it_is_whole();
	a_new_file_has_the_usual_rights_and_an_old_one_keeps_its_own();
	a_link_stays_and_its_target_is_written();
	a_name_may_be_as_long_as_names_may_be();
	what_cannot_be_written_is_told_when_it_is_opened();
	a_folder_where_nothing_can_be_made_still_has_files_that_can_be_written();
	a_signal_leaves_the_old_file_and_nothing_else();
	files_written_at_the_same_time_do_not_meet();
	a_full_disk_is_told_and_leaves_the_old_file();
	a_device_is_written_directly();
	a_fifo_is_written_directly();
	standard_output_that_cannot_be_written_is_told();
	nothing_on_a_closed_standard_output_is_a_failure_too();
	a_pipe_that_does_not_block_is_waited_for();
	a_name_for_standard_output_is_standard_output();
	every_byte_arrives_in_order_whatever_the_pieces();
	numbers_and_names_are_printed_whole();
	the_width_is_that_of_the_environment_where_there_is_no_terminal();
	seconds_have_three_digits_and_are_rounded();
	rmdir(folder);
	return check_done("out");
}
