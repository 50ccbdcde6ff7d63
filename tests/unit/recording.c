/*
 * tests/unit/recording.c - a recording in every container, whole and damaged (parser/recording.h).
 */
#include "parser/recording.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parser/header.h"
#include "parser/perf_format.h"
#include "parser/source.h"
#include "tests/check.h"
#include "tests/image.h"
#include "tests/opened.h"

static const struct image_event events[2] = {
	{ .attr = { .type = TYPE_SOFTWARE,
		    .sample_type = SAMPLE_IDENTIFIER | SAMPLE_IP | SAMPLE_TIME,
		    .flags = ATTR_SAMPLE_ID_ALL },
	  .ids = { 10, 11 },
	  .n_ids = 2,
	  .name = "cpu-clock:u" },
	{ .attr = { .type = TYPE_HARDWARE,
		    .config = 1,
		    .sample_type = SAMPLE_IDENTIFIER | SAMPLE_IP | SAMPLE_TIME,
		    .flags = ATTR_SAMPLE_ID_ALL },
	  .ids = { 20 },
	  .n_ids = 1,
	  .name = "instructions:P" },
};

static struct image_options options_of(enum image_container container, bool big_endian)
{
	return (struct image_options){ .container = container,
				       .big_endian = big_endian,
				       .events = events,
				       .n_events = 2,
				       .features = { .hostname = "host", .event_desc = true } };
}

static void write_records(struct image *img)
{
	img->stamp = (struct image_stamp){ .time = 5, .id = 10 };
	image_comm(img, 7, 7, "python3", true);
	image_sample(img,
		     &(struct image_sample){ .event = 0, .id = 11, .ip = 0x400000, .time = 6 });
	image_sample(img,
		     &(struct image_sample){ .event = 1, .id = 20, .ip = 0x500000, .time = 7 });
	image_finished_round(img);
}

static struct image image_of(enum image_container container, bool big_endian)
{
	struct image_options options = options_of(container, big_endian);
	struct image img;

	image_begin(&img, &options);
	write_records(&img);
	image_end(&img);
	return img;
}

/* ---- containers ---- */

static void check_contents(struct opened *o, bool big_endian, enum recording_mode mode)
{
	const struct events *e = recording_events(o->recording);
	struct record_view v;

	check_text(opened_records(o), "COMM SAMPLE SAMPLE FINISHED_ROUND", "records");
	check(recording_mode(o->recording) == mode, "mode");
	check(recording_big_endian(o->recording) == big_endian, "byte order");
	check(recording_swapped(o->recording) ==
		      (big_endian == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)),
	      "swapped or not");
	check(recording_finished(o->recording), "finished");
	check_u64(e->n, 2, "events");
	check(events_find(e, 11) == 0 && events_find(e, 20) == 1, "ids");
	check_text(e->items[1].name, "instructions:P", "name of an event");
	check_text(recording_features(o->recording)->hostname, "host", "a feature");
	check(opened_record(o, RECORD_SAMPLE, 1, &v) && recording_event_of(o->recording, &v) == 1,
	      "a sample's event");
	check_u64(diag_count(o->diag), 0, "problems");
}

static void every_container_gives_the_same_records(void)
{
	static const struct {
		const char *label;
		enum image_container container;
		bool big_endian;
		enum recording_mode mode;
	} rows[] = {
		{ "file, little", IMAGE_FILE, false, MODE_FILE },
		{ "file, big", IMAGE_FILE, true, MODE_FILE },
		{ "legacy, little", IMAGE_LEGACY, false, MODE_LEGACY },
		{ "legacy, big", IMAGE_LEGACY, true, MODE_LEGACY },
		{ "pipe, little", IMAGE_PIPE, false, MODE_PIPE },
		{ "pipe, big", IMAGE_PIPE, true, MODE_PIPE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image img = image_of(rows[i].container, rows[i].big_endian);
		struct opened o;

		check_in(rows[i].label);
		check(open_image(&o, &img), "opened");
		check_u64(recording_size(o.recording), img.len, "size");
		check_contents(&o, rows[i].big_endian, rows[i].mode);
		open_done(&o);
		image_free(&img);
	}
	check_in(NULL);
}

static void attrs_of_every_size_are_stepped_over(void)
{
	static const uint32_t sizes[] = { 64, 72, 80, 96, 104, 112, 120, 128, 136, 144, 1000 };
	static const enum image_container containers[] = { IMAGE_FILE, IMAGE_LEGACY, IMAGE_PIPE };
	static const enum recording_mode modes[] = { MODE_FILE, MODE_LEGACY, MODE_PIPE };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (size_t k = 0; k < 6; k++) {
			struct image_options options = options_of(containers[k / 2], k % 2);
			struct image img;
			struct opened o;
			char label[40];

			snprintf(label, sizeof(label), "container %zu, attr of %u bytes", k / 2,
				 sizes[i]);
			check_in(label);
			options.attr_size = sizes[i];
			image_begin(&img, &options);
			write_records(&img);
			image_end(&img);
			check(open_image(&o, &img), "opened");
			check_contents(&o, k % 2, modes[k / 2]);
			check_u64(recording_events(o.recording)->items[1].attr.size, sizes[i],
				  "size");
			open_done(&o);
			image_free(&img);
		}
	check_in(NULL);
}

/* Very old files end their header before the bitmap of features. */
static void a_header_without_features_is_read(void)
{
	static const enum image_container containers[] = { IMAGE_LEGACY, IMAGE_FILE };

	for (size_t i = 0; i < 4; i++) {
		struct image_options options = options_of(containers[i / 2], i % 2);
		struct image img;
		struct opened o;

		options.header_size = HEADER_SIZE_V0;
		image_begin(&img, &options);
		write_records(&img);
		image_end(&img);
		check(open_image(&o, &img), "opened");
		check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND", "records");
		check(!recording_features(o.recording)->hostname, "no features");
		check_text(recording_events(o.recording)->items[1].name, "instructions",
			   "a name is made");
		check_u64(diag_count(o.diag), 0, "problems");
		open_done(&o);
		image_free(&img);
	}
}

/* ---- standard input ---- */

/* Open "-" with `fd` as standard input. */
static bool open_stdin(struct opened *o, int fd)
{
	int old = dup(STDIN_FILENO);
	bool ok;

	dup2(fd, STDIN_FILENO);
	ok = open_path(o, "-");
	dup2(old, STDIN_FILENO);
	close(old);
	return ok;
}

/* A child that writes the image into a pipe; the pipe's end to read from. */
static int pipe_from_child(const struct image *img, pid_t *child)
{
	int ends[2];

	if (pipe(ends) < 0)
		abort();
	*child = fork();
	if (*child == 0) {
		for (size_t pos = 0; pos < img->len;) { /* in small pieces, as perf does */
			size_t step = img->len - pos < 1000 ? img->len - pos : 1000;
			ssize_t n = write(ends[1], img->bytes + pos, step);

			if (n < 0)
				_exit(1);
			pos += (size_t)n;
		}
		_exit(0);
	}
	close(ends[1]);
	return ends[0];
}

static void standard_input_is_read_as_a_pipe_or_as_a_file(void)
{
	static const struct {
		const char *label;
		enum image_container container;
		bool seekable;
		enum recording_mode mode;
	} rows[] = {
		{ "a stream through a pipe", IMAGE_PIPE, false, MODE_PIPE },
		{ "a file through a pipe", IMAGE_FILE, false, MODE_FILE },
		{ "a stream from a file", IMAGE_PIPE, true, MODE_PIPE },
		{ "a file", IMAGE_FILE, true, MODE_FILE },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image img = image_of(rows[i].container, false);
		pid_t child = 0;
		struct opened o;
		char path[32];
		int fd = rows[i].seekable ? memory_file(img.bytes, img.len, path)
					  : pipe_from_child(&img, &child);

		check_in(rows[i].label);
		if (rows[i].seekable)
			lseek(fd, 3,
			      SEEK_SET); /* wherever it stands, it is read from its beginning */
		check(open_stdin(&o, fd), "opened");
		check_contents(&o, false, rows[i].mode);
		check_text(recording_path(o.recording), "-", "path");
		check_text(recording_directory(o.recording), "", "no directory");
		check_u64(recording_size(o.recording), img.len, "size");
		open_done(&o);
		close(fd);
		if (child)
			waitpid(child, NULL, 0);
		image_free(&img);
	}
	check_in(NULL);
}

static void a_pipe_that_cannot_be_spooled_is_an_error(void)
{
	struct image img = image_of(IMAGE_PIPE, false);
	const char *old = getenv("TMPDIR");
	char *kept = old ? strdup(old) : NULL;
	struct opened o;
	pid_t child;
	int fd = pipe_from_child(&img, &child);

	setenv("TMPDIR", "/nonexistent/folder", 1);
	check(!open_stdin(&o, fd), "refused");
	check(o.err.kind == ERR_IO && strstr(o.err.what, "/nonexistent/folder"),
	      "and it is said why");
	if (kept)
		setenv("TMPDIR", kept, 1);
	else
		unsetenv("TMPDIR");
	free(kept);
	open_done(&o);
	close(fd);
	waitpid(child, NULL, 0);
	image_free(&img);
}

static void junk_behind_a_pipes_records_is_told_and_no_harm(void)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
		enum problem_kind kind;
		bool finished;
	} rows[] = {
		{ "text of a shell", "[ perf record: Woken up 1 times ]\n", 34,
		  PROBLEM_TRAILING_JUNK, true },
		{ "zero bytes", "\0\0", 3, PROBLEM_TRAILING_JUNK, true },
		{ "half a record", "\x9\0\0\0\0\0\x20\0abc", 11, PROBLEM_TRUNCATED, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image img = image_of(IMAGE_PIPE, false);
		struct opened o;

		check_in(rows[i].label);
		image_bytes(&img, rows[i].bytes, rows[i].len);
		check(open_image(&o, &img), "opened");
		check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND", "records");
		check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND",
			   "a second time");
		check_u64(opened_problems(&o, rows[i].kind), 1, "told once");
		check(recording_finished(o.recording) == rows[i].finished, "finished or not");
		open_done(&o);
		image_free(&img);
	}
	check_in(NULL);
}

/* ---- directories ---- */

static char *scratch(const char *name)
{
	const char *dir = getenv("TMPDIR");
	char *path = malloc(4096);

	snprintf(path, 4096, "%s/recording-%d-%s", dir && *dir ? dir : "/tmp", (int)getpid(), name);
	return path;
}

static void write_into(const char *folder, const char *name, const struct image *img)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (!image_write(img, path))
		abort();
}

static void remove_folder(const char *folder)
{
	pid_t child = fork();

	if (child == 0) {
		execlp("rm", "rm", "-rf", folder, (char *)NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

static struct image records_of_event(size_t event, bool big_endian)
{
	struct image_options options = { .container = IMAGE_RECORDS,
					 .big_endian = big_endian,
					 .events = events,
					 .n_events = 2 };
	struct image img;

	image_begin(&img, &options);
	image_sample(&img, &(struct image_sample){ .event = event, .id = event ? 20 : 10 });
	return img;
}

static void a_directory_recording_is_read_file_by_file(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct image images[] = { image_of(IMAGE_FILE, big_endian),
					  records_of_event(0, big_endian),
					  records_of_event(1, big_endian) };
		struct image others[] = { records_of_event(1, big_endian),
					  records_of_event(0, big_endian) };
		char *folder = scratch("dir");
		struct record_view v;
		struct opened o;

		check_in(big_endian ? "big" : "little");
		image_finished_round(&images[1]);
		check(image_write_folder(images, 3, folder), "written");
		write_into(folder, "data.10", &others[0]); /* behind data.2, not behind data.1 */
		write_into(folder, "data.2", &others[1]);
		write_into(folder, "data.old", &others[0]);
		write_into(folder, "data.", &others[0]);
		write_into(folder, "kcore_dir", &others[0]);
		check(open_path(&o, folder), "opened");
		check(recording_mode(o.recording) == MODE_DIR, "mode");
		check_text(
			opened_records(&o),
			"COMM SAMPLE SAMPLE FINISHED_ROUND SAMPLE FINISHED_ROUND SAMPLE SAMPLE SAMPLE",
			"records");
		check(opened_record(&o, RECORD_SAMPLE, 2, &v) && v.file == 1 && v.offset == 0 &&
			      v.ordinal == 4,
		      "the first of data.0");
		check(opened_record(&o, RECORD_SAMPLE, 4, &v) && v.file == 3 &&
			      recording_event_of(o.recording, &v) == 0,
		      "data.2 is the third");
		check(opened_record(&o, RECORD_SAMPLE, 5, &v) && v.file == 4 &&
			      recording_event_of(o.recording, &v) == 1,
		      "data.10 is the last");
		check(recording_finished(o.recording) && diag_count(o.diag) == 0,
		      "nothing is wrong");
		check_u64(recording_size(o.recording),
			  images[0].len + images[1].len + images[2].len + others[0].len +
				  others[1].len,
			  "size");
		open_done(&o);
		remove_folder(folder);
		free(folder);
		for (size_t i = 0; i < 3; i++)
			image_free(&images[i]);
		image_free(&others[0]);
		image_free(&others[1]);
	}
	check_in(NULL);
}

static void a_damaged_data_file_does_not_keep_the_others_from_being_read(void)
{
	struct image images[] = { image_of(IMAGE_FILE, false), records_of_event(0, false),
				  records_of_event(1, false) };
	char *folder = scratch("damaged");
	char path[8192];
	struct opened o;

	image_finished_round(&images[1]);
	images[1].len -= 3;
	check(image_write_folder(images, 3, folder), "written");
	snprintf(path, sizeof(path), "%s/data.2", folder);
	check(mkdir(path, 0700) == 0, "a folder in place of a file");
	check(open_path(&o, folder), "opened");
	check(!recording_finished(o.recording), "a file that cannot be opened is missing");
	check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND SAMPLE SAMPLE",
		   "records");
	check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND SAMPLE SAMPLE",
		   "a second time");
	check_u64(opened_problems(&o, PROBLEM_TRUNCATED), 2, "both are told, once");
	open_done(&o);
	remove_folder(folder);
	free(folder);
	for (size_t i = 0; i < 3; i++)
		image_free(&images[i]);
}

/* `perf record --threads` makes a file for each thread: there can be more than a process may open. */
static void as_many_files_as_there_are_can_be_read(void)
{
	enum { FILES = 60, MAY_OPEN = 30 };
	struct image images[1 + FILES];
	char *folder = scratch("many");
	struct rlimit old, small;
	struct opened o;

	images[0] = image_of(IMAGE_FILE, false);
	for (size_t i = 1; i <= FILES; i++)
		images[i] = records_of_event(i % 2, false);
	check(image_write_folder(images, 1 + FILES, folder), "written");
	getrlimit(RLIMIT_NOFILE, &old);
	small = old;
	small.rlim_cur = MAY_OPEN;
	setrlimit(RLIMIT_NOFILE, &small);
	check(open_path(&o, folder), "opened");
	for (int walk = 0; walk < 2; walk++) {
		struct record_view v;
		size_t samples = 0;

		recording_rewind(o.recording);
		while (recording_next(o.recording, &v))
			samples += v.type == RECORD_SAMPLE && v.file > 0;
		check_u64(samples, FILES, "one of each file");
	}
	check(recording_finished(o.recording) && diag_count(o.diag) == 0, "nothing is wrong");
	setrlimit(RLIMIT_NOFILE, &old);
	open_done(&o);
	remove_folder(folder);
	free(folder);
	for (size_t i = 0; i <= FILES; i++)
		image_free(&images[i]);
}

static void a_file_that_goes_while_it_is_read_is_told(void)
{
	struct image images[] = { image_of(IMAGE_FILE, false), records_of_event(0, false),
				  records_of_event(1, false) };
	char *folder = scratch("going"), path[8192];
	struct opened o;

	check(image_write_folder(images, 3, folder), "written");
	check(open_path(&o, folder), "opened");
	check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND SAMPLE SAMPLE",
		   "records");
	snprintf(path, sizeof(path), "%s/data.0", folder);
	unlink(path);
	check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND SAMPLE", "without it");
	check_u64(opened_problems(&o, PROBLEM_TRUNCATED), 1, "told");
	check(!recording_finished(o.recording), "it is not whole");
	open_done(&o);
	remove_folder(folder);
	free(folder);
	for (size_t i = 0; i < 3; i++)
		image_free(&images[i]);
}

static void problems_name_the_file_that_they_are_in(void)
{
	struct image images[] = { image_of(IMAGE_FILE, false), records_of_event(0, false),
				  records_of_event(1, false) };
	char *folder = scratch("named"), name[RECORDING_FILE_NAME];
	struct record_view v;
	struct opened o;

	images[2].len -= 3;
	check(image_write_folder(images, 2, folder), "written");
	write_into(folder, "data.17", &images[2]);
	check(open_path(&o, folder), "opened");
	check(opened_record(&o, RECORD_SAMPLE, 2, &v), "a record of data.0");
	recording_tell(o.recording, o.diag, &v, PROBLEM_BAD_RECORD, "SAMPLE", "it makes no sense");
	check_text(diag_get(o.diag, 0)->message, "data.0: byte 0x0: it makes no sense",
		   "of a record");
	while (recording_next(o.recording, &v))
		;
	check(diag_count(o.diag) == 2 &&
		      strncmp(diag_get(o.diag, 1)->message, "data.17: byte 0x", 16) == 0,
	      "of the file's end");
	recording_file_name(o.recording, 2, name);
	check_text(name, "data.17", "its name");
	recording_file_name(o.recording, 0, name);
	check_text(name, "", "the main one needs none");
	open_done(&o);
	remove_folder(folder);
	free(folder);
	for (size_t i = 0; i < 3; i++)
		image_free(&images[i]);
}

/* ---- unfinished and damaged files ---- */

static void a_file_that_perf_did_not_finish_is_read_to_its_end(void)
{
	static const struct {
		const char *label;
		size_t cut;
		const char *records;
		uint64_t truncated;
	} rows[] = {
		{ "between two records", 0, "COMM SAMPLE SAMPLE FINISHED_ROUND", 0 },
		{ "inside the last record", 3, "COMM SAMPLE SAMPLE", 1 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image_options options = options_of(IMAGE_FILE, false);
		struct image img;
		struct opened o;

		check_in(rows[i].label);
		options.unfinished = true;
		image_begin(&img, &options);
		write_records(&img);
		image_end(&img);
		img.len -= rows[i].cut;
		check(open_image(&o, &img), "opened");
		check_text(opened_records(&o), rows[i].records, "records");
		check(!recording_finished(o.recording), "not finished");
		check_u64(opened_problems(&o, PROBLEM_UNFINISHED), 1, "told");
		check_u64(opened_problems(&o, PROBLEM_TRUNCATED), rows[i].truncated,
			  "the cut is told, too");
		open_done(&o);
		image_free(&img);
	}
	check_in(NULL);
}

/* Bytes of the header of a file. */
enum { SIZE = 8, ATTR_SIZE = 16, ATTRS = 24, DATA = 40, BITMAP = 72 };

static void a_header_that_makes_no_sense_is_refused_or_told(void)
{
	static const struct {
		const char *label;
		size_t at;
		uint64_t value;
		const char *records; /* NULL: refused */
		enum problem_kind kind;
	} rows[] = {
		{ "a header of no bytes", SIZE, 0, NULL, 0 },
		{ "a header of 17 bytes", SIZE, 17, NULL, 0 },
		{ "a header of 71 bytes", SIZE, 71, NULL, 0 },
		{ "attributes of no bytes", ATTR_SIZE, 0, NULL, 0 },
		{ "attributes of 6 bytes", ATTR_SIZE, 6, NULL, 0 },
		{ "attributes of 79 bytes", ATTR_SIZE, 79, NULL, 0 },
		{ "attributes of 64 KiB", ATTR_SIZE, 65536, NULL, 0 },
		{ "attributes behind the file", ATTRS, 100000, NULL, 0 },
		{ "attributes at the largest offset", ATTRS, UINT64_MAX, NULL, 0 },
		{ "too many attributes", ATTRS + 8, UINT64_MAX, NULL, 0 },
		{ "the data in the header", DATA, 8, "", PROBLEM_BAD_HEADER },
		{ "the data behind the file", DATA, 100000, "", PROBLEM_BAD_HEADER },
		{ "the data at the largest offset", DATA, UINT64_MAX, "", PROBLEM_BAD_HEADER },
		{ "too much data", DATA + 8, UINT64_MAX, "COMM SAMPLE SAMPLE FINISHED_ROUND",
		  PROBLEM_TRUNCATED },
		{ "features that are not there", BITMAP, UINT64_MAX,
		  "COMM SAMPLE SAMPLE FINISHED_ROUND", PROBLEM_TRUNCATED },
	};

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		size_t row = i / 2;
		struct image img = image_of(IMAGE_FILE, i % 2);
		struct opened o;
		bool ok;

		check_in(rows[row].label);
		image_patch_u64(&img, rows[row].at, rows[row].value);
		ok = open_image(&o, &img);
		check(ok == (rows[row].records != NULL), "opened or refused");
		if (ok) {
			if (rows[row].kind ==
			    PROBLEM_TRUNCATED) /* what is behind the records may look like some */
				check(strncmp(opened_records(&o), rows[row].records,
					      strlen(rows[row].records)) == 0,
				      "records");
			else
				check_text(opened_records(&o), rows[row].records, "records");
			check(opened_problems(&o, rows[row].kind) >= 1, "told");
			check(!recording_finished(o.recording), "not finished");
			check_u64(recording_events(o.recording)->n, 2, "events");
		} else {
			check(o.err.kind == ERR_FORMAT && o.err.has_offset && *o.err.what,
			      "and it is said why");
		}
		open_done(&o);
		image_free(&img);
	}
	check_in(NULL);
}

static void what_is_no_recording_is_refused(void)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
	} rows[] = {
		{ "nothing", "", 0 },
		{ "a magic only", "PERFILE2", 8 },
		{ "fifteen bytes", "PERFILE2\x10\0\0\0\0\0\0", 15 },
		{ "another magic", "PERFILE3\x10\0\0\0\0\0\0\0", 16 },
		{ "a header that is cut off", "PERFILE2\x68\0\0\0\0\0\0\0abcdefgh", 24 },
	};
	struct opened o;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check(!open_bytes(&o, rows[i].bytes, rows[i].len), rows[i].label);
		check(o.err.kind == ERR_FORMAT && *o.err.what, "and it is said why");
		open_done(&o);
	}
	check(!open_path(&o, "/nonexistent/perf.data"), "a path that is not there");
	check(o.err.kind == ERR_IO && strstr(o.err.what, "cannot open"), "and it is said why");
	open_done(&o);
}

/* Header only: no event, no place for a record. */
static void a_header_without_events_needs_a_place_for_records(void)
{
	static const struct {
		const char *label;
		uint64_t offset, size;
		bool ok;
	} rows[] = {
		{ "data behind the header", 104, 0, true },
		{ "data inside the header", 0, 18, false },
		{ "unfinished data inside the header", 48, 0, false },
		{ "data behind the file", 105, 1, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image_options options = { .container = IMAGE_FILE };
		struct image img;
		struct opened o;

		image_begin(&img, &options);
		image_end(&img);
		image_patch_u64(&img, DATA, rows[i].offset);
		image_patch_u64(&img, DATA + 8, rows[i].size);
		check(open_image(&o, &img) == rows[i].ok, rows[i].label);
		open_done(&o);
		image_free(&img);
	}
}

static void a_feature_that_is_cut_off_is_told_and_the_others_are_read(void)
{
	struct image_options options = options_of(IMAGE_FILE, false);
	struct image img;
	struct opened o;

	options.features.arch = "x86_64";
	options.features.event_desc = false;
	image_begin(&img, &options);
	write_records(&img);
	image_end(&img);
	img.len -= 1; /* the last byte of ARCH */
	check(open_image(&o, &img), "opened");
	check_text(recording_features(o.recording)->hostname, "host", "the one before it");
	check(!recording_features(o.recording)->arch, "not the one that is cut off");
	check_u64(opened_problems(&o, PROBLEM_BAD_FEATURE), 1, "told");
	check(!recording_finished(o.recording), "not finished");
	check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND", "records");
	open_done(&o);
	image_free(&img);
}

/* ---- events ---- */

static void ids_past_the_end_are_told_and_the_event_is_kept(void)
{
	struct image img = image_of(IMAGE_FILE, false);
	size_t ids_of_first =
		HEADER_SIZE + 3 * sizeof(uint64_t) + 136; /* behind the ids comes the first attr */
	struct opened o;

	image_patch_u64(&img, ids_of_first + 8, 1 << 20);
	check(open_image(&o, &img), "opened");
	check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND", "records");
	check_u64(recording_events(o.recording)->n, 2, "events");
	check_u64(recording_events(o.recording)->items[0].n_ids, 0, "without ids");
	check_u64(recording_events(o.recording)->items[1].n_ids, 1, "the other has its own");
	check(opened_problems(&o, PROBLEM_BAD_HEADER) == 1, "told");
	open_done(&o);
	image_free(&img);
}

/* Each of many events claims the whole file as its ids: quadratic work, were they believed. */
static void ids_that_overlap_are_no_harm(void)
{
	enum { N = 30000 };
	struct image_event *many = calloc(N, sizeof(*many));
	struct image_options options = { .events = many, .n_events = N, .attr_size = 64 };
	struct image img;
	struct opened o;

	image_begin(&img, &options);
	image_finished_round(&img);
	image_end(&img);
	for (size_t i = 0; i < N; i++) {
		image_patch_u64(&img, HEADER_SIZE + 80 * i + 64, 0);
		image_patch_u64(&img, HEADER_SIZE + 80 * i + 72, img.len);
	}
	check(open_image(&o, &img), "opened");
	check_u64(recording_events(o.recording)->n, N, "events");
	check_u64(opened_problems(&o, PROBLEM_BAD_HEADER), N - 1, "all but the first are told");
	open_done(&o);
	image_free(&img);
	free(many);
}

static void pipes_name_their_events_by_updates(void)
{
	struct image_event own[2] = { { .attr = events[0].attr, .ids = { 10 }, .n_ids = 1 },
				      { .attr = events[1].attr, .ids = { 20 }, .n_ids = 1 } };
	struct image_options options = { .container = IMAGE_PIPE, .events = own, .n_events = 2 };
	const struct events *e;
	struct image img;
	struct opened o;

	image_begin(&img, &options);
	image_event_update(&img, 2, 20, "named");
	image_event_update(&img, 2, 20, "named again");
	image_event_update(&img, 0, 20, "Joules");
	image_event_update(&img, 1, 20, "a scale, which nobody uses");
	image_event_update(&img, 2, 99, "of nobody");
	image_record(&img, RECORD_EVENT_UPDATE, 0, "abc", 3);
	image_record(&img, RECORD_HEADER_ATTR, 0, "abc", 3);
	image_record(&img, RECORD_HEADER_FEATURE, 0, "abc", 3);
	image_record(&img, RECORD_HEADER_BUILD_ID, 0, "abc", 3);
	image_end(&img);
	check(open_image(&o, &img), "opened");
	opened_records(&o);
	e = recording_events(o.recording);
	check_u64(e->n, 2, "events");
	check_text(e->items[0].name, "cpu-clock", "one without a name gets one");
	check_text(e->items[1].name, "named", "the first name counts");
	check_text(e->items[1].unit, "Joules", "its unit");
	check_text(e->items[0].unit, "", "no unit");
	check_u64(opened_problems(&o, PROBLEM_BAD_RECORD), 4, "those that are cut off are told");
	open_done(&o);
	image_free(&img);
}

static void an_attr_record_must_hold_the_attr_that_it_claims(void)
{
	static const struct {
		const char *label;
		uint32_t size;
		size_t events;
	} rows[] = {
		{ "its own size", 136, 1 },       { "no size", 0, 0 },
		{ "less than any", 63, 0 },       { "the first version's", 64, 1 },
		{ "more than there is", 153, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct image_options options = { .container = IMAGE_PIPE,
						 .events = events,
						 .n_events = 1 };
		struct image img;
		struct opened o;

		image_begin(&img, &options);
		image_patch_u32(&img, HEADER_SIZE_PIPE + 8 + 4, rows[i].size);
		image_end(&img);
		check(open_image(&o, &img), "opened");
		opened_records(&o);
		check_u64(recording_events(o.recording)->n, rows[i].events, rows[i].label);
		open_done(&o);
		image_free(&img);
	}
}

/* ---- walks ---- */

static void every_walk_gives_the_same_records(void)
{
	struct image img = image_of(IMAGE_PIPE, false);
	struct record_view v;
	struct opened o;
	bool same = true;

	image_compress_begin(&img);
	write_records(&img);
	image_compress_end(&img, RECORD_COMPRESSED, 50);
	check(open_image(&o, &img), "opened");
	for (int walk = 0; walk < 3; walk++) {
		uint64_t n = 0, offset = 0;

		recording_rewind(o.recording);
		for (; recording_next(o.recording, &v); n++) {
			same &= v.ordinal == n && v.offset >= offset;
			offset = v.offset;
		}
		check_u64(n, 7 + 4 + 4 + 3,
			  "records"); /* attrs, features, updates; plain; unpacked; packed */
	}
	check(same, "with ordinals from 0 and rising offsets");
	check(!recording_next(o.recording, &v), "the end stays the end");
	open_done(&o);
	image_free(&img);
}

static void a_first_walk_that_is_broken_off_does_nothing_twice(void)
{
	struct image img = image_of(IMAGE_PIPE, false);
	struct record_view v;
	struct opened o;

	image_bytes(&img, "abc", 3);
	check(open_image(&o, &img), "opened");
	for (size_t stop = 1; stop < 12; stop++) {
		recording_rewind(o.recording);
		for (size_t i = 0; i < stop; i++)
			recording_next(o.recording, &v);
	}
	check_text(opened_records(&o), "COMM SAMPLE SAMPLE FINISHED_ROUND", "records");
	check_u64(recording_events(o.recording)->n, 2, "events");
	check_u64(opened_problems(&o, PROBLEM_TRAILING_JUNK), 1, "what is wrong is told once");
	open_done(&o);
	image_free(&img);
}

/* As on a medium that fails: the descriptor stays, but cannot be read any more. */
static void what_the_system_refuses_is_no_damage_for_ever(void)
{
	struct image img = image_of(IMAGE_FILE, false);
	int unreadable = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct record_view v;
	struct opened o;

	check(open_image(&o, &img), "opened");
	check(!recording_refused(o.recording), "nothing was refused yet");
	dup2(unreadable, recording_source(o.recording)->fd);
	while (recording_next(o.recording, &v))
		;
	check(recording_refused(o.recording), "the system refused to read");
	close(unreadable);
	open_done(&o);
	image_free(&img);

	img = image_of(IMAGE_FILE, false);
	image_bytes(&img, "abc", 3);
	check(open_image(&o, &img), "opened");
	while (recording_next(o.recording, &v))
		;
	check(!recording_refused(o.recording), "damage is no refusal");
	open_done(&o);
	image_free(&img);
}

int main(void)
{
	every_container_gives_the_same_records();
	attrs_of_every_size_are_stepped_over();
	a_header_without_features_is_read();
	standard_input_is_read_as_a_pipe_or_as_a_file();
	a_pipe_that_cannot_be_spooled_is_an_error();
	junk_behind_a_pipes_records_is_told_and_no_harm();
	a_directory_recording_is_read_file_by_file();
	a_damaged_data_file_does_not_keep_the_others_from_being_read();
	as_many_files_as_there_are_can_be_read();
	a_file_that_goes_while_it_is_read_is_told();
	problems_name_the_file_that_they_are_in();
	a_file_that_perf_did_not_finish_is_read_to_its_end();
	a_header_that_makes_no_sense_is_refused_or_told();
	what_is_no_recording_is_refused();
	a_header_without_events_needs_a_place_for_records();
	a_feature_that_is_cut_off_is_told_and_the_others_are_read();
	ids_past_the_end_are_told_and_the_event_is_kept();
	ids_that_overlap_are_no_harm();
	pipes_name_their_events_by_updates();
	an_attr_record_must_hold_the_attr_that_it_claims();
	every_walk_gives_the_same_records();
	a_first_walk_that_is_broken_off_does_nothing_twice();
	what_the_system_refuses_is_no_damage_for_ever();
	return check_done("recording");
}
