/*
 * tests/unit/digest.c - digests of bytes (parser/base/digest.h).
 */
#include "parser/base/digest.h"

#include <string.h>

#include "tests/check.h"

/* What Python's hashlib.blake2b(..., digest_size=32) gives for bytes 0, 1, 2 ... 250, 0, 1 ... of this length. */
static const struct {
	size_t len;
	const char *digest;
} rows[] = {
	{ 0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8" },
	{ 1, "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314" },
	{ 127, "f2fe67ff342e21b8f45e8f2e0bcd1d9243245d50ee6c78042e9c491388791c72" },
	{ 128, "c3582f71ebb2be66fa5dd750f80baae97554f3b015663c8be377cfcb2488c1d1" },
	{ 129, "f7f3c46ba2564ff4c4c162da1f5b605f9f1c4aa6a20652a9f9a337c1a2f5b9c9" },
	{ 255, "d9ef0fc521b4266d16df662bec231bc2ec3989e7adeaf63169c295dc239dbbea" },
	{ 256, "582f782226018ec33076bd8d1c42413530ac7e1126260ffc0f306ba3befc3f24" },
	{ 257, "227e15ed64ee8e93eb7bc53828f76eed974f2c4ab1408c3d08f212b7f8d69904" },
	{ 1024, "d75edc54bb5acee4cc8610568e82872ce79758afd38c51dfe6ccfab01c2d191f" },
	{ 4096, "11c294a11dc67e3ddb25f8c06cca2721e58d2a044243abea6c7063fd17d589e5" },
};

static void fill(uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(i % 251);
}

static void a_digest_does_not_depend_on_the_pieces_it_was_given_in(void)
{
	static const size_t steps[] = { 1, 7, 64, 127, 128, 129, 1000 };
	static uint8_t bytes[4096];
	char text[DIGEST_TEXT];

	fill(bytes, sizeof(bytes));
	for (size_t r = 0; r < sizeof(rows) / sizeof(rows[0]); r++)
		for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
			struct digesting d;
			struct digest digest;

			digest_begin(&d);
			for (size_t at = 0; at < rows[r].len; at += steps[s])
				digest_add(&d, bytes + at,
					   rows[r].len - at < steps[s] ? rows[r].len - at
								       : steps[s]);
			digest = digest_end(&d);
			check_text(digest_text(&digest, text), rows[r].digest, "digest");
		}
}

static void only_its_own_text_is_read_back(void)
{
	struct digest d, back = { { 0 } };
	char text[DIGEST_TEXT];

	fill(d.bytes, sizeof(d.bytes));
	digest_text(&d, text);
	check(digest_parse(&back, text) && memcmp(&back, &d, sizeof(d)) == 0, "read back");
	text[5] = 'A';
	check(!digest_parse(&back, text), "a capital letter");
	text[5] = 'g';
	check(!digest_parse(&back, text), "no digit");
	text[5] = '\0';
	check(!digest_parse(&back, text), "too short");
	check(!digest_parse(&back, ""), "nothing");
}

int main(void)
{
	a_digest_does_not_depend_on_the_pieces_it_was_given_in();
	only_its_own_text_is_read_back();
	return check_done("digest");
}
