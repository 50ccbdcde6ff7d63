#include "report/elf_module.h"

#include <string.h>

#include "parser/base/text.h"

enum { LOADED = SHF_ALLOC | SHF_EXECINSTR };

/* Code that is there as long as the module is.  (.exit.text is, unless modules cannot be unloaded.) */
static bool is_code(const struct elf_section *s)
{
	return s->scn && (s->flags & LOADED) == LOADED && !text_begins(s->name, ".init");
}

bool elf_module_lay_out(struct elf_handle *m)
{
	uint64_t end = 0;

	if (m->header.e_type != ET_REL || !elf_section_named(m, ".gnu.linkonce.this_module") ||
	    elf_section_named(m, ".plt"))
		return false;
	for (size_t i = 1; i < m->n_sections; i++) {
		struct elf_section *s = &m->sections[i];
		uint64_t align = s->align ? s->align : 1;

		if (!is_code(s)) {
			s->flags &= ~(uint64_t)SHF_ALLOC;
			continue;
		}
		if (align & (align - 1) || align > INT32_MAX || s->size > INT32_MAX)
			return false; /* the kernel would not load it either */
		s->addr = (end + align - 1) & ~(align - 1);
		end = s->addr + s->size;
	}
	return true;
}
