/*
 * tests/unit/demangle.c - C++ and Rust names as people write them (report/demangle.h).
 */
#include "report/demangle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/text.h"
#include "tests/check.h"

static struct texts *texts;

static void a_name_that_is_not_mangled_stays(void)
{
	static const char *const names[] = {
		"",        "main",     "_start",
		"_",       "_Z",       "_R",
		"_Zxx",    "_Reset",   "__libc_start_main",
		"Z",       "f@plt",    "f.cold",
		"_ZN3foo", "\xff\xfe",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		check_text(demangle(texts, names[i]), names[i], names[i]);
		check(demangle(texts, names[i]) == texts_add_z(texts, names[i]), "interned");
	}
}

#ifdef HAVE_LIBIBERTY

static void a_mangled_name_becomes_readable(void)
{
	static const struct {
		const char *name, *readable;
	} rows[] = {
		{ "_ZN4work6MatrixIdE8multiplyERKS1_",
		  "work::Matrix<double>::multiply(work::Matrix<double> const&)" },
		{ "_ZNK4work6Circle4areaEd", "work::Circle::area(double) const" },
		{ "_ZdlPvm", "operator delete(void*, unsigned long)" },
		{ "_ZN3fooC1Ev", "foo::foo()" },
		{ "_ZTV3foo", "vtable for foo" },
		{ "_ZZN4work7sortingEiENKUlllE_clEll",
		  "work::sorting(int)::{lambda(long, long)#1}::operator()(long, long) const" },
		{ "_Z1fILi3EEvv", "void f<3>()" },
		{ "_ZN4core3fmt9Formatter9write_str17h0123456789abcdefE",
		  "core::fmt::Formatter::write_str" },
		{ "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt"
		  "17h0123456789abcdefE",
		  "<alloc::string::String as core::fmt::Debug>::fmt" },
		{ "_RNvCs4fqI2P2rA04_4main5hello", "main::hello" },
		{ "_RNvMs_Cs4fqI2P2rA04_4mainNtB4_3Foo3bar", "<main::Foo>::bar" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *readable = demangle(texts, rows[i].name);

		check_text(readable, rows[i].readable, rows[i].name);
		check(readable == texts_add_z(texts, rows[i].readable), "interned");
	}
}

static void what_stands_behind_a_name_stays_behind(void)
{
	static const struct {
		const char *name, *readable;
	} rows[] = {
		{ "_ZdlPvm@plt", "operator delete(void*, unsigned long)@plt" },
		{ "_Z1fi.cold", "f(int) [clone .cold]" },
		{ "_Z1fi.isra.0.cold", "f(int) [clone .isra.0] [clone .cold]" },
		{ "_Z1fi.cold@plt", "f(int) [clone .cold]@plt" },
		{ "_Z1fi.\xc3\xa4", "f(int).\xc3\xa4" },
		{ "_ZN1a1b17h0123456789abcdefE.llvm.99", "a::b.llvm.99" },
		{ "_ZN1a1b17h0123456789abcdefE@plt", "a::b@plt" },
		{ "_RNvC1a1b.cold", "a::b.cold" },
		{ "_RNvC1a1b@plt", "a::b@plt" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_text(demangle(texts, rows[i].name), rows[i].readable, rows[i].name);
}

/* S_, S0_, S1_ ...: the n-th part of a C++ name that can be referred to. */
static void add_substitution(char *name, size_t size, unsigned n)
{
	static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t len = strlen(name);

	if (n == 0)
		snprintf(name + len, size - len, "S_");
	else if (n <= 36)
		snprintf(name + len, size - len, "S%c_", digits[n - 1]);
	else
		snprintf(name + len, size - len, "S%c%c_", digits[(n - 1) / 36],
			 digits[(n - 1) % 36]);
}

/* f(A<int, int>, A<A<int, int>, A<int, int>>, ...): each parameter twice as long as the one before. */
static void doubling_name(char *name, size_t size, unsigned parameters)
{
	snprintf(name, size, "_Z1f1AIiiE");
	for (unsigned i = 1; i < parameters; i++) {
		strncat(name, "S_I", size - strlen(name) - 1);
		add_substitution(name, size, i);
		add_substitution(name, size, i);
		strncat(name, "E", size - strlen(name) - 1);
	}
}

static void a_name_that_stands_for_gigabytes_stays_mangled(void)
{
	char name[2000];

	doubling_name(name, sizeof(name), 3);
	check_text(demangle(texts, name),
		   "f(A<int, int>, A<A<int, int>, A<int, int> >, "
		   "A<A<A<int, int>, A<int, int> >, A<A<int, int>, A<int, int> > >)",
		   "the small one is right");
	doubling_name(name, sizeof(name), 60);
	check_text(demangle(texts, name), name, "2^60 times A<int, int>");
}

/* `prefix`, then `piece` again and again, then `suffix`. */
static char *repeated(const char *prefix, const char *piece, size_t n, const char *suffix)
{
	size_t len = strlen(piece), size = strlen(prefix) + len * n + strlen(suffix) + 1;
	char *name = malloc(size);
	char *p = name;

	if (!name)
		exit(EXIT_FAILURE);
	p += snprintf(p, size, "%s", prefix);
	for (size_t i = 0; i < n; i++, p += len)
		memcpy(p, piece, len);
	snprintf(p, strlen(suffix) + 1, "%s", suffix);
	return name;
}

static void deep_and_long_names_come_back(void)
{
	static const struct {
		const char *label, *prefix, *piece, *suffix;
		size_t n;
	} rows[] = {
		{ "pointers to pointers", "_Z1f", "P", "i", 900 },
		{ "nested names", "_Z", "N", "", 100000 },
		{ "template arguments", "_Z1f", "I", "", 100000 },
		{ "a long list", "_ZN", "1a", "E", 100000 },
		{ "nested paths", "_R", "Nv", "C1a", 100000 },
		{ "tuples in tuples", "_RINvC1a1b", "T", "EE", 5000 },
		{ "escapes", "_ZN3000", "$LT$", "17h0123456789abcdefE", 3000 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *name = repeated(rows[i].prefix, rows[i].piece, rows[i].n, rows[i].suffix);

		check(demangle(texts, name) != NULL, rows[i].label);
		free(name);
	}
}

#endif

int main(void)
{
	texts = texts_new();
	a_name_that_is_not_mangled_stays();
#ifdef HAVE_LIBIBERTY
	a_mangled_name_becomes_readable();
	what_stands_behind_a_name_stays_behind();
	a_name_that_stands_for_gigabytes_stays_mangled();
	deep_and_long_names_come_back();
#endif
	texts_free(texts);
	return check_done("demangle");
}
