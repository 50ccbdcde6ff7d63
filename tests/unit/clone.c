/*
 * tests/unit/clone.c - which function a compiler's clone is code of (report/clone.h).
 */
#include "report/clone.h"

#include <string.h>

#include "tests/check.h"

static void a_clone_is_its_function_with_a_word_behind_a_dot(void)
{
	static const struct {
		const char *symbol, *base;
	} rows[] = {
		{ "f", "f" },
		{ "f.cold", "f" },
		{ "f.cold.12", "f" },
		{ "f.part.0", "f" },
		{ "f.part.0.isra.1.cold", "f" },
		{ "f.constprop.0", "f" },
		{ "f.lto_priv.3.cold", "f" },
		{ "f.llvm.1234567890", "f" },
		{ "f.warm", "f" },
		{ "_ZN1a1bEv.cold", "_ZN1a1bEv" },
		{ "f.cold@plt", "f" },
		/* dots that are part of the name */
		{ "f.0", "f.0" },
		{ "f.isra", "f" },
		{ "f.colder", "f.colder" },
		{ "f.cold_start", "f.cold_start" },
		{ "f.part1", "f.part1" },
		{ "main.run", "main.run" }, /* Go */
		{ "main.run.cold", "main.run" },
		{ "f.isr.isra.0", "f.isr" },
		{ ".cold", ".cold" }, /* nothing would be left */
		{ ".text.cold", ".text" },
		{ "f.", "f." },
		{ "f..cold", "f." },
		{ "", "" },
		{ "f@@GLIBC_2.34", "f@@GLIBC_2.34" },
		{ "f@@V.cold", "f@@V" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_u64(clone_base(rows[i].symbol), strlen(rows[i].base), rows[i].symbol);
}

int main(void)
{
	a_clone_is_its_function_with_a_word_behind_a_dot();
	return check_done("clone");
}
