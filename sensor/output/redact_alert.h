/* SPDX-License-Identifier: Apache-2.0 */
/* An alert without the mail addresses that an output must not have. */
#ifndef REDACT_ALERT_H
#define REDACT_ALERT_H

#include "sensor/alert/alert.h"
#include "sensor/config/config.h"

/*
 * A copy, for the caller to free. Every text has been through redact_text(). With
 * CONFIG_REDACT_ALL there are no sender, recipients, Message-ID and subject, and no texts
 * of replies (their codes stay), because a mailbox can be named there by its bare name.
 */
struct alert *redact_alert(const struct alert *a, enum config_redact level);

#endif
