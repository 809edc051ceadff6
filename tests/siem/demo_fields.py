#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows a file of NAME<TAB>VALUE lines as a table.

usage: demo_fields.py FILE [NAME...]; exit status 1 when one of the names has no value.
"""
import sys
import textwrap

NAMES, WIDTH = 26, 100


def rows(path):
    try:
        with open(path, encoding="utf-8") as text:
            for line in text:
                name, _, value = line.rstrip("\n").partition("\t")
                yield name, value
    except FileNotFoundError:
        pass


def main():
    needed = set(sys.argv[2:])
    for name, value in rows(sys.argv[1]):
        if value:
            needed.discard(name)
        lines = textwrap.wrap(value, WIDTH - NAMES, break_on_hyphens=False) or ["-"]
        for line in lines:
            print(f"  {name:{NAMES}} {line}")
            name = ""
    if needed:
        print("FAILED: demo: no value for " + ", ".join(sorted(needed)))
    return bool(needed)


sys.exit(main())
