/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of verdicts: one server under test, its clients, and what they do to it. */
#ifndef RELAY_SCENE_H
#define RELAY_SCENE_H

#include "scene.h"

#define S      "203.0.113.11"
#define S_NAME "mail.corp.test"
#define OUT1   "198.51.100.66"
#define OUT2   "198.51.100.67"
#define OUT3   "198.51.100.68"
#define OUT4   "198.51.100.69"
#define LAN    "10.20.0.50"
#define MX_V   "198.51.100.10"
#define MX_F   "198.51.100.20"

static inline int
setup(void **state)
{
	static struct scene s;

	scene_init(&s);
	*state = &s;
	return 0;
}

static inline int
teardown(void **state)
{
	scene_free(*state);
	return 0;
}

/* S took it from client under queue id; sent on it shows S's own Received header. */
static inline void
taken(struct scene *s, const char *client, const char *from, const char *rcpt,
	const char *id)
{
	scene_mail(s, (struct scene_mail){.client = client,
			      .server = S,
			      .name = S_NAME,
			      .helo = "client.attacker.test",
			      .from = from,
			      .rcpt = {{rcpt, 250, NULL}},
			      .data = 250,
			      .queue_id = id,
			      .message_id = id});
}

static inline void
denied(struct scene *s, const char *client, const char *from, const char *rcpt)
{
	scene_mail(s, (struct scene_mail){.client = client,
			      .server = S,
			      .name = S_NAME,
			      .helo = "client.attacker.test",
			      .from = from,
			      .rcpt = {{rcpt, 554, NULL}}});
}

static inline void
sent_on(struct scene *s, const char *to, const char *from, const char *rcpt,
	const char *received)
{
	scene_mail(s, (struct scene_mail){.client = S,
			      .server = to,
			      .name = "mx1.victim.test",
			      .helo = S_NAME,
			      .from = from,
			      .rcpt = {{rcpt, 250, NULL}},
			      .data = 250,
			      .queue_id = "AA",
			      .received = {received}});
}

#define BY_S(ip, with, id, rcpt)                                                         \
	"from client.attacker.test (client.attacker.test [" ip "]) by " S_NAME           \
	" (Postfix) with " with " id " id " for " rcpt                                   \
	"; Mon, 23 Nov 2026 20:22:53 +0000 (UTC)"

#endif
