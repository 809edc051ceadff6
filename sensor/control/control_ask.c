/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/control/control.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/control/control_client.h"
#include "sensor/control/control_socket.h"

/* A sensor that is asked for all it knows may take its time. */
#define PATIENCE_MS 15000
/* An answer that is larger is none of a sensor's. */
#define ANSWER_MAX (64u << 20)

static const char good[] = "{\"type\":\"end\",\"ok\":true}";
static const char bad[] = "{\"type\":\"end\",\"ok\":false,\"error\":\"";

static bool
send_command(int s, const char *command)
{
	char line[CONTROL_LINE_MAX];
	size_t len = strlen(command);

	if (len + 1 > sizeof(line) || strchr(command, '\n')) {
		errno = EINVAL;
		return false;
	}
	memcpy(line, command, len);
	line[len++] = '\n';
	return send(s, line, len, MSG_NOSIGNAL) == (ssize_t)len;
}

/* The last line: 0, or -1 and what the sensor says is wrong. */
static int
judge_end(const char *path, struct span line)
{
	struct span head = span_of(bad, sizeof(bad) - 1);
	struct span why;

	if (span_equal(line, span_of(good, sizeof(good) - 1)))
		return 0;
	/* Texts of our own, without anything that JSON would escape. */
	why = span_slice(line, head.len, line.len > 2 ? line.len - 2 : 0);
	if (span_starts_nocase(line, head))
		log_warnx("%.*s", (int)why.len, (const char *)why.at);
	else
		log_warnx("%s: the answer's end is not one of a sensor", path);
	return -1;
}

/* Takes whole lines from the front of pending. 1: go on; else the result. */
static int
take_lines(const char *path, struct text_out *pending, struct text_out *out)
{
	struct span rest = text_out_all(pending);
	struct text_out left;
	size_t end;

	while ((end = span_find(rest, '\n')) < rest.len) {
		struct span line = span_slice(rest, 0, end);

		if (span_starts_nocase(line, SPAN_LITERAL("{\"type\":\"end\"")))
			return judge_end(path, line);
		text_out_span(out, span_slice(rest, 0, end + 1));
		rest = span_slice(rest, end + 1, rest.len);
	}
	text_out_init(&left);
	text_out_span(&left, rest);
	text_out_free(pending);
	*pending = left;
	return 1;
}

static int
receive_answer(int s, const char *path, struct text_out *out)
{
	struct text_out pending;
	char octets[16384];
	int status = 1;

	text_out_init(&pending);
	while (status > 0) {
		ssize_t n = recv(s, octets, sizeof(octets), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || out->used + pending.used > ANSWER_MAX) {
			log_warnx("%s: %s", path,
				n == 0	? "the sensor closed before its answer was whole"
				: n < 0 ? "no answer; the sensor is busy, or is no sensor"
					: "the answer has no end");
			status = -1;
			break;
		}
		text_out_span(&pending, span_of(octets, (size_t)n));
		status = take_lines(path, &pending, out);
	}
	text_out_free(&pending);
	return status;
}

int
control_ask(const char *path, const char *command, struct text_out *out)
{
	char error[256];
	int s = control_socket_connect(path, PATIENCE_MS, error, sizeof(error));
	int status = -1;

	if (s < 0) {
		log_warnx("%s", error);
		return -1;
	}
	if (!send_command(s, command))
		log_warn("%s", path);
	else
		status = receive_answer(s, path, out);
	close(s);
	return status;
}
