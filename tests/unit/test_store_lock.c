/* SPDX-License-Identifier: Apache-2.0 */
#include "store_rig.h"

#include <sys/wait.h>

#include "sensor/store/store_part.h"

static void
path_of(const struct rig *r, char *out, size_t room)
{
	snprintf(out, room, "%s/lock", r->directory);
}

static void
one_holds_it_and_the_next_is_told_which(void **state)
{
	struct rig r;
	char path[96], want[48];
	int fd;

	(void)state;
	rig_make(&r);
	path_of(&r, path, sizeof(path));
	fd = store_lock(path, r.error);
	assert_true(fd >= 0);
	assert_true(store_lock(path, r.error) < 0);
	snprintf(want, sizeof(want), "the process %ld;", (long)getpid());
	assert_non_null(strstr(r.error, want));
	close(fd);
	fd = store_lock(path, r.error);
	assert_true(fd >= 0);
	close(fd);
	rig_free(&r);
}

/* It dies with its process, and what it wrote there does not matter. */
static void
a_lock_of_a_dead_process_holds_nobody(void **state)
{
	struct rig r;
	char path[96];
	pid_t child;
	int fd, status;

	(void)state;
	rig_make(&r);
	path_of(&r, path, sizeof(path));
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(store_lock(path, r.error) >= 0 ? 0 : 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	fd = store_lock(path, r.error);
	assert_true(fd >= 0);
	close(fd);
	rig_free(&r);
}

static void
a_file_of_garbage_is_still_a_lock(void **state)
{
	struct rig r;
	char path[96];
	int first, second;

	(void)state;
	rig_make(&r);
	path_of(&r, path, sizeof(path));
	first = store_lock(path, r.error);
	assert_true(first >= 0);
	assert_int_equal(pwrite(first, "-1 \033[2J garbage", 16, 0), 16);
	second = store_lock(path, r.error);
	assert_true(second < 0);
	assert_non_null(strstr(r.error, "another process"));
	assert_null(strchr(r.error, '\033'));
	close(first);
	rig_free(&r);
}

static void
a_link_is_not_followed(void **state)
{
	struct rig r;
	char path[96], target[128];

	(void)state;
	rig_make(&r);
	path_of(&r, path, sizeof(path));
	snprintf(target, sizeof(target), "%s/target", r.directory);
	assert_int_equal(symlink(target, path), 0);
	assert_true(store_lock(path, r.error) < 0);
	assert_int_equal(rig_files(&r, "target"), 0);
	rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_holds_it_and_the_next_is_told_which),
		cmocka_unit_test(a_lock_of_a_dead_process_holds_nobody),
		cmocka_unit_test(a_file_of_garbage_is_still_a_lock),
		cmocka_unit_test(a_link_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
