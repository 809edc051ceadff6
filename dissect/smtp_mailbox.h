/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One layer of a mailbox (RFC 5321 4.1.2, RFC 821 4.1.2 for what it no longer allows):
 * which form it has, its parts, and what a server that falls for the form's trick would
 * look at next. Used by smtp_path, which peels layer after layer.
 *
 * Copies nothing: every span is part of the text handed in, as sent. Comments must have
 * been taken out before.
 */
#ifndef SMTP_MAILBOX_H
#define SMTP_MAILBOX_H

#include "dissect.h"
#include "smtp_path.h"

struct smtp_mailbox {
	enum smtp_form form;
	enum smtp_via via;
	struct span local;
	struct span domain; /* a final dot removed; empty if there is none */
	/*
	 * The next layer: behind the route; left of the last or the trailing @; between
	 * the quotes (still with its backslashes). Empty in all other forms.
	 */
	struct span inner;
	/* SMTP_FORM_PERCENT and SMTP_FORM_BANG: the parts of user@host they lead to. */
	struct span user;
	struct span host;
};

/* s is a path without its brackets. Always fills *out; SMTP_FORM_MALFORMED if it is none.
 */
void smtp_mailbox_parse(struct span s, struct smtp_mailbox *out);

/* One of the forms that carry mail further than to their own last domain. */
bool smtp_mailbox_is_trick(enum smtp_form form);

/*
 * What stands between quotes, backslashes taken off, into out (room for quoted.len
 * octets; out may be where quoted is).
 */
struct span smtp_mailbox_unquote(struct span quoted, char *out);

/*
 * The local part with quotes only if it needs them (RFC 5321 4.1.2: they should not be
 * there otherwise) into out, which has room for local.len octets. Returns the octets.
 */
size_t smtp_mailbox_write_local(struct span local, char *out);

#endif
