#include "report/unpack.h"

#ifdef HAVE_LIBARCHIVE

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>

#include "parser/base/memory.h"

bool unpack_supported(void)
{
	return true;
}

/* What may come out: program files shrink to a quarter, symbol tables to a tenth. */
enum { BLOCK = 1 << 16, SLACK = 1 << 20, RATIO = 64, MOST = 1 << 30 };

/* All that the archive's only entry holds; false: damaged, or too much. */
static bool read_entry(struct archive *a, size_t limit, uint8_t **out, size_t *len)
{
	struct archive_entry *entry;
	uint8_t *bytes = NULL;
	size_t used = 0, cap = 0;
	la_ssize_t n = 0;

	if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return false;
	do {
		used += (size_t)n;
		bytes = mem_grow(bytes, used, BLOCK, &cap, 1);
		n = archive_read_data(a, bytes + used, BLOCK);
	} while (n > 0 && used + (size_t)n <= limit);
	if (n != 0) {
		free(bytes);
		return false;
	}
	*out = bytes;
	*len = used;
	return true;
}

uint8_t *unpack(const void *bytes, size_t len, size_t *out_len)
{
	size_t limit = len < (MOST - SLACK) / RATIO ? SLACK + RATIO * len : MOST;
	struct archive *a = archive_read_new();
	uint8_t *result = NULL;

	if (!a)
		return NULL;
	archive_read_support_filter_xz(a);
	archive_read_support_filter_zstd(a);
	archive_read_support_filter_gzip(a);
	archive_read_support_filter_bzip2(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_memory(a, bytes, len) != ARCHIVE_OK ||
	    !read_entry(a, limit, &result, out_len))
		result = NULL;
	archive_read_free(a);
	return result;
}

#else

bool unpack_supported(void)
{
	return false;
}

uint8_t *unpack(const void *bytes, size_t len, size_t *out_len)
{
	(void)bytes;
	(void)len;
	(void)out_len;
	return NULL;
}

#endif
