# SPDX-License-Identifier: Apache-2.0
"""Closed servers, open servers, servers open for a trick, and servers that change."""

import time

from . import world
from .scenarios import inbound, late_destination, probe, remedy, scenario, wanted


@scenario("closed", "restricted", "closed: own domain corp.test, trusted LAN")
def closed(s):
    s.resolve()
    s.server()
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    probe(s, "refused", 3, v6=True)
    probe(s, "refused", 0, sender="alice@corp.test")
    inbound(s, 1)
    inbound(s, 2, v6=True)
    s.swaks("victim9@victim.test")["want"] = "refused"


@scenario("closed-debian-default", ["restricted", "unknown"],
          "the configuration that Debian's package comes with, listening to all")
def closed_default(s):
    s.resolve()
    s.server(stock=True)
    s.record()
    for n in range(3):
        probe(s, "refused", n)


@scenario("open", "open-relay", "open relay: the trusted networks are the whole Internet")
def open_networks(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    probe(s, "relayed", 0)
    probe(s, "relayed", 1, verb="HELO")
    c = s.outsider(2)
    wanted(c.send("", "someone@freemail.test", "null sender"), "relayed")
    wanted(c.send("alice@corp.test", "victim1@victim.test", "forged local sender"), "relayed")
    wanted(c.send("x@shop.test", ["a@victim.test", "b@freemail.test", "bob@corp.test"]), "both")
    c.quit()
    inbound(s, 3)
    probe(s, "relayed", 3, v6=True)
    s.swaks("victim9@victim.test")["want"] = "relayed"


@scenario("open-rule", "open-relay", "open relay: a rule that permits everybody")
def open_rule(s):
    s.resolve()
    s.server(open="rule", long_ids=True)
    s.record()
    probe(s, "relayed", 0)
    probe(s, "relayed", 1)
    inbound(s, 2)


@scenario("open-ipv6", "open-relay", "closed over IPv4, open to everybody over IPv6")
def open_ipv6(s):
    s.resolve()
    s.server(open="networks", open_to=["::/0"])
    s.truth.culprit = s.ip6
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    probe(s, "relayed", 0, v6=True)
    probe(s, "relayed", 1, v6=True)
    c = s.outsider(2, v6=True)
    wanted(c.send("x@shop.test", "six@sixth.test", "to an MX with IPv6 only"), "relayed")
    c.quit()


@scenario("open-587", ["open-submission", "open-relay"],
          "port 25 closed, port 587 relays for anybody without AUTH")
def open_587(s):
    s.resolve()
    s.server(submission="open")
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    probe(s, "relayed", 0, port=587)
    probe(s, "relayed", 1, port=587)
    inbound(s, 2, port=587)


@scenario("open-tls", "open-relay", "open relay, clients use STARTTLS")
def open_tls(s):
    s.resolve()
    s.server(open="networks", tls=True)
    s.record()
    probe(s, "relayed", 0, tls="starttls")
    probe(s, "relayed", 1, tls="starttls", version="1.2")
    inbound(s, 2, tls="starttls")


@scenario("closed-tls", ["restricted", "unknown"], "closed, clients use STARTTLS")
def closed_tls(s):
    s.resolve()
    s.server(tls=True)
    s.record()
    for n in range(3):
        probe(s, "refused", n, tls="starttls", version="1.2" if n == 1 else None)
    inbound(s, 3, tls="starttls")


@scenario("open-tls-onward", "open-relay",
          "open relay in clear inbound; onward leg inside TLS to securemail.test")
def open_tls_onward(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "user%d@securemail.test" % n), "relayed")
        wanted(c.send("x@shop.test", "user%d@vault.test" % n, body="text\n" * 60), "relayed")
        c.quit()


@scenario("open-tls-both", "open-relay", "open relay, both legs inside TLS")
def open_tls_both(s):
    s.resolve()
    s.server(open="networks", tls=True)
    s.record()
    for n in range(3):
        c = s.outsider(n, tls="starttls")
        wanted(c.send("x@shop.test", "user%d@securemail.test" % n,
                      body="a line of the body\n" * (10 + 7 * n)), "relayed")
        c.quit()


@scenario("starttls-unused", "open-relay", "open relay, STARTTLS offered but not used")
def starttls_unused(s):
    s.resolve()
    s.server(open="networks", tls=True)
    s.record()
    probe(s, "relayed", 0)
    probe(s, "relayed", 1)


@scenario("open-split", "open-relay",
          "open relay; one message to five domains goes on in several legs")
def open_split(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    rcpts = ["u1@victim.test", "u2@freemail.test", "u3@second.test", "u4@third.test",
             "u5@dual.test", "u6@victim.test"]
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", rcpts, "to many"), "relayed")
        c.quit()
    s.settle(seconds=70)


@scenario("open-queued", "open-relay",
          "open relay; the destination greylists, or is down at first: the onward leg is late")
def open_queued(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    for n in range(2):
        c = s.outsider(n)
        wanted(c.send("x@shop.test", "late%d@grey.test" % n, "greylisted there"), "relayed")
        wanted(c.send("x@shop.test", "late%d@slow.test" % n, "down there"), "relayed")
        c.quit()
    time.sleep(6)
    late_destination(s, True)
    try:
        s.settle(seconds=60)
    finally:
        late_destination(s, False)


@scenario("open-two-hops", "open-relay",
          "the open front server hands all to an internal smarthost, which sends it out")
def open_two_hops(s):
    s.resolve()
    s.server(open="networks", smarthost=world.INNER)
    s.server(main=False, kind=s.other(), name="inner", addresses=[world.INNER],
             hostname="backend.partner.test", local=["partner.test"], trusted=[s.ip + "/32"])
    s.truth.hosts[world.INNER] = "internal smarthost; relays for the front server only"
    s.record()
    probe(s, "relayed", 0)
    probe(s, "relayed", 1)
    inbound(s, 2)
    probe(s, "refused", 3, to=world.INNER)


@scenario("trick-sender", "partial-relay", tricks=["sender-domain"],
          says="relays when MAIL FROM is @corp.test, for anybody")
def trick_sender(s):
    s.resolve()
    s.server(trick="sender-domain")
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    probe(s, "relayed", 0, sender="alice@corp.test")
    probe(s, "relayed", 1, sender="info@corp.test")


@scenario("trick-null", "partial-relay", tricks=["null-sender"],
          says="relays when MAIL FROM is <>")
def trick_null(s):
    s.resolve()
    s.server(trick="null-sender")
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    probe(s, "relayed", 0, sender="")
    probe(s, "relayed", 1, sender="")


@scenario("trick-helo", "partial-relay", tricks=["helo"],
          says="relays when the client's HELO is the server's own name")
def trick_helo(s):
    s.resolve()
    s.server(trick="helo")
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    probe(s, "relayed", 0, helo=world.SERVER)
    probe(s, "relayed", 1, helo=world.SERVER)


ROUTED = ["victim%d%%victim.test@corp.test", "some%d%%freemail.test@mail.corp.test"]
FORMS = ["<@corp.test:v%d@victim.test>", "victim.test!v%d@corp.test", "<\"v%d@victim.test\">",
         "<\"v%d@victim.test\"@corp.test>", "<v%d%%victim.test>", "<v%d@victim.test@corp.test>",
         "victim.test!v%d", "<v%d%%freemail.test@[IP]>"]


@scenario("trick-percent", "partial-relay", tricks=["percent-hack"],
          says="user%host@corp.test is sent on to user@host")
def trick_percent(s):
    s.resolve()
    s.server(trick="percent")
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    for n in range(2):
        c = s.outsider(n)
        for form in ROUTED[:1]:
            wanted(c.send("x@shop.test", form % n, "routed"), "relayed")
        c.quit()


@scenario("routed-closed", "restricted", "closed; tried with percent hack, source route, bang "
          "path, quoted forms and address literals")
def routed_closed(s):
    s.resolve()
    s.server()
    s.record()
    probe(s, "refused", 0)
    for n, form in enumerate(ROUTED + FORMS):
        c = s.outsider(n % 4)
        entry = c.send("x@shop.test", (form % n).replace("IP", s.ip), "routed")
        # some servers take a form as one of their own: that must not leave them
        entry["want"] = "dropped" if entry["accepted"] else "refused"
        c.quit()
    s.settle()


@scenario("remediated", "remediated", "open, then closed by reload in mid-capture")
def remediated(s):
    s.resolve()
    server = s.server(open="networks")
    s.record()
    probe(s, "relayed", 0)
    probe(s, "relayed", 1)
    remedy(s, server)
    for n in range(4):
        probe(s, "refused", n)
    for n in range(2):
        probe(s, "refused", n, sender="y@arbor.test")
    inbound(s, 2)


@scenario("reopened", "open-relay", "open, closed by reload, and open again")
def reopened(s):
    s.resolve()
    server = s.server(open="networks")
    s.record()
    probe(s, "relayed", 0)
    remedy(s, server)
    for n in range(4):
        probe(s, "refused", n)
    remedy(s, server, open="networks")
    probe(s, "relayed", 2)


@scenario("reused-before", "open-relay", "open relay on an address that later has another owner")
def reused_before(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    probe(s, "relayed", 0)
    probe(s, "relayed", 1)


@scenario("reused-after", "restricted", "another, closed server on the address that was open in "
          "reused-before", number_of="reused-before")
def reused_after(s):
    s.resolve(names={"mx.partner.test": [s.ip, s.ip6]},
              extra=["mx-host=partner.test,mx.partner.test,10"])
    s.server(kind=s.other(), hostname="mx.partner.test", local=["partner.test"], trusted=[])
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    inbound(s, 3, rcpts=("bob@partner.test",))
