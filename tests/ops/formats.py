#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Alerts of sample captures and hostile ones (tests/siem/emit.c) against what is installed for
their readers: the JSON Schemas of ECS, OCSF and EVE, and the index template and saved objects
for Elastic.

usage: formats.py TOP RELAYTAP EMITTED
"""

import copy
import glob
import ipaddress
import json
import re
import subprocess
import sys

import jsonschema

FORMATS = ("ecs", "ocsf", "eve")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z")


def load(top, name):
    with open(f"{top}/sensor/relaytap.{name}", encoding="utf-8") as f:
        return json.load(f)


def lines_of(top, binary, emitted):
    """By format: (where it comes from, the object)."""
    out = {name: [] for name in FORMATS}
    captures = sorted(glob.glob(f"{top}/captures/*.pcap*"))
    for capture in captures:
        for name in FORMATS:
            run = subprocess.run([binary, "read", "-q", "--alerts", name, capture],
                                 capture_output=True, check=True)
            out[name] += [(capture, json.loads(x)) for x in run.stdout.splitlines()]
    real = len(out["ecs"])
    with open(emitted, encoding="utf-8") as f:
        for case in map(json.loads, f):
            where = f"case {case['case']}, redact {case['redact']}"
            for name in FORMATS:
                out[name].append((where, json.loads(bytes.fromhex(case["out"][name]))))
    assert captures and real >= 10, f"only {real} alerts in {len(captures)} captures"
    return out


# --- JSON Schemas -------------------------------------------------------------------------

def unknown(schema, node, value, path):
    """Members that the schema does not name; it allows them to later releases alone."""
    while "$ref" in node:
        node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in node.get("properties", {}):
                yield f"{path}.{name}"
            else:
                yield from unknown(schema, node["properties"][name], inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from unknown(schema, node.get("items", {}), inner, path + "[]")


def schema_faults(schema, lines):
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for where, line in lines:
        for e in validator.iter_errors(line):
            yield f"{where}: {e.json_path[:80]}: {e.message[:160]}"
        for path in unknown(schema, schema, line, ""):
            yield f"{where}: {path} is not in the schema"


# --- the index template ---------------------------------------------------------------------

def is_address(v):
    try:
        ipaddress.ip_address(v)
    except ValueError:
        return False
    return isinstance(v, str)


def is_int(v, low, high):
    return type(v) is int and low <= v <= high


# What Elasticsearch takes for a field of that type; a document with another is refused.
ACCEPTS = {
    "keyword": lambda v: isinstance(v, str),
    "wildcard": lambda v: isinstance(v, str),
    "match_only_text": lambda v: isinstance(v, str),
    "ip": is_address,
    "date": lambda v: isinstance(v, str) and DATE.fullmatch(v) is not None,
    "long": lambda v: is_int(v, -2**63, 2**63 - 1),
    "unsigned_long": lambda v: is_int(v, 0, 2**64 - 1),
    "integer": lambda v: is_int(v, -2**31, 2**31 - 1),
    "float": lambda v: type(v) in (int, float),
}


def mapping_faults(node, value, path):
    field = node.get("properties", {})
    for name, inner in value.items():
        here = f"{path}.{name}" if path else name
        if name not in field:
            yield f"{here} is not in the template"
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            kind = field[name].get("type")
            if isinstance(one, dict) and kind is None:
                yield from mapping_faults(field[name], one, here)
            elif isinstance(one, dict) or kind is None or not ACCEPTS[kind](one):
                yield f"{here}: {json.dumps(one)[:80]} is no {kind or 'object'}"


def names_of(node):
    for name, inner in node.get("properties", {}).items():
        yield name
        yield from names_of(inner)


def leaves_of(node, path=""):
    for name, inner in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        if "type" in inner:
            yield here, inner
        yield from leaves_of(inner, here)


def source_names(top):
    """Members that the sources write, though no line at hand may have them."""
    text = ""
    for name in ("format_ecs.c", "format_own.c"):
        with open(f"{top}/sensor/output/{name}", encoding="utf-8") as f:
            text += f.read()
    names = set(re.findall(r'json_out_\w+\(\s*j, "(@?\w+)"', text))
    names |= set(re.findall(r'(?:format|write)_\w+\(\s*j, "(\w+)"', text))
    # format_own() is told of the mail in OCSF alone; its object is named by a macro.
    return names - {"mail"} | {"relaytap"}


def template_faults(top, template, lines):
    mappings = template["template"]["mappings"]
    assert template["index_patterns"] == ["relaytap-*"] and template["priority"] > 100
    for where, line in lines:
        for fault in mapping_faults(mappings, line, ""):
            yield f"{where}: {fault}"
    mapped, written = set(names_of(mappings)), source_names(top)
    assert len(written) > 80, f"only {len(written)} members are found in the sources"
    for name in sorted(written ^ mapped):
        yield f"{name} is {'written' if name in written else 'mapped'} alone"
    for path, field in leaves_of(mappings):
        # Lucene refuses a term over 32766 octets, and with it the document.
        if field["type"] == "keyword" and field.get("ignore_above", 10**9) > 8191:
            yield f"{path}: a long value would be refused"


# --- saved objects --------------------------------------------------------------------------

def fields_used(saved):
    a = saved["attributes"]
    yield from a.get("columns", [])
    for agg in json.loads(a.get("visState", "{}")).get("aggs", []):
        if "field" in agg["params"]:
            yield agg["params"]["field"]
    query = json.loads(a.get("kibanaSavedObjectMeta", {}).get("searchSourceJSON", "{}"))
    yield from re.findall(r"([\w.]+) : ", query.get("query", {}).get("query", ""))


def saved_faults(top, template):
    with open(f"{top}/sensor/relaytap.kibana.ndjson", encoding="utf-8") as f:
        objects = [json.loads(line) for line in f]
    known = {(o["type"], o["id"]) for o in objects}
    assert len(known) == len(objects) and {o["type"] for o in objects} >= {
        "index-pattern", "search", "visualization", "dashboard"}
    leaves = dict(leaves_of(template["template"]["mappings"]))
    for o in objects:
        names = {r["name"] for r in o["references"]}
        wanted = set(re.findall(r'"(?:indexRefName|panelRefName)":\s*"([^"]+)"',
                                json.dumps(o["attributes"]).replace("\\", "")))
        for r in o["references"]:
            if (r["type"], r["id"]) not in known:
                yield f"{o['id']}: refers to {r['type']} {r['id']}, which is not there"
        if names != wanted:
            yield f"{o['id']}: refers to {sorted(names ^ wanted)} on one side only"
        for field in fields_used(o):
            if field not in leaves:
                yield f"{o['id']}: {field} is not in the template"


# --- the checks can fail --------------------------------------------------------------------

def self_test(top, schemas, template, lines):
    sample = next(x for _, x in lines["ecs"] if "source" in x and "evidence" in x["relaytap"])
    for spoil in (
            lambda x: x["event"].update(kind="event"),
            lambda x: x["source"].update(ip="nobody"),
            lambda x: x.update(more=1),
            lambda x: x["relaytap"]["evidence"][0].update(time="yesterday"),
            lambda x: x["relaytap"].update(count=-1)):
        bad = copy.deepcopy(sample)
        spoil(bad)
        assert list(schema_faults(schemas["ecs"], [("", bad)])), "the schema takes all"
        mapped = list(mapping_faults(template["template"]["mappings"], bad, ""))
        assert mapped or bad["event"]["kind"] == "event", "the template takes all"
    assert not list(mapping_faults(template["template"]["mappings"], sample, ""))


def main(top, binary, emitted):
    lines = lines_of(top, binary, emitted)
    schemas = {name: load(top, f"{name}.schema.json") for name in FORMATS}
    template = load(top, "elastic.json")
    faults = []
    for name in FORMATS:
        faults += [f"{name}: {x}" for x in schema_faults(schemas[name], lines[name])]
    faults += [f"elastic: {x}" for x in template_faults(top, template, lines["ecs"])]
    faults += [f"kibana: {x}" for x in saved_faults(top, template)]
    for fault in faults[:40]:
        print(fault)
    if faults:
        sys.exit(f"formats: {len(faults)} faults")
    self_test(top, schemas, template, lines)
    print(f"formats: ok ({len(lines['ecs'])} alerts in each of {', '.join(FORMATS)}; "
          f"{len(dict(leaves_of(template['template']['mappings'])))} fields for Elastic)")


if __name__ == "__main__":
    main(*sys.argv[1:])
