/* SPDX-License-Identifier: Apache-2.0 */
#include "trace.h"

#include "dissect/mail_received.h"

static enum record_auth
auth_of(const struct mail_received *r)
{
	if (r->authenticated == MAIL_YES)
		return RECORD_AUTH_OK;
	return r->authenticated == MAIL_NO ? RECORD_AUTH_NONE : RECORD_AUTH_UNKNOWN;
}

static void
hop_read(struct trace_hop *hop, struct words *words, const struct mail_received *r)
{
	*hop = (struct trace_hop){
		.from = r->from_addr,
		.from_name = r->from_helo,
		.id = r->id,
		.for_whom = r->for_address,
		.auth = auth_of(r),
		.local = r->local,
	};
	if (r->by_host.len)
		hop->by = word_take(words, r->by_host);
}

void
trace_read(struct trace *t, struct words *words, const struct record_message *m)
{
	t->count = 0;
	for (const struct record_received *r = m->received; r && t->count < TRACE_HOPS_MAX;
		r = r->next) {
		struct mail_received parsed;

		mail_received_parse(r->raw, &parsed);
		hop_read(&t->hops[t->count++], words, &parsed);
	}
}

void
trace_free(struct trace *t, struct words *words)
{
	for (size_t i = 0; i < t->count; i++)
		word_drop(words, t->hops[i].by);
}
