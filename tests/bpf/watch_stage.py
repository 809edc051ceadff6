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


def by_direction(lines):
    """TLS records of each direction by themselves: two sockets may hear packets of both,
    sent at once by two processors, in different order."""
    for line in lines:
        record = json.loads(line)
        for way in "cs" if "tls_records" in record else ():
            record["tls_records_" + way] = [r for r in record["tls_records"] if r[0] == way]
        record.pop("tls_records", None)
        yield json.dumps(record)


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
