/*
 * parser/stream.h - the records of one range of one file, one after the other.
 *
 * Reads windows of the file, steps over payload that stands outside of records
 * (AUXTRACE, HEADER_TRACING_DATA) and unpacks COMPRESSED records; the records
 * that come out of them follow behind them.
 */
#ifndef PERFOLIO_PARSER_STREAM_H
#define PERFOLIO_PARSER_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/diag.h"
#include "parser/base/error.h"
#include "parser/recording.h"
#include "parser/source.h"

/* How a walk over a stream ended. */
enum stream_end {
	END_NOT_YET,
	END_WHOLE,     /* at the end of the range, between two records */
	END_TRUNCATED, /* inside a record, or payload runs past the end */
	END_JUNK,      /* bytes that are no record */
};

struct stream;

/*
 * Records of `source` (borrowed) in [start, end).  `pipe`: bytes behind the last record that are
 * text or zeroes are junk, not damage.  `swap`: the other byte order.  `file` goes into each view.
 */
struct stream *stream_new(const struct source *source, uint64_t start, uint64_t end, bool swap,
			  bool pipe, uint32_t file);
void stream_free(struct stream *s);

/* Next record (its ordinal is not set).  False at the end, which stream_end() explains. */
bool stream_next(struct stream *s, struct record_view *out);

enum stream_end stream_end(const struct stream *s);
/* Where and why it ended, for END_TRUNCATED and END_JUNK; and what was wrong with compressed records. */
const struct error *stream_error(const struct stream *s);
const struct error *stream_compression_error(const struct stream *s); /* kind ERR_NONE: nothing */

#endif
