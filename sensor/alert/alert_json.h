/* SPDX-License-Identifier: Apache-2.0 */
/* An alert's own JSON form, which relaytap-events(7) documents: the one it is kept in. */
#ifndef ALERT_JSON_H
#define ALERT_JSON_H

#include "alert.h"
#include "sensor/base/json_out.h"

/* One object. Nothing is redacted. */
void alert_write(const struct alert *a, struct json_out *j);
/*
 * The alert that text, one JSON object, stands for; NULL with *reason (static) if it is
 * none. alert_write() of it gives the same octets again.
 */
struct alert *alert_read(struct span text, const char **reason);

#endif
