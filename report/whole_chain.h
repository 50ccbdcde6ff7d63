/*
 * report/whole_chain.h - a sample's call chain made whole: the kernel's part, then the user's from the best source.
 *
 * That is the chain that the kernel recorded, a copy of the stack (unwind.h), or the processor's record of calls
 * (LBR, perf record --call-graph lbr).  Counts how stacks ended.
 */
#ifndef PERFOLIO_REPORT_WHOLE_CHAIN_H
#define PERFOLIO_REPORT_WHOLE_CHAIN_H

#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/text.h"
#include "parser/sample.h"
#include "report/environment.h"
#include "report/machine.h"
#include "report/unwind.h"

struct recording;
struct whole_chains;

/* Everything is borrowed.  unwinder: NULL where the machine is not known; environment: NULL, not looked for. */
struct whole_chains *whole_chains_new(const struct recording *r, struct unwinder *unwinder,
				      struct environment *environment, struct texts *texts,
				      struct diag *diag);
void whole_chains_free(struct whole_chains *w);

/* Replace the sample's chain if another source has more; it is valid until the next call. */
void whole_chain(struct whole_chains *w, struct sample *s, struct instance_id instance,
		 uint64_t time);

/* Samples by how their stack ended; those without any stack are in none. */
const uint64_t *whole_chains_ends(const struct whole_chains *w);

#endif
