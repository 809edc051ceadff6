#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Lets relaytap watch run for SECONDS on a virtual cable while mail goes round, and prints
# its memory and counters every ten seconds: neither may grow without end.
# usage: soak.sh SECONDS [PROGRAM [THREADS]]     (root)
set -u
seconds=${1:?usage: soak.sh SECONDS [PROGRAM [THREADS]]}
here=$(dirname "$0")
program=${2:-$here/../../.build/relaytap}
threads=${3:-2}
space=rtw-try-$$
if [ "$(id -u)" != 0 ] || ! ip netns add "$space" 2>/dev/null; then
	echo "SKIP: soak: no root or no network name spaces"
	exit 0
fi
ip netns del "$space"
exec python3 "$here/../bpf/watch_soak.py" "$program" "$seconds" "$threads"
