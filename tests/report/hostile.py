#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Records whose every text tries to become markup, or many plain servers.

usage: hostile.py            one server, hostile texts in each field
       hostile.py COUNT      so many servers, half of them open relays
"""
import json
import sys

NASTY = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>]]>&amp;`javascript:x`|*_[a](b)=cmd"


def transaction(n, server, client, name, text, open_relay=True, rcpt=True):
    time = "2026-01-02T%02d:%02d:%02d.000000000Z" % (n // 3600 % 24, n // 60 % 60, n % 60)
    code = 250 if open_relay else 554
    reply = {"code": code, "text": text, "time": time, "frame": n + 1}
    record = {
        "type": "transaction", "schema": 1, "id": "%016x-1" % (n + 1), "time": time,
        "end": time, "file": text or "x.pcap", "frames": [n + 1, n + 2],
        "client": {"ip": client, "port": 40000, "helo": text or "client.test"},
        "server": {"ip": server, "port": 25, "name": name, "mta": "Postfix"},
        "auth": {"state": "none"},
        "mail_from": dict(reply, raw="<x@shop.test>", address="x@shop.test", form="plain"),
        "rcpt": [dict(reply, raw="<a@gmail.com>", address="a@gmail.com", form="plain",
                      result="accepted" if open_relay else "refused-relay")],
        "outcome": "accepted" if open_relay else "refused",
    }
    if text:
        record["mail_from"]["address"] = record["mail_from"]["raw"] = text + "@shop.test"
        if rcpt:
            record["rcpt"][0]["raw"] = "<" + text + "@gmail.com>"
    if open_relay:
        record["message"] = dict(reply, queue_id=text or "Q%d" % n, octets=100,
                                 message_id=text or "<%d@shop.test>" % n,
                                 subject=text or "Hello", how="data")
    return record


def main():
    if len(sys.argv) == 1:
        for n, text in enumerate([NASTY, NASTY * 100, "\u202egnp.exe\u200f \x07\x1b[31m"]):
            print(json.dumps(transaction(n, "203.0.113.%d" % (n + 1), "198.51.100.9",
                                         "mail.corp.test" if n else NASTY, text)))
            print(json.dumps(transaction(n + 10, "203.0.113.%d" % (n + 1), "198.51.100.9",
                                         "mail.corp.test" if n else NASTY, text, rcpt=False)))
        return
    for n in range(int(sys.argv[1])):
        server = "203.%d.%d.%d" % (n >> 16, n >> 8 & 255, n & 255)
        print(json.dumps(transaction(n, server, "198.51.100.%d" % (n % 200 + 1),
                                     "mail%d.corp%d.test" % (n, n), "", n % 2 == 0)))


main()
