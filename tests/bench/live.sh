#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# live.sh O: what live capture costs a packet, each way beside libpcap and tcpdump in one
# run, and what of mixed mail is withheld by the kernel. Needs root and two processors.
# BENCH_PACKETS (100000) changes the size of a round.
set -eu

O=$1
if [ "$(id -u)" != 0 ]; then
	echo "live.sh: needs root" >&2
	exit 1
fi
"$O/bench/bench_live" "${BENCH_PACKETS:-100000}"
"$O/bench/bench_filter"
"$O/bpf/test_live_body" 2>/dev/null | grep 'withheld'
