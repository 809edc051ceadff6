/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/control/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/control/control_client.h"
#include "sensor/control/control_socket.h"

struct control {
	char *path;
	int socket;
	int stop; /* an eventfd that is written once */
	pthread_t thread;
	bool started;
	control_answer *answer;
	void *ctx;
	struct control_client client[CONTROL_CLIENTS_MAX];
};

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* --- clients come and go ---------------------------------------------------------------
 */

static void
tell_who(int s)
{
	struct ucred who;
	socklen_t len = sizeof(who);

	if (getsockopt(s, SOL_SOCKET, SO_PEERCRED, &who, &len) == 0)
		log_debug("control: asked by user %u, group %u, process %d",
			(unsigned)who.uid, (unsigned)who.gid, (int)who.pid);
}

/* Told so, as far as that goes without waiting. */
static void
turn_away(int s)
{
	struct text_out out;

	text_out_init(&out);
	control_client_end(&out, "too many ask at once; try again");
	(void)!send(s, out.at, out.used, MSG_NOSIGNAL | MSG_DONTWAIT);
	text_out_free(&out);
	close(s);
}

static void
take_client(struct control *c)
{
	int s = accept4(c->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (s < 0)
		return;
	tell_who(s);
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->client[i].socket < 0) {
			control_client_init(&c->client[i], s, now_ms());
			return;
		}
	turn_away(s);
}

static void
move_clients(struct control *c, const struct pollfd *polled)
{
	uint64_t now = now_ms();

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct control_client *one = &c->client[i];

		if (one->socket < 0)
			continue;
		if (polled[i].revents &&
			!control_client_move(one, c->answer, c->ctx, now))
			control_client_close(one);
		else if (now >= one->until_ms)
			control_client_close(one);
	}
}

/* --- the thread ------------------------------------------------------------------------
 */

enum {
	POLL_STOP,
	POLL_SOCKET,
	POLL_CLIENTS,
	POLL_COUNT = POLL_CLIENTS + CONTROL_CLIENTS_MAX
};

/* Milliseconds until the first client's time is over; -1: nobody's. */
static int
patience(const struct control *c)
{
	uint64_t now = now_ms(), first = UINT64_MAX;

	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (c->client[i].socket >= 0 && c->client[i].until_ms < first)
			first = c->client[i].until_ms;
	if (first == UINT64_MAX)
		return -1;
	return first > now ? (int)(first - now) : 0;
}

static void
watch_all(const struct control *c, struct pollfd polled[POLL_COUNT])
{
	polled[POLL_STOP] = (struct pollfd){.fd = c->stop, .events = POLLIN};
	polled[POLL_SOCKET] = (struct pollfd){.fd = c->socket, .events = POLLIN};
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		polled[POLL_CLIENTS + i] = (struct pollfd){
			.fd = c->client[i].socket,
			.events = control_client_events(&c->client[i]),
		};
}

static void *
serve(void *arg)
{
	struct control *c = arg;
	struct pollfd polled[POLL_COUNT];

	for (;;) {
		watch_all(c, polled);
		if (poll(polled, POLL_COUNT, patience(c)) < 0 && errno != EINTR) {
			log_warn("control socket");
			return NULL;
		}
		if (polled[POLL_STOP].revents)
			return NULL;
		move_clients(c, polled + POLL_CLIENTS);
		if (polled[POLL_SOCKET].revents)
			take_client(c);
	}
}

int
control_start(struct control *c, control_answer *answer, void *ctx)
{
	sigset_t all, before;
	int error;

	c->answer = answer;
	c->ctx = ctx;
	/* Signals are for the thread that knows what they mean. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&c->thread, NULL, serve, c);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	c->started = error == 0;
	if (c->started)
		return 0;
	errno = error;
	log_warn("control socket: thread");
	return -1;
}

/* --- opening ---------------------------------------------------------------------------
 */

struct control *
control_open(const char *path, char *error, size_t room)
{
	struct control *c = calloc(1, sizeof(*c));

	if (!c)
		abort();
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		c->client[i].socket = -1;
	c->socket = control_socket_listen(path, error, room);
	if (c->socket < 0) {
		free(c);
		return NULL;
	}
	c->path = strdup(path);
	c->stop = eventfd(0, EFD_CLOEXEC);
	if (c->path && c->stop >= 0)
		return c;
	snprintf(error, room, "%s: %s", path, strerror(errno));
	control_close(c);
	return NULL;
}

void
control_close(struct control *c)
{
	uint64_t one = 1;

	if (!c)
		return;
	if (c->started) {
		(void)!write(c->stop, &one, sizeof(one));
		pthread_join(c->thread, NULL);
	}
	for (size_t i = 0; i < CONTROL_CLIENTS_MAX; i++)
		control_client_close(&c->client[i]);
	/* As another user its folder may not be ours any more: the next start replaces
	 * it. */
	if (c->path && unlink(c->path) != 0)
		log_debug("%s: left behind", c->path);
	close(c->socket);
	if (c->stop >= 0)
		close(c->stop);
	free(c->path);
	free(c);
}
