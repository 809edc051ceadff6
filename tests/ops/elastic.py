#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each member of each ECS alert has a mapping in the index template that takes its value.

usage: elastic.py TEMPLATE <ALERTS; prints what does not fit, exit status 1 then."""
import ipaddress
import json
import re
import sys

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def is_ip(value):
    try:
        ipaddress.ip_address(value)
        return True
    except ValueError:
        return False


FITS = {
    "ip": lambda v: isinstance(v, str) and is_ip(v),
    "date": lambda v: isinstance(v, str) and bool(TIME.fullmatch(v)),
    "long": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "float": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "keyword": lambda v: isinstance(v, str),
    "match_only_text": lambda v: isinstance(v, str),
}


def check(value, node, path, faults):
    if isinstance(value, list):
        for inner in value:
            check(inner, node, path, faults)
    elif isinstance(value, dict):
        for name, inner in value.items():
            below = node.get("properties", {}).get(name)
            if below is None:
                faults.add(path + name + ": no mapping")
            else:
                check(inner, below, path + name + ".", faults)
    elif not FITS.get(node.get("type"), lambda v: False)(value):
        faults.add("%s: %r is no %s" % (path.rstrip("."), value, node.get("type")))


def main():
    mappings = json.load(open(sys.argv[1], encoding="utf-8"))["template"]["mappings"]
    faults, lines = set(), 0
    for line in sys.stdin:
        check(json.loads(line), mappings, "", faults)
        lines += 1
    for f in sorted(faults):
        print("ops: elastic: " + f)
    if not lines:
        print("ops: elastic: no alerts to look at")
    return 1 if faults or not lines else 0


sys.exit(main())
