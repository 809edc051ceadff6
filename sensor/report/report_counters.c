/* SPDX-License-Identifier: Apache-2.0 */
#include "report_counters.h"

#include <string.h>

struct words {
	const char *group, *name, *words;
	bool loss;
};

#define SEEN false
#define LOSS true

/* clang-format off */
static const struct words all[] = {
	{"files", "given", "files", SEEN},
	{"files", "damaged", "files with damage", LOSS},
	{"files", "failed", "files not read, or not to the end", LOSS},
	{"files", "skipped", "files of a folder that are no captures", SEEN},
	{"files", "frames", "frames read", SEEN},
	{"files", "octets", "octets read", SEEN},
	{"packets", "frames", "frames looked at", SEEN},
	{"packets", "octets", "octets in them", SEEN},
	{"packets", "frames_cut", "frames shorter than on the wire", LOSS},
	{"packets", "tcp", "TCP segments", SEEN},
	{"packets", "udp", "UDP datagrams", SEEN},
	{"packets", "copies", "second copies, left out", SEEN},
	{"packets", "link-unknown", "frames of an unknown link type", LOSS},
	{"packets", "not-ip", "frames that carry no IP", SEEN},
	{"packets", "not-tcp-udp", "packets of other protocols", SEEN},
	{"packets", "encrypted", "packets encrypted below TCP (ESP, MACsec, WPA)", LOSS},
	{"packets", "cut", "packets whose header was cut by the snap length", LOSS},
	{"packets", "bad-header", "packets with an impossible header", LOSS},
	{"packets", "bad-length", "packets with an impossible length", LOSS},
	{"packets", "too-deep", "packets with too many layers", LOSS},
	{"fragments", "seen", "fragments", SEEN},
	{"fragments", "joined", "datagrams put together", SEEN},
	{"fragments", "copies", "fragments seen twice", SEEN},
	{"fragments", "overlaps", "fragments that overlap", LOSS},
	{"fragments", "refused", "datagrams for which there was no room", LOSS},
	{"fragments", "inconsistent", "fragments that contradict each other", LOSS},
	{"fragments", "oversized", "fragments of datagrams that are too large", LOSS},
	{"fragments", "malformed", "malformed fragments", LOSS},
	{"fragments", "cut", "fragments cut by the snap length", LOSS},
	{"fragments", "expired", "datagrams never completed", LOSS},
	{"fragments", "evicted", "datagrams given up for room", LOSS},
	{"connections", "opened", "connections followed", SEEN},
	{"connections", "released", "connections done with", SEEN},
	{"connections", "refused", "connections for which there was no room", LOSS},
	{"connections", "expired-half-open", "half-open connections ended by time", SEEN},
	{"connections", "expired-closing", "closing connections ended by time", SEEN},
	{"connections", "expired-idle", "idle connections ended by time", SEEN},
	{"connections", "evicted-half-open", "half-open connections given up for room", LOSS},
	{"connections", "evicted-closing", "closing connections given up for room", LOSS},
	{"connections", "evicted-open", "live connections given up for room", LOSS},
	{"connections", "ports-reused", "connections ended by a new one on their ports", SEEN},
	{"connections", "syns-doubted", "SYNs within an open connection", SEEN},
	{"connections", "revived", "connections that went on after their end", SEEN},
	{"connections", "windows-lent", "windows lent for what came out of order", SEEN},
	{"connections", "windows-denied", "times no reassembly window was free", LOSS},
	{"connections", "clock-steps", "steps back of the packets' time", SEEN},
	{"tcp", "segments", "segments", SEEN},
	{"tcp", "octets", "octets in them", SEEN},
	{"tcp", "delivered-octets", "octets handed on in order", SEEN},
	{"tcp", "gaps", "holes in connections", LOSS},
	{"tcp", "gap-octets", "octets missing in them", LOSS},
	{"tcp", "out-of-order-segments", "segments that came early", SEEN},
	{"tcp", "retransmitted-octets", "octets that were there already", SEEN},
	{"tcp", "conflicting-segments", "segments that said otherwise", LOSS},
	{"tcp", "conflicting-octets", "octets that said otherwise", LOSS},
	{"tcp", "cut-octets", "octets not captured", LOSS},
	{"tcp", "dropped-octets", "octets for which there was no room", LOSS},
	{"tcp", "keepalives", "keep-alives", SEEN},
	{"tcp", "segments-outside-window", "segments outside of the window, ignored", SEEN},
	{"tcp", "resyncs", "jumps that were believed", LOSS},
	{"tcp", "octets-after-fin", "octets behind a connection's end, ignored", SEEN},
	{"tcp", "resets", "resets", SEEN},
	{"tcp", "resets-outside-window", "resets outside of the window, ignored", SEEN},
	{"tcp", "syns-with-other-isn", "SYNs with another sequence number", SEEN},
	{"sessions", "opened", "connections of mail and DNS", SEEN},
	{"sessions", "segments", "segments of these", SEEN},
	{"sessions", "probed", "connections on other ports looked into", SEEN},
	{"sessions", "probed_smtp", "of these, SMTP", SEEN},
	{"sessions", "pressed", "times one side had to be assumed", LOSS},
	{"sessions", "held", "replies that waited for their command", SEEN},
	{"sessions", "held_in_vain", "replies whose command never came", LOSS},
	{"sessions", "overlap_conflicts", "segments of these that said otherwise", LOSS},
	{"sessions", "dns_messages", "DNS answers read", SEEN},
	{"sessions", "dns_bad", "DNS answers not readable", LOSS},
	{"sessions", "texts_refused", "texts that found no room", LOSS},
	{"inference", "transactions", "mail transactions weighed", SEEN},
	{"inference", "connections", "connections weighed", SEEN},
	{"inference", "dns", "DNS answers weighed", SEEN},
	{"inference", "servers", "servers known", SEEN},
	{"inference", "servers_evicted", "servers forgotten for room", LOSS},
	{"inference", "attempts", "kinds of attempts known", SEEN},
	{"inference", "names_evicted", "names forgotten for room", LOSS},
	{"inference", "messages_forgotten", "messages forgotten before they were seen leaving",
		LOSS},
};
/* clang-format on */

static const struct {
	const char *name, *words;
} groups[] = {
	{"files", "Files"},
	{"packets", "Packets"},
	{"fragments", "Fragments of IP"},
	{"connections", "Connections"},
	{"tcp", "TCP"},
	{"sessions", "Mail and DNS"},
	{"inference", "Inference"},
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static bool
is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.at, text, s.len) == 0;
}

const char *
report_counters_group(struct span group)
{
	for (size_t i = 0; i < COUNT(groups); i++)
		if (is(group, groups[i].name))
			return groups[i].words;
	return "";
}

static void
put_words(struct report_counter *c)
{
	c->words = NULL;
	c->loss = false;
	for (size_t i = 0; i < COUNT(all); i++)
		if (is(c->group, all[i].group) && is(c->name, all[i].name)) {
			c->words = all[i].words;
			c->loss = all[i].loss;
			return;
		}
}

void
report_counters_begin(struct report_counters *c, struct span stats)
{
	c->rest = stats;
	c->group = span_of(NULL, 0);
}

static void
skip(struct report_counters *c, size_t n)
{
	c->rest = span_slice(c->rest, n, c->rest.len);
}

/* "…" at its front, without the quotes; the object is ours and has no escapes in names.
 */
static struct span
take_text(struct report_counters *c)
{
	size_t n = 1;
	struct span s;

	while (n < c->rest.len && c->rest.at[n] != '"')
		n++;
	s = span_slice(c->rest, 1, n);
	skip(c, n < c->rest.len ? n + 1 : n);
	return s;
}

static uint64_t
take_number(struct report_counters *c)
{
	uint64_t n = 0;

	while (c->rest.len && dis_is_digit(c->rest.at[0])) {
		n = n * 10 + (uint64_t)(c->rest.at[0] - '0');
		skip(c, 1);
	}
	return n;
}

/* Name and value of one member behind its name's quote; false: it is no counter. */
static bool
take_member(struct report_counters *c, struct report_counter *out)
{
	struct span name = take_text(c);

	if (!c->rest.len || c->rest.at[0] != ':')
		return false;
	skip(c, 1);
	if (c->rest.len && c->rest.at[0] == '{')
		c->group = name;
	if (!c->rest.len || !dis_is_digit(c->rest.at[0]))
		return false;
	*out = (struct report_counter){.group = c->group, .name = name};
	out->value = take_number(c);
	return c->group.len && out->value;
}

bool
report_counters_next(struct report_counters *c, struct report_counter *out)
{
	while (c->rest.len) {
		if (c->rest.at[0] == '}')
			c->group = span_of(NULL, 0);
		if (c->rest.at[0] != '"') {
			skip(c, 1);
		} else if (take_member(c, out)) {
			put_words(out);
			return true;
		}
	}
	return false;
}
