/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox_rig.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "sensor/sandbox/sandbox_files.h"

/* One folder may be written, of another a file may be read; the third is not ours. */
struct scene {
	struct rig_folder written, read, other;
	bool network;
};

static bool
kernel_has_landlock(int version)
{
	long n = syscall(444 /* landlock_create_ruleset */, NULL, 0, 1);

	if (n >= version)
		return true;
	printf("SKIP: Landlock: this kernel has version %ld, %d is needed\n",
		n < 0 ? 0 : n, version);
	return false;
}

static int
scene_up(void **state)
{
	static struct scene s;

	s = (struct scene){.network = true};
	rig_folder_make(&s.written);
	rig_folder_make(&s.read);
	rig_folder_make(&s.other);
	*state = &s;
	return 0;
}

static int
scene_down(void **state)
{
	struct scene *s = *state;

	rig_folder_remove(&s->written);
	rig_folder_remove(&s->read);
	rig_folder_remove(&s->other);
	return 0;
}

static void
restrict_to(const char *writable, const char *readable, bool network)
{
	struct sandbox_user u = {.name = "nobody", .uid = geteuid(), .gid = getegid()};
	struct sandbox_options o = {
		.writable = &writable,
		.writable_count = writable ? 1 : 0,
		.readable = &readable,
		.readable_count = readable ? 1 : 0,
		.network = network,
	};
	struct sandbox_files f;

	CHILD_CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHILD_CHECK(sandbox_files_open(&f, &o, &u) == 0);
	CHILD_CHECK(sandbox_files_restrict(&f, &o) == 0);
}

static bool
reads(const char *path, const char *want)
{
	char got[64] = "";
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, got, sizeof(got) - 1);

	if (fd >= 0)
		close(fd);
	return n >= 0 && strcmp(got, want) == 0;
}

static const char *
in(const struct rig_folder *f, const char *name)
{
	static char path[2][128];
	static unsigned which;
	char *to = path[which++ % 2];

	snprintf(to, sizeof(path[0]), "%s/%s", f->path, name);
	return to;
}

static void
try_folders(void *arg)
{
	struct scene *s = arg;
	int fd;

	restrict_to(s->written.path, s->read.path, true);
	fd = open(in(&s->written, "new"), O_WRONLY | O_CREAT, 0600);
	CHILD_CHECK(fd >= 0 && write(fd, "x", 1) == 1 && ftruncate(fd, 0) == 0);
	CHILD_CHECK(rename(in(&s->written, "new"), in(&s->written, "renamed")) == 0);
	CHILD_CHECK(unlink(in(&s->written, "renamed")) == 0);
	CHILD_CHECK(mkdir(in(&s->written, "below"), 0700) == 0);
	CHILD_CHECK(reads(s->read.file, "first\n"));
	CHILD_REFUSED(open(s->read.file, O_WRONLY), EACCES);
	CHILD_REFUSED(open(in(&s->read, "new"), O_WRONLY | O_CREAT, 0600), EACCES);
	CHILD_REFUSED(unlink(s->read.file), EACCES);
	CHILD_REFUSED(truncate(s->read.file, 0), EACCES);
	CHILD_REFUSED(open(s->other.file, O_RDONLY), EACCES);
	CHILD_REFUSED(open(s->other.path, O_RDONLY | O_DIRECTORY), EACCES);
	CHILD_REFUSED(open("/etc/relaytap-none", O_WRONLY | O_CREAT, 0600), EACCES);
	CHILD_REFUSED(symlink("/etc/shadow", in(&s->written, "link")), EACCES);
	CHILD_CHECK(reads("/dev/null", ""));
	CHILD_REFUSED(open("/dev/null", O_WRONLY), EACCES);
}

static void
only_folders_that_were_named_are_written_and_read(void **state)
{
	if (kernel_has_landlock(3))
		rig_child(try_folders, *state);
}

static void
try_configuration(void *arg)
{
	struct scene *s = arg;

	restrict_to(s->written.path, s->read.file, true);
	CHILD_CHECK(reads(s->read.file, "first\n"));
	/* Another process puts a new file in its place, as an editor does. */
	CHILD_CHECK(raise(SIGSTOP) == 0);
	CHILD_CHECK(reads(s->read.file, "second\n"));
}

static void
a_configuration_that_was_replaced_is_read_again(void **state)
{
	struct scene *s = *state;
	int status;
	pid_t child;

	if (!kernel_has_landlock(1))
		return;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		try_configuration(s);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, WUNTRACED), child);
	assert_true(WIFSTOPPED(status));
	rig_write(in(&s->read, "edited"), "second\n");
	assert_int_equal(rename(in(&s->read, "edited"), s->read.file), 0);
	assert_int_equal(kill(child, SIGCONT), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void
try_rotation(void *arg)
{
	struct scene *s = arg;

	restrict_to(s->written.file, NULL, true);
	CHILD_CHECK(reads(s->written.file, "first\n"));
	CHILD_CHECK(rename(s->written.file, in(&s->written, "file.1")) == 0);
	CHILD_CHECK(open(s->written.file, O_WRONLY | O_CREAT | O_APPEND, 0640) >= 0);
	CHILD_REFUSED(open(s->other.file, O_RDONLY), EACCES);
}

static void
a_file_that_was_rotated_away_is_made_anew(void **state)
{
	if (kernel_has_landlock(1))
		rig_child(try_rotation, *state);
}

static void
try_missing(void *arg)
{
	struct scene *s = arg;
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/state/", s->written.path);
	restrict_to(path, "/nonexistent/relaytap.conf", true);
	CHILD_CHECK(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
	CHILD_CHECK((st.st_mode & 0777) == 0750);
	CHILD_CHECK(open(in(&s->written, "state/db"), O_RDWR | O_CREAT, 0600) >= 0);
	if (kernel_has_landlock(1))
		CHILD_REFUSED(open(s->written.file, O_RDONLY), EACCES);
}

static void
a_missing_folder_is_made(void **state)
{
	rig_child(try_missing, *state);
}

static void
try_impossible(void *arg)
{
	const char *path = "/proc/relaytap-state/";
	struct sandbox_user u = {.name = "nobody"};
	struct sandbox_options o = {.writable = &path, .writable_count = 1};
	struct sandbox_files f;

	(void)arg;
	CHILD_CHECK(sandbox_files_open(&f, &o, &u) < 0);
}

static void
a_folder_that_cannot_be_made_is_the_end(void **state)
{
	(void)state;
	rig_child(try_impossible, NULL);
}

static void
try_connect(void *arg)
{
	struct scene *s = arg;
	struct sockaddr_in to = {.sin_family = AF_INET};
	socklen_t len = sizeof(to);
	int listener = socket(AF_INET, SOCK_STREAM, 0), out;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHILD_CHECK(bind(listener, (void *)&to, len) == 0 && listen(listener, 1) == 0);
	CHILD_CHECK(getsockname(listener, (void *)&to, &len) == 0);
	restrict_to(NULL, NULL, s->network);
	out = socket(AF_INET, SOCK_STREAM, 0);
	if (s->network)
		CHILD_CHECK(connect(out, (void *)&to, len) == 0);
	else
		CHILD_REFUSED(connect(out, (void *)&to, len), EACCES);
}

static void
without_network_nothing_is_connected_to(void **state)
{
	struct scene *s = *state;

	if (!kernel_has_landlock(4))
		return;
	rig_child(try_connect, s);
	s->network = false;
	rig_child(try_connect, s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			only_folders_that_were_named_are_written_and_read, scene_up,
			scene_down),
		cmocka_unit_test_setup_teardown(
			a_configuration_that_was_replaced_is_read_again, scene_up,
			scene_down),
		cmocka_unit_test_setup_teardown(
			a_file_that_was_rotated_away_is_made_anew, scene_up, scene_down),
		cmocka_unit_test_setup_teardown(
			a_missing_folder_is_made, scene_up, scene_down),
		cmocka_unit_test(a_folder_that_cannot_be_made_is_the_end),
		cmocka_unit_test_setup_teardown(
			without_network_nothing_is_connected_to, scene_up, scene_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
