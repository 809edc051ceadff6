#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# relaytap watch on a virtual cable, end to end; see watch_checks.py. $1: the program.
# What follows are names of checks; none: all of them.
set -u
space=rtw-try-$$
if [ "$(id -u)" != 0 ] || ! ip netns add "$space" 2>/dev/null; then
	echo "SKIP: relaytap watch: no root or no network name spaces"
	exit 0
fi
ip netns del "$space"
exec python3 "$(dirname "$0")/watch_checks.py" "$@"
