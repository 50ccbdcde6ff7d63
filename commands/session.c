#include "commands/session.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "parser/base/memory.h"
#include "parser/base/utf8.h"
#include "parser/locate.h"
#include "parser/packed.h"
#include "parser/sections.h"

static const char *next_step(const struct session *s, const struct error *err)
{
	switch (err->kind) {
	case ERR_FORMAT:
		if (session_is_profile(s, s->path))
			return "check that the file was copied whole, or save it again from the recording";
		return "check that the file was copied whole; perfolio dump shows what can be read";
	case ERR_IO:
		return "name a recording of perf record: a file, its folder, or - for standard input";
	default:
		return NULL;
	}
}

void session_put(const char *text)
{
	while (*text) {
		uint32_t c;
		size_t len = utf8_next(text, &c);

		if (c == UTF8_BAD || utf8_is_control(c))
			fputc('?', stderr);
		else
			fwrite(text, 1, len, stderr);
		text += len;
	}
}

void session_say(const char *fmt, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	session_put(text);
	free(text);
}

int session_fail(const struct session *s, const struct error *err)
{
	const char *step = next_step(s, err);

	session_say("perfolio: %s: ", s->path);
	if (err->has_offset)
		fprintf(stderr, "byte 0x%" PRIx64 ": ", err->offset);
	session_put(err->what);
	fputc('\n', stderr);
	if (step)
		fprintf(stderr, "  %s\n", step);
	return err->kind == ERR_USAGE ? EXIT_USAGE : EXIT_NOTHING;
}

int session_create_fail(const char *path, const struct error *err)
{
	session_say("perfolio: %s: %s", path, err->what);
	fputs("\n  nothing was written; see to the folder and its permissions, or name another file\n",
	      stderr);
	return EXIT_NOTHING;
}

int session_output_fail(const char *path, const struct error *err)
{
	if (!path || strcmp(path, "-") == 0) {
		session_say("perfolio: %s", err->what);
		fputs("\n  what was written so far is not whole; see to room and permissions, and try again\n",
		      stderr);
	} else {
		session_say("perfolio: %s: %s", path, err->what);
		fputs("\n  a file that was there is as it was; see to room and permissions, and try again\n",
		      stderr);
	}
	return EXIT_NOTHING;
}

/* ---- opening ---- */

static int begin(struct session *s, const struct options *o, const char *input, bool several)
{
	static const char *fallback = "perf.data";
	size_t most = several && !input ? SIZE_MAX : input ? 0 : 1;

	*s = (struct session){ .standard_input = { .fd = -1 } };
	if (o->n_operands > most)
		return options_usage(o, "more than one recording: %s",
				     o->operands[o->n_operands - 1]);
	s->n_inputs = o->n_operands ? o->n_operands : 1;
	s->inputs = mem_calloc(s->n_inputs, sizeof(*s->inputs));
	s->inputs[0] = input ? input : fallback;
	for (size_t i = 0; i < o->n_operands; i++)
		s->inputs[i] = o->operands[i];
	s->path = s->inputs[0];
	s->diag = diag_new();
	s->texts = texts_new();
	return EXIT_DONE;
}

static bool is_stdin(const char *path)
{
	return strcmp(path, "-") == 0;
}

static int read_stdin(struct session *s)
{
	struct error err = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < s->n_inputs; i++)
		n += is_stdin(s->inputs[i]);
	if (!n || source_open("-", &s->standard_input, &err))
		return EXIT_DONE;
	s->path = "-";
	return session_fail(s, &err);
}

bool session_source(const struct session *s, const char *path, struct source *out,
		    struct error *err)
{
	if (!is_stdin(path) || s->standard_input.fd < 0)
		return source_open(path, out, err);
	*out = s->standard_input;
	out->fd = fcntl(s->standard_input.fd, F_DUPFD_CLOEXEC, 0);
	return out->fd >= 0 || fail(err, ERR_IO, "cannot open: %s", strerror(errno));
}

bool session_is_profile(const struct session *s, const char *path)
{
	uint8_t head[SECTIONS_MAGIC_BYTES];
	struct source source;
	struct error err;
	struct stat st;
	size_t got = 0;
	bool is;

	/* a FIFO can be read once only: it is a recording, or "-" */
	if (!is_stdin(path) && (stat(path, &st) < 0 || !S_ISREG(st.st_mode)))
		return false;
	if (!session_source(s, path, &source, &err))
		return false;
	is = source_read(&source, 0, head, sizeof(head), &got, &err) && got == sizeof(head) &&
	     is_sections_magic(head);
	source_close(&source);
	return is;
}

/* As `perf archive --all` makes them. */
static bool is_tarball(const char *path)
{
	struct source source;
	struct error err;
	bool is;

	if (!source_open(path, &source, &err))
		return false;
	is = is_packed(&source);
	source_close(&source);
	return is;
}

bool session_is_input(const char *path)
{
	const struct session none = { .standard_input = { .fd = -1 } };
	struct stat st = { .st_mode = 0 };

	if (is_stdin(path))
		return true;
	if (stat(path, &st) < 0 ||
	    !S_ISREG(st.st_mode)) /* what can be read once only is left alone */
		return S_ISDIR(st.st_mode);
	return is_recording_file(path) || session_is_profile(&none, path) || is_tarball(path);
}

static int open_recording(struct session *s, const struct session *whole, struct error *err)
{
	struct source source;

	if (!is_stdin(s->path))
		s->recording = recording_open(s->path, s->diag, s->texts, err);
	else if (session_source(whole, s->path, &source, err))
		s->recording = recording_open_source(s->path, &source, s->diag, s->texts, err);
	return s->recording ? EXIT_DONE : EXIT_NOTHING;
}

static int open_only(struct session *s, const struct options *o, const char *input)
{
	struct error err = { 0 };

	if (open_recording(s, s, &err) == EXIT_DONE)
		return EXIT_DONE;
	if (!input && o->n_operands == 0 && err.kind == ERR_IO)
		fprintf(stderr,
			"perfolio: no recording was named, so perf.data in this directory was tried\n");
	return session_fail(s, &err);
}

int session_open_any(struct session *s, const struct options *o, const char *input, bool several)
{
	char name[40];
	int status = begin(s, o, input, several);

	if (status == EXIT_DONE)
		status = read_stdin(s);
	if (status != EXIT_DONE)
		return status;
	if (s->n_inputs == 1)
		return session_is_profile(s, s->path) ? EXIT_DONE : open_only(s, o, input);
	snprintf(name, sizeof(name), "%zu recordings", s->n_inputs);
	s->path = texts_add_z(s->texts, name);
	return EXIT_DONE;
}

int session_open(struct session *s, const struct options *o, const char *input)
{
	int status = session_open_any(s, o, input, false);

	if (status != EXIT_DONE || s->recording)
		return status;
	session_say("perfolio: %s: this is a profile file, and %s needs a recording", s->path,
		    o->command->name);
	fputs("\n  perfolio info tells which recordings it was made from\n", stderr);
	return EXIT_NOTHING;
}

int session_open_input(struct session *s, const struct session *whole, const char *path,
		       struct texts *texts)
{
	struct error err = { 0 };

	*s = (struct session){ .path = path, .standard_input = { .fd = -1 } };
	s->diag = diag_new();
	s->texts = texts;
	return open_recording(s, whole, &err) == EXIT_DONE ? EXIT_DONE : session_fail(s, &err);
}

void session_close(struct session *s)
{
	recording_close(s->recording);
	texts_free(s->texts);
	diag_free(s->diag);
	if (s->inputs) /* of a session that was never opened, fd 0 is not ours */
		source_close(&s->standard_input);
	free(s->inputs);
	*s = (struct session){ 0 };
}

/* A recording can have as many problems of one kind as it has files or records: so many are shown. */
enum { SHOWN_OF_KIND = 10 };

static void tell_problem(const struct session *s, const struct problem *p)
{
	session_say("perfolio: %s: %s: %s", s->path, severity_name(p->severity), p->message);
	if (p->count > 1)
		fprintf(stderr, " (%" PRIu64 " times)", p->count);
	fprintf(stderr, "\n  so: %s; to do: %s\n", p->consequence, p->remedy);
}

static void tell_more(const struct session *s, size_t n, enum problem_kind kind)
{
	session_say("perfolio: %s: and %zu more problems of this kind: %s; all of them: --verbose",
		    s->path, n, diag_kind_name(kind));
	fputc('\n', stderr);
}

void session_tell(const struct session *s, bool verbose)
{
	size_t n_of_kind[PROBLEM_KINDS] = { 0 };

	for (size_t i = 0; i < diag_count(s->diag); i++) {
		const struct problem *p = diag_get(s->diag, i);

		if (p->severity == SEVERITY_NOTE && !verbose)
			continue;
		if (n_of_kind[p->kind]++ < SHOWN_OF_KIND || verbose)
			tell_problem(s, p);
	}
	for (size_t kind = 0; kind < PROBLEM_KINDS && !verbose; kind++)
		if (n_of_kind[kind] > SHOWN_OF_KIND)
			tell_more(s, n_of_kind[kind] - SHOWN_OF_KIND, (enum problem_kind)kind);
}
