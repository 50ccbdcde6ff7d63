/*
 * parser/header.h - the header of a perf.data file: where its records, attributes
 * and features lie.  Source: perf.data-file-format.txt, struct perf_file_header.
 */
#ifndef PERFOLIO_PARSER_HEADER_H
#define PERFOLIO_PARSER_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/recording.h"

struct source;

struct file_section {
	uint64_t offset, size;
};

struct header_info {
	enum recording_mode mode;
	bool swap;       /* the other byte order */
	bool unfinished; /* data size 0, or a section runs past the end */
	uint64_t size;   /* bytes of the header itself */
	uint64_t attr_size;
	struct file_section attrs, data, event_types;
	uint64_t data_start, data_end;              /* where records are; within the file */
	struct file_section features[FEATURE_BITS]; /* size 0 and offset 0: not there */
};

/*
 * Read the header, in file mode also attributes and features.  Damage that leaves something
 * to read is told.  False: it is no recording, or not one that can be read.
 */
bool header_read(const struct source *s, struct header_info *out, struct events *events,
		 struct features *features, struct diag *diag, struct texts *texts,
		 struct error *err);

/* For dump: the header and the first file of a recording. */
const struct header_info *recording_header(const struct recording *r);
const struct source *recording_source(const struct recording *r);

/* Read a section whole; NULL if it does not lie in the file.  free() it. */
uint8_t *section_read(const struct source *s, const struct file_section *section,
		      struct error *err);

#endif
