#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: demo.sh BINARY
# Shows what relaytap says of a sample capture, and how to see more.
set -eu

binary=$1
sample=captures/open-relay-confirmed.pcap

run() {
	echo "\$ $*"
	shift
	"$binary" "$@"
	echo
}

run relaytap read $sample
echo "Why it says so, with the frames to look at, and what to do:"
echo
echo "  $binary show 203.0.113.11 $sample"
echo
echo "The same for programs, one JSON object a line:"
echo
echo "  $binary read --json $sample"
