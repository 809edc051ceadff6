#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Dashboard and alerting rules name families that the sensor writes, and only labels that
these have; every family is on the dashboard; panels have ids of their own and do not lie
on one another.

usage: metrics.py TOP
"""

import json
import re
import sys

SOURCE = "sensor/watch/watch_metrics.c"
# Labels that Prometheus adds, and "up", which it makes.
ADDED = {"job", "instance"}
# Labels by family, as watch_metrics.c gives them to labelled() and label().
LABELS = {
    "dropped_total": {"stage"}, "interface_up": {"interface"},
    "connections_evicted_total": {"state"}, "packets_unread_total": {"reason"},
    "servers": {"verdict"},
}


def families(top):
    with open(f"{top}/{SOURCE}", encoding="utf-8") as f:
        text = f.read()
    names = set(re.findall(r'\b(?:counter|gauge)\(\s*&?p,\s*"(\w+)"', text))
    names |= set(re.findall(r'static const char name\[\] = "(\w+)";', text))
    outputs = set(re.findall(r'^\t\{"(\w+)", "(?:counter|gauge)"', text, re.M))
    return names | outputs, outputs


def expressions(dashboard):
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]
    for variable in dashboard["templating"]["list"]:
        yield variable["name"], variable["query"]["query"]


def faults_of(where, expression, known, outputs):
    for name, selector in re.findall(r"\brelaytap_(\w+)(\{[^}]*\})?", expression):
        if name not in known:
            yield f"{where}: the sensor writes no relaytap_{name}"
        may = ADDED | LABELS.get(name, set()) | ({"output"} if name in outputs else set())
        for label in re.findall(r'(\w+)\s*(?:=~|!~|!=|=)\s*"', selector):
            if label not in may:
                yield f"{where}: relaytap_{name} has no label {label}"
    inside = re.findall(r"\brelaytap_(\w+)", expression)
    for group in re.findall(r"\bby \(([^)]*)\)", expression):
        for label in (x.strip() for x in group.split(",")):
            if label not in ADDED and not any(label in LABELS.get(n, ()) for n in inside):
                yield f"{where}: nothing to group by {label}"


def layout_faults(panels):
    ids, taken = set(), {}
    for p in panels:
        g = p["gridPos"]
        if p["id"] in ids:
            yield f"{p['title']}: the id {p['id']} is there twice"
        ids.add(p["id"])
        if g["x"] + g["w"] > 24 or g["w"] < 1 or g["h"] < 1:
            yield f"{p['title']}: beyond the grid"
        for cell in ((x, y) for x in range(g["x"], g["x"] + g["w"])
                     for y in range(g["y"], g["y"] + g["h"])):
            if cell in taken:
                yield f"{p['title']}: lies on {taken[cell]}"
                break
            taken[cell] = p["title"]
        if p["type"] != "row" and not p["fieldConfig"]["defaults"].get("unit"):
            yield f"{p['title']}: no unit"
        if p["type"] != "row" and p["datasource"]["uid"] != "${DS_PROMETHEUS}":
            yield f"{p['title']}: another source of data"


def self_test(known, outputs):
    assert list(faults_of("", "relaytap_nothing", known, outputs))
    assert list(faults_of("", 'relaytap_packets_total{stage="x"}', known, outputs))
    panel = {"id": 1, "title": "a", "type": "row", "gridPos": dict(x=0, y=0, w=2, h=2)}
    other = dict(panel, id=2, gridPos=dict(x=1, y=1, w=2, h=2))
    assert len(list(layout_faults([panel, panel]))) == 2
    assert len(list(layout_faults([panel, other]))) == 1


def main(top):
    known, outputs = families(top)
    assert len(known) > 30 and len(outputs) >= 8, f"families are not found in {SOURCE}"
    self_test(known, outputs)
    with open(f"{top}/sensor/relaytap.grafana.json", encoding="utf-8") as f:
        dashboard = json.load(f)
    with open(f"{top}/sensor/relaytap.rules.yml", encoding="utf-8") as f:
        rules = re.sub(r"^ *#.*", "", f.read(), flags=re.M)
    faults = list(layout_faults(dashboard["panels"]))
    for where, expression in expressions(dashboard):
        faults += faults_of(where, expression, known, outputs)
    faults += faults_of("rules", rules, known, outputs)
    shown = set(re.findall(r"\brelaytap_(\w+)", json.dumps(dashboard)))
    faults += [f"relaytap_{n} is not on the dashboard" for n in sorted(known - shown)]
    for fault in faults:
        print("metrics:", fault)
    if faults:
        sys.exit(1)
    print(f"metrics: ok ({len(known)} families, {len(dashboard['panels'])} panels)")


if __name__ == "__main__":
    main(sys.argv[1])
