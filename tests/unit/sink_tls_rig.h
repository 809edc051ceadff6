/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collector that speaks TLS, in a thread of the test, and certificates of every kind,
 * made by the openssl program in the rig's folder.
 */
#ifndef SINK_TLS_RIG_H
#define SINK_TLS_RIG_H

#include "sink_rig.h"

#include <openssl/ssl.h>

/* What the collector does with one connection. */
struct tls_peer {
	const char *certificate; /* stem of files in the rig's folder; key stem.key */
	bool wants_certificate;
	int version;	 /* the only one it speaks; 0: any */
	bool hang;	 /* says nothing after accepting */
	bool close_soon; /* closes behind the handshake */
	/* What came of it. */
	char got[4096];
	bool shaken;	   /* the handshake was done */
	bool close_notify; /* the client ended by it */
	int fd;
	pthread_t thread;
};

/*
 * certs.sh makes: ca, other-ca; by ca: good (collector.test), address (127.0.0.1), expired,
 * client, client-expired; by other-ca: foreign (collector.test).
 */
static inline int
tls_rig_begin(void **state)
{
	char command[400];

	rig_begin(state);
	snprintf(command, sizeof(command), "sh tests/siem/certs.sh %s", rig_dir);
	return system(command);
}

static inline char *
tls_rig_file(const char *name)
{
	static char texts[8][256];
	static unsigned n;

	n = (n + 1) % 8;
	snprintf(texts[n], sizeof(texts[n]), "%s/%s", rig_dir, name);
	return texts[n];
}

static inline SSL_CTX *
tls_peer_context(const struct tls_peer *p)
{
	SSL_CTX *c = SSL_CTX_new(TLS_server_method());
	char name[64];

	SSL_CTX_set_security_level(c, 0);
	snprintf(name, sizeof(name), "%s.pem", p->certificate);
	SSL_CTX_use_certificate_chain_file(c, tls_rig_file(name));
	snprintf(name, sizeof(name), "%s.key", p->certificate);
	SSL_CTX_use_PrivateKey_file(c, tls_rig_file(name), SSL_FILETYPE_PEM);
	/* rsyslog's GnuTLS sends no tickets either: nothing tells that all is well. */
	SSL_CTX_set_num_tickets(c, 0);
	if (p->version) {
		SSL_CTX_set_min_proto_version(c, p->version);
		SSL_CTX_set_max_proto_version(c, p->version);
	}
	if (p->wants_certificate) {
		SSL_CTX_load_verify_file(c, tls_rig_file("ca.pem"));
		SSL_CTX_set_verify(
			c, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	}
	return c;
}

static inline void
tls_peer_talk(struct tls_peer *p, SSL *ssl)
{
	size_t at = 0;
	int n;

	p->shaken = SSL_accept(ssl) == 1;
	if (!p->shaken || p->close_soon)
		return;
	while (at < sizeof(p->got) - 1 &&
		(n = SSL_read(ssl, p->got + at, (int)(sizeof(p->got) - 1 - at))) > 0)
		at += (size_t)n;
	p->got[at] = '\0';
	p->close_notify = SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN;
	SSL_shutdown(ssl);
}

static inline void *
tls_peer_run(void *ctx)
{
	struct tls_peer *p = ctx;
	SSL_CTX *c = tls_peer_context(p);
	int fd = accept(p->fd, NULL, NULL);
	SSL *ssl = SSL_new(c);
	char nothing[512];

	signal(SIGPIPE, SIG_IGN);
	SSL_set_fd(ssl, fd);
	if (p->hang)
		rig_read(fd, nothing, sizeof(nothing), 1000);
	else
		tls_peer_talk(p, ssl);
	SSL_free(ssl);
	SSL_CTX_free(c);
	close(fd);
	return NULL;
}

static inline void
tls_peer_start(struct tls_peer *p)
{
	p->fd = rig_listen(SOCK_STREAM, 0);
	pthread_create(&p->thread, NULL, tls_peer_run, p);
}

static inline void
tls_peer_end(struct tls_peer *p)
{
	pthread_join(p->thread, NULL);
	close(p->fd);
}

#endif
