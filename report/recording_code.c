#include "report/recording_code.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"
#include "parser/jitdump.h"
#include "parser/recording.h"
#include "report/arch.h"
#include "report/elf_file.h"
#include "report/interp.h"
#include "report/jit_lines.h"
#include "report/kernel.h"
#include "report/recorded_code_parts.h"
#include "report/stacks.h"

struct recording_code {
	struct recorded_code base;
	struct recording_code_input in;
	struct kernel *kernel;      /* made when the first address of the kernel is asked for */
	struct eval_loops *loops;   /* made when the first opcode is asked for */
	uint32_t sorted;            /* of this JIT code `lines` are; 0: of none yet */
	struct jitdump_line *lines; /* by address */
	size_t n_lines;
};

static struct recording_code *ours(struct recorded_code *c)
{
	return (struct recording_code *)c;
}

static void end(struct recorded_code *base)
{
	struct recording_code *c = ours(base);

	kernel_free(c->kernel);
	eval_loops_free(c->loops);
	free(c->lines);
	free(c);
}

/* ---- where ---- */

static void look_in_kernel(struct recording_code *c, const struct location *l,
			   const struct mapping *m, struct code_site *site)
{
	struct kernel_code code;

	if (!c->kernel)
		c->kernel = kernel_new(c->in.machine, c->in.finder, c->in.texts, c->in.diag);
	code = kernel_code(c->kernel, l->addr, m);
	site->start = code.start;
	site->end = code.end;
	site->has_file = code.path && m &&
			 objects_place_in_file(c->in.objects, code.path, m, code.vaddr, &site->at);
	if (site->has_file)
		site->address = code.vaddr;
}

static struct code_site site_of(struct recorded_code *base, uint32_t location)
{
	struct recording_code *c = ours(base);
	const struct location *l = &c->in.collected->tree->locations[location];
	const struct mapping *m = l->mapping.i ? machine_mapping(c->in.machine, l->mapping) : NULL;
	const struct function *f = &c->in.functions->items[*frames_at(c->in.frames, location)];
	struct code_site site = { .location = location, .address = l->addr, .object = f->object };

	if (l->space == SPACE_KERNEL)
		look_in_kernel(c, l, m, &site);
	if (l->space != SPACE_USER || !m)
		return site;
	if (stacks_is_jit(m)) {
		site.code = l->code;
		return site;
	}
	site.has_file = objects_place(c->in.objects, l->mapping, m, l->addr, &site.at);
	if (site.has_file && site.at.debug)
		debug_info_set_budget(site.at.debug, CODE_DEBUG_BUDGET);
	site.address = site.has_file ? site.at.vaddr : l->addr - m->start + m->pgoff;
	return site;
}

/* ---- bytes ---- */

static void read_file(const struct recording_code *c, const struct code_site *site,
		      struct code_unit *u)
{
	const struct elf_symbol *symbol = site->at.symbol;

	u->path = texts_add_z(c->in.texts, site->at.name);
	if (!symbol) {
		u->why = "the file has no symbol for this code";
		return;
	}
	u->symbol = texts_add_z(c->in.texts, symbol->name);
	u->start = symbol->start;
	u->end = symbol->end;
	code_unit_read(u, &site->at);
}

static void read_jit(const struct recording_code *c, const struct code_site *site,
		     struct code_unit *u)
{
	struct jit_bytes jit;
	uint8_t *bytes;
	size_t n;

	u->why = "nothing is known of this code";
	if (!site->code)
		return;
	jitmaps_bytes(c->in.jitmaps, site->code, &jit);
	u->start = jit.start;
	u->end = jit.start + jit.size;
	u->why = "a perf map has no code in it, only a jitdump has";
	if (!jit.path)
		return;
	u->path = jit.path;
	u->machine = jit.machine ? (uint16_t)jit.machine
				 : arch_elf_machine(recording_features(c->in.recording)->arch);
	n = code_limited(jit.n);
	bytes = mem_calloc(n, 1);
	code_unit_take(u, bytes, jitdump_code_bytes(jit.path, jit.at, bytes, n),
		       "the jitdump cannot be read any more");
}

/* There is no code, but there may be a table that says where the symbol is. */
static void read_nothing(const struct recording_code *c, const struct code_site *site,
			 struct code_unit *u)
{
	uint32_t function = *frames_at(c->in.frames, site->location);

	u->why = c->in.functions->items[function].kind == KIND_KERNEL
			 ? "the kernel's code is not at hand"
			 : "no file with the code is at hand";
	u->start = site->start;
	u->end = site->end;
}

static void read_unit(struct recorded_code *base, const struct code_site *site,
		      struct code_unit *out)
{
	struct recording_code *c = ours(base);

	*out = (struct code_unit){ .symbol = "" };
	if (site->has_file)
		read_file(c, site, out);
	else if (strcmp(site->object, "[jit]") == 0)
		read_jit(c, site, out);
	else
		read_nothing(c, site, out);
}

static const struct elf_symbol *symbol_at(struct recorded_code *c, const struct code_site *site,
					  uint64_t vaddr)
{
	return site->has_file ? objects_symbol_in(ours(c)->in.objects, site->at.object, vaddr)
			      : NULL;
}

/* ---- lines ---- */

static void sort_lines(struct recording_code *c, uint32_t code, const struct jit_bytes *jit)
{
	free(c->lines);
	c->lines = jit_lines_sorted(jit);
	c->n_lines = jit->n_lines;
	c->sorted = code;
}

/* A line of a jitdump holds from its address on. */
static size_t jit_frames(struct recording_code *c, uint32_t code, uint64_t address,
			 struct source_frame *out)
{
	size_t low = 0, high;
	struct jit_bytes jit;

	jitmaps_bytes(c->in.jitmaps, code, &jit);
	if (c->sorted != code)
		sort_lines(c, code, &jit);
	high = c->n_lines;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (c->lines[mid].addr <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low || c->lines[low - 1].addr < jit.start)
		return 0;
	*out = (struct source_frame){
		.name = "",
		.file = c->lines[low - 1].file,
		.line = c->lines[low - 1].line,
		.decl_file = "",
	};
	return 1;
}

static size_t frames_of(struct recorded_code *c, const struct code_site *site, uint64_t address,
			struct source_frame *out, size_t max)
{
	if (site->code)
		return max ? jit_frames(ours(c), site->code, address, out) : 0;
	return site->has_file && site->at.debug
		       ? debug_info_frames(site->at.debug, address, out, max)
		       : 0;
}

static const char *no_lines(struct recorded_code *c, const struct code_site *site)
{
	(void)c;
	if (site->code)
		return "the compiler that made this code told no lines";
	return site->has_file && site->at.debug
		       ? "the debug information does not speak of this code"
		       : "no debug information is at hand";
}

/* ---- opcodes ---- */

static struct opcode_asking opcode_asking(struct recording_code *c)
{
	if (!c->loops)
		c->loops = eval_loops_new();
	return (struct opcode_asking){
		.machine = c->in.machine,
		.objects = c->in.objects,
		.loops = c->loops,
		.texts = c->in.texts,
	};
}

static enum opcode_gap opcode(struct recorded_code *base, uint32_t location, const char **name)
{
	struct recording_code *c = ours(base);
	struct opcode_asking asking = opcode_asking(c);

	return opcode_at(&asking, &c->in.collected->tree->locations[location], name);
}

static bool is_handler(struct recorded_code *base, uint32_t location)
{
	struct recording_code *c = ours(base);
	struct opcode_asking asking = opcode_asking(c);

	return opcode_is_handler(&asking, &c->in.collected->tree->locations[location]);
}

/* ---- the recording ---- */

static unsigned pythons(struct recorded_code *c)
{
	const struct machine *m = ours(c)->in.machine;
	unsigned minors = 0;

	for (uint32_t i = 1; i <= machine_mappings(m); i++) {
		unsigned minor =
			interp_minor(machine_mapping(m, (struct mapping_id){ i })->filename);

		if (minor && minor < 8 * sizeof(minors))
			minors |= 1u << minor;
	}
	return minors;
}

/* It is copied with what lies beside it. */
static time_t written(struct recorded_code *c, bool beside)
{
	(void)beside;
	return recording_mtime(ours(c)->in.recording);
}

struct recorded_code *recording_code_new(const struct recording_code_input *in)
{
	static const struct code_teller teller = {
		.free = end,
		.site = site_of,
		.read = read_unit,
		.symbol = symbol_at,
		.frames = frames_of,
		.no_lines = no_lines,
		.opcode = opcode,
		.is_handler = is_handler,
		.pythons = pythons,
		.time = written,
	};
	struct recording_code *c = mem_calloc(1, sizeof(*c));

	c->base.teller = &teller;
	c->in = *in;
	return &c->base;
}
