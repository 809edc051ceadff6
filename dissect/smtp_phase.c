/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_phase.h"

static const struct {
	const char *name;
	bool waits;
	bool message;
} phases[SMTP_PHASE_COUNT] = {
	[SMTP_PHASE_START] = {"start", false, false},
	[SMTP_PHASE_SKIP] = {"skip", false, false},
	[SMTP_PHASE_HELLO] = {"hello", true, false},
	[SMTP_PHASE_COMMAND] = {"command", false, false},
	[SMTP_PHASE_SEEK] = {"seek", false, false},
	[SMTP_PHASE_DATA_WAIT] = {"data-wait", true, false},
	[SMTP_PHASE_GUESS] = {"guess", false, false},
	[SMTP_PHASE_BODY] = {"body", false, true},
	[SMTP_PHASE_DOUBT] = {"doubt", false, true},
	[SMTP_PHASE_DOUBT_WAIT] = {"doubt-wait", true, true},
	[SMTP_PHASE_CHUNK_WAIT] = {"chunk-wait", true, false},
	[SMTP_PHASE_CHUNK] = {"chunk", false, false},
	[SMTP_PHASE_AUTH_WAIT] = {"auth-wait", true, false},
	[SMTP_PHASE_SECRET] = {"secret", false, false},
	[SMTP_PHASE_AUTH_GUESS] = {"auth-guess", false, false},
	[SMTP_PHASE_TLS_WAIT] = {"tls-wait", true, false},
	[SMTP_PHASE_TLS_DUE] = {"tls-due", false, false},
	[SMTP_PHASE_TLS_GUESS] = {"tls-guess", false, false},
	[SMTP_PHASE_TLS] = {"tls", false, false},
	[SMTP_PHASE_BLOB_WAIT] = {"blob-wait", true, false},
	[SMTP_PHASE_BLOB] = {"blob", false, false},
	[SMTP_PHASE_TURN_WAIT] = {"turn-wait", true, false},
};

void
smtp_phase_enter(struct smtp_session *s, enum smtp_phase phase)
{
	s->phase = phase;
	if (phase == SMTP_PHASE_DOUBT || phase == SMTP_PHASE_GUESS)
		s->peeked = 0;
}

bool
smtp_phase_waits(enum smtp_phase phase)
{
	return phases[phase].waits;
}

bool
smtp_phase_is_message(enum smtp_phase phase)
{
	return phases[phase].message;
}

const char *
smtp_phase_name(enum smtp_phase phase)
{
	return phases[phase].name;
}

enum dis_dir
smtp_phase_client(const struct smtp_session *s)
{
	return s->turned ? DIS_SERVER : DIS_CLIENT;
}

enum dis_dir
smtp_phase_server(const struct smtp_session *s)
{
	return s->turned ? DIS_CLIENT : DIS_SERVER;
}
