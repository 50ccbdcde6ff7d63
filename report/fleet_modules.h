/*
 * report/fleet_modules.h - the modules of Python files over many recordings.
 *
 * Modules are named among files (pyname_modules()): what is `util` in one recording is `a.util` in another, which has a second
 * util.py.  Over all recordings together a file has one module, the one that it has when their profiles are merged.
 */
#ifndef PERFOLIO_REPORT_FLEET_MODULES_H
#define PERFOLIO_REPORT_FLEET_MODULES_H

struct fleet_modules;

struct fleet_modules *fleet_modules_new(void);
void fleet_modules_free(struct fleet_modules *m);

/* One more file, which may have been added before; none after fleet_modules_name(). */
void fleet_modules_add(struct fleet_modules *m, const char *file);

/* All files are there: give them their modules. */
void fleet_modules_name(struct fleet_modules *m);

/* Lives as long as `m`; NULL: it was not added. */
const char *fleet_modules_of(const struct fleet_modules *m, const char *file);

#endif
