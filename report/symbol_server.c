#include "report/symbol_server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef HAVE_LIBDEBUGINFOD
#include <dlfcn.h>
#include <elfutils/debuginfod.h>
#endif

#include "parser/base/memory.h"

#ifdef HAVE_LIBDEBUGINFOD

typedef int find_function(debuginfod_client *, const unsigned char *, int, char **);

struct symbol_server {
	struct texts *texts;
	struct diag *diag;
	bool loaded;
	debuginfod_client *client; /* NULL: nobody can be asked */
	void (*end)(debuginfod_client *);
	find_function *find[ID_FILES];
};

static void tell(struct symbol_server *s, const char *what, const char *why)
{
	diag_add(s->diag, PROBLEM_SYMBOL_SERVER, what, "debuginfod: %s%s", what, why);
}

/*
 * The library stays loaded to the end: it brings others along (curl, TLS) that may not be
 * unloaded.  POSIX has dlsym()'s result converted this way.
 */
static void load(struct symbol_server *s)
{
	const char *urls = getenv(DEBUGINFOD_URLS_ENV_VAR);
	debuginfod_client *(*begin)(void);
	void *library;

	if (!urls || !*urls) {
		tell(s, DEBUGINFOD_URLS_ENV_VAR, " names no server");
		return;
	}
	library = dlopen(DEBUGINFOD_SONAME, RTLD_NOW | RTLD_LOCAL);
	if (!library) {
		tell(s, DEBUGINFOD_SONAME, " cannot be loaded");
		return;
	}
	*(void **)&begin = dlsym(library, "debuginfod_begin");
	*(void **)&s->end = dlsym(library, "debuginfod_end");
	*(void **)&s->find[ID_OBJECT] = dlsym(library, "debuginfod_find_executable");
	*(void **)&s->find[ID_DEBUG] = dlsym(library, "debuginfod_find_debuginfo");
	if (begin && s->end && s->find[ID_OBJECT] && s->find[ID_DEBUG])
		s->client = begin();
	if (!s->client)
		tell(s, DEBUGINFOD_SONAME, " cannot be used");
}

struct symbol_server *symbol_server_new(struct texts *texts, struct diag *diag)
{
	struct symbol_server *s = mem_calloc(1, sizeof(*s));

	s->texts = texts;
	s->diag = diag;
	return s;
}

void symbol_server_free(struct symbol_server *s)
{
	if (s && s->client)
		s->end(s->client);
	free(s);
}

const char *symbol_server_find(struct symbol_server *s, const struct object_id *id,
			       enum id_file what)
{
	const char *result;
	char *path = NULL;
	int fd;

	if (!s->loaded)
		load(s);
	s->loaded = true;
	if (!s->client || !s->find[what] || !id->size)
		return NULL;
	fd = s->find[what](s->client, id->bytes, id->size, &path);
	if (fd < 0) {
		if (fd != -ENOENT)
			tell(s, "no server answered: ", strerror(-fd));
		return NULL;
	}
	close(fd);
	result = path ? texts_add_z(s->texts, path) : NULL;
	free(path);
	return result;
}

#else

struct symbol_server {
	struct diag *diag;
};

struct symbol_server *symbol_server_new(struct texts *texts, struct diag *diag)
{
	struct symbol_server *s = mem_calloc(1, sizeof(*s));

	(void)texts;
	s->diag = diag;
	return s;
}

void symbol_server_free(struct symbol_server *s)
{
	free(s);
}

const char *symbol_server_find(struct symbol_server *s, const struct object_id *id,
			       enum id_file what)
{
	(void)id;
	(void)what;
	diag_add(s->diag, PROBLEM_SYMBOL_SERVER, "libdebuginfod",
		 "debuginfod: this perfolio was built without libdebuginfod");
	return NULL;
}

#endif
