/* SPDX-License-Identifier: Apache-2.0 */
/* Standard output: lines and nothing else. It may be a pipe whose reader is slow or gone.
 */
#include <stdlib.h>
#include <unistd.h>

#include "sensor/output/sink_file.h"

static int
stdout_open(struct sink *s)
{
	struct sink_file_state *f = calloc(1, sizeof(*f));

	if (!f)
		abort();
	sink_file_begin(f, STDOUT_FILENO);
	s->own = f;
	return 0;
}

static void
stdout_close(struct sink *s)
{
	sink_file_free(s->own);
	free(s->own);
}

static size_t
stdout_send(struct sink *s, const struct sink_line *lines, size_t count)
{
	return sink_file_write(s, s->own, lines, count);
}

const struct sink_kind sink_stdout = {
	.open = stdout_open,
	.close = stdout_close,
	.send = stdout_send,
};
