/* SPDX-License-Identifier: Apache-2.0 */
#include "redact_alert.h"

#include "redact_reply.h"

/* The copy, and a buffer that all texts share. */
struct copy {
	struct alert *to;
	enum config_redact level;
	struct text_out text;
};

static void
copy_text(struct copy *c, struct span *s)
{
	text_out_reset(&c->text);
	redact_sentence(*s, c->level, &c->text);
	*s = alert_keep(c->to, text_out_all(&c->text));
}

static void
copy_what(struct copy *c, struct span *s)
{
	text_out_reset(&c->text);
	redact_evidence(*s, c->level, &c->text);
	*s = alert_keep(c->to, text_out_all(&c->text));
}

static void
copy_address(struct copy *c, struct span *s)
{
	if (c->level == CONFIG_REDACT_ALL) {
		*s = SPAN_NONE;
		return;
	}
	text_out_reset(&c->text);
	redact_address(*s, c->level, &c->text);
	*s = alert_keep(c->to, text_out_all(&c->text));
}

/* What may name a mailbox without saying that it is one. */
static void
copy_loose(struct copy *c, struct span *s)
{
	if (c->level == CONFIG_REDACT_ALL)
		*s = SPAN_NONE;
	else
		copy_text(c, s);
}

static void
copy_list(struct copy *c, struct span *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		copy_text(c, &list[i]);
}

static void
copy_mail(struct copy *c, struct alert_mail *m)
{
	copy_address(c, &m->from);
	for (size_t i = 0; i < m->to_count; i++)
		copy_address(c, &m->to[i]);
	if (c->level == CONFIG_REDACT_ALL)
		m->to_count = 0;
	copy_address(c, &m->message_id);
	copy_loose(c, &m->subject);
	copy_text(c, &m->helo);
}

static void
copy_evidence(struct copy *c, struct alert_evidence *e)
{
	copy_text(c, &e->kind);
	copy_what(c, &e->what);
	copy_text(c, &e->file);
	copy_text(c, &e->domain);
	copy_loose(c, &e->reply);
	copy_text(c, &e->queue_id);
	copy_text(c, &e->next_hop_name);
}

struct alert *
redact_alert(const struct alert *a, enum config_redact level)
{
	struct copy c = {.to = alert_new(), .level = level};
	struct alert_text *texts = c.to->texts;
	struct alert *to = c.to;

	*to = *a;
	to->texts = texts;
	text_out_init(&c.text);
	struct span *const one[] = {&to->rule, &to->title, &to->detail, &to->explanation,
		&to->contain, &to->mend, &to->confirm, &to->server_name, &to->mta,
		&to->verdict, &to->was, &to->grade, &to->cause};

	for (size_t i = 0; i < sizeof(one) / sizeof(*one); i++)
		copy_text(&c, one[i]);
	copy_list(&c, to->domains, to->domain_count);
	copy_list(&c, to->tricks, to->trick_count);
	copy_mail(&c, &to->mail);
	for (size_t i = 0; i < to->evidence_count; i++)
		copy_evidence(&c, &to->evidence[i]);
	text_out_free(&c.text);
	return to;
}
