/* SPDX-License-Identifier: Apache-2.0 */
#include "control_rig.h"

#include <fcntl.h>

#include "sensor/control/control_socket.h"

static void
assert_refused(const char *path, const char *why)
{
	char error[256] = "";

	assert_int_equal(control_socket_listen(path, error, sizeof(error)), -1);
	if (!strstr(error, why) || strchr(error, '\n'))
		fail_msg("%s", error);
}

static void
it_is_for_owner_and_group_in_a_folder_that_is_made(void **state)
{
	struct control_rig *r = *state;
	struct stat st;

	assert_int_equal(stat(r->path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0660);
}

static void
one_that_a_sensor_listens_on_is_left_alone(void **state)
{
	struct control_rig *r = *state;

	assert_refused(r->path, "a running sensor listens there");
	close(rig_connect(r));
}

static void
one_that_was_left_behind_is_replaced(void **state)
{
	struct control_rig *r = *state;
	char path[128], error[256] = "";
	int s;

	snprintf(path, sizeof(path), "%s/old", r->folder);
	s = control_socket_listen(path, error, sizeof(error));
	assert_true(s >= 0);
	close(s);
	s = control_socket_listen(path, error, sizeof(error));
	if (s < 0)
		fail_msg("%s", error);
	close(s);
}

static void
what_is_no_socket_is_never_removed(void **state)
{
	struct control_rig *r = *state;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/file", r->folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	close(fd);
	assert_refused(path, "no socket");
	assert_int_equal(access(path, F_OK), 0);
}

static void
paths_that_cannot_be_are_told(void **state)
{
	char path[200];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_refused(path, "1 to 107 octets");
	assert_refused("", "1 to 107 octets");
	assert_refused("/nonexistent/folder/control", "No such file");
}

static void
whoever_finds_nobody_is_told_what_to_do(void **state)
{
	char error[256];

	(void)state;
	assert_int_equal(control_socket_connect(
				 "/nonexistent/control", 1000, error, sizeof(error)),
		-1);
	assert_non_null(strstr(error, "no sensor listens there; start one"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, control_rig_up, control_rig_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_for_owner_and_group_in_a_folder_that_is_made),
		TEST(one_that_a_sensor_listens_on_is_left_alone),
		TEST(one_that_was_left_behind_is_replaced),
		TEST(what_is_no_socket_is_never_removed),
		TEST(paths_that_cannot_be_are_told),
		TEST(whoever_finds_nobody_is_told_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
