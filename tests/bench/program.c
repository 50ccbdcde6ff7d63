/* tests/bench/program.c - objects, call graph and perf map of a made-up program; see program.h. */
#include "tests/bench/program.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

/* ---- sizes ---- */

struct object_plan {
	const char *name;
	uint32_t functions, busy;
};

/* Function counts are those of CPython 3.15, libc, and extension modules of middling size. */
static const struct plan {
	uint32_t pid;
	const char *comm;
	struct object_plan objects[PROGRAM_OBJECTS];
	uint32_t python_functions, python_busy;
	const char *start[12]; /* functions of the first object, up to NULL */
} plans[PROGRAM_KINDS] = {
	[PROGRAM_PYTHON] = {
		.pid = 4200001,
		.comm = "python3.15",
		.objects = {
			{ "python3.15", 14000, 900 },
			{ "libc.so.6", 3000, 60 },
			{ "_engine.cpython-315-x86_64-linux-gnu.so", 2500, 300 },
			{ "_speedups.cpython-315-x86_64-linux-gnu.so", 800, 140 },
		},
		.python_functions = 2500,
		.python_busy = 1200,
		.start = { "main", "Py_BytesMain", "Py_RunMain", "_PyRun_AnyFile",
			   "_PyRun_SimpleFile", "_PyRun_File.lto_priv.0", "run_mod.lto_priv.0",
			   "PyEval_EvalCode" },
	},
	[PROGRAM_NATIVE] = {
		.pid = 4200002,
		.comm = "solver",
		.objects = {
			{ "solver", 4000, 700 },
			{ "libc.so.6", 3000, 60 },
			{ "libsolver.so.2", 6000, 600 },
			{ "libmesh.so.1", 2000, 140 },
		},
		.start = { "main" },
	},
};

/* The interpreter's own functions behind those of the start; perfolio's views know them by name. */
static const struct {
	const char *name;
	enum role role;
	uint32_t size;
} interpreter[] = {
	{ "_PyEval_EvalFrameDefault", ROLE_LOOP, 61440 },
	{ "_Py_VectorCallInstrumentation_StackRefSteal.constprop.0", ROLE_VECTORCALL, 512 },
	{ "_PyEval_Vector", ROLE_VECTOR, 384 },
};

enum {
	INTERPRETER = sizeof(interpreter) / sizeof(interpreter[0]),
	PAGE = 4096,
	TRAMPOLINE_SIZE = 15, /* with endbr64, FACTS: one code object, one trampoline */
	TRAMPOLINE_STEP = 16,
	TRAMPOLINE_RETURN = 10,
	MAIN_SITES = 40,
	NATIVE_SITES = 8,
	NATIVE_POINTS = 20,
	LOOP_SITES = 60,
	LOOP_POINTS = 600,
};

static uint32_t pages(uint32_t n)
{
	return (n + PAGE - 1) / PAGE * PAGE;
}

/* splitmix64's finalizer, by Sebastiano Vigna (public domain) */
uint64_t program_mix(uint64_t a, uint64_t b)
{
	uint64_t z = a * UINT64_C(0x9e3779b97f4a7c15) + b + UINT64_C(0x632be59bd9b4e019);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* ---- functions ---- */

/* Names as long as those of real C code are. */
static void made_up_name(char *name, size_t room, const struct object *o, uint32_t i)
{
	static const char *const what[] = { "list", "dict", "tree",  "page",  "cell",  "node",
					    "hash", "text", "frame", "graph", "queue", "block",
					    "edge", "set",  "index", "cache" };
	static const char *const how[] = { "insert", "remove", "find",   "update", "copy", "merge",
					   "split",  "resize", "rotate", "scan",   "pack", "check",
					   "flush",  "sort",   "reduce", "visit" };
	static const char *const kind[] = { "",        "_items", "_fast",   "_locked",
					    "_rec",    "_impl",  "_range",  "_slow",
					    "_unsafe", "_at",    "_all",    "_from_buffer",
					    "_once",   "_next",  "_by_key", "_lto_priv" };

	snprintf(name, room, "%.2s_%s_%s%s_%x", o->name[0] == '_' ? o->name + 1 : o->name,
		 what[i % 16], how[i / 16 % 16], kind[i / 256 % 16], i);
}

static void name_function(const struct program *p, struct function *f, uint32_t i)
{
	const struct object *o = &p->objects[f->object];
	size_t behind = p->n_start + (p->kind == PROGRAM_PYTHON ? INTERPRETER : 0);

	f->role = ROLE_NATIVE;
	f->size = (uint32_t)(48 + program_mix(f->object, i) % 70 * 16);
	if (f->object == 0 && i < p->n_start) {
		f->role = ROLE_START;
		snprintf(f->name, sizeof(f->name), "%s", plans[p->kind].start[i]);
	} else if (f->object == 0 && i < behind) {
		f->role = interpreter[i - p->n_start].role;
		f->size = interpreter[i - p->n_start].size;
		snprintf(f->name, sizeof(f->name), "%s", interpreter[i - p->n_start].name);
	} else {
		made_up_name(f->name, sizeof(f->name), o, i);
	}
}

static void lay_out_object(struct program *p, uint32_t object)
{
	const struct object_plan *plan = &plans[p->kind].objects[object];
	struct object *o = &p->objects[object];
	uint32_t offset = PAGE; /* in front of it: the ELF headers */

	o->name = plan->name;
	o->first = (uint32_t)p->n_functions;
	o->n = plan->functions;
	o->busy = plan->busy;
	o->address = UINT64_C(0x7f2e40000000) + UINT64_C(0x4000000) * object;
	snprintf(o->path, sizeof(o->path), "%s/objects/%s", p->folder, o->name);
	for (uint32_t i = 0; i < o->n; i++) {
		struct function *f = &p->functions[p->n_functions++];

		f->object = object;
		name_function(p, f, i);
		f->offset = offset;
		offset += (f->size + 15) / 16 * 16;
	}
	o->len = pages(offset);
	for (size_t i = 0; i < sizeof(o->build_id); i++)
		o->build_id[i] =
			(uint8_t)program_mix(o->len, (uint64_t)p->kind << 16 | object << 8 | i);
}

static void lay_out_map(struct program *p)
{
	const struct plan *plan = &plans[p->kind];
	struct object *o = &p->map;

	o->name = "//anon";
	snprintf(o->path, sizeof(o->path), "//anon");
	o->first = (uint32_t)p->n_functions;
	o->n = plan->python_functions;
	o->busy = plan->python_busy;
	o->address = UINT64_C(0x7f2e30000000);
	o->len = pages(o->n * TRAMPOLINE_STEP);
	for (uint32_t i = 0; i < o->n; i++) {
		struct function *f = &p->functions[p->n_functions++];

		*f = (struct function){ .object = (uint32_t)p->n_objects,
					.offset = i * TRAMPOLINE_STEP,
					.size = TRAMPOLINE_SIZE,
					.role = ROLE_TRAMPOLINE };
		if (i == 0)
			snprintf(f->name, sizeof(f->name), "py::<module>:/srv/app/main.py");
		else
			snprintf(f->name, sizeof(f->name),
				 "py::Class%u.method_%u:/srv/app/part%u/module%u.py", i / 10,
				 i % 10, i / 500, i / 50);
	}
}

struct program *program_new(enum program_kind kind, const char *folder)
{
	const struct plan *plan = &plans[kind];
	struct program *p = mem_calloc(1, sizeof(*p));
	size_t n = plan->python_functions;

	for (size_t i = 0; i < PROGRAM_OBJECTS; i++)
		n += plan->objects[i].functions;
	p->functions = mem_calloc(n, sizeof(*p->functions));
	p->kind = kind;
	p->pid = plan->pid;
	p->comm = plan->comm;
	p->n_objects = PROGRAM_OBJECTS;
	snprintf(p->folder, sizeof(p->folder), "%s", folder);
	while (plan->start[p->n_start])
		p->n_start++;
	for (uint32_t i = 0; i < p->n_objects; i++)
		lay_out_object(p, i);
	if (n > p->n_functions)
		lay_out_map(p);
	return p;
}

void program_free(struct program *p)
{
	free(p->functions);
	free(p);
}

/* ---- the call graph ---- */

unsigned program_sites(const struct program *p, uint32_t function)
{
	switch (p->functions[function].role) {
	case ROLE_NATIVE:
		return NATIVE_SITES;
	case ROLE_LOOP:
		return LOOP_SITES;
	case ROLE_START:
		return p->kind == PROGRAM_NATIVE ? MAIN_SITES : 1;
	default:
		return 1;
	}
}

unsigned program_points(const struct program *p, uint32_t function)
{
	return p->functions[function].role == ROLE_LOOP ? LOOP_POINTS : NATIVE_POINTS;
}

static uint64_t start_of(const struct program *p, const struct function *f)
{
	return (f->object < p->n_objects ? &p->objects[f->object] : &p->map)->address + f->offset;
}

uint64_t program_site(const struct program *p, uint32_t function, unsigned site)
{
	const struct function *f = &p->functions[function];

	if (f->role == ROLE_TRAMPOLINE)
		return start_of(p, f) + TRAMPOLINE_RETURN;
	site %= program_sites(p, function);
	return start_of(p, f) + 5 + program_mix(function, site) % (f->size - 6);
}

uint64_t program_point(const struct program *p, uint32_t function, unsigned point)
{
	const struct function *f = &p->functions[function];

	return start_of(p, f) + program_mix(~function, point) % (f->size / 4) * 4;
}

/* One of an object's busy functions, which lie scattered over its file. */
static uint32_t busy_function(const struct object *o, uint32_t behind, uint64_t mixed)
{
	return o->first + behind + (uint32_t)(mixed % o->busy) * ((o->n - behind) / o->busy);
}

static uint32_t native_callee(const struct program *p, uint64_t caller, unsigned site)
{
	static const uint8_t object_of[16] = { 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 3, 3 };
	uint64_t mixed = program_mix(caller + 17, site);
	const struct object *o = &p->objects[object_of[mixed % 16]];
	size_t known = p->n_start + (p->kind == PROGRAM_PYTHON ? INTERPRETER : 0);

	return busy_function(o, o->first == 0 ? (uint32_t)known : 0, program_mix(mixed, site));
}

uint32_t program_callee(const struct program *p, uint32_t function, unsigned site, uint32_t running)
{
	uint32_t loop = (uint32_t)p->n_start;

	switch (p->functions[function].role) {
	case ROLE_START:
		if (function + 1 < p->n_start)
			return function + 1;
		return p->map.n ? p->map.first : native_callee(p, function, site);
	case ROLE_TRAMPOLINE:
		return loop;
	case ROLE_LOOP:
		return site < LOOP_PYTHON_SITES ? loop + 1 : native_callee(p, running, site);
	case ROLE_VECTORCALL:
		return loop + 2;
	case ROLE_VECTOR:
		return busy_function(&p->map, 0, program_mix(running, site));
	case ROLE_NATIVE:
		break;
	}
	return native_callee(p, function, site);
}

/* ---- files ---- */

/*
 * An ELF file: headers and build id in the first page, .text (a hole), symbols,
 * their names, the sections' names, the sections.  One segment maps it up to the text's end.
 */
struct elf_plan {
	Elf64_Off text, text_size, symbols, symbols_size, names, names_size, sections;
};

static const char section_names[] = "\0.note.gnu.build-id\0.text\0.symtab\0.strtab\0.shstrtab";

enum { SECTIONS = 6, NOTE = 0x200 };

static void write_elf_head(FILE *f, const struct object *o, const struct elf_plan *plan)
{
	struct {
		Elf64_Nhdr head;
		char owner[4];
		uint8_t build_id[20];
	} note = { { 4, sizeof(note.build_id), NT_GNU_BUILD_ID }, ELF_NOTE_GNU, { 0 } };
	const Elf64_Ehdr head = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_DYN,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_shoff = plan->sections,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 2,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = SECTIONS,
		.e_shstrndx = SECTIONS - 1,
	};
	const Elf64_Phdr segments[] = {
		{ .p_type = PT_LOAD,
		  .p_flags = PF_R | PF_X,
		  .p_filesz = o->len,
		  .p_memsz = o->len,
		  .p_align = PAGE },
		{ .p_type = PT_NOTE,
		  .p_flags = PF_R,
		  .p_offset = NOTE,
		  .p_vaddr = NOTE,
		  .p_paddr = NOTE,
		  .p_filesz = sizeof(note),
		  .p_memsz = sizeof(note),
		  .p_align = 4 },
	};

	memcpy(note.build_id, o->build_id, sizeof(note.build_id));
	fwrite(&head, sizeof(head), 1, f);
	fwrite(segments, sizeof(segments), 1, f);
	fseek(f, NOTE, SEEK_SET);
	fwrite(&note, sizeof(note), 1, f);
}

static void write_sections(FILE *f, const struct elf_plan *plan)
{
	const Elf64_Shdr sections[SECTIONS] = {
		{ 0 },
		{ .sh_name = 1,
		  .sh_type = SHT_NOTE,
		  .sh_flags = SHF_ALLOC,
		  .sh_addr = NOTE,
		  .sh_offset = NOTE,
		  .sh_size = 36,
		  .sh_addralign = 4 },
		{ .sh_name = 20,
		  .sh_type = SHT_PROGBITS,
		  .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		  .sh_addr = plan->text,
		  .sh_offset = plan->text,
		  .sh_size = plan->text_size,
		  .sh_addralign = 16 },
		{ .sh_name = 26,
		  .sh_type = SHT_SYMTAB,
		  .sh_offset = plan->symbols,
		  .sh_size = plan->symbols_size,
		  .sh_link = 4, /* its names */
		  .sh_info = 1, /* the first global one */
		  .sh_addralign = 8,
		  .sh_entsize = sizeof(Elf64_Sym) },
		{ .sh_name = 34,
		  .sh_type = SHT_STRTAB,
		  .sh_offset = plan->names,
		  .sh_size = plan->names_size,
		  .sh_addralign = 1 },
		{ .sh_name = 42,
		  .sh_type = SHT_STRTAB,
		  .sh_offset = plan->names + plan->names_size,
		  .sh_size = sizeof(section_names),
		  .sh_addralign = 1 },
	};

	fwrite(section_names, sizeof(section_names), 1, f);
	fseek(f, (long)plan->sections, SEEK_SET);
	fwrite(sections, sizeof(sections), 1, f);
}

static void write_symbols(FILE *f, const struct function *functions, uint32_t n)
{
	const Elf64_Sym none = { 0 };
	Elf64_Word name = 1;

	fwrite(&none, sizeof(none), 1, f);
	for (uint32_t i = 0; i < n; i++) {
		const Elf64_Sym s = {
			.st_name = name,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = 2,
			.st_value = functions[i].offset,
			.st_size = functions[i].size,
		};

		fwrite(&s, sizeof(s), 1, f);
		name += (Elf64_Word)strlen(functions[i].name) + 1;
	}
	fputc('\0', f);
	for (uint32_t i = 0; i < n; i++)
		fwrite(functions[i].name, strlen(functions[i].name) + 1, 1, f);
}

static bool close_written(FILE *f, const char *path, struct error *err)
{
	bool failed = ferror(f);

	if (fclose(f) != 0 || failed)
		return fail(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
	return true;
}

static bool write_elf(const struct object *o, const struct function *functions, struct error *err)
{
	struct elf_plan plan = {
		.text = PAGE,
		.text_size = o->len - PAGE,
		.symbols = o->len,
		.symbols_size = (o->n + 1) * sizeof(Elf64_Sym),
		.names_size = 1,
	};
	FILE *f = fopen(o->path, "wbe");

	if (!f)
		return fail(err, ERR_IO, "cannot write %s: %s", o->path, strerror(errno));
	for (uint32_t i = 0; i < o->n; i++)
		plan.names_size += strlen(functions[i].name) + 1;
	plan.names = plan.symbols + plan.symbols_size;
	plan.sections = (plan.names + plan.names_size + sizeof(section_names) + 7) / 8 * 8;
	write_elf_head(f, o, &plan);
	fseek(f, (long)plan.symbols, SEEK_SET);
	write_symbols(f, functions, o->n);
	write_sections(f, &plan);
	return close_written(f, o->path, err);
}

static bool write_map(const struct program *p, struct error *err)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/perf-%u.map", p->folder, p->pid);
	f = fopen(path, "we");
	if (!f)
		return fail(err, ERR_IO, "cannot write %s: %s", path, strerror(errno));
	for (uint32_t i = 0; i < p->map.n; i++) {
		const struct function *function = &p->functions[p->map.first + i];

		fprintf(f, "%jx %x %s\n", (uintmax_t)start_of(p, function), function->size,
			function->name);
	}
	return close_written(f, path, err);
}

bool program_write(const struct program *p, struct error *err)
{
	for (size_t i = 0; i < p->n_objects; i++)
		if (!write_elf(&p->objects[i], p->functions + p->objects[i].first, err))
			return false;
	return p->map.n == 0 || write_map(p, err);
}
