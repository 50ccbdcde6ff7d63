/*
 * report/position_at.h - a location of a recording -> its position, so far as files and tables of the recording say it.
 */
#ifndef PERFOLIO_REPORT_POSITION_AT_H
#define PERFOLIO_REPORT_POSITION_AT_H

#include <stdbool.h>
#include <stdint.h>

#include "report/calltree.h"
#include "report/jitmaps.h"
#include "report/kernel.h"
#include "report/machine.h"
#include "report/objects.h"
#include "report/positions.h"
#include "report/profile.h"

/* Everything is borrowed. */
struct position_asking {
	const struct machine *machine;
	struct objects *objects;
	struct jitmaps *jitmaps;
	struct kernel *kernel;
	struct texts *texts;
	uint16_t e_machine; /* of what was recorded, for code that does not say; 0: not known */
	/* inside: what locations of one mapping have in common, for the next one */
	struct mapping_id mapping;
	struct code_piece in_mapping;
};

/*
 * The piece and the address of a location; f: its function, as symbol tables have it.  False: it has no place that
 * would mean the same in another recording (see struct position), `out` is not touched.
 * out: `exact`, `piece` and `address` are set.
 */
bool position_at(struct position_asking *a, const struct location *l, const struct function *f,
		 struct positions *to, struct position *out);

#endif
