/*
 * tests/unit/label.c - functions as one text (report/label.h).
 */
#include "report/label.h"

#include <string.h>

#include "parser/base/text.h"
#include "tests/check.h"

static struct texts *texts;

/* Rows name what they are about; a function has no NULLs. */
static struct function filled(const struct function *f)
{
	struct function whole = *f;

	whole.symbol = f->symbol ? f->symbol : "";
	whole.module = f->module ? f->module : "";
	whole.file = f->file ? f->file : "";
	whole.object = f->object ? f->object : "";
	return whole;
}

static void a_frame_is_written_as_its_kind_asks(void)
{
	static const struct {
		const char *label;
		struct function f;
		const char *plain, *full;
	} rows[] = {
		{ "Python",
		  { .kind = KIND_PYTHON, .name = "A.f", .module = "pkg.m", .file = "/s/pkg/m.py" },
		  "pkg.m.A.f",
		  "pkg.m.A.f (/s/pkg/m.py)" },
		{ "Python without a module",
		  { .kind = KIND_PYTHON, .name = "<module>", .file = "<string>" },
		  "<module>",
		  "<module> (<string>)" },
		{ "native",
		  { .kind = KIND_NATIVE,
		    .name = "read",
		    .module = "libc.so.6",
		    .object = "/lib/libc.so.6" },
		  "read",
		  "read (/lib/libc.so.6)" },
		{ "native with a source file: still its object",
		  { .kind = KIND_NATIVE, .name = "run", .file = "/s/run.c", .object = "/bin/run" },
		  "run",
		  "run (/bin/run)" },
		{ "kernel",
		  { .kind = KIND_KERNEL, .name = "do_idle", .object = "[kernel.kallsyms]" },
		  "do_idle_[k]",
		  "do_idle_[k] ([kernel.kallsyms])" },
		{ "kernel without a symbol",
		  { .kind = KIND_KERNEL,
		    .placeholder = true,
		    .name = "[kernel]",
		    .object = "[kernel.kallsyms]" },
		  "[kernel]",
		  "[kernel]" },
		{ "an object without symbols",
		  { .kind = KIND_NATIVE,
		    .placeholder = true,
		    .name = "[libz.so]",
		    .object = "/lib/libz.so" },
		  "[libz.so]",
		  "[libz.so]" },
		{ "outside any mapping",
		  { .kind = KIND_UNKNOWN, .placeholder = true, .name = "[unknown]" },
		  "[unknown]",
		  "[unknown]" },
		{ "a task",
		  { .kind = KIND_TASK, .name = "python-12/13" },
		  "python-12/13",
		  "python-12/13" },
		{ "no name at all", { .kind = KIND_NATIVE, .name = "" }, "[unnamed]", "[unnamed]" },
		{ "a name of blanks",
		  { .kind = KIND_NATIVE, .name = " \xc2\xa0 " },
		  "[unnamed]",
		  "[unnamed]" },
		{ "semicolons",
		  { .kind = KIND_PYTHON, .name = "a;b", .module = "m;n", .file = "/x;y.py" },
		  "m,n.a,b",
		  "m,n.a,b (/x,y.py)" },
		{ "line ends and tabs",
		  { .kind = KIND_NATIVE, .name = "a\nb\r\tc\x7f" },
		  "a?b??c?",
		  "a?b??c?" },
		{ "bytes that are no characters",
		  { .kind = KIND_NATIVE, .name = "a\xff\xc0\x80\xed\xa0\x80z" },
		  "a??????z",
		  "a??????z" },
		{ "characters that are",
		  { .kind = KIND_NATIVE, .name = "größe_\xe6\xbc\xa2\xf0\x9f\x90\x8d" },
		  "größe_\xe6\xbc\xa2\xf0\x9f\x90\x8d",
		  "größe_\xe6\xbc\xa2\xf0\x9f\x90\x8d" },
		{ "what steers a terminal",
		  { .kind = KIND_NATIVE,
		    .name = "a\xe2\x80\xae"
			    "b\xc2\x9b" },
		  "a?b?",
		  "a?b?" },
		{ "inner blanks stay",
		  { .kind = KIND_NATIVE, .name = " operator new(int, int) " },
		  "operator new(int, int)",
		  "operator new(int, int)" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct function f = filled(&rows[i].f);

		check_in(rows[i].label);
		check_text(label_frame(texts, &f, false), rows[i].plain, "plain");
		check_text(label_frame(texts, &f, true), rows[i].full, "full");
	}
	check_in(NULL);
}

static void equal_labels_are_one_text(void)
{
	struct function a = { .kind = KIND_NATIVE, .name = "f", .object = "/a" };
	struct function b = { .kind = KIND_NATIVE, .name = "f", .object = "/b" };

	a = filled(&a);
	b = filled(&b);
	check(label_frame(texts, &a, false) == label_frame(texts, &b, false), "without the object");
	check(label_frame(texts, &a, true) != label_frame(texts, &b, true), "but not with it");
}

static void the_base_is_what_follows_the_last_slash(void)
{
	check_text(label_base("/usr/lib/libc.so.6"), "libc.so.6", "a path");
	check_text(label_base("[vdso]"), "[vdso]", "no slash");
	check_text(label_base("/usr/"), "", "a folder");
	check_text(label_base(""), "", "nothing");
}

static void a_clean_text_is_one_line_without_blanks_around(void)
{
	check_text(label_clean(texts, "  a b  "), "a b", "blanks around");
	check_text(label_clean(texts, "a;b"), "a;b", "a semicolon is a character like others");
	check_text(label_clean(texts, ""), "", "nothing stays nothing");
	check_text(label_clean(texts, "\xe3\x80\x80x\xe2\x80\x83"), "x", "wide blanks");
	check_text(label_clean(texts, "a\nb"), "a?b", "a line end");
}

int main(void)
{
	texts = texts_new();
	a_frame_is_written_as_its_kind_asks();
	equal_labels_are_one_text();
	the_base_is_what_follows_the_last_slash();
	a_clean_text_is_one_line_without_blanks_around();
	texts_free(texts);
	return check_done("label");
}
