/* SPDX-License-Identifier: Apache-2.0 */
/* Gives up what a sensor needs only to open its interfaces. */
#ifndef WATCH_DROP_H
#define WATCH_DROP_H

/*
 * Started as root: becomes user with its group alone. In any case: no capabilities, no
 * privileges to be gained, no files to be opened but those that libraries read, no calls
 * that a sensor never makes (sandbox.h). 0, or -1 with the reason logged; then nothing
 * may be read.
 */
int watch_drop(const char *user);

#endif
