/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One of relaytap's own JSON lines (relaytap-events(7)) without the mail addresses that
 * an output must not have. What is JSON stays JSON with the same members; a string that
 * holds no address stays as it was, octet by octet.
 *
 * Each string goes through redact_text(); members that hold an address and nothing else
 * (mail_from, rcpt, message …) through redact_address(); the name of an authenticated
 * user that is no hash is taken out whole. With CONFIG_REDACT_ALL subjects and texts of
 * replies are taken out whole, too.
 */
#ifndef REDACT_JSON_H
#define REDACT_JSON_H

#include "sensor/base/text_out.h"
#include "sensor/config/config.h"

/*
 * Appends json, without line ends. What is no JSON comes out as no better JSON, but
 * redacted all the same.
 */
void redact_json(struct span json, enum config_redact level, struct text_out *out);

#endif
