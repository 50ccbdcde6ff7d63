#include "parser/base/error.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 3, 0))) static void fill(struct error *err, enum error_kind kind,
						       const char *fmt, va_list args)
{
	err->kind = kind;
	vsnprintf(err->what, sizeof(err->what), fmt, args);
}

bool fail(struct error *err, enum error_kind kind, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, kind, fmt, args);
	va_end(args);
	err->has_offset = false;
	err->offset = 0;
	return false;
}

bool fail_at(struct error *err, enum error_kind kind, uint64_t offset, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(err, kind, fmt, args);
	va_end(args);
	err->has_offset = true;
	err->offset = offset;
	return false;
}
