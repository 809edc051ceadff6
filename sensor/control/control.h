/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A unix socket (stream) by which a running sensor is asked and told: a line of words in,
 * lines of JSON out, the last of them {"type":"end","ok":true} or with "error". Mode 0660.
 *
 * The server's thread reads the words and hands them to the one who can answer; control.c
 * knows no command. Clients are bounded in number, in what they send and in how long they
 * may stall; none can hold up the sensor.
 *
 * control.c         the thread
 * control_client.c  one client: its line, its answer
 * control_socket.c  the socket in the file system
 * control_ask.c     the other side
 * top_json.c        the answer to "top"
 */
#ifndef CONTROL_H
#define CONTROL_H

#include "sensor/base/text_out.h"

struct control;

/* Appends lines to out and returns NULL, or a static text that says what is wrong. On the
 * server's thread. words[0] is the command. */
typedef const char *control_answer(
	void *ctx, char *const *words, size_t count, struct text_out *out);

#define CONTROL_WORDS_MAX  8
#define CONTROL_CLIENTS_MAX 8

/* A socket that nobody listens on any more is replaced. NULL with error filled. */
struct control *control_open(const char *path, char *error, size_t room);
/* Begins to answer, by a thread of its own. */
int control_start(struct control *c, control_answer *answer, void *ctx);
void control_close(struct control *c);

/*
 * The client's side: the lines of the answer are appended to out, without the end. 0, or
 * -1 with the reason logged: nobody listens, or what the sensor says is wrong.
 */
int control_ask(const char *path, const char *command, struct text_out *out);

#endif
