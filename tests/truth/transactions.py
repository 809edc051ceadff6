#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Hold the transaction records to what clients and servers said themselves.

usage: transactions.py BINARY [FOLDER...]

Every transaction of a truth file that went over in clear must be among the records: ends,
place in its connection, envelope, each recipient's reply, the reply to the message, queue
id, authentication and outcome.  Prints a line for each difference; exits 1 if any.
"""

import multiprocessing
import sys

import captures

# Captures whose differences are known, and why.  They are printed, and do not count; once
# they are gone the row has to go, too.
KNOWN = {
    "-smuggle-": "an answer behind a look-alike of the end of data is taken for its end, "
                 "though one answer for all of it may be all that comes",
}

OUTCOMES = {"accepted": "accepted", "rejected": "refused",
            "rejected-after-data": "refused"}


def code_of(reply):
    return int(reply[:3]) if reply and reply[:3].isdigit() else None


def auth_of(entry, truth):
    """A transaction's own field tells of success only; attempts are listed apart."""
    if entry.get("auth"):
        return "ok" if entry["auth"].get("ok") else "failed"
    ends = (entry["client_ip"], entry.get("client_port"))
    tried = [a for a in truth.get("auth_attempts", [])
             if (a["client_ip"], a.get("client_port")) == ends and not a.get("tls")]
    return "failed" if tried and entry.get("client_port") else "none"


def sent(entry):
    """The recipients that were sent: those that a client only planned have no reply.

    What one MTA told another is not known in this detail.
    """
    if entry.get("mode") == "mta":
        return entry["rcpts"]
    return [r for r in entry["rcpts"] if r["code"] is not None]


def outcome_of(entry):
    """A client that leaves after every recipient was refused has been refused."""
    if entry["outcome"] != "aborted":
        return OUTCOMES.get(entry["outcome"], entry["outcome"])
    codes = [r["code"] for r in sent(entry)]
    return "refused" if codes and min(codes) >= 400 else "abandoned"


def plain(address):
    """An address as records have it: no brackets, the domain in lower case."""
    bare = (address or "").strip("<>")
    local, at, domain = bare.rpartition("@")
    return local + at + domain.lower() if at else bare


def address_differs(said, record):
    """Records canonicalise: the octets as sent must agree, and plain addresses."""
    raw = record.get("raw", "")
    if raw.strip("<> ") != (said or "").strip("<> "):
        return True
    if record.get("form") != "plain":
        return False
    return record.get("address", "") != plain(said)


def compare_rcpts(entry, record):
    said, seen = sent(entry), record.get("rcpt", [])
    if len(said) != len(seen):
        yield "recipients", len(said), len(seen)
        return
    for one, other in zip(said, seen):
        if address_differs(one["addr"], other):
            yield "recipient", one["addr"], other.get("raw")
        if one["code"] is not None and one["code"] != other.get("code"):
            yield "reply to " + one["addr"], one["code"], other.get("code")


def compare(entry, record, truth):
    """(field, truth, record) of each difference."""
    server, message = record["server"], record.get("message", {})
    if entry.get("client_port") and entry["server_ip"] != server["ip"] \
            or entry["server_port"] != server["port"]:
        yield "server", entry["server_ip"], server["ip"]
    sender = record.get("mail_from", {})
    if entry["mail_from"] is not None and address_differs(entry["mail_from"], sender):
        yield "sender", entry["mail_from"], sender.get("raw")
    if entry.get("mail_reply") and code_of(entry["mail_reply"]) != sender.get("code"):
        yield "reply to MAIL", entry["mail_reply"], sender.get("code")
    yield from compare_rcpts(entry, record)
    if entry.get("data_reply") and code_of(entry["data_reply"]) != message.get("code"):
        yield "reply to the message", entry["data_reply"], message.get("code")
    taken = message.get("code", 0) // 100 == 2
    if not entry.get("data_reply") and entry["accepted"] != taken:
        yield "message", None, message.get("code")
    said, seen = entry.get("queue_id"), message.get("queue_id")
    if entry.get("data_reply") and said != seen \
            and (said or seen not in entry["data_reply"].split("=")[-1].split()):
        yield "queue id", said, seen
    if auth_of(entry, truth) != record["auth"]["state"]:
        yield "auth", auth_of(entry, truth), record["auth"]["state"]
    if record["outcome"] != outcome_of(entry):
        yield "outcome", outcome_of(entry), record["outcome"]


def by_connection(records):
    table = {}
    for r in records:
        table.setdefault((r["client"]["ip"], r["client"]["port"]), []).append(r)
    for group in table.values():
        group.sort(key=lambda r: int(r["id"].rsplit("-", 1)[1]))
    return table


def by_message(records, servers):
    """Messages that the server took; they may have been refused for now before."""
    table = {}
    for r in records:
        if r["server"]["ip"] in servers and r["outcome"] == "accepted":
            table.setdefault(r.get("message", {}).get("message_id"), []).append(r)
    return table


def place(entry, entries):
    """Which transaction of its connection this is, counted from 0."""
    same = [e for e in entries if (e["client_ip"], e.get("client_port")) ==
            (entry["client_ip"], entry["client_port"])]
    same.sort(key=lambda e: e.get("n_in_connection", 0))
    return [e is entry for e in same].index(True)


def find(entry, capture, connections, messages):
    """The record of one transaction, or why there is none."""
    if entry.get("client_port"):
        group = connections.get((entry["client_ip"], entry["client_port"]))
        if not group:
            return None, "its connection has no record"
        n = place(entry, capture.transactions)
        if n >= len(group):
            return None, "place %d, but its connection has %d records" % (n, len(group))
        return group[n], None
    found = messages.get(entry["message_id"], [])
    if len(found) != 1:
        return None, "%d records have Message-ID %s" % (len(found), entry["message_id"])
    return found[0], None


def on_the_wire(entry):
    """Not handed over on the server itself, not inside TLS, and to be found again."""
    if entry.get("tls") or entry.get("mode") == "local" or not entry.get("server_port"):
        return False
    by_message_id = entry.get("accepted") and entry.get("message_id")
    return bool(entry.get("client_port") or by_message_id)


def maybe_hidden(entry, connections):
    """Of what one MTA handed to another the truth does not say whether TLS was used."""
    return entry.get("mode") == "mta" and any(
        c["server"]["ip"] == entry["server_ip"] and c["tls"]["state"] == "starttls"
        for c in connections)


def ghost(record):
    """Nothing of it has a reply."""
    replies = [record.get("mail_from", {})] + record.get("rcpt", [])
    return not any(r.get("code") for r in replies)


def surplus(capture, connections):
    """Connections with more transactions than the truth knows."""
    for ends, group in connections.items():
        known = [e for e in capture.transactions
                 if (e["client_ip"], e.get("client_port")) == ends]
        # A smuggled message that was refused is in no truth file, but on the wire; nmap's
        # log lacks what the server said as it hung up.
        spare = [r for r in group[len(known):] if not ghost(r)] if known and \
            known[0].get("mode") in ("smuggle", "nmap") else []
        if known and not known[0].get("tls") and len(group) > len(known) + len(spare[:1]):
            yield "%s: %s:%d has %d transactions, records %d" % (
                (capture.name,) + ends + (len(known), len(group)))


def smuggled(capture, connections):
    """That an odd end of data was taken may be said only where the truth says so."""
    taken = (capture.truth.get("notes") or "").partition("taken as end of data: ")[2]
    for entry in capture.transactions:
        if entry.get("mode") != "smuggle":
            continue
        for record in connections.get((entry["client_ip"], entry["client_port"]), [])[:1]:
            form = record.get("message", {}).get("subject", "").split(" ")[-1]
            said = "smuggling:end-taken" in record.get("notes", [])
            if said != (form in taken.split(", ")):
                yield "%s (frames %s): %s taken as end of data: truth %s, record %s" % (
                    entry["id"], record["frames"], form, not said, said)


def check(work):
    binary, capture = work
    output = captures.records_of(binary, capture.path)
    records = captures.objects(output, "transaction")
    connections, messages = by_connection(records), by_message(records, capture.servers)
    whole = captures.objects(output, "connection")
    compared, differences = 0, list(surplus(capture, connections))
    differences += smuggled(capture, connections)
    for entry in filter(on_the_wire, capture.transactions):
        record, why = find(entry, capture, connections, messages)
        if not record and maybe_hidden(entry, whole):
            continue
        compared += 1
        if why:
            differences.append("%s: %s" % (entry["id"], why))
            continue
        for field, said, seen in compare(entry, record, capture.truth):
            differences.append("%s (frames %s): %s: truth %r, record %r" % (
                entry["id"], record.get("frames"), field, said, seen))
    return compared, differences


def main(argv):
    if not argv:
        sys.exit(__doc__)
    known = captures.labelled(captures.own_roots() + captures.roots(argv[1:]))
    if not known:
        print("truth/transactions: no captures with truth files found; skipped")
        return 0
    with multiprocessing.Pool(2) as pool:
        results = pool.map(check, [(argv[0], c) for c in known], chunksize=4)
    differences = []
    for capture, (_, found) in zip(known, results):
        why = next((KNOWN[k] for k in KNOWN if k in capture.name), None)
        for line in found:
            print(("known: " if why else "") + line)
        differences += [] if why else found
    for key in KNOWN:
        of_key = [r for c, r in zip(known, results) if key in c.name]
        if of_key and not any(found for _, found in of_key):
            differences.append("%s no longer differ: take them off KNOWN" % key)
            print(differences[-1])
    print("truth/transactions: %d captures, %d transactions compared, %d differences" % (
        len(known), sum(n for n, _ in results), len(differences)))
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
