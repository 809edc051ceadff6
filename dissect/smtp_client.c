/* SPDX-License-Identifier: Apache-2.0 */
#include "smtp_client.h"

#include "smtp_event.h"
#include "smtp_front.h"
#include "smtp_hint.h"
#include "smtp_message.h"
#include "smtp_phase.h"
#include "smtp_request.h"

/* Octets that were looked at come before those that were not. */
static struct span *
source(struct smtp_session *s)
{
	return s->again.len ? &s->again : &s->in;
}

static void
skip(struct span *in, size_t n)
{
	*in = span_of(in->at + n, in->len - n);
}

void
smtp_client_enter_tls(struct smtp_session *s, enum dis_dir dir)
{
	smtp_event_push(s, SMTP_EVENT_TLS, dir);
	smtp_phase_enter(s, SMTP_PHASE_TLS);
}

static void
lose_place(struct smtp_session *s)
{
	smtp_line_reset(&s->commands, SMTP_COMMAND_MAX);
	smtp_pending_lose_commands(&s->pending);
	s->group_over = false;
	smtp_phase_enter(s, SMTP_PHASE_SEEK);
}

void
smtp_client_go_on(struct smtp_session *s)
{
	if (s->wait_gap)
		lose_place(s);
	else
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
}

/*
 * Octets that were offered while the server is waited for. Where the pairing of replies
 * is lost its answer might never be known, and where it is gone none will come.
 */
static bool
step_waiting(struct smtp_session *s)
{
	if (s->phase == SMTP_PHASE_TLS_WAIT && !smtp_hint_is_tls(source(s)->at[0]))
		s->clear_behind = true;
	if (!s->ended[smtp_phase_server(s)] && !smtp_pending_is_unsure(&s->pending))
		return false;
	smtp_client_press(s);
	return !smtp_phase_waits(s->phase);
}

/* --- the first octets ----------------------------------------------------------------
 */

static void
go_on_with_peek(struct smtp_session *s, enum smtp_phase phase)
{
	if (s->again.len == 0)
		s->again = span_of(s->peek, s->peeked);
	s->peeked = 0;
	smtp_phase_enter(s, phase);
}

/*
 * One octet that begins TLS is not enough to believe in it, for it could be sent to blind
 * us: what the server says next decides, and if it has spoken in clear already, it is a
 * line like any other.
 */
static void
start_with_tls(struct smtp_session *s)
{
	if (!s->greeted) {
		smtp_phase_enter(s, SMTP_PHASE_HELLO);
		return;
	}
	smtp_event_note(s, SMTP_NOTE_TLS_UNASKED, smtp_phase_client(s));
	s->mask = true;
	smtp_phase_enter(s, SMTP_PHASE_COMMAND);
}

static bool
step_start(struct smtp_session *s)
{
	if (s->peeked == 0 && s->in.at[0] == 0x16) {
		start_with_tls(s);
		return true;
	}
	switch (smtp_front_take_header(s, &s->in)) {
	case DIS_OK:
		s->peeked = 0;
		smtp_phase_enter(s, s->left ? SMTP_PHASE_SKIP : SMTP_PHASE_COMMAND);
		break;
	case DIS_BAD:
		go_on_with_peek(s, SMTP_PHASE_COMMAND);
		break;
	case DIS_MORE:
		break;
	}
	return true;
}

static bool
step_skip(struct smtp_session *s)
{
	size_t n = s->in.len < s->left ? s->in.len : (size_t)s->left;

	skip(&s->in, n);
	s->left -= n;
	if (s->left == 0)
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
	return true;
}

/* --- lines ---------------------------------------------------------------------------
 */

/* What may be a secret does not stay behind in the reader. */
static void
wipe_line(struct smtp_session *s)
{
	smtp_auth_wipe(s->commands.kept, sizeof(s->commands.kept));
}

static bool
step_command(struct smtp_session *s)
{
	struct smtp_line line;

	if (smtp_line_next(&s->commands, source(s), &line) != DIS_OK)
		return true;
	smtp_request_take(s, &line);
	if (s->mask || s->auth.running)
		wipe_line(s);
	return true;
}

static bool
step_seek(struct smtp_session *s)
{
	struct smtp_line line;

	if (smtp_line_next(&s->commands, source(s), &line) != DIS_OK)
		return true;
	if (!smtp_hint_is_command(line.text)) {
		if (s->fit_commands == 0 && smtp_hint_is_foreign(line.text))
			s->is_other = true;
		return true;
	}
	smtp_phase_enter(s, SMTP_PHASE_COMMAND);
	smtp_request_take(s, &line);
	return true;
}

static bool
step_secret(struct smtp_session *s)
{
	struct smtp_line line;

	if (smtp_line_next(&s->commands, source(s), &line) != DIS_OK)
		return true;
	smtp_auth_respond(&s->auth, line.text);
	wipe_line(s);
	if (s->auth.cancelled)
		smtp_event_note_once(s, SMTP_NOTE_AUTH_CANCELLED, smtp_phase_client(s));
	s->wait_gap = false;
	s->wait_gap_octets = 0;
	smtp_phase_enter(s, SMTP_PHASE_AUTH_WAIT);
	return true;
}

/* The server is not seen: what is no command is a response. */
static bool
step_auth_guess(struct smtp_session *s)
{
	struct smtp_line line;
	struct smtp_command c;

	if (smtp_line_next(&s->commands, source(s), &line) != DIS_OK)
		return true;
	smtp_command_parse(line.text, &c);
	if (c.verb == SMTP_VERB_OTHER) {
		smtp_auth_respond(&s->auth, line.text);
		wipe_line(s);
		return true;
	}
	smtp_phase_enter(s, SMTP_PHASE_COMMAND);
	smtp_request_take(s, &line);
	return true;
}

/* --- messages ------------------------------------------------------------------------
 */

static bool
step_body(struct smtp_session *s)
{
	smtp_message_take_data(s, source(s));
	return true;
}

static bool
step_chunk(struct smtp_session *s)
{
	smtp_message_take_chunk(s, source(s));
	return true;
}

/* Looks at octets until they are a command or cannot become one. */
static enum dis_status
peek_command(struct smtp_session *s)
{
	enum dis_status status = DIS_MORE;

	if (s->again.len)
		return DIS_BAD;
	while (status == DIS_MORE && s->in.len) {
		s->peek[s->peeked++] = s->in.at[0];
		skip(&s->in, 1);
		status = smtp_hint_command(span_of(s->peek, s->peeked));
	}
	return status;
}

static void
resume_message(struct smtp_session *s)
{
	smtp_message_resume(s);
	go_on_with_peek(s, SMTP_PHASE_BODY);
}

static bool
step_doubt(struct smtp_session *s)
{
	switch (peek_command(s)) {
	case DIS_OK:
		smtp_phase_enter(s, SMTP_PHASE_DOUBT_WAIT);
		break;
	case DIS_BAD:
		resume_message(s);
		break;
	case DIS_MORE:
		break;
	}
	return true;
}

static void
assume_message(struct smtp_session *s)
{
	struct smtp_slot slot;

	if (!s->go_vague)
		smtp_event_note(s, SMTP_NOTE_DATA_ASSUMED, smtp_phase_client(s));
	smtp_pending_keep_newest(&s->pending);
	smtp_pending_mark_final(&s->pending);
	smtp_message_open_data(s, smtp_pending_front(&s->pending, &slot) ? slot.id : 0);
	go_on_with_peek(s, SMTP_PHASE_BODY);
}

static bool
step_guess(struct smtp_session *s)
{
	switch (peek_command(s)) {
	case DIS_OK:
		if (s->go_vague)
			smtp_pending_pop(&s->pending);
		go_on_with_peek(s, SMTP_PHASE_COMMAND);
		break;
	case DIS_BAD:
		assume_message(s);
		break;
	case DIS_MORE:
		break;
	}
	return true;
}

static bool
step_blob(struct smtp_session *s)
{
	return step_skip(s);
}

/* --- TLS -----------------------------------------------------------------------------
 */

/*
 * The first octet tells: a record's type (an SSLv2 hello, RFC 5246 E.2, has its top bit
 * set), or a letter. Text that was sent before the 220 is passed over up to the record.
 */
static bool
step_tls_due(struct smtp_session *s)
{
	struct span *in = source(s);
	size_t n = 0;

	if (smtp_hint_is_tls(in->at[0]) || (in->at[0] >= 0x80 && !s->clear_behind)) {
		smtp_client_enter_tls(s, smtp_phase_client(s));
		return true;
	}
	if (!s->clear_behind) {
		smtp_event_note(s, SMTP_NOTE_TLS_BROKEN, smtp_phase_client(s));
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
		return true;
	}
	while (n < in->len && !smtp_hint_is_tls(in->at[n]))
		n++;
	skip(in, n);
	s->clear_after = true;
	return true;
}

static bool
step_tls_guess(struct smtp_session *s)
{
	if (smtp_hint_is_tls(source(s)->at[0]))
		smtp_client_enter_tls(s, smtp_phase_client(s));
	else
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
	return true;
}

static bool
step_tls(struct smtp_session *s)
{
	(void)s;
	return false;
}

static bool (*const steps[SMTP_PHASE_COUNT])(struct smtp_session *s) = {
	[SMTP_PHASE_START] = step_start,
	[SMTP_PHASE_SKIP] = step_skip,
	[SMTP_PHASE_HELLO] = step_waiting,
	[SMTP_PHASE_COMMAND] = step_command,
	[SMTP_PHASE_SEEK] = step_seek,
	[SMTP_PHASE_DATA_WAIT] = step_waiting,
	[SMTP_PHASE_GUESS] = step_guess,
	[SMTP_PHASE_BODY] = step_body,
	[SMTP_PHASE_DOUBT] = step_doubt,
	[SMTP_PHASE_DOUBT_WAIT] = step_waiting,
	[SMTP_PHASE_CHUNK_WAIT] = step_waiting,
	[SMTP_PHASE_CHUNK] = step_chunk,
	[SMTP_PHASE_AUTH_WAIT] = step_waiting,
	[SMTP_PHASE_SECRET] = step_secret,
	[SMTP_PHASE_AUTH_GUESS] = step_auth_guess,
	[SMTP_PHASE_TLS_WAIT] = step_waiting,
	[SMTP_PHASE_TLS_DUE] = step_tls_due,
	[SMTP_PHASE_TLS_GUESS] = step_tls_guess,
	[SMTP_PHASE_TLS] = step_tls,
	[SMTP_PHASE_BLOB_WAIT] = step_waiting,
	[SMTP_PHASE_BLOB] = step_blob,
	[SMTP_PHASE_TURN_WAIT] = step_waiting,
};

bool
smtp_client_step(struct smtp_session *s)
{
	return steps[s->phase](s);
}

/* --- without the server, with holes, at the end --------------------------------------
 */

void
smtp_client_press(struct smtp_session *s)
{
	switch (s->phase) {
	case SMTP_PHASE_HELLO:
		smtp_client_enter_tls(s, smtp_phase_client(s));
		break;
	case SMTP_PHASE_DATA_WAIT:
		smtp_phase_enter(s, SMTP_PHASE_GUESS);
		break;
	case SMTP_PHASE_DOUBT_WAIT:
		resume_message(s);
		break;
	case SMTP_PHASE_CHUNK_WAIT:
		smtp_phase_enter(s, SMTP_PHASE_CHUNK);
		break;
	case SMTP_PHASE_AUTH_WAIT:
		smtp_phase_enter(s, SMTP_PHASE_AUTH_GUESS);
		break;
	case SMTP_PHASE_TLS_WAIT:
		smtp_phase_enter(s, SMTP_PHASE_TLS_GUESS);
		break;
	case SMTP_PHASE_BLOB_WAIT:
		smtp_phase_enter(s, SMTP_PHASE_BLOB);
		break;
	case SMTP_PHASE_TURN_WAIT:
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
		break;
	default:
		break;
	}
}

static void
gap_in_skip(struct smtp_session *s, uint64_t octets)
{
	if (octets == 0 || octets > s->left) {
		lose_place(s);
		return;
	}
	s->left -= octets;
	if (s->left == 0)
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
}

static void
gap_while_waiting(struct smtp_session *s, uint64_t octets)
{
	s->wait_gap = true;
	s->wait_gap_octets += octets;
}

void
smtp_client_gap(struct smtp_session *s, uint64_t octets)
{
	smtp_line_reset(&s->commands, SMTP_COMMAND_MAX);
	if (s->phase == SMTP_PHASE_DOUBT || s->phase == SMTP_PHASE_DOUBT_WAIT)
		resume_message(s);
	if (s->phase == SMTP_PHASE_CHUNK_WAIT)
		smtp_client_press(s);
	/* What was looked at is lost with the rest. */
	if (octets)
		octets += s->again.len;
	s->again = SPAN_NONE;
	switch (s->phase) {
	case SMTP_PHASE_BODY:
		smtp_message_gap_data(s, octets);
		break;
	case SMTP_PHASE_CHUNK:
		if (!smtp_message_gap_chunk(s, octets))
			lose_place(s);
		break;
	case SMTP_PHASE_SKIP:
	case SMTP_PHASE_BLOB:
		gap_in_skip(s, octets);
		break;
	case SMTP_PHASE_GUESS:
		s->peeked = 0;
		assume_message(s);
		smtp_message_gap_data(s, octets);
		break;
	case SMTP_PHASE_SECRET:
		smtp_phase_enter(s, SMTP_PHASE_AUTH_WAIT);
		gap_while_waiting(s, octets);
		break;
	case SMTP_PHASE_TLS_DUE:
		smtp_client_enter_tls(s, smtp_phase_client(s));
		break;
	case SMTP_PHASE_AUTH_GUESS:
	case SMTP_PHASE_TLS_GUESS:
	case SMTP_PHASE_TLS:
		break;
	case SMTP_PHASE_START:
	case SMTP_PHASE_COMMAND:
	case SMTP_PHASE_SEEK:
		lose_place(s);
		break;
	default:
		gap_while_waiting(s, octets);
		break;
	}
}

/* The server may still answer what it took for the end. */
static bool
may_be_ended(const struct smtp_session *s)
{
	if (s->ended[smtp_phase_server(s)] || !s->seen[smtp_phase_server(s)])
		return false;
	return s->phase == SMTP_PHASE_DOUBT ||
	       (s->phase == SMTP_PHASE_BODY && smtp_body_is_at_odd_end(&s->body));
}

void
smtp_client_end(struct smtp_session *s)
{
	if (may_be_ended(s))
		return;
	if (s->body_open && s->is_bdat && !s->body_refused)
		smtp_event_note(s, SMTP_NOTE_BDAT_UNFINISHED, smtp_phase_client(s));
	smtp_message_close(s, false);
	if (s->auth.running && !s->seen[smtp_phase_server(s)])
		smtp_request_end_auth(s, 0);
	wipe_line(s);
	smtp_line_reset(&s->commands, SMTP_COMMAND_MAX);
	s->again = SPAN_NONE;
	if (s->phase == SMTP_PHASE_CHUNK || s->phase == SMTP_PHASE_CHUNK_WAIT ||
		smtp_phase_is_message(s->phase))
		smtp_phase_enter(s, SMTP_PHASE_COMMAND);
}
