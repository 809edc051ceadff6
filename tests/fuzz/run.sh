#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every fuzz target for FUZZ_SECONDS. $1: folder of the libFuzzer programs.
# New inputs stay in $1/found; only what a person has looked at goes into the corpus.
set -eu
cd "$(dirname "$0")/../.."
for t in "$1"/fuzz_*; do
	name=$(basename "$t" | sed 's/^fuzz_//')
	case $name in *.*) continue ;; esac
	mkdir -p "$1/found/$name"
	dict=tests/fuzz/$name.dict
	[ -f "$dict" ] && dict="-dict=$dict" || dict=""
	echo "  FUZZ    $name"
	# shellcheck disable=SC2086
	"$t" -max_total_time="${FUZZ_SECONDS:-60}" -max_len=65536 -timeout=10 \
		-artifact_prefix="$1/found/$name-" $dict \
		"$1/found/$name" "tests/fuzz/corpus/$name" >"$1/found/$name.log" 2>&1 ||
		{ tail -40 "$1/found/$name.log"; exit 1; }
	tail -1 "$1/found/$name.log"
done
