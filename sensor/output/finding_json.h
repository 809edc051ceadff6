/* SPDX-License-Identifier: Apache-2.0 */
/* A finding as one JSON object: relaytap-events(7), type "finding". */
#ifndef FINDING_JSON_H
#define FINDING_JSON_H

#include "sensor/base/json_out.h"
#include "sensor/infer/finding.h"
#include "sensor/record/record_files.h"

/* Appends the object; the caller ends the line. */
void finding_json_write(
	const struct finding *f, const struct record_files *files, struct json_out *j);

#endif
