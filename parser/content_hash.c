#include "parser/content_hash.h"

#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { WINDOW = 1 << 20 };

#ifdef HAVE_NETTLE

#include <nettle/sha2.h>

struct digest {
	struct sha256_ctx sha;
};

static void digest_begin(struct digest *d)
{
	sha256_init(&d->sha);
}

static void digest_add(struct digest *d, const uint8_t *bytes, size_t len)
{
	sha256_update(&d->sha, len, bytes);
}

static void digest_text(struct digest *d, char text[CONTENT_HASH_TEXT])
{
	uint8_t sum[SHA256_DIGEST_SIZE];
	int at = snprintf(text, CONTENT_HASH_TEXT, "sha256:");

	sha256_digest(&d->sha, sizeof(sum), sum);
	for (size_t i = 0; i < sizeof(sum); i++)
		at += snprintf(text + at, CONTENT_HASH_TEXT - (size_t)at, "%02x", sum[i]);
}

#else

#include "parser/base/hash.h"

/* Windows are always full but the last of a file, so the same bytes are cut alike. */
struct digest {
	struct hash128 sum;
};

static void digest_begin(struct digest *d)
{
	d->sum = (struct hash128){ 0, 0 };
}

static void digest_add(struct digest *d, const uint8_t *bytes, size_t len)
{
	struct hash128 more = hash128_bytes(bytes, len, d->sum.low);

	d->sum.high = hash_pair(d->sum.high, more.high);
	d->sum.low = more.low;
}

static void digest_text(struct digest *d, char text[CONTENT_HASH_TEXT])
{
	snprintf(text, CONTENT_HASH_TEXT, "perfolio128:%016llx%016llx",
		 (unsigned long long)d->sum.high, (unsigned long long)d->sum.low);
}

#endif

static bool add_file(struct digest *d, const struct source *s, struct error *err)
{
	uint8_t *window = mem_resize(NULL, WINDOW, 1);
	uint64_t offset = 0;
	size_t got = 0;
	bool ok;

	while ((ok = source_read(s, offset, window, WINDOW, &got, err)) && got) {
		digest_add(d, window, got);
		offset += got;
	}
	free(window);
	return ok;
}

bool content_hash(const struct source *files, size_t n, char text[CONTENT_HASH_TEXT],
		  struct error *err)
{
	struct digest d;

	digest_begin(&d);
	for (size_t i = 0; i < n; i++) {
		uint64_t size = htole64(files[i].size);

		if (n > 1)
			digest_add(&d, (const uint8_t *)&size, sizeof(size));
		if (!add_file(&d, &files[i], err))
			return false;
	}
	digest_text(&d, text);
	return true;
}
