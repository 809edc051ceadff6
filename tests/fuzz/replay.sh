#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target over its corpus. $1: folder of the replay programs.
set -eu
cd "$(dirname "$0")/../.."
for t in "$1"/fuzz_*; do
	name=$(basename "$t" | sed 's/^fuzz_//')
	case $name in *.*) continue ;; esac
	dir=tests/fuzz/corpus/$name
	[ -d "$dir" ] || { echo "no corpus for $name" >&2; exit 1; }
	find "$dir" -type f | LC_ALL=C sort | xargs "$t" >/dev/null ||
		{ echo "FAILED: $t" >&2; exit 1; }
	echo "  REPLAY  $name: $(find "$dir" -type f | wc -l) inputs"
done
