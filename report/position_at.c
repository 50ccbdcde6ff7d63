#include "report/position_at.h"

#include <stdlib.h>
#include <string.h>

#include "report/elf_file.h"
#include "report/stacks.h"

static const char *text(const struct position_asking *a, const char *s)
{
	return texts_add_z(a->texts, s);
}

static const char *hexadecimal(const struct position_asking *a, const uint8_t *bytes, uint8_t size)
{
	static const char digits[] = "0123456789abcdef";
	char hex[2 * BUILD_ID_MAX + 1];
	size_t n = size < BUILD_ID_MAX ? size : BUILD_ID_MAX;

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	return texts_add(a->texts, hex, 2 * n);
}

static struct code_piece piece_of(const struct position_asking *a, enum piece_kind kind,
				  const struct function *f)
{
	const char *nothing = text(a, "");

	return (struct code_piece){
		.kind = kind,
		.object = f->object,
		.build_id = nothing,
		.symbol = nothing,
		.path = nothing,
	};
}

/* Of a recorded mapping, kernel's or file's, as it was recorded. */
static const char *build_id_of(const struct position_asking *a, const struct mapping *m)
{
	return m ? hexadecimal(a, m->build_id, m->build_id_size) : text(a, "");
}

/* ---- by whose address it is ---- */

/* What all code of a mapping's file has in common. */
static const struct code_piece *piece_in(struct position_asking *a, const struct location *l,
					 const struct mapping *m, const struct function *f,
					 const struct object_place *place)
{
	struct code_piece *piece = &a->in_mapping;
	const uint8_t *build_id;
	uint8_t size;

	if (a->mapping.i == l->mapping.i)
		return piece;
	a->mapping = l->mapping;
	build_id = objects_build_id(a->objects, l->mapping, m, &size);
	*piece = piece_of(a, PIECE_FILE, f);
	piece->object = text(a, m->filename);
	piece->build_id = hexadecimal(a, build_id, size);
	piece->machine = place->machine;
	piece->path = text(a, place->name);
	return piece;
}

static void find_in_file(struct position_asking *a, const struct location *l,
			 const struct mapping *m, const struct function *f,
			 struct code_piece *piece, uint64_t *address)
{
	struct object_place place;

	if (!objects_code_place(a->objects, l->mapping, m, l->addr, &place)) {
		*piece = piece_of(a, PIECE_OFFSETS, f);
		piece->object = text(a, m->filename);
		piece->build_id = build_id_of(a, m);
		*address = l->addr - m->start + m->pgoff;
		return;
	}
	*piece = *piece_in(a, l, m, f, &place);
	if (place.symbol) {
		piece->symbol = *f->symbol ? f->symbol : f->name;
		piece->start = place.symbol->start;
		piece->end = place.symbol->end;
	}
	*address = place.vaddr;
}

static bool find_in_jit(const struct position_asking *a, const struct location *l,
			const struct function *f, struct code_piece *piece, uint64_t *address)
{
	struct jit_bytes bytes;

	if (!l->code)
		return false;
	jitmaps_bytes(a->jitmaps, l->code, &bytes);
	*piece = piece_of(a, PIECE_JIT, f);
	piece->symbol = text(a, jitmaps_name(a->jitmaps, l->code));
	piece->end = bytes.size;
	piece->machine = bytes.machine ? (uint16_t)bytes.machine : a->e_machine;
	if (bytes.path) {
		piece->path = text(a, bytes.path);
		piece->at = bytes.at;
	}
	*address = l->addr - bytes.start;
	return true;
}

static bool find_in_kernel(const struct position_asking *a, const struct location *l,
			   const struct mapping *m, const struct function *f,
			   struct code_piece *piece, uint64_t *address)
{
	struct kernel_code code = kernel_code(a->kernel, l->addr, m);

	if (l->addr < code.start || l->addr >= code.end)
		return false;
	*piece = piece_of(a, PIECE_KERNEL, f);
	piece->symbol = f->name;
	piece->build_id = build_id_of(a, m);
	piece->end = code.end - code.start;
	piece->machine = a->e_machine;
	if (code.path)
		piece->path = text(a, code.path);
	*address = l->addr - code.start;
	return true;
}

bool position_at(struct position_asking *a, const struct location *l, const struct function *f,
		 struct positions *to, struct position *out)
{
	const struct mapping *m = l->mapping.i ? machine_mapping(a->machine, l->mapping) : NULL;
	struct code_piece piece;
	uint64_t address;

	if (l->space == SPACE_KERNEL) {
		if (!find_in_kernel(a, l, m, f, &piece, &address))
			return false;
	} else if (l->space != SPACE_USER || !m) {
		return false;
	} else if (stacks_is_jit(m)) {
		if (!find_in_jit(a, l, f, &piece, &address))
			return false;
	} else {
		find_in_file(a, l, m, f, &piece, &address);
	}
	out->piece = positions_add_piece(to, &piece);
	out->address = address;
	out->exact = l->exact;
	return true;
}
