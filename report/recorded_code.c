#include "report/recorded_code.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "parser/base/memory.h"
#include "parser/jitdump.h"
#include "parser/recording.h"
#include "report/elf_file.h"
#include "report/interp.h"
#include "report/kernel.h"
#include "report/stacks.h"

enum {
	CODE_LIMIT = 2 << 20, /* bytes of one unit */
	DEBUG_BUDGET =
		128
		<< 20, /* bytes: functions are asked for in the order of their costs, not of units */
};

struct recorded_code {
	struct recorded_code_input in;
	struct kernel *kernel;      /* made when the first address of the kernel is asked for */
	struct eval_loops *loops;   /* made when the first opcode is asked for */
	uint32_t sorted;            /* of this JIT code `lines` are; 0: of none yet */
	struct jitdump_line *lines; /* by address */
	size_t n_lines;
};

struct recorded_code *recorded_code_new(const struct recorded_code_input *in)
{
	struct recorded_code *c = mem_calloc(1, sizeof(*c));

	c->in = *in;
	return c;
}

void recorded_code_free(struct recorded_code *c)
{
	if (!c)
		return;
	kernel_free(c->kernel);
	eval_loops_free(c->loops);
	free(c->lines);
	free(c);
}

/* ---- where ---- */

static void look_in_kernel(struct recorded_code *c, const struct location *l,
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

struct code_site recorded_code_site(struct recorded_code *c, uint32_t location)
{
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
		debug_info_set_budget(site.at.debug, DEBUG_BUDGET);
	site.address = site.has_file ? site.at.vaddr : l->addr - m->start + m->pgoff;
	return site;
}

/* Units in the order of files and symbols. */
int code_unit_order(const struct code_site *a, const struct code_site *b)
{
	uint64_t start_a = a->at.symbol ? a->at.symbol->start : 0;
	uint64_t start_b = b->at.symbol ? b->at.symbol->start : 0;

	if (a->at.object != b->at.object)
		return a->at.object < b->at.object ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (start_a > start_b) - (start_a < start_b);
}

/* ---- bytes ---- */

static size_t limited(uint64_t size)
{
	return size < CODE_LIMIT ? (size_t)size : CODE_LIMIT;
}

/* Bytes that were read into room for `size` of them; without any `why` says so. */
static void take_bytes(struct code_unit *u, uint8_t *bytes, size_t n, const char *why)
{
	if (n) {
		u->bytes = bytes;
		u->n = n;
		u->why = NULL;
		return;
	}
	free(bytes);
	u->why = why;
}

static void read_file(const struct recorded_code *c, const struct code_site *site,
		      struct code_unit *u)
{
	const struct elf_symbol *symbol = site->at.symbol;
	uint8_t *bytes;
	size_t size;

	u->path = texts_add_z(c->in.texts, site->at.name);
	u->machine = site->at.machine;
	if (!symbol) {
		u->why = "the file has no symbol for this code";
		return;
	}
	u->symbol = texts_add_z(c->in.texts, symbol->name);
	u->start = symbol->start;
	u->end = symbol->end;
	size = limited(u->end - u->start);
	bytes = mem_calloc(size, 1);
	take_bytes(u, bytes, elf_code(site->at.path, u->start, u->start + size, bytes),
		   "the file at hand has no code in it");
}

/* e_machine of the recorded machine, for dumps that do not say. */
static uint16_t recorded_machine(const struct recorded_code *c)
{
	const char *arch = recording_features(c->in.recording)->arch;

	if (arch && strcmp(arch, "x86_64") == 0)
		return EM_X86_64;
	return arch && strcmp(arch, "aarch64") == 0 ? EM_AARCH64 : EM_NONE;
}

static void read_jit(const struct recorded_code *c, const struct code_site *site,
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
	u->machine = jit.machine ? (uint16_t)jit.machine : recorded_machine(c);
	n = limited(jit.n);
	bytes = mem_calloc(n, 1);
	take_bytes(u, bytes, jitdump_code_bytes(jit.path, jit.at, bytes, n),
		   "the jitdump cannot be read any more");
}

/* There is no code, but there may be a table that says where the symbol is. */
static void read_nothing(const struct recorded_code *c, const struct code_site *site,
			 struct code_unit *u)
{
	uint32_t function = *frames_at(c->in.frames, site->location);

	u->why = c->in.functions->items[function].kind == KIND_KERNEL
			 ? "the kernel's code is not at hand"
			 : "no file with the code is at hand";
	u->start = site->start;
	u->end = site->end;
}

void recorded_code_read(struct recorded_code *c, const struct code_site *site,
			struct code_unit *out)
{
	*out = (struct code_unit){ .symbol = "" };
	if (site->has_file)
		read_file(c, site, out);
	else if (strcmp(site->object, "[jit]") == 0)
		read_jit(c, site, out);
	else
		read_nothing(c, site, out);
}

const struct elf_symbol *recorded_code_symbol(const struct recorded_code *c,
					      const struct code_site *site, uint64_t vaddr)
{
	return site->has_file ? objects_symbol_in(c->in.objects, site->at.object, vaddr) : NULL;
}

/* ---- lines ---- */

static int by_address(const void *va, const void *vb)
{
	const struct jitdump_line *a = va, *b = vb;

	if (a->addr != b->addr)
		return a->addr < b->addr ? -1 : 1;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return strcmp(a->file, b->file);
}

static void sort_lines(struct recorded_code *c, uint32_t code, const struct jit_bytes *jit)
{
	free(c->lines);
	c->lines = mem_calloc(jit->n_lines, sizeof(*c->lines));
	c->n_lines = jit->n_lines;
	c->sorted = code;
	if (!jit->n_lines)
		return;
	memcpy(c->lines, jit->lines, jit->n_lines * sizeof(*c->lines));
	qsort(c->lines, c->n_lines, sizeof(*c->lines), by_address);
}

/* A line of a jitdump holds from its address on. */
static size_t jit_frames(struct recorded_code *c, uint32_t code, uint64_t address,
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

size_t recorded_code_frames(struct recorded_code *c, const struct code_site *site, uint64_t address,
			    struct source_frame *out, size_t max)
{
	if (site->code)
		return max ? jit_frames(c, site->code, address, out) : 0;
	return site->has_file && site->at.debug
		       ? debug_info_frames(site->at.debug, address, out, max)
		       : 0;
}

const char *recorded_code_no_lines(const struct recorded_code *c, const struct code_site *site)
{
	(void)c;
	if (site->code)
		return "the compiler that made this code told no lines";
	return site->has_file && site->at.debug
		       ? "the debug information does not speak of this code"
		       : "no debug information is at hand";
}

bool recorded_code_file_time(const struct recorded_code *c, const struct code_site *site,
			     time_t *out)
{
	struct stat st;

	(void)c;
	if (!site->has_file || stat(site->at.path, &st) != 0)
		return false;
	*out = st.st_mtime;
	return true;
}

/* ---- opcodes ---- */

static struct opcode_asking opcode_asking(struct recorded_code *c)
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

enum opcode_gap recorded_code_opcode(struct recorded_code *c, uint32_t location, const char **name)
{
	struct opcode_asking asking = opcode_asking(c);

	return opcode_at(&asking, &c->in.collected->tree->locations[location], name);
}

bool recorded_code_is_handler(struct recorded_code *c, uint32_t location)
{
	struct opcode_asking asking = opcode_asking(c);

	return opcode_is_handler(&asking, &c->in.collected->tree->locations[location]);
}

/* ---- the recording ---- */

unsigned recorded_code_pythons(const struct recorded_code *c)
{
	const struct machine *m = c->in.machine;
	unsigned pythons = 0;

	for (uint32_t i = 1; i <= machine_mappings(m); i++) {
		unsigned minor =
			interp_minor(machine_mapping(m, (struct mapping_id){ i })->filename);

		if (minor && minor < 8 * sizeof(pythons))
			pythons |= 1u << minor;
	}
	return pythons;
}

time_t recorded_code_time(const struct recorded_code *c)
{
	return recording_mtime(c->in.recording);
}
