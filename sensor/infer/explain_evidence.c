/* SPDX-License-Identifier: Apache-2.0 */
#include "explain.h"

#include "explain_parts.h"

/* What follows "is not its own: " or "is its own: ". */
static const char *
source_text(enum judge_domain source)
{
	switch (source) {
	case DOMAIN_HOSTED_CONFIG:
		return "the configuration says that it is hosted here";
	case DOMAIN_HOSTED_MX:
		return "DNS gives this server as one of its mail exchangers";
	case DOMAIN_HOSTED_SIBLING:
		return "DNS gives a host of this server's site as one of its mail "
		       "exchangers";
	case DOMAIN_HOSTED_BEHIND:
		return "one of its mail exchangers hands its mail on to this server";
	case DOMAIN_HOSTED_NAME:
		return "the server is named after it";
	case DOMAIN_HOSTED_GATEWAY:
		return "its mail is handed to an inside host";
	case DOMAIN_HOSTED_USERS:
		return "the server knows which mailboxes there are in it";
	case DOMAIN_HOSTED_SELECTED:
		return "the server takes its mail from strangers to whom it denies other "
		       "domains";
	case DOMAIN_FOREIGN_CONFIG:
		return "the configuration lists the domains hosted here, and it is none "
		       "of them";
	case DOMAIN_FOREIGN_MX:
		return "the mail exchangers that DNS gives for it are other hosts";
	case DOMAIN_FOREIGN_MX_NAME:
		return "the mail exchangers that DNS gives for it have other names";
	case DOMAIN_FOREIGN_NULL_MX:
		return "DNS says that it takes no mail at all (null MX)";
	case DOMAIN_FOREIGN_DENIED:
		return "the server itself refused at other times to relay to it";
	case DOMAIN_FOREIGN_PROVIDER:
		return "it belongs to a large mailbox provider, and the server does not";
	case DOMAIN_FOREIGN_TESTER:
		return "it belongs to a well-known service that tests for open relays";
	case DOMAIN_FOREIGN_NEXT_HOP:
		return "the server hands its mail to a mail exchanger of it elsewhere";
	case DOMAIN_FOREIGN_SPREAD:
		return "the server sends such domains' mail to as many different places, "
		       "where a gateway would hand it to its own";
	case DOMAIN_FOREIGN_LITERAL:
		return "it is the address of another host";
	case DOMAIN_UNKNOWN:
	default:
		return NULL;
	}
}

void
explain_domain(struct prose *p, const struct evidence *e)
{
	const char *why = source_text(e->domain.source);

	prose_word(p, e->a->key.domain);
	if (!why)
		prose_add(p, " may or may not be its own: nothing that was seen tells");
	else
		prose_add(p, " is %s: %s",
			judge_is_hosted(e->domain.source) ? "its own" : "not its own",
			why);
}

bool
explain_reply(struct prose *p, const struct evidence *e)
{
	struct span text = span_of_text(e->a->reply);
	bool refused = e->kind == EVIDENCE_DENIED;

	/* An attempt keeps one reply; it may be that of another of its stages. */
	if (e->a->reply_code == 0 || (e->a->reply_code >= 400) != refused)
		return false;
	prose_add(p, "%u", (unsigned)e->a->reply_code);
	if (text.len) {
		prose_add(p, " ");
		prose_peer(p, text);
	}
	return true;
}

static void
queue_id(struct prose *p, const struct attempt *a)
{
	prose_add(p, "queue id");
	if (a->queue_id[0]) {
		prose_add(p, " ");
		prose_peer(p, span_of_text(a->queue_id));
	}
}

static void
told(struct prose *p, const struct verdict *v, const struct evidence *e)
{
	prose_add(p, "The message that it handed to ");
	prose_host(p, e->a->next_name, &e->a->next_hop);
	prose_add(p, " says in the server's own Received header that it came from ");
	prose_addr(p, &e->a->key.client);
	prose_add(p, " without authentication; the connection on which it came was %s.",
		v->identity->encrypted ? "encrypted or not seen" : "not seen");
}

void
explain_tie(struct prose *p, const struct verdict *v, const struct evidence *e)
{
	const char *shared = NULL;

	if (e->a->tie == TIE_NONE || ip_addr_is_none(&e->a->next_hop))
		return;
	if (e->a->tie == TIE_RECEIVED) {
		told(p, v, e);
		return;
	}
	if (e->a->tie == TIE_QUEUE_ID) {
		prose_add(p, "Proof: the ");
		queue_id(p, e->a);
		prose_add(p, " that it gave to ");
		prose_addr(p, &e->a->key.client);
		prose_add(p, " stands in the Received header of the message that it then "
			     "handed to ");
		prose_host(p, e->a->next_name, &e->a->next_hop);
		prose_add(p, ".");
		return;
	}
	shared = e->a->tie == TIE_MESSAGE_ID ? "the same Message-ID and recipient"
					     : "the same sender, recipient and body";
	prose_add(p, "How that is known: the message that it had from ");
	prose_addr(p, &e->a->key.client);
	prose_add(p, " and the one that it then handed to ");
	prose_host(p, e->a->next_name, &e->a->next_hop);
	prose_add(p, " have %s.", shared);
}

static const char *
tie_text(enum tie tie)
{
	switch (tie) {
	case TIE_QUEUE_ID:
		return "same queue id";
	case TIE_MESSAGE_ID:
		return "same Message-ID and recipient";
	case TIE_FINGERPRINT:
		return "same sender, recipient and body";
	case TIE_RECEIVED:
		return "the server's own Received header names that client, "
		       "unauthenticated";
	case TIE_NONE:
	default:
		return NULL;
	}
}

/* "message from 198.51.100.66 for victim.test" */
static void
message(struct prose *p, const struct evidence *e)
{
	prose_add(p, "message from ");
	prose_addr(p, &e->a->key.client);
	if (e->a->key.domain && e->a->key.domain->len) {
		prose_add(p, " for ");
		prose_word(p, e->a->key.domain);
	}
}

/* " mx1.victim.test (198.51.100.10)" with its preposition, and how the legs were tied. */
static void
next_hop(struct prose *p, const struct evidence *e, const char *preposition)
{
	const char *tie = tie_text(e->a->tie);

	if (!ip_addr_is_none(&e->a->next_hop)) {
		prose_add(p, " %s ", preposition);
		prose_host(p, e->a->next_name, &e->a->next_hop);
	}
	if (tie)
		prose_add(p, " (%s)", tie);
}

static void
with_reply(struct prose *p, const struct evidence *e)
{
	size_t before = p->used;

	prose_add(p, ": ");
	if (!explain_reply(p, e)) {
		p->used = before;
		p->at[before] = '\0';
	}
}

static void
recipient(struct prose *p, const struct evidence *e, const char *what)
{
	enum smtp_form form = (enum smtp_form)e->a->key.form;

	prose_add(p, "recipient in ");
	prose_word(p, e->a->key.domain);
	/* A tester tries the same domain in many forms. */
	if (form != SMTP_FORM_PLAIN && form < SMTP_FORM_COUNT)
		prose_add(p, " (form: %s)", smtp_form_name(form));
	prose_add(p, " %s ", what);
	prose_addr(p, &e->a->key.client);
	with_reply(p, e);
}

static void
masked(struct prose *p, const struct verdict *v, const struct evidence *e)
{
	prose_add(p, "the client is ");
	prose_addr(p, &e->a->key.client);
	prose_add(p, " on the wire, but ");
	prose_addr(p, e->a->masked ? &e->a->masked_as : &v->masked_as);
	prose_add(p, " to the server, says its Received header");
}

static void
evidence_text(struct prose *p, const struct verdict *v, const struct evidence *e)
{
	switch (e->kind) {
	case EVIDENCE_SENT_ON:
		message(p, e);
		prose_add(p, " sent on");
		next_hop(p, e, "to");
		return;
	case EVIDENCE_TRIED:
		prose_add(p, "tried to send the ");
		message(p, e);
		next_hop(p, e, "on to");
		prose_add(p, ", which did not take it");
		return;
	case EVIDENCE_INSIDE:
		message(p, e);
		prose_add(p, " handed to an inside host");
		next_hop(p, e, "at");
		return;
	case EVIDENCE_TAKEN:
		message(p, e);
		prose_add(p, " taken");
		with_reply(p, e);
		return;
	case EVIDENCE_RCPT_TAKEN:
		recipient(p, e, "accepted from");
		return;
	case EVIDENCE_DENIED:
		recipient(p, e, "refused to");
		return;
	case EVIDENCE_BOUNCED:
		message(p, e);
		prose_add(p, " bounced by the server afterwards");
		return;
	case EVIDENCE_INNER_REFUSED:
		message(p, e);
		prose_add(p, " refused by the inside host that it was handed to");
		next_hop(p, e, "at");
		return;
	case EVIDENCE_FOREIGN:
	case EVIDENCE_HOSTED:
		explain_domain(p, e);
		return;
	case EVIDENCE_MASKED:
		masked(p, v, e);
		return;
	case EVIDENCE_TRUSTED:
		message(p, e);
		prose_add(p, " taken: this client was never refused");
		return;
	case EVIDENCE_SILENT:
	default:
		message(p, e);
		prose_add(p, " never seen leaving the server");
		return;
	}
}

size_t
explain_evidence(
	const struct verdict *v, const struct evidence *e, char *out, size_t room)
{
	struct prose p;

	prose_init(&p, out, room);
	evidence_text(&p, v, e);
	return p.used;
}
