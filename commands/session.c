#include "commands/session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/utf8.h"

static const char *next_step(const struct error *err)
{
	switch (err->kind) {
	case ERR_FORMAT:
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

int session_fail(const struct session *s, const struct error *err)
{
	const char *step = next_step(err);

	fprintf(stderr, "perfolio: %s: ", s->path);
	if (err->has_offset)
		fprintf(stderr, "byte 0x%" PRIx64 ": ", err->offset);
	session_put(err->what);
	fputc('\n', stderr);
	if (step)
		fprintf(stderr, "  %s\n", step);
	return err->kind == ERR_USAGE ? EXIT_USAGE : EXIT_NOTHING;
}

int session_output_fail(const char *path, const struct error *err)
{
	if (!path || strcmp(path, "-") == 0)
		fprintf(stderr, "perfolio: %s\n", err->what);
	else
		fprintf(stderr, "perfolio: %s: %s\n", path, err->what);
	fputs("  what was written so far is not whole; see to room and permissions, and try again\n",
	      stderr);
	return EXIT_NOTHING;
}

int session_open(struct session *s, const struct options *o, const char *input)
{
	struct error err = { 0 };

	*s = (struct session){ 0 };
	if (o->n_operands > 1 || (o->n_operands == 1 && input))
		return options_usage(o, "more than one recording: %s",
				     o->operands[o->n_operands - 1]);
	s->path = input ? input : o->n_operands ? o->operands[0] : "perf.data";
	s->diag = diag_new();
	s->texts = texts_new();
	s->recording = recording_open(s->path, s->diag, s->texts, &err);
	if (s->recording)
		return EXIT_DONE;
	if (!input && o->n_operands == 0 && err.kind == ERR_IO)
		fprintf(stderr,
			"perfolio: no recording was named, so perf.data in this directory was tried\n");
	return session_fail(s, &err);
}

void session_close(struct session *s)
{
	recording_close(s->recording);
	texts_free(s->texts);
	diag_free(s->diag);
	*s = (struct session){ 0 };
}

void session_tell(const struct session *s, bool verbose)
{
	for (size_t i = 0; i < diag_count(s->diag); i++) {
		const struct problem *p = diag_get(s->diag, i);

		if (p->severity == SEVERITY_NOTE && !verbose)
			continue;
		fprintf(stderr, "perfolio: %s: %s: ", s->path, severity_name(p->severity));
		session_put(p->message);
		if (p->count > 1)
			fprintf(stderr, " (%" PRIu64 " times)", p->count);
		fprintf(stderr, "\n  so: %s; to do: %s\n", p->consequence, p->remedy);
	}
}
