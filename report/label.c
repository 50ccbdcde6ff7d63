#include "report/label.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "parser/base/utf8.h"

const char *label_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	       c == 0x202f || c == 0x205f || c == 0x3000;
}

/* In place, since nothing gets longer: control and broken bytes are '?', blanks of all kinds ' '. */
static void clean(char *s)
{
	char *to = s;

	while (*s) {
		uint32_t c;
		size_t len = utf8_next(s, &c);

		if (c == UTF8_BAD || utf8_is_control(c)) {
			*to++ = '?';
		} else if (is_blank(c)) {
			*to++ = ' ';
		} else {
			memmove(to, s, len);
			to += len;
		}
		s += len;
	}
	*to = '\0';
}

static const char *trimmed(struct texts *texts, const char *s)
{
	size_t len = strlen(s);

	while (*s == ' ')
		s++, len--;
	while (len > 0 && s[len - 1] == ' ')
		len--;
	return texts_add(texts, s, len);
}

static const char *finish(struct texts *texts, char *own)
{
	const char *result;

	clean(own);
	result = trimmed(texts, own);
	free(own);
	return result;
}

const char *label_clean(struct texts *texts, const char *s)
{
	return finish(texts, mem_text(s, strlen(s)));
}

const char *label_module(const struct function *f)
{
	bool says_it = f->keys && (strchr(f->keys, '\t') || strcmp(f->keys, f->module) == 0);

	return says_it ? "" : f->module;
}

const char *label_frame(struct texts *texts, const struct function *f, bool full)
{
	bool python = f->kind == KIND_PYTHON && !f->placeholder;
	bool kernel = f->kind == KIND_KERNEL && !f->placeholder;
	const char *module = python ? label_module(f) : "";
	const char *where = f->kind == KIND_PYTHON ? f->file : f->object;
	const char *label;
	char *own;

	full = full && *where && !f->placeholder && f->kind != KIND_TASK;
	if (asprintf(&own, "%s%s%s%s%s%s%s", module, *module ? "." : "", f->name,
		     kernel ? "_[k]" : "", full ? " (" : "", full ? where : "",
		     full ? ")" : "") < 0)
		own = mem_text("", 0);
	for (char *s = own; *s; s++)
		if (*s == ';')
			*s = ',';
	label = finish(texts, own);
	return *label ? label : texts_add_z(texts, "[unnamed]");
}
