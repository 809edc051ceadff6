/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS for a connection to a collector: 1.2 or later, the peer's certificate checked
 * against the trusted ones and against the name. A part of sink_wire.c.
 */
#ifndef SINK_TLS_H
#define SINK_TLS_H

#include "sink_wire.h"

/*
 * Reads the files of certificates and key. NULL with the error line: which file, and why.
 * Freed by sink_tls_context_free().
 */
struct ssl_ctx_st *sink_tls_context(struct sink *s);
void sink_tls_context_free(struct ssl_ctx_st *tls);

/*
 * The handshake over w->fd, and a short wait after it: with TLS 1.3, and with collectors
 * that look at names themselves, our certificate is refused only then. 0, or -1 with the
 * error line, which names the certificate or the name at fault and the mend.
 */
int sink_tls_start(
	struct sink *s, struct sink_wire *w, struct ssl_ctx_st *tls, uint64_t deadline);

/* As sink_wire_write() and sink_wire_read(). */
ssize_t sink_tls_write(struct sink_wire *w, struct span octets);
ssize_t sink_tls_read(struct sink_wire *w, void *out, size_t room);

/* Sends close_notify and waits for the peer's (RFC 8446 6.1); frees w->ssl. */
void sink_tls_end(struct sink *s, struct sink_wire *w, bool orderly, uint64_t deadline);

#endif
