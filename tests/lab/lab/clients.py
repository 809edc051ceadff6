# SPDX-License-Identifier: Apache-2.0
"""SMTP clients that write down what they said and heard: half of the truth.

Client is a plain client under full control (order of commands, segments, odd line ends); what
it notes is also what was inside TLS.  Foreign programs as clients are in tools.py.
"""

import base64
import hashlib
import hmac
import os
import re
import socket
import ssl
import time

from . import net


class Closed(Exception):
    """The server closed the connection (some scenarios want that)."""


def message_id(helo):
    return "<%s@%s>" % (os.urandom(8).hex(), helo)


def split_reply(lines):
    """One text for a reply of one or more lines; code 0 when there is none."""
    text = " / ".join(lines)
    return (int(text[:3]) if text[:3].isdigit() else 0), text


class Client:
    """One connection.  truth is the list that transactions are added to."""

    def __init__(self, truth, node, source, server, port=25, helo=None, verb="EHLO",
                 tls=None, version=None, ehlo=True, proxy=None, banner=True):
        self.truth, self.server, self.port = truth, server, port
        self.helo = helo or "client.attacker.test"
        self.tls, self.auth, self.count = None, None, 0
        self.lines, self.buffer, self.features = [], b"", []
        self.starttls_offered = None
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        with net.in_netns(node.pid):
            self.sock = socket.socket(family, socket.SOCK_STREAM)
        self.sock.settimeout(60)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.bind((source, 0))
        self.sock.connect((server, port))
        self.source, self.source_port = self.sock.getsockname()[:2]
        shown = "[%s]:%d" if ":" in server else "%s:%d"
        self.lines.append("==== %s -> %s" % (shown % (self.source, self.source_port),
                                             shown % (server, port)))
        truth.sessions.append(self.lines)
        if proxy:
            self.sock.sendall(proxy)
            self.lines.append("C: (PROXY header, %d octets)" % len(proxy))
        if tls == "implicit":
            self.wrap(version)
        self.banner = self.reply() if banner else None
        if ehlo:
            self.hello(verb)
        if tls == "starttls":
            self.starttls(version)
            self.hello(verb)

    # --- wire ------------------------------------------------------------------------

    def note(self, who, text):
        self.lines.append(who + ": " + text)

    def raw(self, octets, shown=None):
        """Send octets as they are, in one write."""
        self.note("C", shown or octets.decode("utf-8", "backslashreplace").rstrip("\r\n"))
        self.sock.sendall(octets)

    def line(self):
        while b"\n" not in self.buffer:
            try:
                got = self.sock.recv(65536)
            except (ConnectionError, ssl.SSLError) as why:
                raise Closed(str(why))
            if not got:
                raise Closed("end of connection")
            self.buffer += got
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.rstrip(b"\r").decode("utf-8", "backslashreplace")

    def reply(self):
        """(code, text) of the next whole reply."""
        lines = []
        try:
            while True:
                line = self.line()
                lines.append(line)
                self.note("S", line)
                if len(line) < 4 or line[3] != "-":
                    return split_reply(lines)
        except Closed:
            self.note("-", "server closed")
            raise

    def cmd(self, text):
        self.raw(text.encode() + b"\r\n")
        return self.reply()

    # --- set-up ----------------------------------------------------------------------

    def hello(self, verb="EHLO"):
        code, text = self.cmd("%s %s" % (verb, self.helo))
        self.features = [part[4:].upper() for part in text.split(" / ")]
        if self.tls is None:
            self.starttls_offered = "STARTTLS" in self.features
        return code

    def wrap(self, version=None):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if version == "1.2":
            context.maximum_version = ssl.TLSVersion.TLSv1_2
        self.sock = context.wrap_socket(self.sock)
        self.tls = self.sock.version()
        self.lines.append("-- TLS %s %s" % (self.tls, self.sock.cipher()[0]))

    def starttls(self, version=None):
        code, text = self.cmd("STARTTLS")
        if code == 220:
            self.wrap(version)
        return code, text

    def login(self, mechanism, user, password):
        """AUTH; the attempt is noted, and each later transaction carries it."""
        run = {"PLAIN": self.plain, "PLAIN-334": self.plain_334, "LOGIN": self.auth_login,
               "CRAM-MD5": self.cram, "SCRAM-SHA-256": self.scram,
               "SCRAM-SHA-1": self.scram}[mechanism]
        code, text = run(user, password, mechanism)
        self.auth = {"mechanism": mechanism.replace("-334", ""), "user": user,
                     "ok": code == 235, "reply": text}
        self.truth.auth_attempts.append(dict(self.auth, client_ip=self.source,
                                             client_port=self.source_port, tls=self.tls))
        return code

    def plain(self, user, password, _):
        token = base64.b64encode(("\0%s\0%s" % (user, password)).encode()).decode()
        return self.cmd("AUTH PLAIN " + token)

    def plain_334(self, user, password, _):
        token = base64.b64encode(("\0%s\0%s" % (user, password)).encode()).decode()
        code, text = self.cmd("AUTH PLAIN")
        return self.cmd(token) if code == 334 else (code, text)

    def auth_login(self, user, password, _):
        code, text = self.cmd("AUTH LOGIN")
        if code == 334:
            code, text = self.cmd(base64.b64encode(user.encode()).decode())
        if code == 334:
            code, text = self.cmd(base64.b64encode(password.encode()).decode())
        return code, text

    def cram(self, user, password, _):
        code, text = self.cmd("AUTH CRAM-MD5")
        if code != 334:
            return code, text
        digest = hmac.new(password.encode(), base64.b64decode(text[4:]), "md5").hexdigest()
        return self.cmd(base64.b64encode(("%s %s" % (user, digest)).encode()).decode())

    def scram(self, user, password, mechanism):
        """RFC 5802 without channel binding; the server's signature is checked."""
        name = "sha256" if mechanism.endswith("256") else "sha1"

        def mac(key, text):
            return hmac.new(key, text.encode(), name).digest()

        first = "n=%s,r=%s" % (user, os.urandom(12).hex())
        code, text = self.cmd("AUTH %s %s"
                              % (mechanism, base64.b64encode(("n,," + first).encode()).decode()))
        if code != 334:
            return code, text
        challenge = base64.b64decode(text[4:]).decode()
        part = dict(item.split("=", 1) for item in challenge.split(","))
        salted = hashlib.pbkdf2_hmac(name, password.encode(), base64.b64decode(part["s"]),
                                     int(part["i"]))
        final = "c=biws,r=" + part["r"]
        whole = ",".join([first, challenge, final])
        client_key = mac(salted, "Client Key")
        signature = mac(hashlib.new(name, client_key).digest(), whole)
        proof = bytes(a ^ b for a, b in zip(client_key, signature))
        final += ",p=" + base64.b64encode(proof).decode()
        code, text = self.cmd(base64.b64encode(final.encode()).decode())
        if code == 334:
            expected = base64.b64encode(mac(mac(salted, "Server Key"), whole)).decode()
            if base64.b64decode(text[4:]).decode() != "v=" + expected:
                raise net.LabError("SCRAM: the server's signature is wrong")
            code, text = self.cmd("")
        return code, text

    # --- transactions ----------------------------------------------------------------

    def record(self, sender, rcpts, mode):
        self.count += 1
        entry = {
            "id": None, "t": round(time.time(), 3), "client_ip": self.source,
            "client_port": self.source_port, "server_ip": self.server,
            "server_port": self.port, "n_in_connection": self.count - 1, "helo": self.helo,
            "tls": self.tls, "auth": dict(self.auth) if self.auth else None,
            "starttls_offered": self.starttls_offered, "mode": mode, "mail_from": sender,
            "mail_reply": None, "rcpts": [], "message_id": None, "data_reply": None,
            "queue_id": None, "accepted": False, "outcome": "aborted", "delivered": [],
        }
        for addr in rcpts:
            entry["rcpts"].append({"addr": addr, "code": None, "reply": None,
                                   "kind": self.truth.kind(addr), "accepted_at_rcpt": False})
        self.truth.transactions.append(entry)
        return entry

    def rcpt_reply(self, rcpt, code, text):
        rcpt.update(code=code, reply=text, accepted_at_rcpt=200 <= code < 300)

    def message(self, entry, subject, body, headers=""):
        entry["message_id"] = message_id(self.helo)
        text = "Date: %s\nFrom: %s\nTo: %s\nSubject: %s\nMessage-ID: %s\n%s\n%s" % (
            time.strftime("%a, %d %b %Y %H:%M:%S -0000", time.gmtime()),
            entry["mail_from"] or "MAILER-DAEMON@" + self.helo,
            ", ".join(r["addr"].strip("<>") for r in entry["rcpts"]), subject,
            entry["message_id"], headers, body)
        return text.replace("\n", "\r\n").encode()

    def finish(self, entry, code, text):
        entry["data_reply"] = text
        entry["accepted"] = 200 <= code < 300
        entry["outcome"] = "accepted" if entry["accepted"] else "rejected-after-data"
        entry["queue_id"] = self.truth.queue_id(text) if entry["accepted"] else None

    BODY = "Hello,\n\nthis is a lab message.\n.leading dot line\n"

    def send(self, sender, rcpts, subject="hello", body=BODY, mode="data", headers="",
             params="", stop=None, cut=0):
        """One transaction; stop: "rcpt" gives up before DATA by RSET, "drop" by closing."""
        rcpts = [rcpts] if isinstance(rcpts, str) else list(rcpts)
        entry = self.record(sender, rcpts, mode)
        text = self.message(entry, subject, body, headers)
        mail = "MAIL FROM:<%s>%s" % (sender, params)
        to = ["RCPT TO:%s" % (r if r.startswith("<") else "<%s>" % r) for r in rcpts]
        if mode.startswith("pipeline"):
            return self.pipelined(entry, mail, to, text)
        if mode == "bdat-pipeline":
            return self.bdat_pipelined(entry, mail, to, text)
        code, entry["mail_reply"] = self.cmd(mail)
        for rcpt, line in zip(entry["rcpts"], to):
            if 200 <= code < 300:
                self.rcpt_reply(rcpt, *self.cmd(line))
        if not any(r["accepted_at_rcpt"] for r in entry["rcpts"]):
            entry["outcome"] = "rejected"
            if stop != "drop":
                self.cmd("RSET")
            return entry
        if stop == "rcpt":
            self.cmd("RSET")
        elif stop == "drop":
            self.close()
        elif mode == "bdat":
            self.bdat(entry, text, cut or len(text) // 2)
        else:
            self.data(entry, text)
        return entry

    def data(self, entry, text):
        code, entry["data_go"] = self.cmd("DATA")
        if code != 354:
            entry["outcome"] = "rejected"
            return
        stuffed = re.sub(rb"(?m)^\.", b"..", text)
        if not stuffed.endswith(b"\r\n"):
            stuffed += b"\r\n"
        self.raw(stuffed + b".\r\n")
        self.finish(entry, *self.reply())

    def bdat(self, entry, text, cut):
        for piece, last in ((text[:cut], ""), (text[cut:], " LAST")):
            self.raw(b"BDAT %d%s\r\n" % (len(piece), last.encode()) + piece)
            code, reply = self.reply()
            if code != 250:
                break
        self.finish(entry, code, reply)

    def pipelined(self, entry, mail, to, text):
        """MAIL, all RCPT and DATA in one segment (RFC 2920)."""
        self.raw("\r\n".join([mail] + to + ["DATA", ""]).encode())
        _, entry["mail_reply"] = self.reply()
        for rcpt in entry["rcpts"]:
            self.rcpt_reply(rcpt, *self.reply())
        code, entry["data_go"] = self.reply()
        if code != 354:
            entry["outcome"] = "rejected"
            return entry
        self.raw(re.sub(rb"(?m)^\.", b"..", text) + b".\r\n")
        code, reply = self.reply()
        if any(r["accepted_at_rcpt"] for r in entry["rcpts"]):
            self.finish(entry, code, reply)
        else:
            entry["data_reply"], entry["outcome"] = reply, "rejected"
        return entry

    def bdat_pipelined(self, entry, mail, to, text):
        """MAIL, RCPT, BDAT and the message in one segment (RFC 3030, RFC 2920)."""
        head = "\r\n".join([mail] + to + ["BDAT %d LAST" % len(text), ""]).encode()
        self.raw(head + text)
        _, entry["mail_reply"] = self.reply()
        for rcpt in entry["rcpts"]:
            self.rcpt_reply(rcpt, *self.reply())
        code, reply = self.reply()
        if any(r["accepted_at_rcpt"] for r in entry["rcpts"]):
            self.finish(entry, code, reply)
        else:
            entry["data_reply"], entry["outcome"] = reply, "rejected"
        return entry

    def quit(self):
        """QUIT, and wait for the server's close, so that the capture holds all of it."""
        try:
            self.cmd("QUIT")
            while self.sock.recv(4096):
                pass
        except (Closed, OSError):
            pass
        self.close()

    def close(self):
        self.sock.close()

