#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the tests of the live capture given; prints what they skip, and failing ones in full.
if [ $# = 0 ]; then
	echo "SKIP: live capture: built without eBPF, no programs to test"
	exit 0
fi
passed=0
failed=0
skipped=0
for t in "$@"; do
	out=$(timeout 120 "$t" 2>&1)
	status=$?
	passed=$((passed + $(printf '%s\n' "$out" | grep -c '^\[       OK \]')))
	skips=$(printf '%s\n' "$out" | grep '^SKIP: ')
	if [ -n "$skips" ]; then
		printf '%s\n' "$skips"
		skipped=$((skipped + 1))
	fi
	if [ "$status" != 0 ]; then
		printf '%s\n' "$out"
		echo "FAILED: $t"
		failed=$((failed + 1))
	fi
done
echo "live capture: $passed passed, $failed programs failed, $skipped skipped something"
[ "$failed" = 0 ]
