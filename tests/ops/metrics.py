#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules and dashboard use metrics that the sensor has; panels do not lie on each other.

usage: metrics.py SOURCE RULES DASHBOARD"""
import json
import re
import sys


def main():
    source = open(sys.argv[1], encoding="utf-8").read()
    known = set(re.findall(r'"([a-z_]+)"', source))
    texts = [open(name, encoding="utf-8").read() for name in sys.argv[2:]]
    faults = ["no metric relaytap_" + name for text in texts
              for name in set(re.findall(r"\brelaytap_([a-z_]+)", text)) - known]
    panels = json.loads(texts[1])["panels"]
    if len({p["id"] for p in panels}) != len(panels):
        faults.append("a panel's id twice")
    places = [p["gridPos"] for p in panels]
    for i, a in enumerate(places):
        for b in places[:i]:
            if (a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"] and
                    a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"]):
                faults.append("panels on each other at %s" % a)
    for f in faults:
        print("ops: metrics: " + f)
    return 1 if faults or not panels else 0


sys.exit(main())
