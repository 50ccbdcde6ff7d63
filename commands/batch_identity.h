/*
 * commands/batch_identity.h - which of a batch's inputs are the same recording.
 *
 * Each sample of a fleet counts once, so a recording and a profile file that has all of its samples are one.  What has the
 * identity of an input before it is a duplicate.
 */
#ifndef PERFOLIO_COMMANDS_BATCH_IDENTITY_H
#define PERFOLIO_COMMANDS_BATCH_IDENTITY_H

#include <stdbool.h>

#include "parser/base/digest.h"

/*
 * content: the digest of the input.  It is the identity, too, but for a profile file of one recording of which no filter left
 * anything out: that has the recording's.
 */
struct digest batch_identity(const char *path, const struct digest *content);

/* The order of inputs: by path, profile files behind all others, for a recording can be asked more than its profile. */
int batch_input_order(bool a_profile, const char *a, bool b_profile, const char *b);

#endif
