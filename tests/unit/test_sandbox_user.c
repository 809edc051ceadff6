/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox_rig.h"

#include <sys/syscall.h>
#include <linux/capability.h>

#include "sensor/sandbox/sandbox_user.h"

static void
a_user_that_is_none_or_is_root_is_refused(void **state)
{
	struct sandbox_user u;

	(void)state;
	if (!rig_is_root("which user to become"))
		return;
	assert_int_equal(sandbox_user_find(&u, "no-such-user-here"), -1);
	assert_int_equal(sandbox_user_find(&u, "root"), -1);
	assert_int_equal(sandbox_user_find(&u, NULL), 0);
	assert_string_equal(u.name, "nobody");
	assert_int_equal(u.uid, 65534);
	assert_true(u.root);
}

static uint32_t
effective(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	CHILD_CHECK(syscall(SYS_capget, &head, sets) == 0);
	return sets[0].effective | sets[0].permitted | sets[0].inheritable;
}

/* As a program that was started by an ordinary user and has its file's capabilities. */
static void
try_file_capabilities(void *arg)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
	struct sandbox_user u;

	(void)arg;
	sets[0].effective = sets[0].permitted = 1u << CAP_NET_RAW;
	sets[0].inheritable = 1u << CAP_NET_RAW;
	CHILD_CHECK(setresgid(12345, 12345, 12345) == 0);
	CHILD_CHECK(syscall(SYS_prctl, 8 /* PR_SET_KEEPCAPS */, 1, 0, 0, 0) == 0);
	CHILD_CHECK(setresuid(12345, 12345, 12345) == 0);
	CHILD_CHECK(syscall(SYS_capset, &head, sets) == 0);
	CHILD_CHECK(effective() == 1u << CAP_NET_RAW);
	/* Whatever the name: it stays who it is. */
	CHILD_CHECK(sandbox_user_find(&u, "no-such-user-here") == 0 && !u.root);
	CHILD_CHECK(sandbox_user_become(&u) == 0);
	CHILD_CHECK(getuid() == 12345 && getgid() == 12345);
	CHILD_CHECK(effective() == 0);
}

static void
without_root_the_user_stays_and_its_capabilities_go(void **state)
{
	(void)state;
	if (rig_is_root("capabilities of a file"))
		rig_child(try_file_capabilities, NULL);
}

static void
try_become(void *arg)
{
	struct sandbox_user u;

	(void)arg;
	CHILD_CHECK(sandbox_user_find(&u, NULL) == 0);
	CHILD_CHECK(sandbox_user_become(&u) == 0);
	CHILD_CHECK(getuid() == 65534 && geteuid() == 65534);
	CHILD_CHECK(getgid() == 65534 && getgroups(0, NULL) == 0);
	CHILD_REFUSED(setuid(0), EPERM);
	CHILD_CHECK(effective() == 0);
	CHILD_REFUSED(open("/etc/shadow", O_RDONLY), EACCES);
}

static void
root_becomes_nobody_for_good(void **state)
{
	(void)state;
	if (rig_is_root("to become nobody"))
		rig_child(try_become, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_user_that_is_none_or_is_root_is_refused),
		cmocka_unit_test(without_root_the_user_stays_and_its_capabilities_go),
		cmocka_unit_test(root_becomes_nobody_for_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
