/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/sandbox/sandbox.h"

#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/sandbox/sandbox_calls.h"
#include "sensor/sandbox/sandbox_files.h"
#include "sensor/sandbox/sandbox_user.h"

static int
root_change(const char *path)
{
	if (!path || (chroot(path) == 0 && chdir("/") == 0))
		return 0;
	log_warn("chroot %s", path);
	return -1;
}

int
sandbox_enter(const struct sandbox_options *o)
{
	struct sandbox_user user;
	struct sandbox_files files;

	/* Names of users are looked up where the system is whole. */
	if (sandbox_user_find(&user, o->user) != 0 || root_change(o->chroot) != 0)
		return -1;
	if (sandbox_files_open(&files, o, &user) != 0)
		return -1;
	if (sandbox_user_become(&user) != 0 || sandbox_files_restrict(&files, o) != 0)
		return -1;
	return sandbox_calls_process(o->network, o->bpf);
}

int
sandbox_thread(void)
{
	return sandbox_calls_thread();
}
