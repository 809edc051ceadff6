# SPDX-License-Identifier: Apache-2.0
"""The truth of one capture: what clients and servers themselves recorded.

Nothing here looks at the capture.  The inbound half comes from the client's transcript, the
onward half from the messages that the destinations stored (their Received headers), from the
mailboxes of the server under test and from its queue.  A message is tied to its transaction
by the Message-ID that the client made.
"""

import email
import email.policy
import glob
import json
import os
import re

QUEUE_ID = [re.compile(r"queued as (\w+)"), re.compile(r"OK id=([\w-]+)"),
            re.compile(r"2\.0\.0 (\w+) Message accepted")]
VERDICTS = ("open-relay", "partial-relay", "open-submission", "accepts-then-drops",
            "restricted", "remediated", "unknown")


class Expectation(Exception):
    """The servers did not behave as the scenario says: the capture would be mislabelled."""


class Truth:
    """What a scenario tells; stage.py fills it, write() lays it down."""

    def __init__(self, scenario, mta):
        self.scenario, self.mta = scenario, mta
        self.server_ips, self.server_name = [], "mail.corp.test"
        self.configuration, self.notes = "", ""
        self.verdict, self.cause, self.tricks, self.culprit = [], None, [], None
        self.findings = []
        self.local, self.hosted, self.relay, self.trusted = [], [], [], []
        self.hosts, self.extra = {}, {}
        self.transactions, self.sessions, self.auth_attempts = [], [], []
        self.swaks, self.nmap, self.bounces, self.unmatched = [], [], [], []
        self.queue_left, self.packets, self.dropped = 0, 0, 0

    def kind(self, addr):
        """What an address is to the server under test."""
        bare = addr.strip("<>")
        local, _, domain = bare.rpartition("@")
        if bare.startswith('"') and bare.endswith('"'):
            local, domain = "", ""          # the @ is inside the quotes
        domain = domain.lower()
        ours = domain in self.local or domain.strip("[]") in self.server_ips \
            or domain == self.server_name or domain.strip("[]").replace("IPv6:", "") \
            in self.server_ips
        if not local:
            return "routed-local" if re.search(r"[%!@]", bare) else "bare"
        if re.search(r"[%!@:]", local):
            return "routed-local" if ours else "routed-foreign"
        if ours:
            return "local"
        if domain in self.hosted:
            return "hosted"
        return "relay-domain" if domain in self.relay else "foreign"

    @staticmethod
    def queue_id(text):
        for pattern in QUEUE_ID:
            found = pattern.search(text or "")
            if found:
                return found.group(1)
        return None

    # --- what arrived ----------------------------------------------------------------

    def collect(self, stored, server):
        """Tie stored messages (from read_boxes) to transactions."""
        known = {t["message_id"]: t for t in self.transactions if t["message_id"]}
        for node, entry, body in stored:
            entry["onward"] = node not in server
            owner = known.get(entry["message_id"])
            if owner:
                owner["delivered"].append(entry)
                continue
            about = [mid for mid in known if mid in body]
            if entry["return_path"] in ("<>", "<MAILER-DAEMON>") or about:
                self.bounces.append(dict(entry, about=about))
            else:
                self.unmatched.append(entry)
        for entry in self.transactions:
            entry["delivered"].sort(key=lambda d: (d["at"], d["rcpt"] or ""))
            entry["relayed_onward"] = any(d["onward"] for d in entry["delivered"])

    # --- expectations ----------------------------------------------------------------

    def need(self, true, text):
        if not true:
            raise Expectation("%s: %s" % (self.scenario, text))

    def check(self):
        """Every transaction that carries an expectation must meet it."""
        self.need(all(v in VERDICTS for v in self.verdict) and self.verdict, "no verdict set")
        self.need(self.dropped == 0, "the capture lost %d packets" % self.dropped)
        self.need(self.packets > 0, "the capture is empty")
        for place, entry in enumerate(self.transactions):
            entry["id"] = "%s#%d" % (self.scenario, place + 1)
            want = entry.pop("want", None)
            onward = entry.get("relayed_onward", False)
            here = any(not d["onward"] for d in entry["delivered"])
            met = {None: True, "relayed": onward and entry["accepted"],
                   "refused": not entry["accepted"] and not onward and not here,
                   "local": here and entry["accepted"] and not onward,
                   "taken": entry["accepted"],
                   "dropped": entry["accepted"] and not onward,
                   "both": here and onward}[want]
            self.need(met, "%s should be %s, is: %s" % (
                entry["id"], want, json.dumps(entry, indent=1)))

    # --- output ----------------------------------------------------------------------

    def write(self, folder):
        head = {
            "scenario": self.scenario, "mta": self.mta,
            "server_ip": self.server_ips[0] if self.server_ips else None,
            "server_ips": self.server_ips, "server_name": self.server_name,
            "configuration": self.configuration,
            "expected_verdict": self.verdict[0] if len(self.verdict) == 1 else self.verdict,
            "expected_cause": self.cause, "expected_tricks": self.tricks,
            "expected_findings": self.findings,
            "culprit": self.culprit or (self.server_ips[0] if self.server_ips else None),
            "notes": self.notes, "local_domains": self.local,
            "hosted_domains": self.hosted, "relay_domains": self.relay,
            "trusted_networks": self.trusted, "hosts": self.hosts,
            "queue_left_at_end": self.queue_left, "packets": self.packets,
            "dropped_by_capture": self.dropped, "transactions": self.transactions,
            "auth_attempts": self.auth_attempts, "swaks": self.swaks, "nmap": self.nmap,
            "bounces": self.bounces, "unmatched_at_destinations": self.unmatched,
        }
        head.update(self.extra)
        with open(os.path.join(folder, self.scenario + ".json"), "w") as out:
            out.write(rows(head))
        with open(os.path.join(folder, self.scenario + ".sessions.txt"), "w") as out:
            for lines in self.sessions:
                out.write("\n".join(lines) + "\n\n")


def rows(head):
    """JSON with one transaction, bounce or message a line: half the size, and it diffs well."""
    fields = []
    for name, value in head.items():
        text = json.dumps(value)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            text = "[\n  %s\n ]" % ",\n  ".join(json.dumps(row) for row in value)
        fields.append(" %s: %s" % (json.dumps(name), text))
    return "{\n%s\n}\n" % ",\n".join(fields)


def parse(octets, node, where):
    """One stored message -> (node, entry, body text)."""
    # compat32 keeps headers as they were; the modern policy would choke on hostile ones
    message = email.message_from_bytes(octets, policy=email.policy.compat32)

    def one(name):
        value = message.get(name)
        return " ".join(str(value).split()) if value is not None else None

    received = [" ".join(str(v).split()) for v in message.get_all("Received", [])]
    host = re.search(r"\bby (\S+)", received[0]) if received else None
    entry = {
        "at": "%s (%s)" % (host.group(1) if host else node.hostname, node.mta)
              if where is None else where,
        "rcpt": one("Envelope-to") or one("Delivered-To") or one("X-Original-To"),
        "return_path": one("Return-Path"), "message_id": one("Message-ID"),
        "subject": one("Subject"), "received": received,
    }
    return node, entry, octets.decode("utf-8", "replace")


def read_boxes(node):
    """All messages stored at a node: hosted maildirs, users' maildirs, mbox files."""
    found = []
    for name in sorted(glob.glob(node.root + "/var/mail/hosted/**/new/*", recursive=True)):
        with open(name, "rb") as text:
            found.append(parse(text.read(), node, None))
    for name in sorted(glob.glob(node.root + "/home/*/Maildir/new/*")):
        user = name.split("/home/", 1)[1].split("/", 1)[0]
        with open(name, "rb") as text:
            found.append(parse(text.read(), node, "local mailbox " + user))
    for name in sorted(glob.glob(node.root + "/var/mail/*")):
        if not os.path.isfile(name) or name.endswith(".lock"):
            continue
        with open(name, "rb") as text:
            for piece in re.split(rb"(?m)^From [^\n]*\n", text.read())[1:]:
                found.append(parse(piece, node, "local mailbox " + os.path.basename(name)))
    return found


def empty_boxes(node):
    """Forget what earlier scenarios left at a destination."""
    for name in glob.glob(node.root + "/var/mail/hosted/**/new/*", recursive=True):
        os.unlink(name)
