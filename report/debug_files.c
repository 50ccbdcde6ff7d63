#include "report/debug_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/candidate.h"
#include "report/elf_file.h"
#include "report/paths.h"

/* ---- the proof ---- */

/* CRC-32 of IEEE 802.3, bits reversed; false: the file cannot be read. */
static bool crc_of_file(const char *path, uint32_t *out)
{
	static uint32_t table[256];
	uint8_t bytes[1 << 14];
	uint32_t crc = UINT32_MAX;
	FILE *f = fopen(path, "rbe");
	bool ok;
	size_t n;

	if (!f)
		return false;
	for (uint32_t i = 0; i < 256; i++) {
		table[i] = i;
		for (int bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	while ((n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		for (size_t i = 0; i < n; i++)
			crc = table[(crc ^ bytes[i]) & 0xff] ^ crc >> 8;
	ok = !ferror(f);
	fclose(f);
	*out = ~crc;
	return ok;
}

/* What is looked for. */
struct search {
	struct debug_files *d;
	struct object_id id;               /* no bytes: the object has none */
	const struct elf_debug_link *link; /* NULL: there is none to compare a CRC with */
	bool quiet; /* files that are not the object's are nobody's mistake */
};

static void refuse(const struct search *s, const char *path, const struct object_id *id)
{
	char own[OBJECT_ID_TEXT], wanted[OBJECT_ID_TEXT];

	if (s->quiet)
		return;
	if (s->id.size && (id->size || !s->link))
		diag_add(s->d->diag, PROBLEM_WRONG_OBJECT, path,
			 "%s: refused: its build id is %s, its object's %s", path,
			 id->size ? object_id_text(id, own) : "missing",
			 object_id_text(&s->id, wanted));
	else
		diag_add(s->d->diag, PROBLEM_WRONG_OBJECT, path,
			 "%s: refused: its CRC is not the one in its object's .gnu_debuglink",
			 path);
}

/* Is the file there, and is it the object's? */
static bool is_its_own(const struct search *s, const char *path)
{
	struct object_id id;
	uint32_t crc;

	if (!path_is_readable(path))
		return false;
	id = object_id_of_file(path);
	if (s->id.size && id.size ? object_id_equal(&id, &s->id)
				  : s->link && crc_of_file(path, &crc) && crc == s->link->crc)
		return true;
	refuse(s, path, &id);
	return false;
}

/* ---- the places ---- */

static const char *find_by_id(const struct search *s)
{
	struct id_walk w = id_walk(&s->d->trees, ID_DEBUG, &s->id);

	while (id_walk_next(&w))
		if (is_its_own(s, w.path))
			return texts_add_z(s->d->texts, w.path);
	return NULL;
}

static const char *find_in(const struct search *s, const char *root, const char *folder,
			   const char *name)
{
	char path[PATH_MAX];

	if (!path_join(path, root, folder, name) || !is_its_own(s, path))
		return NULL;
	return texts_add_z(s->d->texts, path);
}

/* Global folders hold the files of what this machine has, the recorded one may have had others. */
static const char *find_in_globals(const struct search *s, const char *recorded)
{
	struct search quiet = *s;
	const char *found = NULL;
	char folder[PATH_MAX];

	if (recorded[0] != '/' || path_climbs(recorded) || !path_folder(folder, recorded))
		return NULL;
	quiet.quiet = true;
	for (size_t i = 0; i < s->d->globals.n && !found; i++)
		found = find_in(&quiet, s->d->globals.roots[i], folder, s->link->name);
	return found;
}

static const char *find_by_link(const struct search *s, const char *path, const char *recorded)
{
	char folder[PATH_MAX];
	const char *found;

	/* It is a name, not a way to somewhere else. */
	if (!s->link || strchr(s->link->name, '/') || !path_folder(folder, path))
		return NULL;
	found = find_in(s, folder, "", s->link->name);
	if (!found)
		found = find_in(s, folder, ".debug/", s->link->name);
	return found ? found : find_in_globals(s, recorded);
}

/* What takes its time: the archive must be unpacked, servers must answer. */
static const char *fetch(const struct search *s)
{
	struct search quiet = *s;
	const char *path = NULL;

	if (!s->id.size)
		return NULL;
	quiet.quiet = true;
	if (s->d->archive)
		path = id_archive_find(s->d->archive, &s->id, ID_DEBUG);
	if (path && is_its_own(&quiet, path))
		return texts_add_z(s->d->texts, path);
	path = s->d->server ? symbol_server_find(s->d->server, &s->id, ID_DEBUG) : NULL;
	return path && is_its_own(&quiet, path) ? path : NULL;
}

const char *debug_files_find(struct debug_files *d, const char *path, const char *recorded,
			     const struct object_id *id)
{
	struct search s = { .d = d, .id = *id };
	struct elf_debug_link link;
	const char *found = find_by_id(&s);

	if (found || !elf_debug_link(path, &link))
		return found;
	if (link.is_there)
		s.link = &link;
	found = find_by_link(&s, path, recorded);
	if (!found && (id->size || s.link))
		found = find_in(&s, path, ".debug", "");
	return found || link.complete ? found : fetch(&s);
}

const char *debug_files_alternate(struct debug_files *d, const char *debug_path, const char *name,
				  const struct object_id *id)
{
	struct search s = { .d = d, .id = *id, .quiet = true };
	const char *found = find_by_id(&s);
	char folder[PATH_MAX] = "";

	if (found || !id->size)
		return found;
	if (*name == '/' || path_folder(folder, debug_path))
		found = find_in(&s, folder, name, "");
	return found ? found : fetch(&s);
}
