#include "report/demangle.h"

#include <setjmp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"

#ifdef HAVE_LIBIBERTY

#ifdef HAVE_LIBIBERTY_DEMANGLE_H
#include <libiberty/demangle.h>
#else
#include <demangle.h>
#endif

/*
 * A hostile name of a few hundred bytes can stand for gigabytes of text, since names
 * refer back to their own parts.  libiberty hands its output over in small pieces; once it is
 * too much we jump out of it.  What it holds then lies on the stack (but for
 * a piece of Punycode in Rust names), so nothing is lost.  How deep it recurses it bounds itself,
 * as long as nobody says DMGL_NO_RECURSE_LIMIT.
 */
enum {
	MANGLED_LIMIT = 16384,
	READABLE_LIMIT = 65536 /* bytes; more than names of real programs have */
};

struct output {
	char *text;
	size_t len, cap;
	jmp_buf too_long;
};

static void take_piece(const char *piece, size_t len, void *opaque)
{
	struct output *out = opaque;

	if (len == 0)
		return;
	if (len > READABLE_LIMIT - out->len)
		longjmp(out->too_long, 1);
	out->text = mem_grow(out->text, out->len, len, &out->cap, 1);
	memcpy(out->text + out->len, piece, len);
	out->len += len;
}

/* Demangle all of `name` as the one or the other; false: it is not mangled so, or takes too long. */
static bool run(const char *name, bool rust, struct output *out)
{
	if (setjmp(out->too_long))
		return false;
	if (rust)
		return rust_demangle_callback(name, DMGL_PARAMS | DMGL_ANSI, take_piece, out);
	return cplus_demangle_v3_callback(name, DMGL_PARAMS | DMGL_ANSI, take_piece, out);
}

/* Rust's old names end as C++ namespaces do, the last one a hash: 17h, 16 hexadecimal digits, E. */
static const char *rust_hash_end(const char *name)
{
	enum { DIGITS = 16 };
	const char *p = name;

	while ((p = strstr(p, "17h"))) {
		p += strlen("17h");
		if (strspn(p, "0123456789abcdef") == DIGITS && p[DIGITS] == 'E' &&
		    strchr(".@", p[DIGITS + 1])) /* or the end */
			return p + DIGITS + 1;
	}
	return NULL;
}

/* The readable form of the first `len` bytes, and behind it the rest as it stands; NULL: there is none. */
static const char *demangle_part(struct texts *texts, const char *name, size_t len, bool rust)
{
	struct output out = { 0 };
	const char *readable = NULL, *rest = name + len;
	char *part = mem_text(name, len);

	if (run(part, rust, &out) && out.len) {
		size_t n = strlen(rest);

		out.text = mem_grow(out.text, out.len, n, &out.cap, 1);
		memcpy(out.text + out.len, rest, n);
		readable = texts_add(texts, out.text, out.len + n);
	}
	free(part);
	free(out.text);
	return readable;
}

/*
 * Behind the mangled name may stand what compilers and we put there: .cold, .llvm.123, @plt.
 * libiberty knows C++ clones ("f() [clone .cold]"); Rust's it would drop.
 */
const char *demangle(struct texts *texts, const char *name)
{
	const char *hash_end, *readable;
	bool rust = strncmp(name, "_R", 2) == 0;

	if (!rust && strncmp(name, "_Z", 2) != 0)
		return texts_add_z(texts, name);
	if (strnlen(name, MANGLED_LIMIT + 1) > MANGLED_LIMIT)
		return texts_add_z(texts, name);
	hash_end = rust ? NULL : rust_hash_end(name);
	if (hash_end) {
		readable = demangle_part(texts, name, (size_t)(hash_end - name), true);
		if (readable)
			return readable;
	}
	readable = rust ? NULL : demangle_part(texts, name, strcspn(name, "@"), false);
	if (!readable)
		readable = demangle_part(texts, name, strcspn(name, ".@"), rust);
	return readable ? readable : texts_add_z(texts, name);
}

#else

const char *demangle(struct texts *texts, const char *name)
{
	return texts_add_z(texts, name);
}

#endif
