/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For tests of the commands: runs one as main() does, and keeps what it writes to
 * standard output and to standard error.
 */
#ifndef COMMAND_RIG_H
#define COMMAND_RIG_H

#include "store_rig.h"

#include "sensor/base/log.h"
#include "sensor/command/command.h"

#define COMMAND_RIG_ARGUMENTS 48

struct command_rig {
	struct rig rig;
	int status;
	char *out, *error; /* NUL-terminated */
};

static inline void
command_rig_init(struct command_rig *c)
{
	memset(c, 0, sizeof(*c));
	rig_init(&c->rig);
}

static inline void
command_rig_free(struct command_rig *c)
{
	free(c->out);
	free(c->error);
	rig_free(&c->rig);
}

/* All that f holds; the caller frees it. */
static inline char *
command_rig_text(FILE *f)
{
	char *text;
	long size;

	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, f), (size_t)size);
	fclose(f);
	return text;
}

/* Standard output and error go to to, or back to what they were. */
static inline void
command_rig_turn(const int to[2])
{
	fflush(stdout);
	fflush(stderr);
	dup2(to[0], STDOUT_FILENO);
	dup2(to[1], STDERR_FILENO);
	clearerr(stdout);
}

/*
 * The command with all of its words, up to NULL. path: where its standard output goes;
 * NULL: it is kept.
 */
static inline void
command_rig_run_bare(struct command_rig *c, const struct command *command,
	const char *const *words, const char *path)
{
	/* getopt may look at the last call's words again. */
	static char texts[COMMAND_RIG_ARGUMENTS][128];
	static char *argv[COMMAND_RIG_ARGUMENTS + 1];
	FILE *out = path ? fopen(path, "w+") : tmpfile(), *error = tmpfile();
	int now[2], before[2] = {dup(STDOUT_FILENO), dup(STDERR_FILENO)}, argc = 0;

	assert_non_null(out);
	assert_non_null(error);
	free(c->out);
	free(c->error);
	for (; *words && argc < COMMAND_RIG_ARGUMENTS; words++, argc++) {
		snprintf(texts[argc], sizeof(texts[0]), "%s", *words);
		argv[argc] = texts[argc];
	}
	assert_null(*words);
	argv[argc] = NULL;
	now[0] = fileno(out);
	now[1] = fileno(error);
	command_rig_turn(now);
	optind = 0; /* getopt(3): begin anew */
	c->status = command->run(argc, argv);
	command_rig_turn(before);
	close(before[0]);
	close(before[1]);
	c->out = path ? strdup("") : command_rig_text(out);
	if (path)
		fclose(out);
	c->error = command_rig_text(error);
}

/* With --state, the rig's folder, before the words. */
static inline void
command_rig_run_to(struct command_rig *c, const struct command *command,
	const char *const *words, const char *path)
{
	const char *all[COMMAND_RIG_ARGUMENTS + 1] = {
		command->name, "--state", c->rig.directory};
	size_t n = 3;

	for (; *words; words++) {
		assert_true(n < COMMAND_RIG_ARGUMENTS);
		all[n++] = *words;
	}
	command_rig_run_bare(c, command, all, path);
}

/* The words, without a NULL at their end. */
#define command_rig_run(c, command, ...)                                                 \
	command_rig_run_to(c, command, (const char *const[]){__VA_ARGS__, NULL}, NULL)

static inline void
assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static inline void
assert_says_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in: %s", part, text);
}

static inline size_t
lines_of(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

#endif
