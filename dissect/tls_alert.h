/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the alerts that end a handshake in clear. */
#ifndef TLS_ALERT_H
#define TLS_ALERT_H

#include "dissect.h"

/* "handshake_failure" as in RFC 8446 6 and RFC 5246 7.2; "" if unknown. Static. */
const char *tls_alert_name(uint8_t description);

#endif
