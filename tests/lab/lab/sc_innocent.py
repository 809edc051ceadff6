# SPDX-License-Identifier: Apache-2.0
"""Things that look open and are not: every one of these must stay silent."""

import time

from . import world
from .scenarios import inbound, lan, probe, remedy, scenario, wanted

QUIET = ["unknown", "restricted"]


@scenario("trusted-lan", "restricted", "relays for its LAN, refuses outsiders")
def trusted_lan(s):
    s.resolve()
    s.server()
    s.record()
    lan(s, 0)
    lan(s, 1)
    lan(s, 0, v6=True)
    for n in range(3):
        probe(s, "refused", n)


@scenario("trusted-host", "restricted",
          "relays for its LAN and for one external host, refuses all others")
def trusted_host(s):
    s.resolve()
    s.server(trusted=world.LAN_NETS + [world.OUT[3] + "/32"])
    s.truth.hosts[world.OUT[3]] = "branch office, trusted by configuration"
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    probe(s, "relayed", 3)
    probe(s, "relayed", 3, sender="alice@corp.test")


@scenario("inbound", QUIET, "normal inbound mail from outsiders and from real mail servers")
def normal_inbound(s):
    s.resolve()
    s.server(tls=True)
    s.record()
    inbound(s, 0, rcpts=("bob@corp.test", "alice@corp.test"))
    inbound(s, 1, rcpts=("carol@corp.test",), v6=True)
    s.from_mta(s.lab.mxa, world.MXA[0], "v@victim.test", ["bob@corp.test"])["want"] = "local"
    s.from_mta(s.lab.mxb, world.MXB[0], "f@freemail.test",
               ["alice@corp.test"])["want"] = "local"


@scenario("outbound", QUIET, "own users' outbound mail, written at the server and in the LAN")
def normal_outbound(s):
    s.resolve()
    server = s.server()
    s.record()
    lan(s, 0, rcpts=("info@arbor.test", "info@baker.test", "user@securemail.test"))
    for rcpt in ("v@victim.test", "f@freemail.test"):
        s.from_mta(server, "127.0.0.1", "alice@corp.test", [rcpt], mode="local",
                   to="127.0.0.1")["want"] = "relayed"
    s.settle(seconds=60)


@scenario("hosted", QUIET, "hosting provider: MX of 30 unrelated domains, delivered locally")
def hosted(s):
    s.resolve()
    s.server(hosted=list(world.HOSTED))
    s.record()
    for n in range(4):
        c = s.outsider(n)
        for domain in world.HOSTED[n::4]:
            wanted(c.send("x@shop.test", "info@" + domain), "local")
        c.quit()


@scenario("backup-mx", QUIET, "backup MX of second.test: takes its mail and sends it to the "
          "primary MX")
def backup_mx(s):
    s.resolve(extra=["mx-host=second.test,%s,20" % world.SERVER])
    s.server(relay={"second.test": None})
    s.record()
    for n in range(3):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "u%d@second.test" % n), "relayed")
        c.quit()
    s.settle(seconds=60)


@scenario("gateway", "restricted",
          "inbound gateway: MX of partner.test, forwards it to the internal 10.20.0.30")
def gateway(s):
    s.resolve()
    s.server(relay={"partner.test": world.INNER})
    s.server(main=False, kind=s.other(), name="inner", addresses=[world.INNER],
             hostname="backend.partner.test", local=["backend.partner.test"],
             hosted=["partner.test"], trusted=[])
    s.truth.hosts[world.INNER] = "backend.partner.test, internal"
    s.record()
    for n in range(3):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "info%d@partner.test" % n), "relayed")
        c.quit()
        probe(s, "refused", n)


@scenario("forward", QUIET, "aliases: one forwards to a foreign address, one is a list with "
          "foreign members")
def forward(s):
    s.resolve()
    s.server(aliases={"fwd": ["carol@freemail.test"],
                      "list": ["a@listmember.test", "b@freemail.test", "c@webmail.test",
                               "bob"]})
    s.record()
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "fwd@corp.test", "please forward"), "relayed")
        wanted(c.send("x@shop.test", "list@corp.test", "to the list"), "both")
        c.quit()
    s.settle(seconds=60)


@scenario("refused-rcpt", "restricted", "recipients refused: unknown users, foreign domains")
def refused_rcpt(s):
    s.resolve()
    s.server()
    s.record()
    for n in range(3):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", ["nosuch%d@corp.test" % n, "v@victim.test"]), "refused")
        wanted(c.send("x@shop.test", ["v@victim.test", "bob@corp.test",
                                      "nosuch@corp.test"]), "local")
        c.quit()


@scenario("content", QUIET, "RCPT accepted, message refused by a content rule at its end")
def content(s):
    s.resolve()
    s.server(reject_subject="spamword")
    s.record()
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "bob@corp.test", "a spamword here"), "refused")
        wanted(c.send("x@shop.test", "bob@corp.test", "harmless"), "local")
        c.quit()
    c = s.insider(0)
    wanted(c.send("alice@corp.test", "v@victim.test", "a spamword here"), "refused")
    c.quit()


@scenario("giveup", QUIET, "clients that give up before DATA, by RSET and by closing")
def giveup(s):
    s.resolve()
    s.server()
    s.record()
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "bob@corp.test", stop="rcpt"), "refused")
        c.quit()
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "alice@corp.test", stop="drop"), "refused")


@scenario("greylist", QUIET, "greylisting: first try refused for now, the retry taken")
def greylist(s):
    s.resolve()
    server = s.server(greylist=[])
    s.record()
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("g%d@shop.test" % n, ("bob@corp.test", "carol@corp.test")[n]), "refused")
        c.quit()
    if s.kind.name != "sendmail":
        s.from_mta(s.lab.mxb, world.MXB[0], "f@freemail.test",
                   ["alice@corp.test"])["want"] = "local"
    time.sleep(4)
    if s.kind.name == "sendmail":
        # it has no greylist of its own: a temporary entry in the access map, then removed
        remedy(s, server)
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("g%d@shop.test" % n, ("bob@corp.test", "carol@corp.test")[n]), "local")
        c.quit()
    s.settle(seconds=40)


@scenario("sink", "accepts-then-drops", "takes everything, keeps it, sends nothing on")
def sink(s):
    s.resolve()
    s.server(sink=True)
    s.record()
    for n in range(4):
        c = s.outsider(n)
        for rcpt in ("v@victim.test", "f@freemail.test", "w@webmail.test", "i@arbor.test"):
            wanted(c.send("x@shop.test", rcpt), "dropped")
        c.quit()


@scenario("bounce-internal", "accepts-then-drops", findings=["backscatter"],
          says="takes everything, then bounces foreign mail by itself: no try to deliver it")
def bounce_internal(s):
    s.resolve()
    s.server(open="rule", bounce_foreign=True)
    s.record()
    for n in range(4):
        c = s.outsider(n)
        wanted(c.send("spoof%d@innocent.test" % n, "v%d@victim.test" % n), "dropped")
        wanted(c.send("spoof%d@innocent.test" % n, "f%d@freemail.test" % n), "dropped")
        c.quit()


@scenario("bounce-inner", ["accepts-then-drops", "restricted", "unknown"],
          "takes everything and hands it to an internal host that refuses it at RCPT")
def bounce_inner(s):
    s.resolve()
    s.server(open="networks", smarthost=world.INNER)
    s.server(main=False, kind=s.other(), name="inner", addresses=[world.INNER],
             hostname="backend.partner.test", local=["partner.test"], trusted=[])
    s.truth.hosts[world.INNER] = "internal host that relays for nobody"
    s.record()
    for n in range(3):
        c = s.outsider(n)
        wanted(c.send("spoof%d@innocent.test" % n, "v%d@victim.test" % n), "dropped")
        c.quit()
        inbound(s, n)


@scenario("backscatter", ["restricted", "unknown"], findings=["backscatter"],
          says="closed, but takes unknown local users and bounces later to forged senders")
def backscatter(s):
    s.resolve()
    s.server(backscatter=True)
    s.record()
    for n in range(3):
        c = s.outsider(n)
        wanted(c.send("spoof%d@innocent.test" % n, "nosuch%d@corp.test" % n), "dropped")
        c.quit()
        probe(s, "refused", n)


@scenario("away", QUIET, "vacation replies, and bounces of forwarded mail")
def away(s):
    s.resolve()
    s.server(away="alice", aliases={"broken": ["x@nowhere.test", "bob"]})
    s.record()
    inbound(s, 0, rcpts=("alice@corp.test",))
    inbound(s, 1, rcpts=("alice@corp.test", "bob@corp.test"))
    c = s.outsider(2)
    wanted(c.send("y@innocent.test", "broken@corp.test", "will bounce"), "taken")
    c.quit()
    s.settle(seconds=40)


def probed(s, times):
    """nmap with a domain of the lab, and with its own default (nmap.scanme.org)."""
    done = s.nmap("smtp-open-relay.domain=victim.test,smtp-open-relay.ip=%s" % s.ip)
    return done + (s.nmap() if times > 1 else [])


def accepted(entries):
    return [r for e in entries for r in e["rcpts"]
            if r["accepted_at_rcpt"] and r["kind"] == "foreign"]


@scenario("nmap-closed", ["restricted", "unknown"], "closed, probed by nmap smtp-open-relay",
          findings=["relay-probing"])
def nmap_closed(s):
    s.resolve()
    s.server()
    s.record()
    s.truth.need(not accepted(probed(s, 2)), "nmap got a foreign recipient accepted")


@scenario("nmap-open", ["open-relay", "unknown"], findings=["relay-probing"],
          says="open relay, probed by nmap smtp-open-relay (MAIL and RCPT only, no DATA)")
def nmap_open(s):
    s.resolve()
    s.server(open="rule")
    s.record()
    s.truth.need(accepted(probed(s, 2)), "nmap got no foreign recipient accepted")


@scenario("nmap-sink", ["unknown", "accepts-then-drops", "open-relay"],
          findings=["relay-probing"],
          says="a sink probed by nmap: the wire shows what an open relay shows, no DATA")
def nmap_sink(s):
    s.resolve()
    s.server(sink=True)
    s.record()
    s.truth.need(accepted(probed(s, 1)), "nmap got no foreign recipient accepted")


@scenario("giveup-open", ["open-relay", "unknown"],
          "open relay; foreign recipients accepted, the clients give up before DATA")
def giveup_open(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    for n in range(3):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "v%d@victim.test" % n, stop="rcpt"), "refused")
        wanted(c.send("x@shop.test", "f%d@freemail.test" % n, stop="rcpt"), "refused")
        c.quit()
