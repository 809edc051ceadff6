#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Shows each message of a file, as rsyslog took it apart, one field a line.

usage: demo_fields.py FILE; exit status 1 when there is no message."""
import json
import sys


def fields(value, name=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from fields(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for i, inner in enumerate(value):
            yield from fields(inner, f"{name}[{i}]")
    elif isinstance(value, list):
        yield name, ", ".join(map(str, value))
    else:
        yield name, value


def main():
    try:
        lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
    except FileNotFoundError:
        lines = []
    for line in lines:
        for name, value in fields(json.loads(line)):
            text = str(value)
            print(f"  {name:36} {text if len(text) <= 100 else text[:97] + '...'}")
        print()
    if not lines:
        print("  nothing")
        return 1
    return 0


sys.exit(main())
