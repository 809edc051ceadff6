/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is there whole or not at all: written beside its name, as NAME.XXXXXX, and
 * put in its place when it is complete and on the disk. Until then, and whatever fails,
 * an older file of that name stays as it was.
 *
 * A symbolic link stays one: the file that it leads to is replaced. A file that is
 * replaced hands on its mode, and its owner where that may be. What is no regular file
 * (a pipe, a terminal, /dev/null) is written to directly.
 *
 * While one is open, SIGINT, SIGTERM and SIGHUP remove the temporary before they end the
 * process, and a file that grows beyond its limit is an error (EFBIG), not a signal. One
 * at a time, in a program without threads.
 */
#ifndef FILE_OUT_H
#define FILE_OUT_H

#include <stdio.h>

struct file_out {
	FILE *to;	 /* to write to; the caller closes it by one of the two below */
	char *name;	 /* what is to be replaced */
	char *temporary; /* NULL: written to directly */
};

/* 0, or -1 with errno set and nothing open. */
int file_out_open(struct file_out *f, const char *path);

/*
 * All is written. 0, or -1 with errno set: then the temporary is gone. An error of an
 * earlier write counts; its errno is lost if anything was called since, then it is EIO.
 */
int file_out_commit(struct file_out *f);

/* The temporary goes. Nothing where none is open. Leaves errno. */
void file_out_drop(struct file_out *f);

#endif
