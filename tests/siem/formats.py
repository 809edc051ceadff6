#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""
Holds what tests/siem/emit.c wrote against what it was given: each format is read by a
parser of its own, made from the standard, and the values that come out of it have to be
those that went in.

usage: formats.py FILE [--ecs FILE]   FILE: output of emit; --ecs: writes the lines of ECS
"""

import json
import re
import sys
from datetime import datetime, timezone

import cef
import leef
import ocsf

NONE, LOCAL_PART, ALL = 0, 1, 2
MARK = "\u2026"
SEVERITIES = {  # ECS, OCSF, CEF, LEEF, EVE
    "low": (21, 2, 3, 3, 3), "medium": (47, 3, 5, 5, 2),
    "high": (73, 4, 8, 8, 1), "critical": (99, 5, 10, 10, 1),
}
ACTIVITIES = {"opened": 1, "escalated": 2, "changed": 2, "repeated": 2, "closed": 3}
STATUSES = {"opened": 1, "escalated": 2, "changed": 2, "repeated": 2, "closed": 4}
CVE_RULES = ("open-relay", "partial-relay")
NUMBERS = {
    "open-relay": 1925001, "partial-relay": 1925002, "open-submission": 1925003,
    "relay-probe": 1925011, "clear-credentials": 1925012, "starttls-stripped": 1925013,
    "starttls-vanished": 1925014, "starttls-refused": 1925015,
    "command-injection": 1925016, "reply-injection": 1925017, "smuggling": 1925018,
    "blocklisted": 1925019, "backscatter": 1925020, "user-probing": 1925021,
    "sensor-blind": 1925031,
}


def text_of(hexadecimal):
    """As JSON has it: an octet that is no UTF-8 becomes a backslash, x and two digits."""
    return bytes.fromhex(hexadecimal).decode("utf-8", "backslashreplace")


def plain(hexadecimal, keep=""):
    """As CEF and LEEF have it: controls, too; those in keep stay."""
    def escape(m):
        c = m.group(0)
        return c if c in keep else "".join(f"\\x{o:02x}" for o in c.encode())
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", escape, text_of(hexadecimal))


def same(got, want, what):
    assert got == want, f"{what}: {got!r:.200} instead of {want!r:.200}"


def same_if(holder, key, want, what):
    """The member is there with that value, or absent where there is none."""
    same(holder.get(key), want if want not in ("", 0, []) else None, f"{what} {key}")


def same_cut(got, want, most, what):
    """The same, or its front where it is longer; not cut further than need be."""
    if want == "":
        same(got, None, what)
        return
    assert got is not None, f"{what} is missing"
    octets = len(want.encode())
    if octets <= most:
        same(got, want, what)
        return
    assert want.startswith(got), f"{what}: {got!r:.200} does not begin {want!r:.200}"
    assert most - 4 <= len(got.encode()) <= most, f"{what}: {len(got.encode())} octets"
    tail = re.search(r"\\(x[0-9a-f]?)?$", got)
    rest = want[len(got):]
    assert not tail or not re.match(r"x?[0-9a-f]{1,2}", rest) or "\\x" not in want, \
        f"{what}: cut inside of an escape: {got[-8:]!r}"


class Alert:
    def __init__(self, case):
        self.raw = case["in"]
        self.observer = text_of(case["observer"])
        for key in ("rule", "title", "detail", "explanation", "contain", "mend", "confirm",
                    "server_name", "mta", "verdict", "grade", "from", "message_id",
                    "subject", "helo"):
            setattr(self, key, text_of(self.raw[key]))
        for key in ("domains", "to"):
            setattr(self, key, [text_of(t) for t in self.raw[key]])
        for key in ("id", "incident", "kind", "action", "severity", "server", "client",
                    "port", "client_port", "count", "time", "first", "last"):
            setattr(self, key, self.raw[key])

    @property
    def line(self):
        return self.raw["detail"] or self.raw["title"]


def check_ecs(a, line):
    e = json.loads(line)
    same(e["message"], a.title, "message")
    same(e["event"]["kind"], "alert", "event.kind")
    same(e["event"]["id"], a.id, "event.id")
    same(e["event"]["action"], a.action, "event.action")
    same(e["event"]["code"], a.rule, "event.code")
    same(e["event"]["severity"], SEVERITIES[a.severity][0], "event.severity")
    same(e["event"]["risk_score"], SEVERITIES[a.severity][0], "event.risk_score")
    same_if(e["event"], "reason", a.detail, "event")
    same_if(e["observer"], "name", a.observer, "observer")
    same_if(e.get("source", {}), "ip", a.client, "source")
    same_if(e.get("source", {}), "port", a.client_port if a.client else 0, "source")
    for side in ("destination", "server"):
        same_if(e.get(side, {}), "ip", a.server, side)
        same_if(e.get(side, {}), "port", a.port, side)
        same_if(e.get(side, {}), "domain", a.server_name, side)
    email = e.get("email", {})
    same(email.get("from", {}).get("address"), [a.__dict__["from"]] if
         a.__dict__["from"] else None, "email.from")
    same(email.get("to", {}).get("address"), a.to or None, "email.to")
    same_if(email, "subject", a.subject, "email")
    bare = re.fullmatch(r"<(.+)>", a.message_id, re.S)
    same_if(email, "message_id", bare.group(1) if bare else a.message_id, "email")
    same("vulnerability" in e, a.rule in CVE_RULES, "vulnerability")
    if "threat" in e:
        same(e["relaytap"]["attack_confidence"], "possible", "attack_confidence")
    for key in ("explanation", "contain", "mend", "confirm", "mta", "helo"):
        same_if(e["relaytap"], key, getattr(a, key), "relaytap")
    check_evidence(a, e["relaytap"].get("evidence", []))


def check_evidence(a, got):
    same(len(got), len(a.raw["evidence"]), "evidence")
    for g, w in zip(got, a.raw["evidence"]):
        for key in ("kind", "what", "file", "domain", "reply", "queue_id", "next_hop_name"):
            same_if(g, key, text_of(w[key]), "evidence")
        same_if(g, "frame", w["frame"], "evidence")


def check_ocsf(a, line):
    e = json.loads(line)
    ocsf.check(e)
    same(e["time"], a.time // 10**6, "time")
    same(e["severity_id"], SEVERITIES[a.severity][1], "severity_id")
    same(e["activity_id"], ACTIVITIES[a.action], "activity_id")
    same(e["status_id"], STATUSES[a.action], "status_id")
    same(e["is_alert"], True, "is_alert")
    same(e["metadata"]["uid"], a.id, "metadata.uid")
    same(e["finding_info"]["uid"], a.incident, "finding_info.uid")
    same(e["finding_info"]["title"], a.title, "finding_info.title")
    same(e.get("count"), min(a.count, 2**31 - 1) or None, "count")
    same("vulnerabilities" in e, a.rule in CVE_RULES, "vulnerabilities")
    evidences = e.get("evidences", [])
    check_evidence(a, [x["data"] for x in evidences if "data" in x])
    if a.server:
        same(evidences[0]["dst_endpoint"]["ip"], a.server, "dst_endpoint.ip")
        same(e["resources"][0]["ip"], a.server, "resources.ip")
    if a.client:
        same(evidences[0]["src_endpoint"]["ip"], a.client, "src_endpoint.ip")
    parts = [p for p in (a.contain, a.mend, a.confirm) if p]
    same(e.get("remediation", {}).get("desc"), "\n\n".join(parts) or None, "remediation")
    own = e["unmapped"]["relaytap"]
    same_if(own["mail"], "from", a.__dict__["from"], "mail")
    same_if(own["mail"], "to", a.to, "mail")


EVE_COMMON = {
    "timestamp": str, "flow_id": int, "event_type": str, "src_ip": str, "src_port": int,
    "dest_ip": str, "dest_port": int, "proto": str, "app_proto": str, "community_id": str,
    "host": str, "alert": dict, "smtp": dict, "email": dict, "relaytap": dict,
}
EVE_ALERT = {"action": str, "gid": int, "signature_id": int, "rev": int, "signature": str,
             "category": str, "severity": int}


def check_eve(a, line):
    e = json.loads(line)
    for key, value in e.items():
        assert isinstance(value, EVE_COMMON[key]), f"{key}: {value!r:.80}"
    same(set(e["alert"]), set(EVE_ALERT), "alert")
    for key, value in e["alert"].items():
        assert isinstance(value, EVE_ALERT[key]), f"alert.{key}: {value!r:.80}"
    same(e["event_type"], "alert", "event_type")
    when = datetime.strptime(e["timestamp"], "%Y-%m-%dT%H:%M:%S.%f%z")
    same(e["timestamp"][-5:], "+0000", "timestamp")
    micro = (when - datetime(1970, 1, 1, tzinfo=timezone.utc)) // (when.resolution)
    same(micro, a.time // 1000, "timestamp")
    assert 0 < e["flow_id"] < 2**53
    same(e["alert"]["action"], "allowed", "action")
    same(e["alert"]["signature"], a.title, "signature")
    same(e["alert"]["severity"], SEVERITIES[a.severity][4], "severity")
    if a.rule in NUMBERS:
        same(e["alert"]["signature_id"], NUMBERS[a.rule], "signature_id")
    else:
        assert e["alert"]["signature_id"] not in NUMBERS.values()
    for key, want in (("src_ip", a.client), ("dest_ip", a.server), ("dest_port", a.port),
                      ("src_port", a.client_port), ("host", a.observer)):
        same_if(e, key, want, "eve")
    smtp = e.get("smtp", {})
    same_if(smtp, "helo", a.helo, "smtp")
    sender = a.raw["from"]
    same_if(smtp, "mail_from", text_of("3c" + sender + "3e") if sender else "", "smtp")
    same_if(smtp, "rcpt_to", [text_of("3c" + t + "3e") for t in a.raw["to"]], "smtp")
    same_if(e.get("email", {}), "subject", a.subject, "email")
    same_if(e.get("email", {}), "message_id", a.message_id, "email")
    same(set(smtp) <= {"helo", "mail_from", "rcpt_to"}, True, "smtp")


def evidence_text(a):
    parts = []
    for e in a.raw["evidence"]:
        tail = b" (" + bytes.fromhex(e["file"]) + b" frame %d)" % e["frame"]
        parts.append(bytes.fromhex(e["what"]) + (tail if e["file"] and e["frame"] else b""))
    return b"; ".join(parts).hex()


def joined(list_of_hex):
    return b", ".join(bytes.fromhex(h) for h in list_of_hex).hex()


def check_cef(a, line):
    header, e = cef.parse(line)
    same(header["class"], a.rule, "class")
    same(header["name"], a.title, "name")
    same(header["severity"], SEVERITIES[a.severity][2], "severity")
    same(int(e["rt"]), a.time // 10**6, "rt")
    same_if(e, "start", str(a.first // 10**6) if a.first else "", "cef")
    same_if(e, "end", str(a.last // 10**6) if a.last else "", "cef")
    same_if(e, "cnt", str(min(a.count, 2**31 - 1)) if a.count else "", "cef")
    same(e["externalId"], a.id, "externalId")
    same_if(e, "dvchost", a.observer, "cef")
    for ip, v4, v6, label in (
            (a.client, "src", "c6a4", "Source IPv6 Address"),
            (a.server, "dst", "c6a3", "Destination IPv6 Address")):
        same_if(e, v4, ip if "." in ip else "", "cef")
        same_if(e, v6, ip if ":" in ip else "", "cef")
        same_if(e, v6 + "Label", label if ":" in ip else "", "cef")
    same_if(e, "spt", str(a.client_port or ""), "cef")
    same_if(e, "dpt", str(a.port or ""), "cef")
    for key, value, most in (
            ("dhost", a.raw["server_name"], 1023), ("suser", a.raw["from"], 1023),
            ("duser", joined(a.raw["to"]), 1023), ("msg", a.line, 1023),
            ("reason", a.raw["explanation"], 1023), ("cs6", a.raw["contain"], 1000),
            ("cs1", joined(a.raw["domains"]), 1000), ("cs3", evidence_text(a), 1000)):
        same_cut(e.get(key), plain(value, "\n\r"), most, key)


def check_leef(a, line):
    header, e = leef.parse(line)
    same(header["event"], a.rule, "event")
    same(int(e["sev"]), SEVERITIES[a.severity][3], "sev")
    same(e["alertId"], a.id, "alertId")
    same(e["action"], a.action, "action")
    same_if(e, "src", a.client, "leef")
    same_if(e, "dst", a.server, "leef")
    same_if(e, "srcPort", str(a.client_port or ""), "leef")
    same_if(e, "dstPort", str(a.port or ""), "leef")
    when = datetime.strptime(e["devTime"], "%b %d %Y %H:%M:%S.%f GMT")
    milli = (when - datetime(1970, 1, 1)) // (when.resolution * 1000)
    same(milli, a.time // 10**6, "devTime")
    for key, value in (
            ("title", a.raw["title"]), ("msg", a.raw["detail"]), ("contain",
            a.raw["contain"]), ("mend", a.raw["mend"]), ("confirm", a.raw["confirm"]),
            ("explanation", a.raw["explanation"]), ("serverName", a.raw["server_name"]),
            ("mta", a.raw["mta"]), ("helo", a.raw["helo"]), ("mailFrom", a.raw["from"]),
            ("rcptTo", joined(a.raw["to"])), ("messageId", a.raw["message_id"]),
            ("subject", a.raw["subject"]), ("domains", joined(a.raw["domains"])),
            ("evidence", evidence_text(a))):
        want = re.sub("[\t\n\r]", " ", plain(value, "\t\n\r"))
        same_cut(e.get(key), want, 1000, key)


def check_relaytap(a, line):
    e = json.loads(line)
    same(e["type"], "alert", "type")
    same(e["id"], a.id, "id")
    same_if(e, "detail", a.detail, "relaytap")


CHECKS = {"ecs": check_ecs, "ocsf": check_ocsf, "cef": check_cef, "leef": check_leef,
          "eve": check_eve, "relaytap": check_relaytap}


def strings(value):
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def check_redacted(case, name, line):
    """It still is what it was, and nothing that was to go is there in any disguise."""
    {"ocsf": lambda: ocsf.check(json.loads(line)), "cef": lambda: cef.parse(line),
     "leef": lambda: leef.parse(line)}.get(name, lambda: json.loads(line))()
    if case["case"] == "address":
        assert "secret" not in line, f"leaked: {line[max(0, line.find('secret') - 60):]:.120}"
    if case["case"] == "ordinary":
        for address in ("mallory", "bob", "eve@"):
            assert address not in line, f"leaked {address}"
        assert ("@victim.test" in line) == (case["redact"] == LOCAL_PART)
        assert name not in ("ecs", "ocsf", "leef") or "tester@example.net" in line
        assert ("offers" in line) == (case["redact"] == LOCAL_PART and name != "cef")


def check_line(octets):
    line = octets.decode("utf-8")
    for bad in "\0\n\r":
        assert bad not in line, f"{bad!r} in the line"
    return line


def self_test():
    """The readers can refuse."""
    good = "CEF:0|v|p|1|r|n|5|rt=1 msg=a"
    cef.parse(good)
    for bad in (good + " msg=b", good + "\\x", good + "=", "CEF:0|v|p|1|r|n|5", good + " x=1",
                good.replace("5|", "11|"), good + " src=::1", good + " cs1=x"):
        try:
            cef.parse(bad)
        except (AssertionError, ValueError):
            continue
        sys.exit(f"formats: the reader of CEF takes {bad!r}")
    good = "LEEF:2.0|v|p|1|r|x09|sev=1\tmsg=a"
    leef.parse(good)
    for bad in (good + "\tmsg=b", good + "\tx", good.replace("=1", "=0"), good + "\n"):
        try:
            leef.parse(bad)
        except (AssertionError, ValueError):
            continue
        sys.exit(f"formats: the reader of LEEF takes {bad!r}")


def main():
    self_test()
    ecs = open(sys.argv[3], "w") if sys.argv[2:3] == ["--ecs"] else None
    faults = lines = 0
    for text in open(sys.argv[1]):
        case = json.loads(text)
        for name, out in case["out"].items():
            lines += 1
            try:
                line = check_line(bytes.fromhex(out))
                if case["redact"] == NONE:
                    CHECKS[name](Alert(case), line)
                else:
                    check_redacted(case, name, line)
                if name == "ecs" and ecs:
                    ecs.write(line + "\n")
            except (AssertionError, ValueError, KeyError, IndexError) as e:
                faults += 1
                if faults <= 20:
                    print(f"{name}, case \"{case['case']}\", redact {case['redact']}: "
                          f"{type(e).__name__} {e}")
    if faults or not lines:
        sys.exit(f"formats: {faults} of {lines} lines are wrong")
    print(f"formats: ok ({lines} lines: {', '.join(CHECKS)})")


if __name__ == "__main__":
    main()
