#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reduce what relaytap prints to the lines that the captures beside a .want pin.

usage: reduce.py RECORDS SERVERS

RECORDS is the output of read --transactions, SERVERS that of read --json.  Connections come
in the order of their first packet, each with its transactions, then the servers and
findings in the order of the output.  Every word that is not there means "as usual":

    connection CLIENT > SERVER:PORT [what is unusual]
      mail ARGUMENT CODE auth=… outcome=… [what is unusual]
        rcpt ARGUMENT CODE result[/reason] [form/inner]
        message CODE result[/reason] octets=… [queue=…]
    server ADDRESS:PORT verdict [grade] [cause=…] [tricks=…]
    finding KIND severity ADDRESS:PORT count=…
"""

import json
import sys


def objects(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def ends(o):
    server = o["server"]["ip"]
    if ":" in server:
        server = "[%s]" % server
    return "%s > %s:%d" % (o["client"]["ip"], server, o["server"]["port"])


def words(*pairs):
    """key=value for each value that is there; a bare key for True."""
    out = []
    for key, value in pairs:
        if value in (None, "", 0, False, [], {}):
            continue
        if isinstance(value, list):
            value = ",".join(str(v) for v in value)
        out.append(key if value is True else "%s=%s" % (key, value))
    return "".join(" " + w for w in out)


def result(o):
    reason = o.get("reason")
    return "%s %s" % (o.get("code", "-"),
                      o.get("result", "-") + ("/" + reason if reason else ""))


def connection(o):
    path, tls = o.get("path", {}), o["tls"]
    auth = o["auth"]["state"]
    return "connection " + ends(o) + words(
        ("tls", tls["state"] if tls["state"] != "none" else ""),
        ("version", tls.get("version")), ("sni", tls.get("sni")),
        ("auth", auth if auth != "none" else ""),
        ("real", o["client"].get("real_ip")), ("by", o["client"].get("real_by")),
        ("vlan", path.get("vlan")), ("tunnel", path.get("tunnel")),
        ("only", o.get("only_side")), ("late", o.get("late_start")),
        ("by-speech", o["server"].get("found_by_speech")),
        ("gaps", o["gaps"]), ("gap-octets", o.get("gap_octets")),
        ("clear-password", o.get("clear_password")), ("notes", o.get("notes")))


def form(path):
    if path.get("form") in (None, "plain"):
        return ""
    return " " + "/".join(path[k] for k in ("form", "inner") if k in path)


def transaction(o):
    sender, message = o.get("mail_from", {}), o.get("message")
    dsn = (message or {}).get("dsn", {})
    yield "  mail %s %s auth=%s outcome=%s" % (
        sender.get("raw", "-"), sender.get("code", "-"), o["auth"]["state"], o["outcome"]) + \
        words(("gaps", o["gaps"]), ("inferred", o.get("inferred")), ("notes", o.get("notes")))
    for rcpt in o["rcpt"]:
        yield "    rcpt %s %s%s" % (rcpt["raw"], result(rcpt), form(rcpt))
    if message:
        yield "    message " + result(message) + words(
            ("octets", message.get("octets")), ("incomplete", message.get("incomplete")),
            ("queue", message.get("queue_id")),
            ("how", "bdat" if message.get("how") == "bdat" else ""),
            ("dsn", dsn and dsn.get("action", "-") + ":" + dsn.get("recipient", "-")))


def server(o):
    at = o["server"]
    ip = "[%s]" % at["ip"] if ":" in at["ip"] else at["ip"]
    return "server %s:%d %s" % (ip, at["port"], o["verdict"]) + \
        (" " + o["grade"] if o.get("grade") else "") + \
        words(("cause", o.get("cause")), ("tricks", o.get("tricks")))


def finding(o):
    ip = o["server"]["ip"]
    return "finding %s %s %s:%d" % (o["kind"], o["severity"],
                                    "[%s]" % ip if ":" in ip else ip,
                                    o["server"].get("port", 0)) + \
        words(("count", o["count"]), ("testers", o.get("testers")))


def main(records, servers):
    conns, txns = [], {}
    for o in objects(records):
        if o["type"] == "connection":
            conns.append(o)
        elif o["type"] == "transaction":
            txns.setdefault(o["id"].rsplit("-", 1)[0], []).append(o)
    for o in sorted(conns, key=lambda c: (c["time"], c["id"])):
        print(connection(o))
        for t in txns.pop(o["id"], []):
            print("\n".join(transaction(t)))
    for left in txns:
        print("transaction without its connection: " + left)
    for o in objects(servers):
        if o["type"] in ("server", "finding"):
            print({"server": server, "finding": finding}[o["type"]](o))


if __name__ == "__main__":
    main(*sys.argv[1:])
