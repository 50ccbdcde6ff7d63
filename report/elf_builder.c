#include "report/elf_builder.h"

#include <stdlib.h>
#include <string.h>

#include "parser/base/memory.h"

enum { TIE_LIMIT = 256 }; /* so much of names of one address is compared */

size_t elf_builder_text(struct elf_builder *b, const void *text, size_t len)
{
	size_t at = b->names_len;

	b->names = mem_grow(b->names, b->names_len, len + 1, &b->names_cap, 1);
	memcpy(b->names + at, text, len);
	b->names[at + len] = '\0';
	b->names_len += len + 1;
	return at;
}

struct elf_table elf_builder_table(struct elf_builder *b, const struct elf_handle *m,
				   const struct elf_section *s)
{
	struct elf_table t = { .data = elf_section_data(s) };
	const struct elf_section *strings;
	Elf_Data *d;

	if (!t.data)
		return t;
	t.n = t.data->d_size / gelf_fsize(m->elf, ELF_T_SYM, 1, EV_CURRENT);
	strings = s->link < m->n_sections ? &m->sections[s->link] : NULL;
	d = elf_section_data(strings);
	if (!d)
		return (struct elf_table){ 0 };
	t.names = elf_builder_text(b, d->d_buf, d->d_size);
	t.names_len = d->d_size;
	return t;
}

size_t elf_table_name(const struct elf_table *t, size_t st_name)
{
	return st_name && st_name < t->names_len ? t->names + st_name : ELF_NO_NAME;
}

void elf_builder_add(struct elf_builder *b, const struct elf_candidate *c)
{
	if (b->n >= UINT32_MAX)
		return;
	b->items = mem_grow(b->items, b->n, 1, &b->cap, sizeof(*b->items));
	b->items[b->n] = *c;
	b->items[b->n].order = (uint32_t)b->n;
	b->n++;
}

/* $a, $d, $t, $x (and $x.suffix) tell code from data; they name nothing. */
static bool is_mapping_symbol(uint16_t machine, const char *name)
{
	if (name[0] != '$' || name[1] == '\0')
		return false;
	if (machine == EM_RISCV)
		return name[1] == 'd' || name[1] == 'x';
	if (machine != EM_ARM && machine != EM_AARCH64)
		return false;
	return strchr("adtx", name[1]) && (name[2] == '\0' || name[2] == '.');
}

/* Can it name code?  Labels without a type count in text only, as perf has it. */
static bool names_code(const GElf_Sym *sym, const struct elf_section *home)
{
	unsigned visibility = GELF_ST_VISIBILITY(sym->st_other);

	if (!(home->flags & SHF_ALLOC))
		return false;
	switch (GELF_ST_TYPE(sym->st_info)) {
	case STT_FUNC:
	case STT_GNU_IFUNC:
		return true;
	case STT_OBJECT:
		return home->flags & SHF_EXECINSTR;
	case STT_NOTYPE:
		return visibility != STV_HIDDEN && visibility != STV_INTERNAL &&
		       strstr(home->name, "text");
	default:
		return false;
	}
}

static uint8_t rank_of(const GElf_Sym *sym)
{
	unsigned bind = GELF_ST_BIND(sym->st_info);

	return (uint8_t)((sym->st_size ? ELF_RANK_SIZED : 0) |
			 (GELF_ST_TYPE(sym->st_info) != STT_NOTYPE ? ELF_RANK_TYPED : 0) |
			 (bind != STB_WEAK ? ELF_RANK_STRONG : 0) |
			 (bind == STB_GLOBAL ? ELF_RANK_GLOBAL : 0));
}

void elf_builder_symbols(struct elf_builder *b, const struct elf_handle *m,
			 const struct elf_table *t)
{
	uint16_t machine = m->header.e_machine;

	for (size_t i = 1; i < t->n; i++) {
		const struct elf_section *home;
		struct elf_candidate c;
		GElf_Sym sym;

		if (!gelf_getsym(t->data, (int)i, &sym))
			break;
		if (sym.st_shndx == SHN_UNDEF || sym.st_shndx >= m->n_sections)
			continue;
		home = &m->sections[sym.st_shndx];
		c.name = elf_table_name(t, sym.st_name);
		if (!home->scn || !names_code(&sym, home) || !b->names[c.name] ||
		    is_mapping_symbol(machine, b->names + c.name))
			continue;
		c.start = sym.st_value + (m->header.e_type == ET_REL ? home->addr : 0);
		if (machine == EM_ARM && GELF_ST_TYPE(sym.st_info) == STT_FUNC)
			c.start &= ~(uint64_t)1; /* marks Thumb code */
		c.rank = rank_of(&sym);
		c.end = sym.st_size > UINT64_MAX - c.start ? UINT64_MAX : c.start + sym.st_size;
		if (!sym.st_size)
			c.end = elf_section_end(home);
		elf_builder_add(b, &c);
	}
}

/* ---- one name for each address ---- */

static int by_start(const void *pa, const void *pb)
{
	const struct elf_candidate *a = pa, *b = pb;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static size_t leading_underscores(const char *name)
{
	size_t n = 0;

	while (n < TIE_LIMIT && name[n] == '_')
		n++;
	return n;
}

/* Does `c` name their address rather than `best`, which was read before it? */
static bool is_better(const struct elf_builder *b, const struct elf_candidate *c,
		      const struct elf_candidate *best)
{
	const char *name = b->names + c->name, *other = b->names + best->name;
	size_t underscores = leading_underscores(name), others = leading_underscores(other);

	if (c->rank != best->rank)
		return c->rank > best->rank;
	if (underscores != others)
		return underscores < others;
	return strnlen(name, TIE_LIMIT) > strnlen(other, TIE_LIMIT);
}

static void choose_names(struct elf_builder *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		if (n == 0 || b->items[n - 1].start != b->items[i].start)
			b->items[n++] = b->items[i];
		else if (is_better(b, &b->items[i], &b->items[n - 1]))
			b->items[n - 1] = b->items[i];
	}
	b->n = n;
}

/* A label without type and size that lies in a sized symbol is a place in its code. */
static void drop_inner_labels(struct elf_builder *b)
{
	uint64_t reach = 0; /* the farthest end of a sized one so far */
	size_t n = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct elf_candidate *c = &b->items[i];

		if (!(c->rank & (ELF_RANK_TYPED | ELF_RANK_SIZED)) && c->start < reach)
			continue;
		if (c->rank & ELF_RANK_SIZED && c->end > reach)
			reach = c->end;
		b->items[n++] = *c;
	}
	b->n = n;
}

void elf_builder_settle(struct elf_builder *b)
{
	if (b->n)
		qsort(b->items, b->n, sizeof(*b->items), by_start);
	choose_names(b);
	drop_inner_labels(b);
	for (size_t i = 0; i + 1 < b->n; i++) {
		struct elf_candidate *c = &b->items[i];

		if (!(c->rank & ELF_RANK_SIZED) && c->end > b->items[i + 1].start)
			c->end = b->items[i + 1].start;
	}
}

void elf_builder_strip(struct elf_builder *b)
{
	char *names = b->names, *end = names + b->names_len;

	for (char *p = names; (p = memchr(p, '@', (size_t)(end - p))); p++) {
		if (p > names && p[-1] != '\0')
			*p = '\0';
	}
	for (char *p = names; p < end; p += strlen(p) + 1) {
		size_t len = strlen(p);

		if (len > ELF_NAME_LIMIT)
			p[ELF_NAME_LIMIT] = '\0';
	}
}
