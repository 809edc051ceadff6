/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses of a collector's name, by the system's resolver, but never for longer than a
 * deadline: getaddrinfo() itself may take half a minute when no name server answers.
 */
#ifndef SINK_NAME_H
#define SINK_NAME_H

#include <netdb.h>

#include "sink_part.h"

/*
 * For the output's host and port. Freed by freeaddrinfo(). NULL with the error line. What
 * is under way when the deadline comes is left to itself and cleans up behind itself.
 */
struct addrinfo *sink_name_find(struct sink *s, int type, uint64_t deadline);

#endif
