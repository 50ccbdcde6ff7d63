#include "report/objects.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/base/text.h"
#include "report/elf_file.h"
#include "report/object_cache.h"
#include "report/vdso.h"

/* A file is read once, however many mappings it has. */
struct object {
	const char *path, *debug_path; /* as the finder calls them */
	struct object_file *file;
	bool debug_tried, told_rules;
	struct debug_info *debug; /* NULL: not asked for, or none */
	struct debug_info *own;   /* the same, where the file's is not for this recording */
};

struct objects {
	struct finder *finder;
	const struct recording *recording;
	struct diag *diag;
	struct object_cache *cache;
	bool own_cache;
	struct vdso vdso;
	uint32_t
		*of_mapping; /* by mapping id: index + 1; 0: not looked for yet, UINT32_MAX: none */
	struct object *items;
	size_t n, cap;
};

#define NO_OBJECT UINT32_MAX

struct objects *objects_new(const struct machine *m, struct finder *f, const struct recording *r,
			    struct object_cache *cache, struct diag *diag)
{
	struct objects *o = mem_calloc(1, sizeof(*o));

	o->finder = f;
	o->recording = r;
	o->diag = diag;
	o->own_cache = !cache;
	o->cache = cache ? cache : object_cache_new(0);
	o->of_mapping = mem_calloc((m ? machine_mappings(m) : 0) + 1, sizeof(*o->of_mapping));
	return o;
}

void objects_free(struct objects *o)
{
	if (!o)
		return;
	for (size_t i = 0; i < o->n; i++) {
		debug_info_free(o->items[i].own);
		object_cache_release(o->cache, o->items[i].file);
	}
	if (o->own_cache)
		object_cache_free(o->cache);
	vdso_done(&o->vdso);
	free(o->items);
	free(o->of_mapping);
	free(o);
}

static bool is_path(const struct object *object, const struct found_object *found)
{
	const char *debug = object->debug_path ? object->debug_path : "";

	return strcmp(object->path, found->path) == 0 &&
	       strcmp(debug, found->debug_path ? found->debug_path : "") == 0;
}

/* What a file is called in messages: those without a name of their own as the mapping calls them. */
static const char *name_of(const struct found_object *found, const struct mapping *mapping)
{
	return strncmp(found->path, "/proc/self/fd/", 14) == 0 ? mapping->filename : found->path;
}

static uint32_t open_object(struct objects *o, const struct found_object *found,
			    const struct mapping *mapping)
{
	const char *name = name_of(found, mapping);
	struct object object = { .path = found->path, .debug_path = found->debug_path };
	const struct elf_file *elf;

	for (size_t i = 0; i < o->n; i++)
		if (is_path(&o->items[i], found))
			return (uint32_t)i + 1;
	object.file = object_cache_get(o->cache, found->path, found->debug_path);
	elf = object.file->elf;
	if (!elf)
		diag_add(o->diag, PROBLEM_BAD_OBJECT, name, "%s: %s", name,
			 object.file->error.what);
	else if (elf->damage.kind != ERR_NONE)
		diag_add(o->diag, PROBLEM_BAD_OBJECT, name, "%s: %s", name, elf->damage.what);
	o->items = mem_grow(o->items, o->n, 1, &o->cap, sizeof(*o->items));
	o->items[o->n++] = object;
	return (uint32_t)o->n;
}

static uint32_t find(struct objects *o, const struct mapping *mapping)
{
	struct found_object found = finder_object(o->finder, mapping);

	if (!found.path && strcmp(mapping->filename, "[vdso]") == 0 && finder_uses_host(o->finder))
		found.path = vdso_path(&o->vdso, o->recording, mapping, o->diag);
	return found.path ? open_object(o, &found, mapping) : NO_OBJECT;
}

/* The object of a mapping; NULL: there is none. */
static struct object *object_of(struct objects *o, struct mapping_id id,
				const struct mapping *mapping)
{
	uint32_t *which = &o->of_mapping[id.i];

	if (!*which)
		*which = find(o, mapping);
	return *which == NO_OBJECT ? NULL : &o->items[*which - 1];
}

static bool address_in(const struct object *object, const struct mapping *mapping, uint64_t addr,
		       uint64_t *vaddr)
{
	return object && object->file->elf &&
	       elf_offset_to_vaddr(object->file->elf, addr - mapping->start + mapping->pgoff,
				   vaddr);
}

const char *objects_symbol(struct objects *o, struct mapping_id id, const struct mapping *mapping,
			   uint64_t addr)
{
	const struct object *object = object_of(o, id, mapping);
	const struct elf_symbol *symbol;
	uint64_t vaddr;

	if (!address_in(object, mapping, addr, &vaddr))
		return NULL;
	symbol = elf_find_symbol(object->file->elf, vaddr);
	return symbol ? symbol->name : NULL;
}

struct cfi *objects_cfi(struct objects *o, struct mapping_id id, const struct mapping *mapping,
			uint64_t addr, uint64_t *vaddr)
{
	struct object *object = object_of(o, id, mapping);
	struct cfi *cfi;

	if (!address_in(object, mapping, addr, vaddr))
		return NULL;
	cfi = object_file_cfi(object->file);
	if (cfi && cfi_is_refused(cfi) && !object->told_rules) {
		object->told_rules = true;
		diag_add(
			o->diag, PROBLEM_BAD_OBJECT, object->path,
			"%s: unwinding rules in it ask for more registers or states than there can "
			"be, and are not used",
			object->path);
	}
	return cfi;
}

/*
 * Debug information whose common parts were moved to another file is of no use without that.  What libdw would
 * find by itself it would not check.
 */
static struct debug_info *open_debug_info(struct objects *o, struct object *object,
					  const struct mapping *mapping)
{
	struct debug_info *d = object_file_debug_info(object->file), *whole;
	struct debug_alternate alternate;
	struct error err;
	const char *path;
	bool of_debug;

	if (!d || !object_file_alternate(object->file, &of_debug, &alternate))
		return d;
	path = finder_alternate(o->finder, of_debug ? object->debug_path : object->path,
				alternate.name, alternate.build_id, alternate.size);
	whole = path ? object_file_with_alternate(object->file, path) : NULL;
	if (!whole && path) { /* another recording's is in use, or it is none */
		object->own = debug_info_open(object->path, object->debug_path, &err);
		if (object->own && debug_info_set_alternate(object->own, path))
			whole = object->own;
	}
	if (!whole)
		diag_add(
			o->diag, PROBLEM_MISSING_DEBUG_FILE, mapping->filename,
			"%s: a part of its debug information is in another file, which was not found: %s%s",
			mapping->filename, alternate.name, finder_left_out(o->finder));
	return whole;
}

static struct debug_info *debug_info_of(struct objects *o, struct object *object,
					const struct mapping *mapping)
{
	if (!object->debug_tried)
		object->debug = open_debug_info(o, object, mapping);
	object->debug_tried = true;
	return object->debug;
}

struct debug_info *objects_debug_info(struct objects *o, struct mapping_id id,
				      const struct mapping *mapping, uint64_t addr, uint64_t *vaddr,
				      uint64_t *symbol_start)
{
	struct object *object = object_of(o, id, mapping);
	const struct elf_symbol *symbol;

	if (!address_in(object, mapping, addr, vaddr))
		return NULL;
	symbol = elf_find_symbol(object->file->elf, *vaddr);
	*symbol_start = symbol ? symbol->start : *vaddr;
	return debug_info_of(o, object, mapping);
}

static struct object_place place_in(const struct objects *o, uint32_t number,
				    const struct mapping *mapping, uint64_t vaddr)
{
	const struct object *object = &o->items[number - 1];

	return (struct object_place){
		.object = number,
		.path = object->path,
		.name = text_begins(object->path, "/proc/self/fd/") ? mapping->filename
								    : object->path,
		.machine = object->file->elf->machine,
		.vaddr = vaddr,
		.symbol = elf_find_symbol(object->file->elf, vaddr),
	};
}

bool objects_code_place(struct objects *o, struct mapping_id id, const struct mapping *mapping,
			uint64_t addr, struct object_place *out)
{
	uint64_t vaddr;

	if (!address_in(object_of(o, id, mapping), mapping, addr, &vaddr))
		return false;
	*out = place_in(o, o->of_mapping[id.i], mapping, vaddr);
	return true;
}

bool objects_place(struct objects *o, struct mapping_id id, const struct mapping *mapping,
		   uint64_t addr, struct object_place *out)
{
	if (!objects_code_place(o, id, mapping, addr, out))
		return false;
	out->debug = debug_info_of(o, object_of(o, id, mapping), mapping);
	return true;
}

const uint8_t *objects_build_id(struct objects *o, struct mapping_id id,
				const struct mapping *mapping, uint8_t *size)
{
	const struct object *object;

	*size = mapping->build_id_size;
	if (*size)
		return mapping->build_id;
	object = object_of(o, id, mapping);
	if (!object || !object->file->elf)
		return NULL;
	*size = object->file->elf->build_id_size;
	return object->file->elf->build_id;
}

bool objects_place_in_file(struct objects *o, const char *path, const struct mapping *mapping,
			   uint64_t vaddr, struct object_place *out)
{
	struct found_object found = { .path = path };

	return objects_place_found(o, &found, mapping->filename, vaddr, out);
}

bool objects_place_found(struct objects *o, const struct found_object *found, const char *filename,
			 uint64_t vaddr, struct object_place *out)
{
	const struct mapping m = { .filename = filename };
	uint32_t number = open_object(o, found, &m);

	if (!o->items[number - 1].file->elf)
		return false;
	*out = place_in(o, number, &m, vaddr);
	out->debug = debug_info_of(o, &o->items[number - 1], &m);
	return true;
}

const struct elf_symbol *objects_symbol_in(const struct objects *o, uint32_t object, uint64_t vaddr)
{
	return elf_find_symbol(o->items[object - 1].file->elf, vaddr);
}

bool objects_has_file(struct objects *o, struct mapping_id id, const struct mapping *mapping)
{
	const struct object *object = object_of(o, id, mapping);

	return object && object->file->elf;
}
