/* SPDX-License-Identifier: Apache-2.0 */
#include "file_out.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a signal removes. */
static char *volatile at_signal;

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

#define SIGNALS (sizeof(signals) / sizeof(*signals))

/* unlink(2), signal(2) and raise(3) may be called here: signal-safety(7). */
static void
on_signal(int number)
{
	if (at_signal)
		unlink(at_signal);
	signal(number, SIG_DFL);
	raise(number);
}

/* What is ignored, as SIGHUP below nohup(1), stays ignored. */
static void
guard(char *temporary)
{
	struct sigaction action = {.sa_handler = temporary ? on_signal : SIG_DFL}, old;

	at_signal = temporary;
	for (size_t i = 0; i < SIGNALS; i++)
		if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	signal(SIGXFSZ, temporary ? SIG_IGN : SIG_DFL);
}

static void
clear(struct file_out *f)
{
	if (f->temporary)
		guard(NULL);
	free(f->name);
	free(f->temporary);
	*f = (struct file_out){0};
}

void
file_out_drop(struct file_out *f)
{
	int fault = errno;

	if (f->to)
		fclose(f->to);
	if (f->temporary)
		unlink(f->temporary);
	clear(f);
	errno = fault;
}

/* As the file that it replaces; a new one as fopen(3) would have made it. */
static int
set_mode(int fd, const struct stat *old)
{
	mode_t mask = umask(0);

	umask(mask);
	/* Another's file that we may replace, but not give away, becomes ours. */
	if (old && fchown(fd, old->st_uid, old->st_gid) < 0 && errno != EPERM)
		return -1;
	return fchmod(fd, old ? old->st_mode & 0777 : 0666 & ~mask);
}

static int
open_temporary(struct file_out *f, const struct stat *old)
{
	int fd;

	if (asprintf(&f->temporary, "%s.XXXXXX", f->name) < 0)
		abort();
	fd = mkostemp(f->temporary, O_CLOEXEC);
	if (fd < 0) {
		free(f->temporary);
		f->temporary = NULL;
		return -1;
	}
	guard(f->temporary);
	if (set_mode(fd, old) < 0 || !(f->to = fdopen(fd, "w"))) {
		int fault = errno;

		close(fd);
		errno = fault;
		return -1;
	}
	return 0;
}

static int
open_directly(struct file_out *f, const char *path)
{
	f->to = fopen(path, "we");
	return f->to ? 0 : -1;
}

int
file_out_open(struct file_out *f, const char *path)
{
	struct stat old;
	bool there = stat(path, &old) == 0;
	int status;

	*f = (struct file_out){0};
	if (there && S_ISDIR(old.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	/* A link that leads nowhere is replaced itself. */
	f->name = there ? realpath(path, NULL) : strdup(path);
	if (!f->name)
		return -1;
	if (there && !S_ISREG(old.st_mode))
		status = open_directly(f, path);
	else if (there && access(path, W_OK) < 0)
		status = -1;
	else
		status = open_temporary(f, there ? &old : NULL);
	if (status < 0)
		file_out_drop(f);
	return status;
}

/* The name is safe only when its folder is on the disk, too; some cannot say. */
static void
sync_folder(char *name)
{
	int fd = open(dirname(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	fsync(fd);
	close(fd);
}

static int
finish(struct file_out *f)
{
	int fault = errno;

	if (fflush(f->to) != 0)
		return -1;
	if (ferror(f->to)) {
		errno = fault ? fault : EIO;
		return -1;
	}
	if (f->temporary && fsync(fileno(f->to)) < 0)
		return -1;
	fault = fclose(f->to);
	f->to = NULL;
	return fault == 0 ? 0 : -1;
}

int
file_out_commit(struct file_out *f)
{
	if (finish(f) < 0 || (f->temporary && rename(f->temporary, f->name) < 0)) {
		file_out_drop(f);
		return -1;
	}
	if (f->temporary)
		sync_folder(f->name);
	clear(f);
	return 0;
}
