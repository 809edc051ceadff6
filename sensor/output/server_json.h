/* SPDX-License-Identifier: Apache-2.0 */
/* A verdict as one JSON object: relaytap-events(7), type "server". */
#ifndef SERVER_JSON_H
#define SERVER_JSON_H

#include "sensor/base/json_out.h"
#include "sensor/infer/verdict.h"
#include "sensor/record/record_files.h"

/* Appends the object; the caller ends the line. */
void server_json_write(
	const struct verdict *v, const struct record_files *files, struct json_out *j);

#endif
