#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold output, schema and manual page together.

usage: schema.py SCHEMA MANUAL RECORDS TOP
       schema.py --control SCHEMA ANSWERS

Every line of RECORDS is valid by SCHEMA, has no member that SCHEMA does not know, and none
twice; every member and every word of SCHEMA stands in MANUAL, and every word that sources
below TOP give a name to stands in SCHEMA.  Prints each difference once;
exits 1 if there is any.  The second rule is stricter than the schema, which allows members
that a later release may add.

With --control, every line of ANSWERS is valid as one that the control socket gives, and
each of the types that it has is there.
"""

import json
import re
import sys

import jsonschema


# Tables of words that the output is made of.
TABLES = ["dissect/smtp_note.c", "dissect/smtp_path.c", "dissect/smtp_result.c",
          "dissect/smtp_mta.c", "dissect/packet.c", "sensor/record/record.c",
          "sensor/infer/verdict.c", "sensor/infer/server.c", "sensor/infer/finding_kind.c",
          "sensor/infer/finding_words.c", "sensor/alert/alert.c"]
# Words for an enum's first place, which is not printed.
NEVER = {"none", "both", "good"}


def once_each(pairs):
    names = [name for name, _ in pairs]
    for name in set(names):
        if names.count(name) > 1:
            raise ValueError("member twice: " + name)
    return dict(pairs)


# Written by watch alone, which needs an interface; what goes to outputs; and what is read
# back from a sensor's state (tests/store/commands.sh).
LIVE = {"capture", "alert", "history"}


class Schema:
    def __init__(self, path):
        with open(path, encoding="utf-8") as f:
            self.root = json.load(f, object_pairs_hook=once_each)
        jsonschema.Draft202012Validator.check_schema(self.root)
        self.definitions = self.root["$defs"]
        # One type's own rules give a message that says what is wrong; oneOf does not.
        self.of_type = {}
        self.records = self.add_types(self.root["oneOf"])

    def add_types(self, options):
        names = {option["$ref"].rsplit("/", 1)[1] for option in options}
        for name in names:
            self.of_type[name] = jsonschema.Draft202012Validator(
                {"$ref": "#/$defs/" + name, "$defs": self.definitions})
        return names

    def take_control(self):
        """From now on the types are those that the control socket answers with."""
        self.of_type.clear()
        return self.add_types(self.definitions["control_answer"]["oneOf"])

    def resolve(self, node):
        while "$ref" in node:
            node = self.definitions[node["$ref"].rsplit("/", 1)[1]]
        return node

    def unknown(self, value, node, path):
        """Paths of members that the schema does not name."""
        node = self.resolve(node)
        if isinstance(value, dict):
            for name, inner in value.items():
                if name not in node.get("properties", {}):
                    yield path + "." + name
                else:
                    yield from self.unknown(inner, node["properties"][name],
                                            path + "." + name)
        elif isinstance(value, list):
            for inner in value:
                yield from self.unknown(inner, node.get("items", {}), path + "[]")

    def words(self):
        """Names of members, and the words that members may have."""
        def walk(node):
            if isinstance(node, dict):
                for name, inner in node.get("properties", {}).items():
                    yield name
                    yield from walk(inner)
                yield from (w for w in node.get("enum", []) if isinstance(w, str))
                for key in ("items", "$defs"):
                    if isinstance(node.get(key), dict):
                        yield from walk(node[key]) if key == "items" else (
                            w for d in node[key].values() for w in walk(d))
        return sorted(set(walk(self.root)))


def faults_of_line(schema, line):
    try:
        record = json.loads(line, object_pairs_hook=once_each)
    except ValueError as e:
        return ["not JSON: %s" % e]
    validator = schema.of_type.get(record.get("type"))
    if validator is None:
        return ["no such type: %r" % record.get("type")]
    name = record["type"]
    out = ["%s%s: %s" % (name, e.json_path[1:], e.message[:200])
           for e in validator.iter_errors(record)]
    return out + ["%s is not in the schema" % p
                  for p in schema.unknown(record, schema.definitions[name], name)]


def missing_in_manual(schema, path):
    with open(path, encoding="utf-8") as f:
        text = f.read().replace("\\&", "").replace("\\-", "-")
    for word in schema.words():
        if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(word), text):
            yield "%s is not in %s" % (word, path)


def missing_in_schema(schema, top):
    known = json.dumps(schema.root)
    for path in TABLES:
        with open("%s/%s" % (top, path), encoding="utf-8") as f:
            words = re.findall(r'^\t+\[[A-Z0-9_]+\] = "([^" ]+)",$', f.read(), re.M)
        if not words:
            yield "no table of words in " + path
        for word in sorted(set(words) - NEVER):
            if not re.search(r"(?<![\w-])%s(?![\w-])" % re.escape(word), known):
                yield "%s of %s is not in the schema" % (word, path)


def faults_of_lines(schema, path, wanted):
    """Each fault with how often; a type that is wanted and has no line is one."""
    faults, types = {}, set()
    with open(path, encoding="utf-8") as f:
        for line in f:
            for fault in faults_of_line(schema, line):
                faults[fault] = faults.get(fault, 0) + 1
            types.add(line[9:line.find('"', 9)])
    for name in sorted(wanted - types):
        faults["no line of type " + name] = 1
    return faults


def tell(faults):
    for fault, count in faults.items():
        print("schema: %s%s" % (fault, " (%d times)" % count if count > 1 else ""))
    return 1 if faults else 0


def control(schema_path, answers):
    schema = Schema(schema_path)
    return tell(faults_of_lines(schema, answers, schema.take_control()))


def main(schema_path, manual, records, top):
    schema = Schema(schema_path)
    faults = faults_of_lines(schema, records, schema.records - LIVE)
    for fault in [*missing_in_manual(schema, manual), *missing_in_schema(schema, top)]:
        faults[fault] = 1
    return tell(faults)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--control"]:
        sys.exit(control(*sys.argv[2:]))
    sys.exit(main(*sys.argv[1:]))
