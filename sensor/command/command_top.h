/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of relaytap top: reading a sensor's answer, drawing it, and the terminal.
 *
 * command_top.c           options and the loop
 * command_top_read.c      JSON to struct top_view
 * command_top_screen.c    struct top_view to lines
 * command_top_terminal.c  alternate screen, keys, size
 */
#ifndef COMMAND_TOP_H
#define COMMAND_TOP_H

#include <stdio.h>

#include "sensor/control/top_json.h"

/* Where a sensor's socket is if nobody says otherwise: run: control: by default. */
#define COMMAND_CONTROL_SOCKET "/run/relaytap/control"

/*
 * The answer's line into v. False if it is none; what is missing is zero, what is too
 * much is left out.
 */
bool command_top_read(struct top_view *v, struct span line);

struct top_screen {
	unsigned width, height; /* 0: unlimited */
	bool colour;
	bool terminal;	  /* lines are erased to their end, and drawn from the top */
	unsigned every_s; /* seconds between two looks; 0: there is one only */
};

/* Draws all of it. Every text of a peer is escaped, and no line is longer than the width.
 */
void command_top_draw(const struct top_view *v, const struct top_screen *s, FILE *to);

enum top_key {
	TOP_KEY_NONE,
	TOP_KEY_QUIT,
	TOP_KEY_AGAIN
};

/* False if standard output or input is no terminal. */
bool command_top_terminal_enter(void);
void command_top_terminal_leave(void);
void command_top_terminal_size(unsigned *width, unsigned *height);
/* Waits for a key, a signal to end, or another size (again), but no longer than ms. */
enum top_key command_top_terminal_wait(int ms);

#endif
