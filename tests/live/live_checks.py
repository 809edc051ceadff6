#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The living sensor, end to end: killed, starved, blinded, confined.

usage: live_checks.py PROGRAM [NAME...]     (root; names of checks, or all)
"""
import os
import sys
import time

from live_rig import Failed, checks

import live_kill  # noqa: F401
import live_outage  # noqa: F401
import live_rotate  # noqa: F401


def main():
    binary, names = os.path.abspath(sys.argv[1]), sys.argv[2:]
    passed = failed = 0
    for function in checks():
        if names and function.__name__ not in names:
            continue
        began = time.monotonic()
        try:
            function(binary)
            passed += 1
        except (Failed, OSError, AssertionError, KeyError, ValueError) as error:
            failed += 1
            print("FAILED: live: %s: %s: %s" % (function.__name__, type(error).__name__, error))
        if os.environ.get("LIVE_TIMES"):
            print("%6.1f s  %s" % (time.monotonic() - began, function.__name__), flush=True)
    print("living sensor: %d passed, %d failed" % (passed, failed))
    # Threads that wait in accept() are of no use any more.
    sys.stdout.flush()
    os._exit(1 if failed else 0)


if __name__ == "__main__":
    main()
