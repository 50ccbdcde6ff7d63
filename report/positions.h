/*
 * report/positions.h - where frames are in the code: what is left of a location when its recording is closed (D3).
 *
 * A position is what was found at an address (a list of functions, frame_lists.h) and where that is, said so that it
 * means the same in recordings of other processes, runs and hosts: in a file by the file's own addresses; in what lies
 * elsewhere each time, the kernel and code made at run time, by the distance from the begin of the function.
 * It holds what only the recording's files at the time could tell: source lines and the opcode.
 *
 *   position  list, piece, address, exact, lines, opcode
 *   piece     the function's code: of which file or of what, its symbol, from where to where
 *   lines     a source place for each frame of the list
 *
 * Positions, pieces and lines are each distinct; texts are interned, of one struct texts, and never NULL.
 */
#ifndef PERFOLIO_REPORT_POSITIONS_H
#define PERFOLIO_REPORT_POSITIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/text.h"
#include "report/opcode_at.h"

/* What addresses of a piece and its positions count from. */
enum piece_kind {
	PIECE_FILE,    /* they are the ELF file's own, as its symbols have them */
	PIECE_OFFSETS, /* no file was at hand: offsets in it */
	PIECE_KERNEL,  /* from the begin of the kernel's symbol: start is 0 */
	PIECE_JIT,     /* from the begin of the code made at run time: start is 0 */
	PIECE_KINDS
};

/* Equal, and so one, if all but `path` and `at` are; of these it has one recording's, the same whichever came first. */
struct code_piece {
	enum piece_kind kind;
	const char *object;   /* as the function's: "/usr/bin/x", "[kernel.kallsyms]", "[jit]" */
	const char *build_id; /* hexadecimal; "": not known */
	const char *symbol;   /* as the symbol table, kallsyms or jitdump has it; "": none */
	uint64_t start, end;  /* of the symbol; 0, 0: not known */
	uint16_t machine;     /* e_machine; 0: not known */
	const char *
		path; /* what was read: the object's file, the kernel's image, the jitdump; "": nothing */
	uint64_t at; /* of JIT code with a path: its bytes begin there in the jitdump */
};

/* Where a frame is in its source: its instruction, or its call of the next frame. */
struct source_place {
	const char *file; /* "": not known */
	uint32_t line;    /* 0: not known */
	uint32_t
		declared; /* the line where its function begins, if that is in `file`; 0: elsewhere, or not known */
};

#define NO_PIECE UINT32_MAX
#define NO_LINES UINT32_MAX

/*
 * Without a piece nothing but the list is known: of Python functions, whose code has no place in the source; of
 * addresses in nothing (no mapping, no name), which are no one's; and of recordings that positions were not kept of.
 * Then address is 0, exact is false and there are no lines, and `opcode` is OPCODE_NO_LOOP.
 */
struct position {
	uint32_t list;  /* in a struct frame_lists */
	uint32_t piece; /* or NO_PIECE */
	uint32_t
		lines; /* as many places as the list has frames, in their order; or NO_LINES: not known */
	bool exact; /* the instruction that was running; else a return address: the byte before it */
	uint64_t address; /* of the file, or from the begin of the piece: see enum piece_kind */
	/*
	 * What opcode_at() says; of code where the evaluation loop was never expected (it is neither called by a
	 * Python frame nor a handler of opcodes) OPCODE_NO_LOOP.  name: "" or, with OPCODE_KNOWN, the opcode.
	 */
	enum opcode_gap opcode;
	const char *opcode_name;
};

/* Starts as zeroes; positions_done() frees. */
struct positions {
	struct position *items;
	size_t n, cap;
	struct code_piece *pieces;
	size_t n_pieces, cap_pieces;
	struct source_place *places; /* lines i: places[first_place[i]] up to first_place[i + 1] */
	size_t n_places, cap_places;
	size_t *first_place; /* n_lines + 1 of them; NULL while n_lines is 0 */
	size_t n_lines, cap_lines;
	/* look-up: index + 1; 0: free */
	uint32_t *slots, *piece_slots, *line_slots;
	size_t mask, piece_mask, line_mask;
};

/* The number of an equal one, which is added if there is none. */
uint32_t positions_add(struct positions *p, const struct position *position);
uint32_t positions_add_piece(struct positions *p, const struct code_piece *piece);
uint32_t positions_add_lines(struct positions *p, const struct source_place *places, size_t n);
void positions_done(struct positions *p);

/* A position of which only this list is known. */
uint32_t positions_add_list(struct positions *p, uint32_t list, struct texts *texts);

/* Orders that depend on what they are, not on which came first; 0: they are equal. */
int piece_order(const struct code_piece *a, const struct code_piece *b);
int positions_lines_order(const struct positions *p, uint32_t a, uint32_t b);

static inline const struct code_piece *position_piece(const struct positions *p,
						      const struct position *of)
{
	return of->piece == NO_PIECE ? NULL : &p->pieces[of->piece];
}

/* *n: of the list's frames, or 0. */
static inline const struct source_place *position_lines(const struct positions *p,
							const struct position *of, size_t *n)
{
	const size_t *first;

	*n = 0;
	if (of->lines == NO_LINES)
		return NULL;
	first = &p->first_place[of->lines];
	*n = first[1] - first[0];
	return &p->places[first[0]];
}

#endif
