/* SPDX-License-Identifier: Apache-2.0 */
/* How long an output that does not take lines is left alone. */
#ifndef DELIVER_PAUSE_H
#define DELIVER_PAUSE_H

#define DELIVER_PAUSE_FIRST 200	  /* ms */
#define DELIVER_PAUSE_LAST  60000 /* ms */

/*
 * ms after that many failures one after another (from 1): twice as long each time, up to
 * the last, and then up to a quarter more or less, so that outputs and sensors that
 * failed together do not come back together. The same for the same name and number.
 */
unsigned deliver_pause_ms(const char *name, unsigned failures);

#endif
