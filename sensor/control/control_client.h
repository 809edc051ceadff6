/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One who asks: what came of its line, what of the answer has not gone yet, and until
 * when it must move. Knows no clock and no loop. A part of control.c.
 */
#ifndef CONTROL_CLIENT_H
#define CONTROL_CLIENT_H

#include "sensor/control/control.h"

/* Octets of a line, its end among them. */
#define CONTROL_LINE_MAX 4096
/* A client that neither sends nor takes anything for so long is closed. */
#define CONTROL_STALL_MS 5000

struct control_client {
	int socket; /* -1: none */
	char line[CONTROL_LINE_MAX];
	size_t used;
	struct text_out out;
	size_t sent;
	bool last; /* close once out has gone */
	uint64_t until_ms;
};

void control_client_init(struct control_client *c, int socket, uint64_t now_ms);
void control_client_close(struct control_client *c);

/* Events for poll(2): it is either read from or written to. */
short control_client_events(const struct control_client *c);
/*
 * It can be read or written: does so, and answers each whole line. False: it is over,
 * close it.
 */
bool control_client_move(
	struct control_client *c, control_answer *answer, void *ctx, uint64_t now_ms);

/* The last line of an answer; error NULL: all is well. */
void control_client_end(struct text_out *out, const char *error);

#endif
