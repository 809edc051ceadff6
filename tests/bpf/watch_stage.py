# SPDX-License-Identifier: Apache-2.0
"""What the checks of relaytap watch share: who speaks on the cable, and what is compared."""
import json

from watch_mail import Mailer, Servers, Sink
from watch_rig import Failed, Wire

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def need(condition, what, *about):
    if not condition:
        raise Failed(what + "".join("\n" + str(a) for a in about))


class Stage:
    """What all checks share: the cable, and who speaks on it."""

    def __init__(self, binary):
        self.binary = binary
        self.wire = Wire()
        Sink(self.wire)
        self.servers = Servers(self.wire)
        self.mailer = Mailer(self.wire, self.servers)
        self.first = 0

    def mail(self, count, **more):
        self.mailer.many(count, first=self.first, **more)
        self.first += count


def records_of(lines):
    """Without what differs by where they were read: file, frame numbers, and the id.

    Times differ too, by microseconds: each socket stamps what its host sends for itself.
    """
    found = []
    for line in lines:
        record = json.loads(line)
        if record.get("type") not in ("transaction", "connection", "dns"):
            continue
        strip(record)
        found.append(json.dumps(record, sort_keys=True))
    return sorted(found)


def strip(value):
    if isinstance(value, dict):
        for key in [k for k in value if k in ("file", "frames", "id", "time", "end")
                    or k.endswith("frame")]:
            value.pop(key)
        for inner in value.values():
            strip(inner)
    elif isinstance(value, list):
        for inner in value:
            strip(inner)


def verdicts_of(lines):
    found = {}
    for line in lines:
        o = json.loads(line)
        if o.get("type") == "server":
            found[o["server"]["ip"], o["server"]["port"]] = (o["verdict"], o.get("grade"))
    return found
