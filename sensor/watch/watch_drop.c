/* SPDX-License-Identifier: Apache-2.0 */
#include "watch_drop.h"

#include "sensor/sandbox/sandbox.h"

int
watch_drop(const char *user)
{
	/* All that is written is open already; the capture's maps are written on. */
	const struct sandbox_options o = {.user = user, .bpf = true};

	return sandbox_enter(&o);
}
