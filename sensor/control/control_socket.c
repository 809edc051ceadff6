/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/control/control_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG	    8
#define SOCKET_MODE 0660
#define FOLDER_MODE 0755

static bool
address_of(const char *path, struct sockaddr_un *a, char *error, size_t room)
{
	*a = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (*path && strlen(path) < sizeof(a->sun_path)) {
		memcpy(a->sun_path, path, strlen(path) + 1);
		return true;
	}
	snprintf(error, room, "control socket: a path of 1 to %zu octets is needed",
		sizeof(a->sun_path) - 1);
	return false;
}

/* The last folder only: whoever wants more of them makes them. */
static void
folder_make(const struct sockaddr_un *a)
{
	char folder[sizeof(a->sun_path)];
	char *slash;

	memcpy(folder, a->sun_path, sizeof(folder));
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return;
	*slash = '\0';
	/* What is wrong is said when the socket cannot be made in it. */
	(void)mkdir(folder, FOLDER_MODE);
}

/* Nobody may connect before the mode is what it shall be. */
static int
bind_closed(int s, const struct sockaddr_un *a)
{
	mode_t before = umask(0777 & ~SOCKET_MODE);
	int status = bind(s, (const void *)a, sizeof(*a));
	int code = errno;

	umask(before);
	errno = code;
	return status;
}

/* What is there already: true if it was a socket without a listener, and is away now. */
static bool
remove_stale(const struct sockaddr_un *a, char *error, size_t room)
{
	struct stat st;
	int s, status, code;

	if (lstat(a->sun_path, &st) != 0)
		return true;
	if (!S_ISSOCK(st.st_mode)) {
		snprintf(error, room, "%s: is there, and no socket; name another path",
			a->sun_path);
		return false;
	}
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	status = connect(s, (const void *)a, sizeof(*a));
	code = errno;
	if (s >= 0)
		close(s);
	/* EAGAIN: its queue is full, so there is a listener. */
	if (status == 0 || code == EAGAIN)
		snprintf(error, room,
			"%s: a running sensor listens there; stop it or name another "
			"path",
			a->sun_path);
	else if (code != ECONNREFUSED || unlink(a->sun_path) != 0)
		snprintf(error, room, "%s: an old socket that cannot be replaced: %s",
			a->sun_path, strerror(code == ECONNREFUSED ? errno : code));
	else
		return true;
	return false;
}

int
control_socket_listen(const char *path, char *error, size_t room)
{
	struct sockaddr_un a;
	int s, status;

	if (!address_of(path, &a, error, room))
		return -1;
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	status = s < 0 ? -1 : bind_closed(s, &a);
	if (status != 0 && errno == ENOENT) {
		folder_make(&a);
		status = bind_closed(s, &a);
	}
	if (status != 0 && errno == EADDRINUSE) {
		if (!remove_stale(&a, error, room)) {
			close(s);
			return -1;
		}
		status = bind_closed(s, &a);
	}
	if (status == 0 && listen(s, BACKLOG) == 0)
		return s;
	snprintf(error, room, "%s: %s", path, strerror(errno));
	if (s >= 0)
		close(s);
	return -1;
}

static const char *
mend_of(int code)
{
	switch (code) {
	case ENOENT:
	case ECONNREFUSED:
		return "no sensor listens there; start one with run: control: in its "
		       "configuration, or name its socket with -s";
	case EACCES:
	case EPERM:
		return "not permitted; be root, or of the group that the socket has";
	case EAGAIN:
		return "the sensor has too many who ask; try again";
	default:
		return strerror(code);
	}
}

int
control_socket_connect(const char *path, int ms, char *error, size_t room)
{
	struct timeval patience = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
	struct sockaddr_un a;
	int s;

	if (!address_of(path, &a, error, room))
		return -1;
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s >= 0 &&
		setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) ==
			0 &&
		setsockopt(s, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) ==
			0 &&
		connect(s, (const void *)&a, sizeof(a)) == 0)
		return s;
	snprintf(error, room, "%s: %s", path, mend_of(errno));
	if (s >= 0)
		close(s);
	return -1;
}
