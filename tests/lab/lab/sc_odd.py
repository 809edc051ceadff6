# SPDX-License-Identifier: Apache-2.0
"""Corners of the protocol, smuggling, and commands before TLS."""

import time

from .clients import Closed
from .scenarios import scenario, wanted


def odd(c, *commands):
    """Commands whose replies only have to be there, not to be any special ones."""
    for text in commands:
        try:
            c.cmd(text)
        except Closed:
            return False
    return True


def corners(s, foreign):
    """foreign: what becomes of mail to others; local mail is taken in any case."""
    pipelining = s.kind.name != "opensmtpd"
    chunking = s.kind.name in ("postfix", "exim")
    c = s.outsider(0)
    odd(c, "NOOP", "VRFY bob", "RSET")
    for n in range(4):
        wanted(c.send("x@shop.test", "v%d@victim.test" % n, "many in a connection"), foreign)
        wanted(c.send("x@shop.test", "bob@corp.test", "many in a connection"), "local")
    c.quit()
    if pipelining:
        c = s.outsider(1)
        wanted(c.send("x@shop.test", ["a@victim.test", "b@freemail.test"], mode="pipeline"),
               foreign)
        wanted(c.send("x@shop.test", ["bob@corp.test"], mode="pipeline"), "local")
        c.quit()
    if chunking:
        c = s.outsider(2)
        wanted(c.send("x@shop.test", "bob@corp.test", mode="bdat"), "local")
        wanted(c.send("x@shop.test", "v@victim.test", mode="bdat"), foreign)
        wanted(c.send("x@shop.test", "bob@corp.test", mode="bdat-pipeline"), "local")
        wanted(c.send("x@shop.test", "v@victim.test", mode="bdat-pipeline"), foreign)
        c.quit()
    parameters(s, foreign)
    slowly(s, foreign)


def parameters(s, foreign):
    c = s.outsider(3)
    wanted(c.send("x@shop.test", "bob@corp.test", "8bit \u00e9", params=" BODY=8BITMIME SIZE=400"
                  if "8BITMIME" in c.features else ""), "local")
    if "SMTPUTF8" in c.features:
        entry = c.send("x@shop.test", "bob@corp.test", "\u0443\u0442\u0444",
                       params=" SMTPUTF8 BODY=8BITMIME")
        wanted(entry, "local")
        c.send("\u0438\u0432\u0430\u043d@shop.test", "v@victim.test", params=" SMTPUTF8")
    c.quit()
    c = s.outsider(3, verb="HELO")
    wanted(c.send("x@shop.test", "v@victim.test", stop="rcpt"), "refused")
    wanted(c.send("x@shop.test", "bob@corp.test"), "local")
    c.quit()


def slowly(s, foreign):
    """Commands cut over segments, lower case, a last dot that comes alone."""
    c = s.outsider(1)
    entry = c.record("slow@shop.test", ["v@victim.test", "bob@corp.test"], "cut")
    text = c.message(entry, "in pieces", c.BODY)
    for piece in (b"mail fr", b"om:<slow@shop.test>\r", b"\n"):
        c.raw(piece)
        time.sleep(0.02)
    _, entry["mail_reply"] = c.reply()
    for rcpt in entry["rcpts"]:
        for piece in (b"rcpt to:", b"<%s>\r\n" % rcpt["addr"].encode()):
            c.raw(piece)
            time.sleep(0.02)
        c.rcpt_reply(rcpt, *c.reply())
    code, entry["data_go"] = c.cmd("data")
    half = len(text) // 2
    for piece in (text[:half], text[half:].replace(b"\r\n.", b"\r\n.."), b".", b"\r\n"):
        c.raw(piece)
        time.sleep(0.02)
    c.finish(entry, *c.reply())
    wanted(entry, "both" if foreign == "relayed" else "local")
    c.quit()


@scenario("protocol-closed", "restricted", "closed; pipelining, BDAT, RSET, 8BITMIME, SMTPUTF8, "
          "many transactions in a connection, commands cut over segments")
def protocol_closed(s):
    s.resolve()
    s.server()
    s.record()
    corners(s, "refused")


@scenario("protocol-open", "open-relay", "open relay; pipelining, BDAT, RSET, 8BITMIME, SMTPUTF8, "
          "many transactions in a connection, commands cut over segments")
def protocol_open(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    corners(s, "relayed")
    s.settle(seconds=60)


@scenario("protocol-errors", ["restricted", "unknown"],
          "closed; unknown verbs, wrong order, long lines, early talk, garbage")
def protocol_errors(s):
    s.resolve()
    s.server()
    s.record()
    for commands in (["FOO bar", "XCLIENT ADDR=10.20.0.50", "HELP", "EXPN list", "ETRN corp.test",
                      "TURN"],
                     ["RCPT TO:<v@victim.test>", "DATA", "MAIL FROM:x@shop.test", "RSET",
                      "MAIL FROM:<x@shop.test", "MAIL FROM:<x@shop.test> FOO=bar"],
                     ["MAIL FROM:<x@shop.test>", "DATA", "RSET", "NOOP " + "x" * 600],
                     ["AUTH PLAIN AGFsaWNlAHdyb25n", "STARTTLS", "BDAT five LAST"],
                     ["\u00ff\u00fe garbage", "EHLO", "", "BURL x"]):
        c = s.outsider(0)
        if odd(c, *commands):
            c.quit()
        else:
            c.close()
    c = s.outsider(1, banner=False, ehlo=False)
    c.raw(b"EHLO early.attacker.test\r\n")
    try:
        c.reply()
        c.reply()
        c.quit()
    except Closed:
        c.close()
    for n in range(3):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "v@victim.test"), "refused")
        c.quit()


SEQUENCES = {"LF.LF": b"\n.\n", "LF.CRLF": b"\n.\r\n", "CRLF.LF": b"\r\n.\n",
             "CR.CR": b"\r.\r", "LF.CR": b"\n.\r", "CR.LF": b"\r.\n"}


def smuggle(s, name, sequence):
    """One message that holds another, behind an end of data that is not one."""
    c = s.outsider(0)
    entry = c.record("x@shop.test", ["bob@corp.test"], "smuggle")
    text = c.message(entry, "carrier " + name, "carrier text")
    _, entry["mail_reply"] = c.cmd("MAIL FROM:<x@shop.test>")
    c.rcpt_reply(entry["rcpts"][0], *c.cmd("RCPT TO:<bob@corp.test>"))
    _, entry["data_go"] = c.cmd("DATA")
    inner = (b"MAIL FROM:<admin@corp.test>\r\nRCPT TO:<carol@corp.test>\r\nDATA\r\n"
             b"From: admin@corp.test\r\nSubject: smuggled\r\n\r\nsmuggled text\r\n.\r\n")
    c.raw(text + sequence + inner)
    replies = []
    try:
        replies.append(c.reply())
        c.sock.settimeout(1.5)
        while len(replies) < 5:
            replies.append(c.reply())
    except (Closed, OSError):
        pass
    c.sock.settimeout(30)
    if replies:
        c.finish(entry, *replies[0])
    smuggled = len(replies) >= 5 and replies[4][0] == 250
    if smuggled:
        more = c.record("admin@corp.test", ["carol@corp.test"], "smuggled")
        more["mail_reply"] = replies[1][1]
        c.rcpt_reply(more["rcpts"][0], *replies[2])
        more["data_go"] = replies[3][1]
        c.finish(more, *replies[4])
    c.quit()
    return {"sequence": name, "taken_as_end": len(replies) > 1, "smuggled": smuggled,
            "replies": [r[1] for r in replies]}


def smuggling(s, **features):
    s.resolve()
    s.server(**features)
    s.record()
    found = []
    for name, sequence in SEQUENCES.items():
        try:
            found.append(smuggle(s, name, sequence))
        except (Closed, OSError):
            found.append({"sequence": name, "taken_as_end": False, "smuggled": False,
                          "replies": ["closed"]})
    s.truth.extra["smuggling"] = found
    return found


@scenario("smuggle-refused", ["unknown", "restricted"], findings=["smtp-smuggling"],
          says="a client tries odd ends of data; the server as it is today")
def smuggle_refused(s):
    found = smuggling(s)
    s.truth.notes = "taken as end of data: " + (", ".join(
        f["sequence"] for f in found if f["taken_as_end"]) or "none")


@scenario("smuggle-taken", ["unknown", "restricted"], findings=["smtp-smuggling"],
          says="a server that takes <LF>.<CR><LF> as the end of data, as Postfix did before 3.9 and "
          "Sendmail before 8.18")
def smuggle_taken(s):
    found = smuggling(s, bare_dot=True)
    taken = [f["sequence"] for f in found if f["taken_as_end"]]
    s.truth.need("LF.CRLF" in taken, "the server did not take LF.CRLF: %s" % found)
    s.truth.notes = "taken as end of data: " + ", ".join(taken)


@scenario("injected-before-tls", ["unknown", "restricted"], findings=["injection-before-tls"],
          says="a command in the same segment as STARTTLS, in front of the handshake")
def injected(s):
    s.resolve()
    s.server(tls=True)
    s.record()
    for n in range(2):
        c = s.outsider(n)
        c.raw(b"STARTTLS\r\nNOOP\r\n")
        code, _ = c.reply()
        try:
            if code == 220:
                c.wrap()
                c.hello()
                wanted(c.send("x@shop.test", "bob@corp.test"), None)
            c.quit()
        except (Closed, OSError):
            c.close()
