/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_drop.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "sensor/base/log.h"

static int
become(const char *user)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (!pw) {
		log_warnx("--user %s: there is no such user; name one that exists", user);
		return -1;
	}
	if (pw->pw_uid == 0) {
		log_warnx("--user %s: the sensor does not run as root; name another", user);
		return -1;
	}
	if (setgroups(1, &pw->pw_gid) < 0 || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) < 0 ||
		setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid) < 0) {
		log_warn("--user %s", user);
		return -1;
	}
	/* Said and done are two things: there is no way back, or we do not go on. */
	if (setuid(0) == 0) {
		log_warnx("--user %s: root could be had back; not going on", user);
		return -1;
	}
	return 0;
}

int
watch_drop(const char *user)
{
	if (geteuid() == 0 && become(user ? user : "nobody") < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		log_warn("no_new_privs");
		return -1;
	}
	return 0;
}
