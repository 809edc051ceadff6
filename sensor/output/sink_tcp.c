/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syslog over TCP and over TLS: octet counting (RFC 6587 3.4.1, RFC 5425 4.3).
 *
 * A collector says nothing here. A line is taken when its TCP has acknowledged the
 * octets; what it had not read from its socket when it died is lost.
 */
#include <stdlib.h>

#include "sensor/output/sink_stream.h"
#include "sensor/output/sink_tls.h"
#include "sensor/output/syslog_frame.h"

struct tcp {
	struct sink_stream *stream;
	struct ssl_ctx_st *tls; /* NULL: in the clear */
	struct text_out message;
};

/* SYSLOG-FRAME = MSG-LEN SP SYSLOG-MSG */
static void
append(struct text_out *to, const struct sink *s, const struct sink_line *line,
	uint64_t number)
{
	struct text_out *message = &((struct tcp *)s->own)->message;

	(void)number;
	text_out_reset(message);
	syslog_frame_append(message, s->output->facility, s->host, line);
	text_out_format(to, "%zu ", message->used);
	text_out_span(to, text_out_all(message));
}

static const struct sink_framing octet_counting = {.append = append};

static int
tcp_open(struct sink *s)
{
	struct ssl_ctx_st *tls = NULL;
	struct tcp *t;

	if (s->output->to == CONFIG_TO_TLS && !(tls = sink_tls_context(s)))
		return -1;
	t = calloc(1, sizeof(*t));
	if (!t)
		abort();
	t->tls = tls;
	t->stream = sink_stream_new(&octet_counting);
	s->own = t;
	return 0;
}

static void
tcp_close(struct sink *s)
{
	struct tcp *t = s->own;

	sink_stream_free(s, t->stream);
	if (t->tls)
		sink_tls_context_free(t->tls);
	text_out_free(&t->message);
	free(t);
}

static size_t
tcp_send(struct sink *s, const struct sink_line *lines, size_t count)
{
	struct tcp *t = s->own;

	return sink_stream_send(s, t->stream, t->tls, lines, count);
}

const struct sink_kind sink_tcp = {
	.open = tcp_open,
	.close = tcp_close,
	.send = tcp_send,
};
