/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/control/control_client.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/json_out.h"

/* Room that an answer of megabytes took is given back. */
#define KEEP_ROOM 65536u

void
control_client_init(struct control_client *c, int socket, uint64_t now_ms)
{
	c->socket = socket;
	c->used = 0;
	c->sent = 0;
	c->last = false;
	c->until_ms = now_ms + CONTROL_STALL_MS;
	text_out_init(&c->out);
}

void
control_client_close(struct control_client *c)
{
	if (c->socket >= 0)
		close(c->socket);
	c->socket = -1;
	text_out_free(&c->out);
}

static bool
has_line(const struct control_client *c)
{
	return memchr(c->line, '\n', c->used) != NULL;
}

short
control_client_events(const struct control_client *c)
{
	return c->out.used > c->sent || has_line(c) ? POLLOUT : POLLIN;
}

void
control_client_end(struct text_out *out, const char *error)
{
	struct json_out j;

	json_out_init(&j);
	json_out_object(&j, NULL);
	json_out_text(&j, "type", "end");
	json_out_bool(&j, "ok", !error);
	json_out_text_if(&j, "error", error);
	json_out_object_end(&j);
	text_out_span(out, span_of(j.at, j.used));
	text_out_char(out, '\n');
	json_out_free(&j);
}

/* --- a line --------------------------------------------------------------------------
 */

static bool
is_text(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)line[i] < 0x20 && line[i] != '\t')
			return false;
	return true;
}

/* In place. Words of line, at most one more than there may be. */
static size_t
split(char *line, char *words[CONTROL_WORDS_MAX + 1])
{
	static const char blank[] = " \t";
	size_t count = 0;

	for (line += strspn(line, blank); *line && count <= CONTROL_WORDS_MAX;
		line += strspn(line, blank)) {
		words[count++] = line;
		line += strcspn(line, blank);
		if (*line)
			*line++ = '\0';
	}
	return count;
}

/* line[len] is the line feed. */
static const char *
answer_line(struct control_client *c, size_t len, control_answer *answer, void *ctx)
{
	char *words[CONTROL_WORDS_MAX + 1];
	size_t count;

	if (len && c->line[len - 1] == '\r')
		len--;
	c->line[len] = '\0';
	if (!is_text(c->line, len))
		return "control characters are no command";
	count = split(c->line, words);
	if (count == 0)
		return "no command; help lists them";
	if (count > CONTROL_WORDS_MAX)
		return "too many words";
	return answer(ctx, words, count, &c->out);
}

/* One at a time: the next line waits until the answer to this one has gone. */
static void
take_line(struct control_client *c, control_answer *answer, void *ctx)
{
	const char *end = memchr(c->line, '\n', c->used);
	size_t len;

	if (!end && c->used < sizeof(c->line))
		return;
	if (!end) {
		control_client_end(&c->out, "the line is too long");
		c->last = true;
		return;
	}
	len = (size_t)(end - c->line);
	control_client_end(&c->out, answer_line(c, len, answer, ctx));
	c->used -= len + 1;
	memmove(c->line, c->line + len + 1, c->used);
}

/* --- octets --------------------------------------------------------------------------
 */

static bool
would_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

static bool
receive(struct control_client *c, uint64_t now_ms)
{
	ssize_t n = recv(c->socket, c->line + c->used, sizeof(c->line) - c->used, 0);

	if (n == 0 || (n < 0 && !would_wait()))
		return false;
	if (n > 0) {
		/* Its time runs from the line's begin: a drop now and then is no line. */
		if (c->used == 0)
			c->until_ms = now_ms + CONTROL_STALL_MS;
		c->used += (size_t)n;
	}
	return true;
}

static bool
transmit(struct control_client *c, uint64_t now_ms)
{
	ssize_t n =
		send(c->socket, c->out.at + c->sent, c->out.used - c->sent, MSG_NOSIGNAL);

	if (n < 0)
		return would_wait();
	c->sent += (size_t)n;
	c->until_ms = now_ms + CONTROL_STALL_MS;
	if (c->sent < c->out.used)
		return true;
	c->sent = 0;
	if (c->out.room > KEEP_ROOM)
		text_out_free(&c->out);
	else
		text_out_reset(&c->out);
	return !c->last;
}

bool
control_client_move(
	struct control_client *c, control_answer *answer, void *ctx, uint64_t now_ms)
{
	if (c->out.used > c->sent)
		return transmit(c, now_ms);
	if (!has_line(c) && !receive(c, now_ms))
		return false;
	take_line(c, answer, ctx);
	return c->out.used == 0 || transmit(c, now_ms);
}
