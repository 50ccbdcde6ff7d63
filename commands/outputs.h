/*
 * commands/outputs.h - each command's output, made from what was loaded into any stream.
 *
 * The functions stand in the file of the command that prints the same; `batch` writes them to files.
 * format: the index of the word that the command's --format takes.
 */
#ifndef PERFOLIO_COMMANDS_OUTPUTS_H
#define PERFOLIO_COMMANDS_OUTPUTS_H

#include <stdbool.h>

#include "commands/loading.h"
#include "commands/session.h"
#include "render/out.h"
#include "report/callgraph.h"
#include "report/derived.h"
#include "report/dotgraph.h"
#include "report/folded.h"
#include "report/ratios.h"
#include "report/table.h"

/* False: options->function is asked for and not there; nothing was written. */
bool report_write(struct out *o, const struct session *s, const struct loading *l,
		  const struct table_options *options, int format);

/* What `annotate --all` prints. False: an expression is wrong, which options do not say here; nothing was written. */
bool annotate_write(struct out *o, const struct session *s, const struct loading *l,
		    const struct loading_options *options, int format);

/* ratios: those that were asked for (metrics_add_ratios()); the others that the events can form are added. */
void cache_write(struct out *o, const struct session *s, const struct loading *l,
		 const struct table_options *options, struct ratios *ratios, int format);

/* What to do beside the format; EXPORT_DEFAULTS where nothing is said. */
struct export_options {
	enum recursion recursion;
	struct dot_options dot;
	struct folded_options folded;
	const struct derived *derived; /* callgrind's metrics: those that fit, see derived_fits() */
	size_t n_derived;
};
#define EXPORT_DEFAULTS                                                                  \
	{                                                                                \
		.dot = { .node_percent = 0.5, .edge_percent = 0.1, .limit = DOT_LIMIT }, \
	}

/* callgrind makes the profile's relative paths absolute: what shows files goes before it. */
void export_write(struct out *o, const struct session *s, const struct loading *l,
		  const struct export_options *how, int format);

/* e: NULL: not looked for.  The findings are the caller's to doctor_free(). */
struct doctor *doctor_write(struct out *o, const struct session *s, const struct loading *l,
			    const struct environment *e, int format);

void info_write(struct out *o, const struct session *s, int format);

/* The same of a profile file, which is read for it; its problems go to the session's sink.  False: it cannot be read; nothing was written. */
bool info_write_profile(struct out *o, const struct session *s, int format, struct error *err);

/* An option of `save` as its file will name it, behind those in *typed (NULL at first; free() it). */
void save_note(char **typed, const struct options *o, int id);

/* Load with this, so that save_loaded() can be asked. */
void save_prepare(struct loading_options *options);

/*
 * The profile file of a recording that was loaded for other outputs, too: those that show problems, functions or lines come
 * before it, for it may find more of them.  hash: of its contents.  False: what was loaded does not have it.
 */
bool save_loaded(struct out *o, struct session *s, struct loading *l,
		 const struct loading_options *options, const char *typed, const char *hash);

/*
 * The same of a recording that is opened and read for it.  False: it cannot be read; why was told.
 */
bool save_write(struct out *o, const char *path, const struct loading_options *options,
		const char *typed, const char *hash);

#endif
