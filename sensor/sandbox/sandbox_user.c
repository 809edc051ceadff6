/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/sandbox/sandbox_user.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sensor/base/log.h"

int
sandbox_user_find(struct sandbox_user *u, const char *name)
{
	const struct passwd *pw;

	u->name = name ? name : "nobody";
	u->uid = geteuid();
	u->gid = getegid();
	u->root = geteuid() == 0 || getuid() == 0;
	if (!u->root)
		return 0;
	errno = 0;
	pw = getpwnam(u->name);
	if (!pw) {
		log_warnx(
			"user %s: there is no such user; name one that exists", u->name);
		return -1;
	}
	if (pw->pw_uid == 0) {
		log_warnx("user %s: the sensor does not run as root; name another",
			u->name);
		return -1;
	}
	u->uid = pw->pw_uid;
	u->gid = pw->pw_gid;
	return 0;
}

/* --- capabilities ------------------------------------------------------------------ */

/*
 * capabilities(7): what could come back by an exec. It takes CAP_SETPCAP, which a program
 * started by its file's capabilities may lack; no_new_privs stands there instead.
 */
static bool
bounding_empty(void)
{
	bool empty = true;

	for (unsigned long c = 0; prctl(PR_CAPBSET_READ, c, 0, 0, 0) >= 0; c++)
		if (prctl(PR_CAPBSET_READ, c, 0, 0, 0) == 1 &&
			prctl(PR_CAPBSET_DROP, c, 0, 0, 0) != 0)
			empty = false;
	return empty;
}

static int
capabilities_empty(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};

	/* EINVAL: older than Linux 4.3, which has none of these. */
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0 &&
		errno != EINVAL)
		return -1;
	if (syscall(SYS_capset, &head, sets) != 0 ||
		syscall(SYS_capget, &head, sets) != 0)
		return -1;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		if (sets[i].effective || sets[i].permitted || sets[i].inheritable) {
			errno = EPERM;
			return -1;
		}
	return 0;
}

/* --- user and group ---------------------------------------------------------------- */

static int
ids_set(const struct sandbox_user *u)
{
	if (setgroups(0, NULL) == 0 && setresgid(u->gid, u->gid, u->gid) == 0 &&
		setresuid(u->uid, u->uid, u->uid) == 0)
		return 0;
	log_warn("user %s", u->name);
	return -1;
}

/* Said and done are two things: there is no way back, or we do not go on. */
static int
ids_check(const struct sandbox_user *u)
{
	uid_t real, effective, saved;
	gid_t group, effective_group, saved_group;

	if (getresuid(&real, &effective, &saved) == 0 && real == u->uid &&
		effective == u->uid && saved == u->uid &&
		getresgid(&group, &effective_group, &saved_group) == 0 &&
		group == u->gid && effective_group == u->gid && saved_group == u->gid &&
		getgroups(0, NULL) == 0 && setuid(0) != 0 && seteuid(0) != 0 &&
		(u->gid == 0 || setegid(0) != 0))
		return 0;
	log_warnx("user %s: root could be had back; not going on", u->name);
	return -1;
}

int
sandbox_user_become(const struct sandbox_user *u)
{
	bool bounded = bounding_empty();

	if (u->root && ids_set(u) != 0)
		return -1;
	if (capabilities_empty() != 0) {
		log_warn("capabilities: cannot be given up");
		return -1;
	}
	if (u->root && ids_check(u) != 0)
		return -1;
	if (u->root && !bounded) {
		log_warnx("capabilities: the bounding set cannot be emptied; "
			  "start with CAP_SETPCAP too");
		return -1;
	}
	/* Octets of mail stay out of cores, and away from others of the same user. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		log_warn("no_new_privs");
		return -1;
	}
	return 0;
}
