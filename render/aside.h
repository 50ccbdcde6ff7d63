/*
 * render/aside.h - a new file beside the one that it will replace when it is whole.
 *
 * Until then it has no name, where the file system can do that: a signal, a crash or a power cut leaves nothing behind.
 * Elsewhere it is FOLDER/.perfolio-XXXXXX meanwhile.
 */
#ifndef PERFOLIO_RENDER_ASIDE_H
#define PERFOLIO_RENDER_ASIDE_H

#include <stdbool.h>

struct aside {
	char *name; /* in the folder of the other file; NULL: nothing is open */
	bool nameless;
};

/* A descriptor to write to; -1 and errno: nothing can be made in the folder of `path`. */
int aside_open(struct aside *a, const char *path);

/* The file is written (and `fd` still open): give it a name.  False: errno says why. */
bool aside_name(struct aside *a, int fd);

/* Then, when it is closed: put it in the place of `path`; false: errno says why, and it is still aside. */
bool aside_replace(struct aside *a, const char *path);

/* Forget it, and remove what there is of it. */
void aside_done(struct aside *a);

#endif
