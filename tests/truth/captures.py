# SPDX-License-Identifier: Apache-2.0
"""Where the captures are, what their truth files say, and how the program is asked.

The folders: arguments; else what RELAYTAP_CAPTURES names; else a folder "captures" of the
repository and of any folder beside it.  A folder may hold captures itself or have them in
lab/ (with truth files) and public/ (with an index).
"""

import csv
import glob
import json
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
NAMES = (".pcap", ".pcapng", ".cap", ".pcap.gz", ".pcap.zst", ".trace", ".dmp", ".ntar")
TIME_LIMIT = 60


def roots(arguments):
    if arguments:
        return list(arguments)
    if os.environ.get("RELAYTAP_CAPTURES"):
        return os.environ["RELAYTAP_CAPTURES"].split(":")
    beside = os.path.join(os.path.dirname(REPOSITORY), "*", "captures")
    return [p for p in sorted(glob.glob(beside)) if os.path.isdir(p)]


def own_roots():
    return [p for p in [os.path.join(REPOSITORY, "captures")] if os.path.isdir(p)]


class Capture:
    """A capture with its truth file."""

    def __init__(self, path, truth):
        self.path, self.truth = path, truth
        self.name = os.path.basename(path).rsplit(".pcap", 1)[0]
        self.transactions = truth.get("transactions", [])

    @property
    def servers(self):
        """Addresses of the server that the truth is about."""
        many = self.truth.get("server_ips") or [self.truth.get("server_ip")]
        return {s for s in many + [self.truth.get("culprit")] if s}


def labelled(folders):
    """Every capture beside whose file a truth file lies, in the order of names."""
    found = {}
    for folder in folders:
        for below in (folder, os.path.join(folder, "lab")):
            for path in sorted(glob.glob(os.path.join(below, "*.json"))):
                stem = path[:-len(".json")]
                pcap = next((stem + n for n in NAMES if os.path.exists(stem + n)), None)
                if not pcap:
                    continue
                with open(path) as f:
                    truth = json.load(f)
                if isinstance(truth, dict) and "expected_verdict" in truth:
                    found[os.path.realpath(pcap)] = Capture(pcap, truth)
    return list(found.values())


def indexed(folders):
    """(folder, rows of its index by file name) of every folder with public captures."""
    for folder in folders:
        for below in (folder, os.path.join(folder, "public")):
            index = os.path.join(below, "index.tsv")
            if os.path.exists(index):
                with open(index, newline="") as f:
                    rows = csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)
                    yield below, {(r["category"], r["file"]): r for r in rows}


def ask(binary, arguments, octets=None, limit=TIME_LIMIT):
    """Run; (exit status, output, errors).  The status is None if it took too long."""
    try:
        done = subprocess.run([binary] + arguments, input=octets, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=limit, check=False,
                              stdin=None if octets is not None else subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return None, b"", b"took longer than %d seconds" % limit
    return done.returncode, done.stdout, done.stderr


def objects(output, kind):
    """The JSON lines of one type."""
    lines = (json.loads(line) for line in output.decode("utf-8").splitlines() if line)
    return [o for o in lines if o.get("type") == kind]


def records_of(binary, path):
    status, output, errors = ask(binary, ["read", "-q", "--transactions", "-", path])
    if status not in (0, 3):
        raise RuntimeError("%s: exit status %s: %s" % (
            path, status, errors.decode(errors="replace")[-500:]))
    return output
