/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong with TLS, in one line that an operator can act on. Names in a peer's
 * certificate are hostile: they are escaped. A part of sink_tls.c.
 */
#ifndef SINK_TLS_FAULT_H
#define SINK_TLS_FAULT_H

#include <openssl/x509_vfy.h>

#include "sink_part.h"

/* Of the first certificate that was not accepted. */
struct sink_tls_fault {
	int code;		      /* X509_V_ERR_...; 0: none */
	char subject[64], issuer[64]; /* printable */
	char names[80];		      /* the subject's alternative names, printable */
	char until[24];		      /* when it ceases to be valid */
};

/* The verify callback: notes the first fault in the connection's application data. */
int sink_tls_fault_note(int ok, X509_STORE_CTX *x);

/* All of these fill the error line and answer -1. key: of the configuration. */
int sink_tls_fault_file(struct sink *s, const char *key, const char *file);
/* The handshake failed: by the fault, by OpenSSL's queue of errors, or by errno. */
int sink_tls_fault_tell(struct sink *s, const struct sink_tls_fault *f, const char *name);
/* The handshake was done, and then the peer closed. */
int sink_tls_fault_refused(struct sink *s);

#endif
