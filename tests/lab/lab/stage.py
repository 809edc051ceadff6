# SPDX-License-Identifier: Apache-2.0
"""Stage: the persistent Internet of a lab run, and one scenario being played on it.

DNS and the two destination servers live as long as the run; the server under test, its
clients' connections and the capture belong to one scenario and start pristine.
"""

import glob
import os
import time

from . import clients, net, tools, truth, world
from .mta import Features
from .mta_exim import Exim
from .mta_opensmtpd import OpenSmtpd
from .mta_postfix import Postfix
from .mta_sendmail import Sendmail

MTAS = {cls.name: cls for cls in (Postfix, Exim, Sendmail, OpenSmtpd)}


class Lab:
    """Everything that outlives a scenario."""

    def __init__(self, beside=None):
        self.beside = beside
        self.net = net.Net()
        self.key, self.cert = self.certificate()
        self.dns = self.net.node("ns", "tools", [world.DNS, world.DNS6], hostname="ns")
        self.dns_process = None
        self.out = self.net.node("outside", "tools", world.OUT + world.OUT6)
        self.lan = self.net.node("lan", "tools", world.LAN + world.LAN6)
        for node in (self.out, self.lan):
            node.write("/etc/resolv.conf", "nameserver %s\n" % world.DNS)
        self.resolve({})
        self.mxa = self.destination(Postfix, "mxa", world.MXA + world.MXA6, {})
        self.mxb = self.destination(Exim, "mxb", world.MXB + world.MXB6, {
            "tls": True, "tls_for": world.MXB[world.TLS_FROM - 20:], "greylist": ["grey.test"]})

    def certificate(self):
        home = self.net.tools
        net.command(["chroot", home, "openssl", "req", "-x509", "-newkey", "rsa:2048",
                     "-nodes", "-days", "3650", "-subj", "/CN=" + world.SERVER, "-addext",
                     "subjectAltName=DNS:" + world.SERVER, "-keyout", "/tmp/key",
                     "-out", "/tmp/crt"])
        with open(home + "/tmp/key") as key, open(home + "/tmp/crt") as crt:
            return key.read(), crt.read()

    def resolve(self, names, extra=()):
        """(Re)start DNS with the names of a scenario."""
        if self.dns_process:
            self.dns.call(["sh", "-c", "kill $(cat /run/lab-dns.pid)"], check=False)
            self.dns_process.wait()
        self.dns.write("/etc/dnsmasq.lab", world.dnsmasq(names, extra))
        self.dns_process = self.dns.spawn(
            ["sh", "-c", "echo $$ > /run/lab-dns.pid; exec dnsmasq -k -C /etc/dnsmasq.lab"])
        self.dns.wait_port(53)

    def destination(self, kind, name, addresses, more):
        node = self.net.node(name, kind.image, addresses, hostname=name + ".carrier.test")
        domains = [d for d, where in world.DOMAINS.items() if d != "partner.test"]
        server = kind(node, Features(hostname=node.hostname, local=[name + ".carrier.test"],
                                     hosted=domains + ["implicit.test"], trusted=[], **more))
        server.prepare(self.key, self.cert)
        server.configure()
        server.start()
        return server

    def close(self):
        self.net.close()


class Stage:
    """One scenario with one server under test."""

    def __init__(self, lab, kind, name, ip, ip6, folder):
        self.lab, self.kind, self.folder = lab, kind, folder
        self.truth = truth.Truth("%s-%s" % (kind.name, name), kind.version())
        self.ip, self.ip6 = ip, ip6
        self.servers, self.nodes, self.tap, self.beside = [], [], None, None
        self.box_nodes = [lab.mxa.node, lab.mxb.node]
        for node in self.box_nodes:
            truth.empty_boxes(node)
        for node in lab.net.nodes:
            node.ip("neigh flush all")
        # an Exim destination remembers whom it greylisted and hosts that failed
        for name in glob.glob(lab.mxb.node.root + "/var/spool/exim4/grey/*"):
            os.unlink(name)

    # --- servers ---------------------------------------------------------------------

    def resolve(self, extra=(), names=None):
        """DNS for this scenario: corp.test's MX is the server under test."""
        records = ["mx-host=corp.test,%s,10" % world.SERVER]
        records += ["mx-host=%s,%s,10" % (d, world.SERVER) for d in world.HOSTED]
        records += ["host-record=corp.test,%s" % self.ip]
        if not any("mx-host=partner.test" in line for line in extra):
            records.append("mx-host=partner.test,%s,10" % world.SERVER)
        self.lab.resolve(names or {world.SERVER: [self.ip, self.ip6]}, records + list(extra))

    def server(self, main=True, kind=None, name="server", addresses=None, bridge="br0",
               **features):
        """Start a server; the main one is the one that the truth speaks of."""
        kind = kind or self.kind
        f = Features(**features)
        where = addresses or [self.ip, self.ip6]
        node = self.lab.net.node(name, kind.image, where, bridge, hostname=f.hostname)
        self.nodes.append(node)
        self.box_nodes.append(node)
        server = kind(node, f)
        server.prepare(self.lab.key, self.lab.cert)
        server.configure()
        server.start()
        self.servers.append(server)
        if main:
            t = self.truth
            t.server_ips, t.server_name = list(where), f.hostname
            t.local, t.hosted, t.relay = list(f.local), list(f.hosted), list(f.relay)
            t.trusted = ["127.0.0.0/8"] + list(f.trusted)
            t.hosts = {
                world.OUT[0]: "external client(s), .66-.69 and 2001:db8:66::66-69",
                world.LAN[0]: "internal client(s), .50-.51 and 2001:db8:20::50-51",
                world.MXA[0]: "mx-10 to mx-19.carrier.test, Postfix, no STARTTLS",
                world.MXB[0]: "mx-20 to mx-29.carrier.test, Exim, .24-.29 with STARTTLS",
                world.DNS: "DNS"}
        return server

    def other(self):
        """A server of another make, for the second host of a scenario."""
        return Exim if self.kind is Postfix else Postfix

    def host(self, name, addresses, bridge="br0", image="tools"):
        """A node without a mail server (front, router, other clients)."""
        node = self.lab.net.node(name, image, addresses, bridge)
        self.nodes.append(node)
        return node

    def record(self, bridge="br0"):
        os.makedirs(self.folder, exist_ok=True)
        out = os.path.join(self.folder, self.truth.scenario)
        if self.lab.beside:
            self.beside = net.Beside(self.lab.beside, out, bridge)
        self.tap = net.Tap(self.lab.net, out + ".pcap", bridge)

    # --- clients ---------------------------------------------------------------------

    def outsider(self, n=0, to=None, v6=False, node=None, **kw):
        kw.setdefault("helo", "client%d.attacker.test" % (66 + n))
        source = (world.OUT6 if v6 else world.OUT)[n]
        return clients.Client(self.truth, node or self.lab.out, source,
                              to or (self.ip6 if v6 else self.ip), **kw)

    def insider(self, n=0, to=None, v6=False, **kw):
        kw.setdefault("helo", "pc%d.corp.test" % (50 + n))
        source = (world.LAN6 if v6 else world.LAN)[n]
        return clients.Client(self.truth, self.lab.lan, source,
                              to or (self.ip6 if v6 else self.ip), **kw)

    def swaks(self, rcpt, n=0, to=None, **kw):
        return tools.swaks(self.truth, self.lab.out, world.OUT[n], to or self.ip, rcpt, **kw)

    def nmap(self, args=None, to=None):
        return tools.nmap(self.truth, self.lab.out, world.OUT[0], to or self.ip, args)

    def from_mta(self, server, source, sender, rcpts, subject="from a mail server", to=None,
                 mode="mta"):
        """A real mail server as client; its sendmail(1) takes the message."""
        mid = clients.message_id(server.node.hostname)
        text = ("From: %s\nTo: %s\nSubject: %s\nMessage-ID: %s\n\nwritten at a mail "
                "server\n" % (sender, ", ".join(rcpts), subject, mid))
        server.inject(sender, rcpts, text)
        entry = {"id": None, "t": round(time.time(), 3), "client_ip": source,
                 "client_port": None, "client": "%s (%s)" % (server.node.hostname, server.name),
                 "server_ip": to or self.ip, "server_port": 25, "helo": None, "tls": None,
                 "auth": None, "mode": mode, "mail_from": sender, "mail_reply": None,
                 "rcpts": [{"addr": r, "code": None, "reply": None, "kind": self.truth.kind(r),
                            "accepted_at_rcpt": None} for r in rcpts],
                 "message_id": mid, "data_reply": None, "queue_id": None, "accepted": None,
                 "outcome": None, "delivered": []}
        self.truth.transactions.append(entry)
        return entry

    # --- end -------------------------------------------------------------------------

    def settle(self, left=0, seconds=25, quiet=0.4):
        """Wait until the queues hold no more than left messages and stay so."""
        end, calm, pushed = time.time() + seconds, None, time.time()
        watched = self.servers + [self.lab.mxa, self.lab.mxb]
        while time.time() < end:
            if sum(s.queue() for s in watched) <= left:
                calm = calm or time.time()
                if time.time() - calm > quiet:
                    return
            else:
                calm = None
                if time.time() - pushed > 3:
                    # OpenSMTPD's first retry would come after minutes
                    pushed = time.time()
                    for server in self.servers:
                        server.flush()
            time.sleep(0.05)
        tails = "\n".join(s.node.tail() for s in watched if s.queue())
        raise truth.Expectation("%s: queues do not empty: %s\n%s" % (
            self.truth.scenario, [(s.node.name, s.queue()) for s in watched], tails))

    def finish(self):
        """Stop the tap, read the mailboxes, check and write."""
        t = self.truth
        t.queue_left = sum(s.queue() for s in self.servers)
        t.packets, t.dropped = self.tap.stop()
        self.tap = None
        if self.beside:
            status, self.beside = self.beside.stop(), None
            if status:
                raise net.LabError("beside: exit status %d" % status)
        stored = [m for node in self.box_nodes for m in truth.read_boxes(node)]
        t.collect(stored, [s.node for s in self.servers[:1]])
        for entry in t.transactions:
            if entry["mode"] in ("mta", "local"):
                entry["accepted"] = bool(entry["delivered"])
                entry["outcome"] = "accepted" if entry["delivered"] else "rejected"
        t.check()
        t.write(self.folder)

    def close(self):
        if self.tap:
            self.tap.stop()
        if self.beside:
            self.beside.stop()
        for node in self.nodes:
            self.lab.net.drop(node)

    def tails(self):
        return "\n".join("== %s\n%s" % (s.node.name, s.node.tail()) for s in self.servers)
