/*
 * tests/unit/base.c - errors, memory, arena, texts, hashes (parser/base/).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "parser/base/arena.h"
#include "parser/base/error.h"
#include "parser/base/hash.h"
#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "tests/check.h"

/* ---- errors ---- */

static void an_error_says_what_and_where(void)
{
	struct error err = { 0 };
	char text[1000];

	check(!fail_at(&err, ERR_FORMAT, 0x1f40, "%s ends", "MMAP2"), "it is false");
	check(err.kind == ERR_FORMAT && err.has_offset && err.offset == 0x1f40, "kind and place");
	check_text(err.what, "MMAP2 ends", "message");
	check(!fail(&err, ERR_IO, "cannot open"), "it is false without a place, too");
	check(err.kind == ERR_IO && !err.has_offset && err.offset == 0, "the old place is gone");
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	fail(&err, ERR_IO, "%s", text);
	check_u64(strlen(err.what), sizeof(err.what) - 1, "a long message is cut");
}

/* ---- memory ---- */

static void memory_is_zeroed_resized_and_copied(void)
{
	uint8_t *p = mem_calloc(3, 5);
	char *t = mem_text("folio", 3);
	void *none = mem_calloc(0, 8);
	bool zero = true;

	for (size_t i = 0; i < 15; i++)
		zero &= p[i] == 0;
	check(zero, "zeroes");
	p[14] = 7;
	p = mem_resize(p, 1000, 1);
	check(p[14] == 7, "contents stay");
	check_text(t, "fol", "a copy of a part");
	check(none, "nothing is a pointer, too");
	free(none);
	free(t);
	free(p);
}

static void an_array_grows_by_half_and_keeps_its_items(void)
{
	uint32_t *items = NULL;
	size_t cap = 0, moves = 0;
	bool same = true;

	for (uint32_t i = 0; i < 100000; i++) {
		size_t before = cap;

		items = mem_grow(items, i, 1, &cap, sizeof(*items));
		moves += cap != before;
		items[i] = i;
	}
	for (uint32_t i = 0; i < 100000; i++)
		same &= items[i] == i;
	check(same, "items");
	check(cap >= 100000 && cap <= 150000, "not much more room than needed");
	check(moves < 40, "it moves rarely");
	items = mem_grow(items, 100000, 300000, &cap, sizeof(*items));
	check(cap == 400000, "a large step is taken at once");
	free(items);
}

static void out_of_memory(size_t bytes)
{
	_exit(bytes == SIZE_MAX ? 17 : 18);
}

/* Ask for memory in a child, whose handler ends it; its exit status. */
static int ask_in_child(void (*ask)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		memory_set_handler(out_of_memory);
		ask();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void ask_product(void)
{
	free(mem_calloc(SIZE_MAX / 2, 3));
}

static void ask_half(void)
{
	free(mem_resize(NULL, (size_t)PTRDIFF_MAX + 1, 1));
}

static void ask_sum(void)
{
	size_t cap = 0;

	free(mem_grow(NULL, 8, SIZE_MAX - 4, &cap, 1));
}

static void sizes_that_wrap_go_to_the_handler(void)
{
	check_u64((uint64_t)ask_in_child(ask_product), 17, "a product past the largest number");
	check_u64((uint64_t)ask_in_child(ask_half), 17, "more than an object may have");
	check_u64((uint64_t)ask_in_child(ask_sum), 17, "a sum past the largest number");
}

/* ---- arena ---- */

static void pieces_of_an_arena_are_aligned_zeroed_and_apart(void)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 4000, 65536, 65537, 200000, 3, 0 };
	enum { N = sizeof(sizes) / sizeof(sizes[0]) };
	struct arena a = { 0 };
	uint8_t *pieces[20 * N];
	bool aligned = true, zeroed = true, apart = true;
	size_t n = 0;

	for (size_t i = 0; i < 20 * N; i++) {
		size_t size = sizes[i % N];
		uint8_t *p = arena_take(&a, size);

		if (!p) {
			check(false, "arena_take() gives a piece, whatever its size");
			return;
		}
		aligned &= (uintptr_t)p % 8 == 0;
		for (size_t k = 0; k < size; k++)
			zeroed &= p[k] == 0;
		memset(p, (int)(i & 0xff), size);
		pieces[n++] = p;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < sizes[i % N]; k++)
			apart &= pieces[i][k] == (i & 0xff);
	check(aligned, "aligned to 8 bytes, the first piece of no bytes too");
	check(zeroed, "zeroed");
	check(apart, "no piece lies in another");
	arena_free(&a);
	check(!a.blocks && a.left == 0, "empty behind arena_free()");
	arena_free(&a);
}

/* ---- texts ---- */

static void equal_texts_are_one_pointer(void)
{
	struct texts *t = texts_new();
	const char *folio = texts_add_z(t, "folio");
	char name[32];
	bool same = true;

	check_text(folio, "folio", "a copy");
	check(texts_add(t, "folio, more", 5) == folio, "a part of a longer one");
	check(texts_add(t, "folio\0more", 10) == folio, "up to a NUL");
	check(texts_add_z(t, "foli") != folio, "a beginning is another");
	check(texts_add_z(t, "folios") != folio, "a longer one is another");
	check_text(texts_add(t, "", 0), "", "the empty text");
	check(texts_add(t, "x", 0) == texts_add_z(t, ""), "it is one, too");
	for (unsigned i = 0; i < 50000; i++) {
		snprintf(name, sizeof(name), "name %u", i);
		texts_add_z(t, name);
	}
	for (unsigned i = 0; i < 50000; i++) {
		snprintf(name, sizeof(name), "name %u", i);
		same &= strcmp(texts_add_z(t, name), name) == 0;
	}
	check(same, "50000 others are what they were");
	check(texts_add_z(t, "folio") == folio, "and the first stays where it was");
	texts_free(t);
	texts_free(NULL);
}

/* ---- hashes ---- */

static void a_hash_depends_on_every_byte_the_length_and_the_seed(void)
{
	uint8_t bytes[100] = { 0 };
	bool differ = true, same = true;

	for (size_t len = 0; len < sizeof(bytes); len++) {
		struct hash128 h = hash128_bytes(bytes, len, 1),
			       more = hash128_bytes(bytes, len + 1, 1);

		differ &= h.low != more.low && h.high != more.high;
		differ &= h.low != hash128_bytes(bytes, len, 2).low;
		same &= h.low == hash128_bytes(bytes, len, 1).low;
		for (size_t i = 0; i < len; i++) {
			struct hash128 changed;

			bytes[i] ^= 0x80;
			changed = hash128_bytes(bytes, len, 1);
			differ &= changed.low != h.low && changed.high != h.high;
			bytes[i] ^= 0x80;
		}
	}
	check(differ, "another byte, length or seed is another hash");
	check(same, "the same bytes have the same hash");
	check(hash_bytes(bytes, 9) == hash128_bytes(bytes, 9, 0).low,
	      "the short one is half of it");
	check(hash_pair(1, 2) != hash_pair(2, 1), "a pair has an order");
	check(hash_u64(1) != hash_u64(2) && hash_u64(1) != 1, "numbers are spread");
}

/* How many of the slots of a table these numbers take. */
static size_t slots_taken(const uint64_t *numbers, size_t n)
{
	enum { SLOTS = 4096 };
	static bool taken[SLOTS];
	size_t slots = 0;

	memset(taken, 0, sizeof(taken));
	for (size_t i = 0; i < n; i++) {
		bool *slot = &taken[hash_u64(numbers[i]) % SLOTS];

		slots += !*slot;
		*slot = true;
	}
	return slots;
}

static void numbers_that_meet_under_known_keys_do_not_under_others(void)
{
	enum { N = 200 };
	uint64_t known[HASH_KEYS], numbers[N], lasting = hash_lasting_bytes("perfolio", 8);
	size_t n = 0;

	memcpy(known, hash_keys, sizeof(known));
	for (uint64_t x = 0; n < N; x++)
		if (hash_u64(x) % 4096 == 0)
			numbers[n++] = x;
	check_u64(slots_taken(numbers, N), 1, "under the known keys");
	hash_randomize("7");
	check(slots_taken(numbers, N) > N / 2, "under those of a seed");
	check(hash_bytes("perfolio", 8) != lasting, "hashes of bytes are others, too");
	check_u64(hash_lasting_bytes("perfolio", 8), lasting, "but for those that last");
	hash_randomize(NULL);
	check(slots_taken(numbers, N) > N / 2, "under keys that nobody knows");
	memcpy(hash_keys, known, sizeof(known));
	check_u64(hash_lasting_pair(1, 2), 0xd04ba4a2b36a25f3u,
		  "this number stands in journals of batch");
}

static void decimal_numbers_are_digits_and_a_point(void)
{
	static const struct {
		const char *text, *rest; /* rest: NULL, it is none */
		double value;
	} rows[] = {
		{ "0", "", 0 },         { "12", "", 12 },   { "0.5%", "%", 0.5 },
		{ ".25", "", 0.25 },    { "3.", "", 3 },    { "1.2.3", ".3", 1.2 },
		{ "0x1p3", "x1p3", 0 }, { "1e3", "e3", 1 }, { "", NULL, 0 },
		{ ".", NULL, 0 },       { "-1", NULL, 0 },  { "+1", NULL, 0 },
		{ " 1", NULL, 0 },      { "inf", NULL, 0 }, { "nan", NULL, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		double value = -1;
		const char *end = text_decimal(rows[i].text, &value);

		check((end != NULL) == (rows[i].rest != NULL), rows[i].text);
		check(!end || (strcmp(end, rows[i].rest) == 0 && value == rows[i].value),
		      rows[i].text);
	}
}

int main(void)
{
	an_error_says_what_and_where();
	memory_is_zeroed_resized_and_copied();
	an_array_grows_by_half_and_keeps_its_items();
	sizes_that_wrap_go_to_the_handler();
	pieces_of_an_arena_are_aligned_zeroed_and_apart();
	equal_texts_are_one_pointer();
	a_hash_depends_on_every_byte_the_length_and_the_seed();
	numbers_that_meet_under_known_keys_do_not_under_others();
	decimal_numbers_are_digits_and_a_point();
	return check_done("base");
}
