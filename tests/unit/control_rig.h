/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: a control socket in a folder of its own, with a sensor that knows a few
 * words. */
#ifndef CONTROL_RIG_H
#define CONTROL_RIG_H

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include "sensor/control/control.h"
#include "tests/unit/feed.h"

struct control_rig {
	char folder[64];
	char path[96];
	struct control *control;
	unsigned asked;
};

/* "echo": its words, a line each. "big": a megabyte in lines. "bad": an error. */
static inline const char *
rig_answer(void *ctx, char *const *words, size_t count, struct text_out *out)
{
	struct control_rig *r = ctx;

	r->asked++;
	if (strcmp(words[0], "echo") == 0) {
		for (size_t i = 0; i < count; i++)
			text_out_format(out, "{\"word\":\"%s\"}\n", words[i]);
		return NULL;
	}
	if (strcmp(words[0], "big") == 0) {
		for (size_t i = 0; i < 65536; i++)
			text_out_text(out, "{\"a\":\"0123456\"}\n");
		return NULL;
	}
	return "no such command; help lists them";
}

static inline int
control_rig_up(void **state)
{
	static struct control_rig r;
	char error[256] = "";

	r = (struct control_rig){.folder = "/tmp/relaytap-control-XXXXXX"};
	assert_non_null(mkdtemp(r.folder));
	snprintf(r.path, sizeof(r.path), "%s/run/control", r.folder);
	r.control = control_open(r.path, error, sizeof(error));
	if (!r.control)
		fail_msg("%s", error);
	assert_int_equal(control_start(r.control, rig_answer, &r), 0);
	*state = &r;
	return 0;
}

static inline int
control_rig_down(void **state)
{
	struct control_rig *r = *state;
	char command[128];

	control_close(r->control);
	snprintf(command, sizeof(command), "rm -rf '%s'", r->folder);
	return system(command);
}

static inline int
rig_connect(const struct control_rig *r)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = 20};
	int s = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", r->path);
	assert_int_equal(connect(s, (void *)&a, sizeof(a)), 0);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return s;
}

static inline void
rig_say(int s, const char *text, size_t len)
{
	assert_int_equal(send(s, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* What comes until the other side closes, or the text ends in want. */
static inline void
rig_hear(int s, const char *want, char *got, size_t room)
{
	size_t used = 0;

	got[0] = '\0';
	while (used + 1 < room) {
		ssize_t n = recv(s, got + used, room - 1 - used, 0);

		assert_true(n >= 0 || errno == ECONNRESET);
		if (n <= 0)
			return;
		used += (size_t)n;
		got[used] = '\0';
		if (want && used >= strlen(want) &&
			strcmp(got + used - strlen(want), want) == 0)
			return;
	}
}

#define RIG_GOOD     "{\"type\":\"end\",\"ok\":true}\n"
#define RIG_BAD(why) "{\"type\":\"end\",\"ok\":false,\"error\":\"" why "\"}\n"

#endif
