/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_note.h"

static const char *const names[SMTP_NOTE_COUNT] = {
	[SMTP_NOTE_BARE_LF] = "line:bare-lf",
	[SMTP_NOTE_BARE_CR] = "line:bare-cr",
	[SMTP_NOTE_NUL] = "line:nul",
	[SMTP_NOTE_LONG_LINE] = "line:too-long",
	[SMTP_NOTE_UNKNOWN_VERB] = "command:unknown-verb",
	[SMTP_NOTE_BODY_BARE_LF] = "body:bare-lf",
	[SMTP_NOTE_BODY_BARE_CR] = "body:bare-cr",
	[SMTP_NOTE_SMUGGLE_LF_DOT_LF] = "smuggling:lf-dot-lf",
	[SMTP_NOTE_SMUGGLE_LF_DOT_CRLF] = "smuggling:lf-dot-crlf",
	[SMTP_NOTE_SMUGGLE_CRLF_DOT_LF] = "smuggling:crlf-dot-lf",
	[SMTP_NOTE_SMUGGLE_CR_DOT_CR] = "smuggling:cr-dot-cr",
	[SMTP_NOTE_SMUGGLE_NUL_DOT] = "smuggling:nul-dot",
	[SMTP_NOTE_ODD_END_TAKEN] = "smuggling:end-taken",
	[SMTP_NOTE_PIPELINED_TLS] = "starttls:command-injected",
	[SMTP_NOTE_REPLY_INJECTED] = "starttls:reply-injected",
	[SMTP_NOTE_TLS_REFUSED] = "starttls:refused",
	[SMTP_NOTE_TLS_BROKEN] = "starttls:clear-text-went-on",
	[SMTP_NOTE_TLS_UNASKED] = "starttls:hello-unasked",
	[SMTP_NOTE_EARLY_TALKER] = "client:early-talker",
	[SMTP_NOTE_PIPELINED_EARLY] = "client:pipelining-not-offered",
	[SMTP_NOTE_BAD_BDAT] = "bdat:bad-size",
	[SMTP_NOTE_BDAT_UNFINISHED] = "bdat:unfinished",
	[SMTP_NOTE_REPLY_STRAY] = "reply:stray",
	[SMTP_NOTE_REPLY_BAD] = "reply:malformed",
	[SMTP_NOTE_CODES_VARY] = "reply:codes-vary",
	[SMTP_NOTE_PENDING_FULL] = "command:too-many-pending",
	[SMTP_NOTE_AUTH_CANCELLED] = "auth:cancelled",
	[SMTP_NOTE_BAD_PROXY] = "proxy:malformed",
	[SMTP_NOTE_DATA_ASSUMED] = "data:assumed",
};

const char *
smtp_note_name(enum smtp_note note)
{
	return (unsigned)note < SMTP_NOTE_COUNT ? names[note] : "";
}

enum smtp_note
smtp_note_of_name(struct span name)
{
	for (int n = 0; n < SMTP_NOTE_COUNT; n++)
		if (span_equal(name, span_of_text(names[n])))
			return (enum smtp_note)n;
	return SMTP_NOTE_COUNT;
}
