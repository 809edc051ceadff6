# SPDX-License-Identifier: Apache-2.0
"""Foreign programs as clients: swaks and nmap.  Their own transcripts become transactions."""

import re
import subprocess
import time

from . import net
from .clients import message_id, split_reply

TRACE = re.compile(r"NSE: TCP ([0-9.]+):(\d+) ([<>]) ([0-9.]+):(\d+) \| ?(.*)")
DUMP = re.compile(r"([0-9a-f]{8}): ((?:[0-9a-f]{2} ){1,16})")


def blank(truth, source, server, port, name, helo):
    return {"id": None, "t": round(time.time(), 3), "client_ip": source, "client_port": None,
            "client": name, "server_ip": server, "server_port": port, "helo": helo,
            "tls": None, "auth": None, "mode": name, "mail_from": None, "mail_reply": None,
            "rcpts": [], "message_id": None, "data_reply": None, "queue_id": None,
            "accepted": False, "outcome": "rejected", "delivered": []}


def transactions(truth, dialogue, start):
    """Walk a dialogue [(who, line)]: each MAIL opens a transaction, a copy of start."""
    entry, waiting, lines, found = None, None, [], []
    for who, text in dialogue:
        if who == "C":
            waiting, lines = text, []
            if text[:4].upper() == "MAIL":
                sender = text.split(":", 1)[1].strip().split(" ")[0].strip("<>")
                entry = dict(start, rcpts=[], delivered=[], mail_from=sender)
                found.append(entry)
            continue
        lines.append(text)
        if waiting is None or text[3:4] == "-":
            continue
        code, reply = split_reply(lines)
        verb, said, waiting, lines = waiting[:4].upper(), waiting, None, []
        if verb == "MAIL":
            entry["mail_reply"] = reply
        elif verb == "RCPT" and entry is not None:
            addr = said.split(":", 1)[1].strip()
            addr = addr[1:-1] if addr.startswith("<") and addr.endswith(">") else addr
            entry["rcpts"].append({"addr": addr, "code": code, "reply": reply,
                                   "kind": truth.kind(addr),
                                   "accepted_at_rcpt": 200 <= code < 300})
            if entry["rcpts"][-1]["accepted_at_rcpt"]:
                entry["outcome"] = "aborted"
        elif verb.strip() == "." and entry is not None:
            entry["data_reply"], entry["accepted"] = reply, 200 <= code < 300
            entry["outcome"] = "accepted" if entry["accepted"] else "rejected-after-data"
            entry["queue_id"] = truth.queue_id(reply)
    truth.transactions += found
    return found


def swaks(truth, node, source, server, rcpt, sender="x@shop.test", port=25, extra=()):
    """One message by swaks; its transcript is kept."""
    helo = "swaks.attacker.test"
    start = blank(truth, source, server, port, "swaks", helo)
    start["message_id"] = message_id(helo)
    argv = ["swaks", "--server", server, "--port", str(port), "--from", sender, "--to", rcpt,
            "--helo", helo, "--local-interface", source, "--header",
            "Message-Id: " + start["message_id"], "--header", "Subject: swaks"] + list(extra)
    out = node.call(argv, check=False, timeout=90)
    truth.swaks.append({"args": " ".join(extra), "transcript": out})
    truth.sessions.append(["==== swaks %s -> %s:%d" % (source, server, port)]
                          + out.splitlines())
    dialogue = []
    for line in out.splitlines():
        mine = re.match(r" (?:->|~>) (.*)$", line)
        theirs = re.match(r"<(?:- |~ |\*\*|~\*) ?(.*)$", line)
        if mine:
            dialogue.append(("C", mine.group(1)))
        elif theirs:
            dialogue.append(("S", theirs.group(1).strip()))
    tls = re.search(r"=== TLS started with cipher (TLSv[0-9.]+):", out)
    start["tls"] = tls.group(1) if tls else None
    for at, (who, text) in enumerate(dialogue):
        if who == "C" and text.upper().startswith("AUTH "):
            replies = [t for w, t in dialogue[at:] if w == "S" and t[:1] in "25"]
            start["auth"] = {"mechanism": text.split()[1], "ok": replies[0][:3] == "235",
                             "user": extra[list(extra).index("--auth-user") + 1],
                             "reply": replies[0]}
    done = transactions(truth, dialogue, start)
    if not done:
        raise net.LabError("swaks began no transaction:\n" + out)
    return done[0]


def traced(out):
    """nmap's --script-trace -> [(connection, who, octets)]; odd text comes as a hex dump."""
    events, current = [], None
    for line in out.splitlines():
        head = TRACE.match(line)
        rest = line
        if head:
            mine, port, way, _, _, rest = head.groups()
            current = ((mine, int(port)), "C" if way == ">" else "S", b"")
            if rest in ("SEND", "RECEIVE", "CLOSE", "CONNECT"):
                current = None
                continue
            events.append(current)
        if current is None:
            continue
        dump = DUMP.match(rest)
        if dump:
            octets = bytes.fromhex(dump.group(2))
        elif head:
            octets = rest.encode() + b"\r\n"
        else:
            current = None
            continue
        key, who, so_far = events[-1]
        events[-1] = (key, who, so_far + octets)
    return events


def nmap(truth, node, source, server, args=None):
    """nmap's smtp-open-relay against port 25; what it says it did becomes transactions."""
    argv = ["nmap", "-Pn", "-n", "-sT", "-p", "25", "--script", "smtp-open-relay",
            "--script-trace", "-v"]
    if args:
        argv += ["--script-args", args]
    try:
        out = node.call(argv + [server], check=False, timeout=120)
    except subprocess.TimeoutExpired:
        raise net.LabError("nmap did not come to an end")
    connections = {}
    for key, who, octets in traced(out):
        for line in octets.decode("latin-1").split("\r\n"):
            if line:
                connections.setdefault(key, []).append((who, line))
    done = []
    for (mine, port), dialogue in connections.items():
        truth.sessions.append(["==== nmap %s:%d -> %s:25" % (mine, port, server)]
                              + ["%s: %s" % item for item in dialogue])
        helo = [t.split(" ", 1)[1] for w, t in dialogue if w == "C" and t[:4] == "EHLO"]
        start = blank(truth, mine, server, 25, "nmap", helo[0] if helo else None)
        start["client_port"] = port
        done += transactions(truth, dialogue, start)
    said = re.search(r"smtp-open-relay: (.*)", out)
    truth.nmap.append({"args": args, "verdict": said.group(1).strip() if said else None,
                       "output": "\n".join(line for line in out.splitlines()
                                           if line.startswith(("|", "PORT", "25/tcp")))})
    return done
