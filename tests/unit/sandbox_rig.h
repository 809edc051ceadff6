/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of what cannot be undone: it is done by a child, whose checks say where they
 * fail. Needs feed.h before it.
 */
#ifndef SANDBOX_RIG_H
#define SANDBOX_RIG_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/feed.h"

/* In a child: the first that does not hold is told, and the child is over. */
#define CHILD_CHECK(what)                                                                \
	do {                                                                             \
		if (!(what)) {                                                           \
			fprintf(stderr, "%s:%d: %s (errno: %s)\n", __FILE__, __LINE__,   \
				#what, strerror(errno));                                 \
			_exit(1);                                                        \
		}                                                                        \
	} while (0)

/* The call fails with this errno. */
#define CHILD_REFUSED(call, error)                                                       \
	do {                                                                             \
		errno = 0;                                                               \
		CHILD_CHECK((call) < 0 && errno == (error));                             \
	} while (0)

/* True: as root and with a say; else what is skipped is said aloud. */
static inline bool
rig_is_root(const char *what)
{
	if (geteuid() == 0)
		return true;
	printf("SKIP: %s: not root\n", what);
	return false;
}

/* The work is done in a child and ends well. */
static inline void
rig_child(void (*work)(void *), void *arg)
{
	int status;
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		work(arg);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* A folder that anyone may write, with the text in a file of it that anyone may read. */
struct rig_folder {
	char path[64];
	char file[80];
};

static inline void
rig_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(fd, 0666), 0);
	close(fd);
}

static inline void
rig_folder_make(struct rig_folder *f)
{
	snprintf(f->path, sizeof(f->path), "/tmp/relaytap-rig-XXXXXX");
	assert_non_null(mkdtemp(f->path));
	assert_int_equal(chmod(f->path, 0777), 0);
	snprintf(f->file, sizeof(f->file), "%s/file", f->path);
	rig_write(f->file, "first\n");
}

static inline void
rig_folder_remove(const struct rig_folder *f)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", f->path);
	assert_int_equal(system(command), 0);
}

#endif
