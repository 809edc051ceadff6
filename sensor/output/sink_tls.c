/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/output/sink_tls.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdlib.h>

#include "sensor/output/sink_tls_fault.h"

/* ns: how long a new connection waits for a refusal that comes behind the handshake. */
#define SETTLE 250000000u

/* --- files -------------------------------------------------------------------------- */

static int
load_trust(struct sink *s, SSL_CTX *tls)
{
	const char *ca = s->output->ca;

	if (!ca && SSL_CTX_set_default_verify_paths(tls) == 1)
		return 0;
	if (ca && SSL_CTX_load_verify_file(tls, ca) == 1)
		return 0;
	return sink_tls_fault_file(s, "ca", ca);
}

static int
load_own(struct sink *s, SSL_CTX *tls)
{
	const struct config_output *o = s->output;

	if (!o->certificate)
		return 0;
	if (SSL_CTX_use_certificate_chain_file(tls, o->certificate) != 1)
		return sink_tls_fault_file(s, "certificate", o->certificate);
	if (SSL_CTX_use_PrivateKey_file(tls, o->key, SSL_FILETYPE_PEM) != 1)
		return sink_tls_fault_file(s, "key", o->key);
	if (SSL_CTX_check_private_key(tls) != 1)
		return sink_tls_fault_file(s, "key", o->key);
	return 0;
}

/* A key with a pass phrase: nobody is there to be asked. */
static int
no_pass_phrase(char *out, int room, int writing, void *ctx)
{
	(void)out, (void)room, (void)writing, (void)ctx;
	return -1;
}

struct ssl_ctx_st *
sink_tls_context(struct sink *s)
{
	SSL_CTX *tls;

	ERR_clear_error();
	tls = SSL_CTX_new(TLS_client_method());
	if (!tls)
		abort();
	SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
	SSL_CTX_set_mode(
		tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_default_passwd_cb(tls, no_pass_phrase);
	/* A collector's own certificate, put into ca, is trusted without its authority.
	 */
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(tls), X509_V_FLAG_PARTIAL_CHAIN);
	SSL_CTX_set_verify(tls, SSL_VERIFY_PEER, sink_tls_fault_note);
	if (load_trust(s, tls) == 0 && load_own(s, tls) == 0)
		return tls;
	SSL_CTX_free(tls);
	return NULL;
}

void
sink_tls_context_free(struct ssl_ctx_st *tls)
{
	SSL_CTX_free(tls);
}

/* --- octets ------------------------------------------------------------------------- */

/* What r, the result of an SSL_ call, means: 0 to wait, see want; -1 broken. */
static int
wait_or_fail(struct sink_wire *w, int r)
{
	int error = errno;

	switch (SSL_get_error(w->ssl, r)) {
	case SSL_ERROR_WANT_READ:
		w->want = POLLIN;
		return 0;
	case SSL_ERROR_WANT_WRITE:
		w->want = POLLOUT;
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		w->ended = true;
		errno = ECONNRESET;
		return -1;
	case SSL_ERROR_SYSCALL:
		errno = error ? error : ECONNRESET;
		return -1;
	default:
		errno = EPROTO;
		return -1;
	}
}

static void
begin(void)
{
	ERR_clear_error();
	errno = 0;
}

ssize_t
sink_tls_write(struct sink_wire *w, struct span octets)
{
	int n;

	begin();
	n = SSL_write(
		w->ssl, octets.at, octets.len > INT_MAX ? INT_MAX : (int)octets.len);
	w->sent = BIO_number_written(SSL_get_wbio(w->ssl));
	return n > 0 ? n : wait_or_fail(w, n);
}

ssize_t
sink_tls_read(struct sink_wire *w, void *out, size_t room)
{
	int n;

	begin();
	n = SSL_read(w->ssl, out, room > INT_MAX ? INT_MAX : (int)room);
	return n > 0 ? n : wait_or_fail(w, n);
}

/* --- begin and end ------------------------------------------------------------------ */

static const char *
name_to_check(const struct config_output *o)
{
	return o->server_name ? o->server_name : o->host;
}

/* An address is looked for among the certificate's addresses, and is no SNI (RFC 6066 3).
 */
static void
expect_name(SSL *ssl, const char *name)
{
	struct ip_addr address;

	SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (ip_addr_parse(span_of_text(name), &address)) {
		X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name);
		return;
	}
	SSL_set1_host(ssl, name);
	SSL_set_tlsext_host_name(ssl, name);
}

static int
shake_hands(struct sink *s, struct sink_wire *w, uint64_t deadline)
{
	int r;

	for (;;) {
		begin();
		r = SSL_connect(w->ssl);
		if (r == 1)
			return 0;
		if (wait_or_fail(w, r))
			return -1;
		if (!sink_wait(s, w->fd, w->want, deadline)) {
			errno = ETIMEDOUT;
			return -1;
		}
	}
}

/* 0 when no refusal came. A collector of syslog says nothing at all; RELP waits for us.
 */
static int
settle(struct sink *s, struct sink_wire *w, uint64_t deadline)
{
	uint64_t end = sink_now() + SETTLE;
	char peek;
	int r;

	if (end > deadline)
		end = deadline;
	while (sink_wait(s, w->fd, POLLIN, end)) {
		begin();
		r = SSL_peek(w->ssl, &peek, 1);
		if (r > 0)
			return 0;
		if (wait_or_fail(w, r))
			return -1;
	}
	return 0;
}

int
sink_tls_start(
	struct sink *s, struct sink_wire *w, struct ssl_ctx_st *tls, uint64_t deadline)
{
	const char *name = name_to_check(s->output);
	struct sink_tls_fault fault = {0};

	w->ssl = SSL_new(tls);
	if (!w->ssl || SSL_set_fd(w->ssl, w->fd) != 1)
		abort();
	SSL_set_app_data(w->ssl, &fault);
	expect_name(w->ssl, name);
	if (shake_hands(s, w, deadline))
		return sink_tls_fault_tell(s, &fault, name);
	SSL_set_app_data(w->ssl, NULL);
	if (settle(s, w, deadline) == 0)
		return 0;
	return sink_tls_fault_refused(s);
}

/* Says close_notify; false: it could not be said in time. */
static bool
say_end(struct sink *s, struct sink_wire *w, uint64_t deadline)
{
	int r;

	for (;;) {
		begin();
		r = SSL_shutdown(w->ssl);
		if (r >= 0)
			return true;
		if (wait_or_fail(w, r) || !sink_wait(s, w->fd, w->want, deadline))
			return false;
	}
}

void
sink_tls_end(struct sink *s, struct sink_wire *w, bool orderly, uint64_t deadline)
{
	char nothing[512];
	ssize_t n;

	/* Data may stand before the peer's close_notify: it is read, and nobody wants it.
	 */
	for (bool more = orderly && say_end(s, w, deadline); more;) {
		n = sink_tls_read(w, nothing, sizeof(nothing));
		more = n > 0 || (n == 0 && sink_wait(s, w->fd, w->want, deadline));
	}
	SSL_free(w->ssl);
	w->ssl = NULL;
}
