/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/config/config_fault.h"

#include <stdarg.h>
#include <stdio.h>

#include "sensor/base/escape.h"

int
config_fault_set(struct config_fault *f, size_t line, const char *format, ...)
{
	va_list args;

	if (f->text[0])
		return -1;
	f->line = line;
	va_start(args, format);
	vsnprintf(f->text, sizeof(f->text), format, args);
	va_end(args);
	return -1;
}

struct config_quote
config_fault_quote(struct span text)
{
	struct config_quote q;
	char body[CONFIG_QUOTE - sizeof("\"\"...") + 1];
	char whole[4 * sizeof(body)];
	struct span head = span_slice(text, 0, sizeof(body) - 1);
	size_t written = escape_text(head, body, sizeof(body));
	bool cut =
		head.len < text.len || escape_text(head, whole, sizeof(whole)) > written;

	snprintf(q.at, sizeof(q.at), "\"%s\"%s", body, cut ? "..." : "");
	return q;
}

void
config_fault_write(
	const struct config_fault *f, const char *file, char *error, size_t room)
{
	char name[CONFIG_ERROR / 2];

	escape_text(span_of_text(file), name, sizeof(name));
	if (f->line)
		snprintf(error, room, "%s:%zu: %s", name, f->line, f->text);
	else
		snprintf(error, room, "%s: %s", name, f->text);
}
