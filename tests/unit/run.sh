#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs every unit test program given; prints what they skip, and failing ones in full, then
# a count.
passed=0
failed=0
for t in "$@"; do
	if out=$("$t" 2>&1); then
		passed=$((passed + $(printf '%s\n' "$out" | grep -c '^\[       OK \]')))
		printf '%s\n' "$out" | grep '^SKIP: '
	else
		printf '%s\n' "$out"
		echo "FAILED: $t"
		failed=$((failed + 1))
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
