/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/source_raw.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void
drop_descriptor(struct source_raw *r)
{
	if (r->fd >= 0 && r->path)
		close(r->fd);
	r->fd = -1;
}

static int
learn(struct source_raw *r)
{
	struct stat st;

	if (fstat(r->fd, &st) == -1)
		return -1;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return -1;
	}
	r->dev = st.st_dev;
	r->ino = st.st_ino;
	r->regular = S_ISREG(st.st_mode);
	if (r->regular && st.st_size > 0)
		r->size = (uint64_t)st.st_size;
	return 0;
}

int
source_raw_open(struct source_raw *r, const char *path)
{
	*r = (struct source_raw){.fd = STDIN_FILENO};
	if (strcmp(path, "-") != 0) {
		r->path = strdup(path);
		r->fd = r->path ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
	}
	if (r->fd == -1 || learn(r) == -1) {
		int error = errno;

		source_raw_close(r);
		errno = error;
		return -1;
	}
	return 0;
}

void
source_raw_open_memory(struct source_raw *r, struct span octets)
{
	*r = (struct source_raw){.fd = -1, .memory = octets, .size = octets.len};
}

static int
reopen(struct source_raw *r)
{
	struct stat st;

	r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (r->fd == -1 || fstat(r->fd, &st) == -1)
		return -1;
	if (st.st_dev != r->dev || st.st_ino != r->ino) {
		errno = ESTALE;
		return -1;
	}
	return lseek(r->fd, (off_t)r->offset, SEEK_SET) == -1 ? -1 : 0;
}

static ssize_t
read_descriptor(struct source_raw *r, uint8_t *out, size_t room)
{
	ssize_t n;

	if (r->fd == -1 && reopen(r) == -1)
		return -1;
	do
		n = read(r->fd, out, room);
	while (n == -1 && errno == EINTR);
	return n;
}

static ssize_t
read_memory(struct source_raw *r, uint8_t *out, size_t room)
{
	struct span part = span_slice(r->memory, 0, room);

	if (part.len)
		memcpy(out, part.at, part.len);
	r->memory = span_slice(r->memory, part.len, r->memory.len);
	return (ssize_t)part.len;
}

ssize_t
source_raw_read(struct source_raw *r, uint8_t *out, size_t room)
{
	bool memory = r->fd == -1 && !r->path;
	ssize_t n;

	if (r->ended)
		return 0;
	n = memory ? read_memory(r, out, room) : read_descriptor(r, out, room);
	if (n > 0)
		r->offset += (uint64_t)n;
	r->ended = n <= 0;
	if (r->ended || r->parked)
		drop_descriptor(r);
	return n;
}

void
source_raw_park(struct source_raw *r)
{
	if (!r->regular || !r->path)
		return;
	r->parked = true;
	drop_descriptor(r);
}

void
source_raw_close(struct source_raw *r)
{
	drop_descriptor(r);
	free(r->path);
	r->path = NULL;
}
