#include "report/category.h"

#include <string.h>

#include "parser/base/text.h"
#include "report/category_names.h"
#include "report/clone.h"
#include "report/interp.h"
#include "report/label.h"

const char *category_name(enum category c)
{
	static const char *const names[N_CATEGORIES] = {
		[CATEGORY_CALL] = "calls and frames",
		[CATEGORY_LOOP] = "interpreter loop",
		[CATEGORY_ALLOCATION] = "allocation",
		[CATEGORY_GC] = "garbage collection",
		[CATEGORY_LOOKUP] = "attribute and dict look-up",
		[CATEGORY_NUMBER] = "numbers",
		[CATEGORY_TEXT] = "strings and bytes",
		[CATEGORY_CONTAINER] = "containers and iteration",
		[CATEGORY_OBJECT] = "other objects",
		[CATEGORY_IMPORT] = "import",
		[CATEGORY_COMPILE] = "compiling",
		[CATEGORY_EXCEPTION] = "exceptions",
		[CATEGORY_GIL] = "GIL wait",
		[CATEGORY_EXTENSION] = "C extension",
		[CATEGORY_SYSCALL] = "system calls",
		[CATEGORY_LIBRARY] = "C library",
		[CATEGORY_UNNAMED] = "interpreter without symbols",
		[CATEGORY_OTHER] = "other native",
	};

	return names[c];
}

/* ---- functions ---- */

/* A symbol's length less what compilers and linkers put behind it: ".cold", "@plt". */
static size_t base_length(const char *raw)
{
	size_t len = clone_base(raw), at = strcspn(raw, "@");

	return at > 0 && at < len ? at : len;
}

static bool is_library(const char *base)
{
	return strncmp(base, "lib", 3) == 0;
}

static struct category_role claim(enum category c, enum category_rank rank)
{
	return (struct category_role){ .kind = ROLE_CLAIM, .category = c, .rank = rank };
}

/* Another file than the interpreter's and the C run time's; its module is its name up to the first '.'. */
static struct category_role role_of_extension(struct texts *texts, const char *base)
{
	struct category_role role = claim(CATEGORY_EXTENSION, RANK_EXTENSION);
	bool has_abi = strstr(base, ".cpython-") || strstr(base, ".abi3.");

	role.module = texts_add(texts, base, strcspn(base, "."));
	role.library = is_library(base) && !has_abi;
	return role;
}

static struct category_role role_of_runtime(const struct function *f, const char *raw, size_t len)
{
	struct category_role role = {
		.kind = ROLE_RUNTIME,
		.category =
			f->kind == KIND_NATIVE && *f->object ? CATEGORY_LIBRARY : CATEGORY_OTHER,
		.may_enter = f->placeholder || !category_is_memory(raw, len),
	};

	if (f->placeholder)
		return role;
	if (category_is_malloc(raw, len))
		return claim(CATEGORY_ALLOCATION, RANK_ALLOCATION);
	if (category_is_condition(raw, len))
		role.kind = ROLE_WAIT;
	else if (category_is_thread_helper(raw, len))
		role.kind = ROLE_NEUTRAL;
	return role;
}

static struct category_role role_of_interpreter(const struct function *f, const char *raw,
						size_t len)
{
	struct category_role role = { .kind = ROLE_UNKNOWN };
	struct category_row row;

	if (f->placeholder) {
		role.kind = ROLE_UNNAMED;
	} else if (category_find(raw, len, &row)) {
		role = claim(row.category, row.rank);
		role.module = row.module;
		role.library = row.module && is_library(row.module);
		if (row.kind == ROW_HELPER)
			role.kind = ROLE_NEUTRAL;
		else if (row.kind == ROW_LOOP)
			role.kind = ROLE_LOOP;
	} else if (interp_is_plumbing(raw)) {
		role = claim(CATEGORY_CALL, RANK_PLAIN);
	} else if (category_is_malloc(raw, len)) {
		/* A C library that is linked in, or "malloc@plt". */
		role = claim(CATEGORY_ALLOCATION, RANK_ALLOCATION);
	} else if (f->inlined || strchr(raw, '@')) {
		role.kind = ROLE_NEUTRAL;
	}
	return role;
}

static struct category_role role_of_kernel(const struct function *f, const char *raw, size_t len)
{
	struct category_role role = { .kind = ROLE_KERNEL, .placeholder = f->placeholder };

	if (f->placeholder)
		return role;
	switch (category_kernel_entry(raw, len)) {
	case ENTRY_UNSAID:
		break;
	case ENTRY_FAULT:
		role.kind = ROLE_FAULT;
		break;
	case ENTRY_SYSCALL:
		role.kind = ROLE_SYSCALL;
		break;
	case ENTRY_MEMORY:
		role.kind = ROLE_MEMORY;
		break;
	case ENTRY_FUTEX:
		role.kind = ROLE_FUTEX;
		break;
	}
	return role;
}

struct category_role category_role(struct texts *texts, const struct function *f, bool interpreter)
{
	const char *raw = *f->symbol ? f->symbol : f->name;
	const char *base = label_base(f->object);
	size_t len = base_length(raw);

	if (f->kind == KIND_KERNEL)
		return role_of_kernel(f, raw, len);
	if (interpreter)
		return role_of_interpreter(f, raw, len);
	if (f->kind != KIND_NATIVE || !*base || category_is_runtime_object(base))
		return role_of_runtime(f, raw, len);
	if (category_is_allocator_object(base))
		return claim(CATEGORY_ALLOCATION, RANK_ALLOCATION);
	return role_of_extension(texts, base);
}

/* ---- stacks ---- */

static void put(struct category_state *s, enum category c, enum category_rank rank)
{
	if (rank < s->rank)
		return;
	s->category = c;
	s->rank = rank;
}

static void put_claim(struct category_state *s, const struct category_role *role)
{
	put(s, role->category, role->rank);
	if (role->module && (!role->library || !s->module))
		s->module = role->module;
}

/* Is the innermost that is known the evaluation loop, or a call from it to what is not known? */
static bool tells_no_reason(const struct category_state *s)
{
	return s->rank == RANK_NONE || (s->rank == RANK_PLAIN && (s->category == CATEGORY_LOOP ||
								  s->category == CATEGORY_CALL));
}

/* Code that counts for its caller, and for `c` where the caller tells no reason. */
static void put_unknown(struct category_state *s, enum category c)
{
	if (tells_no_reason(s))
		put(s, c, RANK_PLAIN);
}

/* Waiting for another thread: for the GIL, where it is not in a lock of a module. */
static void put_wait(struct category_state *s)
{
	if (!s->module)
		put(s, CATEGORY_GIL, RANK_GIL);
}

static void enter_kernel(struct category_state *s, const struct category_role *role)
{
	bool first = !s->in_kernel;

	s->in_kernel = true;
	if (s->faulted)
		return;
	switch (role->kind) {
	case ROLE_FAULT:
		/* A fault inside a system call does not make it another's. */
		s->faulted = s->rank != RANK_SYSCALL;
		break;
	case ROLE_MEMORY:
		put(s, CATEGORY_ALLOCATION, RANK_ALLOCATION);
		break;
	case ROLE_FUTEX:
		put(s, CATEGORY_SYSCALL, RANK_SYSCALL);
		put_wait(s);
		break;
	case ROLE_SYSCALL:
		put(s, CATEGORY_SYSCALL, RANK_SYSCALL);
		break;
	default:
		if (first && role->placeholder && s->may_enter)
			put(s, CATEGORY_SYSCALL, RANK_SYSCALL);
		break;
	}
}

static void step_natively(struct category_state *s, const struct category_role *role)
{
	bool first = s->rank == RANK_NONE;

	switch (role->kind) {
	case ROLE_CLAIM:
		put_claim(s, role);
		break;
	case ROLE_LOOP:
		*s = (struct category_state){ .category = CATEGORY_LOOP, .rank = RANK_PLAIN };
		break;
	case ROLE_UNNAMED:
		/* What a trampoline calls is the evaluation loop, whatever its name. */
		put_unknown(s, first ? CATEGORY_LOOP : CATEGORY_UNNAMED);
		break;
	case ROLE_NEUTRAL:
		if (first)
			put(s, CATEGORY_LOOP, RANK_PLAIN);
		break;
	case ROLE_WAIT:
		put_wait(s);
		break;
	case ROLE_RUNTIME:
		/* What the C library hides of a trampoline's call can only be the evaluation loop. */
		put_unknown(s, first && role->category == CATEGORY_LIBRARY ? CATEGORY_LOOP
									   : role->category);
		break;
	default:
		put_unknown(s, CATEGORY_OTHER);
		break;
	}
	s->may_enter = role->may_enter;
}

struct category_state category_step(struct category_state s, const struct category_role *role)
{
	switch (role->kind) {
	case ROLE_KERNEL:
	case ROLE_FAULT:
	case ROLE_SYSCALL:
	case ROLE_MEMORY:
	case ROLE_FUTEX:
		enter_kernel(&s, role);
		break;
	default:
		step_natively(&s, role);
		break;
	}
	return s;
}

enum category category_of(const struct category_role *const *roles, size_t n, const char **module)
{
	struct category_state s = { 0 };

	for (size_t i = 0; i < n; i++)
		s = category_step(s, roles[i]);
	if (module)
		*module = s.category == CATEGORY_EXTENSION ? s.module : NULL;
	return s.category;
}
