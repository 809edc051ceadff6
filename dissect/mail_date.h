/* SPDX-License-Identifier: Apache-2.0 */
/*
 * date-time of RFC 5322 3.3, with the obsolete zones and years of 4.3, to Unix time.
 */
#ifndef MAIL_DATE_H
#define MAIL_DATE_H

#include "dissect.h"

struct mail_date {
	int64_t seconds; /* since 1970-01-01 UTC */
	int16_t zone;	 /* minutes east of UTC */
	bool zone_told;	 /* false: none, "-0000" or a military letter; read as UTC */
};

/*
 * Comments and a missing day of week are accepted, a wrong day of week too. False, with
 * *out untouched, if it is no date: a field out of its range, a 31st of June.
 */
bool mail_date_parse(struct span text, struct mail_date *out);

#endif
