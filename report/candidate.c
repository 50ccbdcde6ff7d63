#include "report/candidate.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "parser/recording.h"

/* Set what a verdict is based on; gives the verdict. */
static enum verdict because(struct candidate *c, enum verdict v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static enum verdict because(struct candidate *c, enum verdict v, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(c->why, sizeof(c->why), fmt, args);
	va_end(args);
	return v;
}

static bool open_elf(struct candidate *c)
{
	struct error err = { 0 };

	c->elf = elf_file_open(c->path, NULL, &err);
	if (!c->elf) {
		because(c, UNREADABLE, "%s", err.what);
		return false;
	}
	c->id = object_id_of(c->elf->build_id, c->elf->build_id_size);
	return true;
}

/* ---- where a build id is wanted -------------------------------------------- */

struct object_id object_id_of_file(const char *path)
{
	uint8_t bytes[BUILD_ID_MAX] = { 0 }, size = 0;

	if (!elf_build_id(path, bytes, &size))
		size = 0;
	return object_id_of(bytes, size);
}

static enum verdict judge_by_id(struct candidate *c, const struct wanted *w)
{
	const char *source = w->listed ? "objects.txt" : "the recording";
	char recorded[OBJECT_ID_TEXT], own[OBJECT_ID_TEXT];

	c->id = object_id_of_file(c->path);
	object_id_text(&w->id, recorded);
	if (!c->id.size) {
		if (!open_elf(c))
			return UNREADABLE;
		return because(c, WRONG, "it has no build id, %s says %s", source, recorded);
	}
	if (!object_id_equal(&c->id, &w->id))
		return because(c, WRONG, "its build id is %s, %s says %s",
			       object_id_text(&c->id, own), source, recorded);
	if (w->listed)
		return because(c, LIKELY,
			       "the recording has no build id for it, objects.txt names this one");
	return PROVEN;
}

/* ---- where none is: the machine, the inode, the time ------------------------- */

const char *recorded_host(const struct recording *r)
{
	const char *host = recording_features(r)->hostname;

	return host && *host ? host : "an unknown machine";
}

bool made_on_this_host(const struct recording *r)
{
	const char *host = recording_features(r)->hostname;
	struct utsname here;

	return host && *host && uname(&here) == 0 && strcmp(host, here.nodename) == 0;
}

/*
 * Was the file there, with its contents and under this name, before the recording?  The
 * inode's change counts too: a package manager gives new files old modification times.
 */
static bool is_older(const struct stat *st, const struct recording *r)
{
	const struct features *features = recording_features(r);
	time_t recorded = recording_mtime(r);
	time_t clock = (time_t)(features->clock_wall_ns / 1000000000);

	/* A copy of the recording may be younger than the recording. */
	if (features->has_clock_data && clock > 0 && (clock < recorded || recorded == 0))
		recorded = clock;
	return st->st_mtime < recorded && st->st_ctime < recorded;
}

/* The number that tells two uses of one inode apart; false: the file system does not say. */
static bool read_generation(const char *path, uint64_t *out)
{
	/* The kernel stores an int, though the request's number speaks of a long. */
	unsigned int generation[2] = { 0 };
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool ok = fd >= 0 && ioctl(fd, FS_IOC_GETVERSION, generation) == 0;

	if (fd >= 0)
		close(fd);
	if (ok)
		*out = generation[0];
	return ok;
}

enum sameness { SAME, OTHER, UNKNOWN };

/* By device, inode and generation, as MMAP2 recorded them. */
static enum sameness compare_inodes(const struct candidate *c, const struct mapping *m)
{
	uint64_t generation;

	/* Another device says nothing: overlays and subvolumes tell stat() another one. */
	if (m->ino == 0 || c->st.st_dev != makedev(m->maj, m->min))
		return UNKNOWN;
	if (c->st.st_ino != m->ino)
		return OTHER;
	if (m->ino_generation == 0)
		return SAME;
	if (!read_generation(c->path, &generation))
		return UNKNOWN;
	return generation == m->ino_generation ? SAME : OTHER;
}

/* Is the file at the original path on this machine the one that was recorded? */
static enum verdict judge_original(struct candidate *c, const struct wanted *w)
{
	enum sameness inode = compare_inodes(c, w->mapping);

	if (inode == SAME)
		return because(c, LIKELY,
			       "the recording has no build id for it, but its device and inode");
	/* On another machine even an equal device number is another device. */
	if (!made_on_this_host(w->recording))
		return because(
			c, UNPROVEN,
			"the recording has no build id for it and was made on %s, not on this machine",
			recorded_host(w->recording));
	if (inode == OTHER)
		return because(c, WRONG, "it is another file than the recorded one (inode)");
	if (w->deleted)
		return because(c, UNPROVEN,
			       "the recorded file had been deleted, and has no build id");
	if (!is_older(&c->st, w->recording))
		return because(c, UNPROVEN,
			       "it is not older than the recording, which has no build id for it");
	return because(
		c, LIKELY,
		"the recording has no build id for it, but was made on this machine, and later");
}

/* ---- where none is: the segments ----------------------------------------------- */

/* A mapping consists of whole pages; this is the largest size of them. */
enum { LARGEST_PAGE = 65536 };

/* The end of the page that holds the end of [from, from + size). */
static uint64_t page_end(uint64_t from, uint64_t size)
{
	uint64_t to;

	if (__builtin_add_overflow(from, size, &to) || to > UINT64_MAX - LARGEST_PAGE)
		return UINT64_MAX;
	return (to + LARGEST_PAGE - 1) / LARGEST_PAGE * LARGEST_PAGE;
}

/* Bytes of memory from the first segment's beginning to the last one's end. */
static uint64_t image_size(const struct elf_segment *segments, size_t n)
{
	uint64_t start = segments[0].vaddr, size = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t end;

		if (!__builtin_add_overflow(segments[i].vaddr, segments[i].memsz, &end) &&
		    end > start && end - start > size)
			size = end - start;
	}
	return size;
}

bool segments_hold(const struct elf_segment *segments, size_t n, const struct mapping *m)
{
	uint64_t end;

	if (n == 0 || m->data || !(m->prot & PROT_EXEC))
		return true;
	if (__builtin_add_overflow(m->pgoff, m->end - m->start, &end))
		return false;
	for (size_t i = 0; i < n; i++) {
		const struct elf_segment *g = &segments[i];
		uint64_t size = g->filesz > g->memsz ? g->filesz : g->memsz;
		uint64_t image = i == 0 ? image_size(segments, n) : 0;

		if (i > 0 && !g->exec)
			continue;
		if (m->pgoff >= g->offset / LARGEST_PAGE * LARGEST_PAGE &&
		    end <= page_end(g->offset, size > image ? size : image))
			return true;
	}
	return false;
}

/* ---- the verdict ----------------------------------------------------------------- */

static enum verdict judge_without_id(struct candidate *c, const struct wanted *w)
{
	enum verdict v;

	if (c->origin == ORIGINAL_PATH)
		v = judge_original(c, w);
	else
		v = because(c, LIKELY,
			    "the recording has no build id for it, %s has it by its path",
			    c->origin == BELOW_SYMFS ? "--symfs" : "elf/");
	if (v != LIKELY)
		return v;
	if (!open_elf(c))
		return UNREADABLE;
	if (!segments_hold(c->elf->segments, c->elf->n_segments, w->mapping))
		return because(c, WRONG,
			       "its executable segment is smaller than the recorded mapping");
	return LIKELY;
}

enum verdict candidate_judge(struct candidate *c, const struct wanted *w)
{
	return w->id.size ? judge_by_id(c, w) : judge_without_id(c, w);
}
