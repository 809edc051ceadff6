#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Read every public capture, and hold the answers to what is known of the dialogues.

usage: public.py [--quick] BINARY [FOLDER...]

BINARY is built with the sanitizers.  Every file must be read to its end or to its damage,
with nothing to report by a sanitizer; twice the same octets must come out; and inferring
from the records must give the server lines that reading gave (where findings differ, that
is noted).  Rows of index.tsv whose
dialogue a person has read must agree with the records.  Lists the relay alerts raised.
With --quick only every eighth file is read twice and inferred from.
"""

import multiprocessing
import os
import sys
import tempfile

import captures
import labels

# File: (columns that are not held to the index, and why)
LABEL_ERRORS = {
    "OISF__suricata-verify__protocol-change-failed-event__input.pcap": (
        ("starttls",), "the index says that 220 came (frame 6); no TLS came after it"),
    "zeek__zeek__smtp-bdat-gap.pcap": (
        ("bdat",), "BDAT is given up in a hole; the message comes by DATA (frame 26)"),
}


def files_of(folder):
    for below, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if not name.endswith((".tsv", ".md", ".txt", ".json")):
                yield os.path.join(below, name)


def faults_of(status, errors):
    text = errors.decode("utf-8", "replace")
    if status not in (0, 3):
        yield "exit status %s: %s" % (status, text[-300:])
    if "Sanitizer" in text or "runtime error" in text:
        yield "a sanitizer speaks: " + text[-1000:]


def lines_of(output, kind):
    mark = b'{"type":"%s"' % kind
    return [line for line in output.splitlines() if line.startswith(mark)]


def read_file(binary, path, folder, turns):
    """(faults, output, records) of reading one file, each time with both outputs."""
    faults, outputs = [], []
    for turn in turns:
        records = os.path.join(folder, turn)
        status, output, errors = captures.ask(
            binary, ["read", "-q", "--json", "--transactions", records, path])
        faults += faults_of(status, errors)
        if faults:
            return faults, output, b""
        with open(records, "rb") as f:
            outputs.append((output, f.read()))
    if outputs[0] != outputs[-1]:
        faults.append("two runs differ")
    return faults, outputs[0][0], outputs[0][1]


def check(work):
    """(path, faults, notes, servers, transactions, connections)"""
    binary, path, whole = work
    notes = []
    with tempfile.TemporaryDirectory() as folder:
        faults, output, records = read_file(binary, path, folder, "ab" if whole else "a")
        if whole and not faults and records:
            status, again, errors = captures.ask(
                binary, ["infer", "-q", "--json", os.path.join(folder, "a")])
            faults += faults_of(status, errors)
            for kind, found in ((b"server", faults), (b"finding", notes)):
                one, other = lines_of(output, kind), lines_of(again, kind)
                if one != other:
                    found.append("inferring from the records differs" + first(one, other))
    try:
        return (path, faults, notes, captures.objects(output, "server"),
                captures.objects(records, "transaction"),
                captures.objects(records, "connection"))
    except (ValueError, UnicodeDecodeError) as error:
        return path, faults + ["output is no JSON: %s" % error], notes, [], [], []


def first(one, other):
    """The first line that differs, from where it does."""
    for a, b in zip(one + [b""], other + [b""]):
        if a != b:
            at = len(os.path.commonprefix([a, b]))
            at = max(0, at - 60)
            return ":\n    read  %s\n    infer %s" % (
                a[at:at + 160].decode(), b[at:at + 160].decode())
    return ""


def auth_of(records):
    """A mechanism without an outcome is an attempt, too."""
    states = {r["auth"]["state"] for r in records}
    if "ok" in states or any(r.get("auth_ok") for r in records):
        return "ok"
    tried = "failed" in states or any(r["auth"].get("mechanism") for r in records)
    return "tried" if tried else "none"


def facts_of(transactions, connections):
    """The columns of the index, told by the records."""
    accepted = [t for t in transactions if t["outcome"] == "accepted"]
    unauth = [t for t in accepted if t["auth"]["state"] not in ("ok", "inferred-ok")]
    return {
        "auth": auth_of(transactions + connections),
        "starttls": "yes" if any(c["tls"]["state"] == "starttls" for c in connections)
                    else "no",
        "bdat": any(t.get("message", {}).get("how") == "bdat" for t in transactions),
        "accepted": len(accepted),
        "accepted_unauth": len(unauth),
    }


def compare(row, facts, name):
    known = dict(row, bdat=row["bdat"] not in ("", "0"), accepted=int(row["accepted"]),
                 accepted_unauth=int(row["accepted_unauth"]))
    spared, _ = LABEL_ERRORS.get(name, ((), ""))
    for column, seen in facts.items():
        if known[column] != seen and column not in spared:
            yield "%s: %s: index %s, records %s (index says: %s)" % (
                name, column, known[column], seen, row["note"][:160])


def rows_of(folders):
    """path -> row of the rows that a person has verified."""
    return {os.path.join(folder, *key): row for folder, rows in captures.indexed(folders)
            for key, row in rows.items() if row["verified"] == "dialogue-read"}


def alerts_of(path, servers):
    for s in servers:
        if s["verdict"] in labels.RELAYS:
            yield "ALERT %s: %s:%d %s %s %s" % (
                "/".join(path.split(os.sep)[-2:]), s["server"]["ip"], s["server"]["port"],
                s["verdict"], s.get("grade"), s.get("confidence"))


def main(argv):
    every = 8 if "--quick" in argv else 1
    argv = [a for a in argv if a != "--quick"]
    if not argv:
        sys.exit(__doc__)
    folders = captures.own_roots() + captures.roots(argv[1:])
    public = [folder for folder, _ in captures.indexed(folders)]
    paths = [p for folder in public for p in files_of(folder)]
    paths += [c.path for c in captures.labelled(folders)]
    if not paths:
        print("truth/public: no captures found; skipped")
        return 0
    rows, faults, notes, alerts = rows_of(folders), [], [], []
    works = [(argv[0], p, number % every == 0) for number, p in enumerate(paths)]
    with multiprocessing.Pool(2) as pool:
        for path, found, noted, servers, transactions, connections in pool.imap(
                check, works, chunksize=5):
            name = "/".join(path.split(os.sep)[-2:])
            faults += ["%s: %s" % (name, f) for f in found]
            notes += ["NOTE %s: %s" % (name, n) for n in noted]
            if path in rows:
                faults += compare(rows[path], facts_of(transactions, connections),
                                  os.path.basename(path))
            if any(path.startswith(folder) for folder in public):
                alerts += alerts_of(path, servers)
    for line in alerts + notes + faults:
        print(line)
    print("truth/public: %d files, %d dialogues compared, %d relay alerts, %d notes, "
          "%d faults" % (len(paths), len(rows), len(alerts), len(notes), len(faults)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
