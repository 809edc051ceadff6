/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/sink_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/base/log.h"

void
sink_file_begin(struct sink_file_state *f, int fd)
{
	struct stat st;

	f->fd = fd;
	f->regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

void
sink_file_free(struct sink_file_state *f)
{
	text_out_free(&f->text);
	text_out_free(&f->partial);
}

/* --- writing ------------------------------------------------------------------------ */

/*
 * Writes from..used of the batch. Where it stopped: at the end, or with the reason in
 * errno (ETIMEDOUT: nobody took it). What is no regular file is written in pieces of
 * PIPE_BUF: so much goes into a pipe that poll() calls writable, even when it blocks.
 */
static size_t
write_all(struct sink *s, struct sink_file_state *f, size_t from)
{
	uint64_t deadline = sink_deadline(s);
	size_t piece;
	ssize_t n;

	while (from < f->text.used) {
		piece = f->text.used - from;
		if (!f->regular) {
			piece = piece < PIPE_BUF ? piece : PIPE_BUF;
			if (!sink_wait(s, f->fd, POLLOUT, deadline)) {
				errno = ETIMEDOUT;
				break;
			}
		}
		n = write(f->fd, f->text.at + from, piece);
		if (n > 0)
			from += (size_t)n;
		else if (n == 0 || (errno != EINTR && errno != EAGAIN))
			break;
	}
	return from;
}

/*
 * Takes the last n octets, a part of a line, from the file again. Only where it is sure
 * that they are the last: nobody wrote behind us.
 */
static bool
cut_back(const struct sink_file_state *f, size_t n)
{
	off_t at = f->regular ? lseek(f->fd, 0, SEEK_CUR) : -1;
	struct stat st;

	if (at < (off_t)n || fstat(f->fd, &st) || st.st_size != at)
		return false;
	return ftruncate(f->fd, at - (off_t)n) == 0 &&
	       lseek(f->fd, at - (off_t)n, SEEK_SET) >= 0;
}

/* Lines that are whole among the first n octets of the batch, and where the last ends. */
static size_t
whole_lines(const struct text_out *t, size_t n, size_t *end)
{
	size_t lines = 0;

	*end = 0;
	for (size_t i = 0; i < n; i++)
		if (t->at[i] == '\n') {
			lines++;
			*end = i + 1;
		}
	return lines;
}

/* The batch stopped at octet at. Lines that are whole in the file. */
static size_t
settle(struct sink_file_state *f, size_t at)
{
	size_t end, lines = whole_lines(&f->text, at, &end);
	size_t left = span_find(span_of(f->text.at + end, f->text.used - end), '\n');

	text_out_reset(&f->partial);
	f->partial_written = 0;
	if (at == end || cut_back(f, at - end))
		return lines;
	text_out_span(&f->partial, span_of(f->text.at + end, left + 1));
	f->partial_written = at - end;
	return lines;
}

/*
 * Lays the batch out behind what a partial line needs: its rest, when it comes again as
 * the first, else a line end. Returns where to begin to write.
 */
static size_t
lay_out(struct sink_file_state *f, const struct sink_line *lines, size_t count,
	bool *ended)
{
	struct span whole = text_out_all(&f->partial);

	*ended = false;
	text_out_reset(&f->text);
	if (f->partial_written &&
		!span_equal(lines[0].text, span_of(whole.at, whole.len - 1))) {
		text_out_char(&f->text, '\n');
		*ended = true;
	}
	for (size_t i = 0; i < count; i++) {
		text_out_span(&f->text, lines[i].text);
		text_out_char(&f->text, '\n');
	}
	return *ended ? 0 : f->partial_written;
}

/* Leaves error in errno. */
static size_t
fail(struct sink *s, int error, size_t lines)
{
	if (error == ETIMEDOUT)
		sink_fail(s, "nobody reads it; lines wait until it is read again");
	else if (error == ENOSPC || error == EDQUOT)
		sink_fail(s, "%s; make room, lines wait until then", strerror(error));
	else if (error == EPIPE)
		sink_fail(s, "its reader has gone");
	else
		sink_fail(s, "cannot write: %s", strerror(error));
	errno = error;
	return lines;
}

size_t
sink_file_write(struct sink *s, struct sink_file_state *f, const struct sink_line *lines,
	size_t count)
{
	bool ended;
	size_t at = write_all(s, f, lay_out(f, lines, count, &ended));
	int error = errno;
	size_t whole = count;

	if (at == 0)
		return fail(s, error, 0);
	if (at == f->text.used)
		f->partial_written = 0;
	else
		whole = settle(f, at) - ended;
	/* What cannot be flushed (a pipe, a terminal) says EINVAL. */
	if (f->regular && whole && fdatasync(f->fd) && errno != EINVAL) {
		sink_fail(s, "cannot flush to the disk: %s", strerror(errno));
		return 0;
	}
	return at == f->text.used ? count : fail(s, error, whole);
}

/* --- a file by its name ---------------------------------------------------------------
 */

/*
 * A line that a crash cut short must not spoil ours: it is ended. It stays where it is,
 * for it may be somebody else's.
 */
static void
end_last_line(int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char last;

	if (size <= 0 || pread(fd, &last, 1, size - 1) != 1 || last == '\n')
		return;
	if (write(fd, "\n", 1) != 1)
		log_warn("cannot end the last line of an output file");
}

static int
open_path(const char *path)
{
	int flags = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
	struct stat st;
	int fd;

	if (stat(path, &st) == 0 && S_ISSOCK(st.st_mode)) {
		errno = EPROTOTYPE;
		return -1;
	}
	/* A pipe is opened to write only: else it would have a reader always, us. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return open(path, O_WRONLY | flags, 0640);
	fd = open(path, O_RDWR | flags, 0640);
	if (fd < 0 && errno == EACCES)
		return open(path, O_WRONLY | flags, 0640);
	if (fd >= 0)
		end_last_line(fd);
	return fd;
}

/* Leaves error in errno. */
static int
fail_open(struct sink *s, int error)
{
	errno = error;
	if (error == EISDIR)
		return sink_fail(s, "is a folder; write the name of a file");
	if (error == ENOENT || error == ENOTDIR)
		return sink_fail(s, "its folder is not there; make it, or mend path");
	if (error == ENXIO)
		return sink_fail(s, "is a pipe that nobody reads");
	if (error == EPROTOTYPE)
		return sink_fail(s, "is a socket; write to: unix");
	return sink_fail(s, "cannot open: %s", strerror(error));
}

static int
reopen_or_fail(struct sink *s, struct sink_file_state *f)
{
	int fd = open_path(s->output->path);

	if (fd < 0)
		return fail_open(s, errno);
	if (f->fd >= 0)
		close(f->fd);
	f->partial_written = 0;
	sink_file_begin(f, fd);
	return 0;
}

static int
file_open(struct sink *s)
{
	struct sink_file_state *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	f->fd = -1;
	s->own = f;
	/* A pipe without reader and a full disk may mend themselves. */
	if (reopen_or_fail(s, f) == 0 || errno == ENXIO || errno == ENOSPC)
		return 0;
	free(f);
	return -1;
}

static void
file_close(struct sink *s)
{
	struct sink_file_state *f = s->own;

	if (f->fd >= 0)
		close(f->fd);
	sink_file_free(f);
	free(f);
}

static size_t
file_send(struct sink *s, const struct sink_line *lines, size_t count)
{
	struct sink_file_state *f = s->own;
	size_t taken;

	if (f->fd < 0 && reopen_or_fail(s, f))
		return 0;
	taken = sink_file_write(s, f, lines, count);
	if (taken < count && !f->regular && errno == EPIPE) {
		close(f->fd);
		f->fd = -1;
	}
	return taken;
}

/* The old file is kept where the new one cannot be opened: better there than nowhere. */
static void
file_reopen(struct sink *s)
{
	if (reopen_or_fail(s, s->own))
		log_warnx("cannot open an output anew, going on with the old file: %s",
			s->error);
}

const struct sink_kind sink_file = {
	.open = file_open,
	.close = file_close,
	.send = file_send,
	.reopen = file_reopen,
};
