/* SPDX-License-Identifier: Apache-2.0 */
/* The socket in the file system: made, taken over, connected to. A part of control.c. */
#ifndef CONTROL_SOCKET_H
#define CONTROL_SOCKET_H

#include <stddef.h>

/* Listens; mode 0660, non-blocking. -1 with error filled, one line that says the mend. */
int control_socket_listen(const char *path, char *error, size_t room);
/* The same for the other side; waits for the peer no longer than ms for each octet. */
int control_socket_connect(const char *path, int ms, char *error, size_t room);

#endif
