/* SPDX-License-Identifier: Apache-2.0 */
#include "prose.h"

#include <stdarg.h>
#include <stdio.h>

#include "sensor/base/time_text.h"

void
prose_init(struct prose *p, char *out, size_t room)
{
	*p = (struct prose){out, room, 0};
	out[0] = '\0';
}

void
prose_add(struct prose *p, const char *format, ...)
{
	size_t left = p->room - p->used;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(p->at + p->used, left, format, args);
	va_end(args);
	if (n > 0)
		p->used += (size_t)n < left ? (size_t)n : left - 1;
}

void
prose_peer(struct prose *p, struct span text)
{
	size_t end = span_find(text, '\n');
	bool cut = end > PROSE_PEER_MAX;

	if (cut)
		end = PROSE_PEER_MAX;
	for (size_t i = 0; i < end && p->used + 1 < p->room; i++)
		p->at[p->used++] = text.at[i] ? (char)text.at[i] : '?';
	p->at[p->used] = '\0';
	if (cut)
		prose_add(p, "...");
}

void
prose_word(struct prose *p, const struct word *word)
{
	prose_peer(p, word_span(word));
}

void
prose_addr(struct prose *p, const struct ip_addr *addr)
{
	char text[IP_ADDR_TEXT];

	ip_addr_write(addr, text);
	prose_add(p, "%s", text);
}

void
prose_time(struct prose *p, uint64_t ns)
{
	char text[TIME_TEXT_SHORT];

	time_text_write_short(ns, text);
	prose_add(p, "%s UTC", text);
}

void
prose_count(struct prose *p, uint64_t count, const char *noun)
{
	prose_add(p, "%llu %s%s", (unsigned long long)count, noun, count == 1 ? "" : "s");
}

void
prose_endpoint(struct prose *p, const struct server_key *key)
{
	bool v4 = ip_addr_is_v4(&key->addr);

	prose_add(p, "%s", v4 ? "" : "[");
	prose_addr(p, &key->addr);
	prose_add(p, "%s:%u", v4 ? "" : "]", (unsigned)key->port);
}

void
prose_host(struct prose *p, const struct word *name, const struct ip_addr *addr)
{
	if (!name || name->len == 0) {
		prose_addr(p, addr);
		return;
	}
	prose_word(p, name);
	prose_add(p, " (");
	prose_addr(p, addr);
	prose_add(p, ")");
}

void
prose_server(struct prose *p, const struct verdict *v)
{
	const struct word *name = v->identity->name;
	const char *mta = smtp_mta_name(v->identity->mta);

	if (name && name->len) {
		prose_word(p, name);
		prose_add(p, " (");
	}
	prose_endpoint(p, &v->server->key);
	if (name && name->len)
		prose_add(p, "%s%s)", mta ? ", " : "", mta ? mta : "");
	else if (mta)
		prose_add(p, " (%s)", mta);
}
