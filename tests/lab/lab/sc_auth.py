# SPDX-License-Identifier: Apache-2.0
"""Authenticated submission, in clear and in TLS, and accounts that are abused."""

from . import world
from .scenarios import inbound, probe, scenario, wanted


def submit(s, n, mechanism, user="alice", rcpts=("victim1@victim.test",), good=True, **kw):
    """Log in, send; with a wrong password nothing may go out."""
    c = s.outsider(n, **kw)
    c.login(mechanism, user, world.USERS[user] if good else "wrong password")
    s.truth.need((c.auth["ok"]) == good, "AUTH %s: %s" % (mechanism, c.auth))
    if good:
        for rcpt in rcpts:
            wanted(c.send(user + "@corp.test", rcpt, "by " + mechanism), "relayed")
    c.quit()


@scenario("auth-clear", "restricted", "closed; AUTH PLAIN, LOGIN and CRAM-MD5 without TLS on "
          "port 25", findings=["auth-in-clear"])
def auth_clear(s):
    s.resolve()
    s.server(auth=["PLAIN", "LOGIN", "CRAM-MD5"])
    s.record()
    submit(s, 0, "PLAIN", rcpts=("victim1@victim.test", "someone@freemail.test"))
    submit(s, 1, "PLAIN-334", user="bob")
    submit(s, 2, "LOGIN", user="carol")
    submit(s, 3, "CRAM-MD5", user="dave")
    submit(s, 0, "LOGIN", good=False)
    for n in range(3):
        probe(s, "refused", n)
    s.swaks("v@victim.test", sender="bob@corp.test",
            extra=["--auth", "LOGIN", "--auth-user", "bob", "--auth-password",
                   world.USERS["bob"]])["want"] = "relayed"


@scenario("auth-scram", "restricted", "closed; AUTH SCRAM-SHA-256 and SCRAM-SHA-1 without TLS",
          findings=["auth-in-clear"],
          skip={"exim": "Debian's Exim is built without the gsasl authenticator",
                "opensmtpd": "OpenSMTPD knows AUTH PLAIN and LOGIN only"})
def auth_scram(s):
    s.resolve()
    s.server(auth=["SCRAM-SHA-256", "SCRAM-SHA-1"])
    s.record()
    submit(s, 0, "SCRAM-SHA-256", rcpts=("victim1@victim.test", "someone@freemail.test"))
    submit(s, 1, "SCRAM-SHA-1", user="bob")
    submit(s, 2, "SCRAM-SHA-256", good=False)
    for n in range(3):
        probe(s, "refused", n)


@scenario("auth-clear-587", ["restricted", "unknown"], findings=["auth-in-clear"],
          says="closed; submission on 587 needs AUTH, offered without TLS")
def auth_clear_587(s):
    s.resolve()
    s.server(auth=["PLAIN", "LOGIN"], submission="auth")
    s.record()
    submit(s, 0, "PLAIN", port=587)
    submit(s, 1, "LOGIN", user="bob", port=587)
    for n in range(2):
        probe(s, "refused", n, port=587)


@scenario("auth-tls", ["restricted", "unknown"],
          "closed; AUTH inside STARTTLS on port 25, onward leg in clear")
def auth_tls(s):
    s.resolve()
    s.server(auth=["PLAIN", "LOGIN"], auth_clear=False, tls=True)
    s.record()
    submit(s, 0, "PLAIN", tls="starttls",
           rcpts=("victim1@victim.test", "someone@freemail.test"))
    submit(s, 1, "LOGIN", user="bob", tls="starttls", version="1.2")
    for n in range(3):
        probe(s, "refused", n)
    inbound(s, 3, tls="starttls")


@scenario("auth-tls-587", ["restricted", "unknown"],
          "closed; submission on 587 with STARTTLS and AUTH")
def auth_tls_587(s):
    s.resolve()
    s.server(auth=["PLAIN", "LOGIN"], auth_clear=False, tls=True, submission="auth")
    s.record()
    submit(s, 0, "PLAIN", tls="starttls", port=587,
           rcpts=("victim1@victim.test", "someone@freemail.test"))
    submit(s, 1, "LOGIN", user="bob", tls="starttls", port=587, version="1.2")
    s.swaks("v@victim.test", sender="carol@corp.test", port=587,
            extra=["-tls", "--auth", "PLAIN", "--auth-user", "carol", "--auth-password",
                   world.USERS["carol"]])["want"] = "relayed"


@scenario("auth-smtps", ["unknown", "restricted"],
          "closed; submission in implicit TLS on port 465 with AUTH")
def auth_smtps(s):
    s.resolve()
    s.server(auth=["PLAIN", "LOGIN"], auth_clear=False, tls=True, smtps=True)
    s.record()
    submit(s, 0, "PLAIN", tls="implicit", port=465,
           rcpts=("victim1@victim.test", "someone@freemail.test"))
    submit(s, 1, "LOGIN", user="bob", tls="implicit", port=465, version="1.2")


@scenario("auth-tls-onward", ["unknown", "restricted"],
          "closed; AUTH in STARTTLS inbound, onward leg in TLS too")
def auth_tls_onward(s):
    s.resolve()
    s.server(auth=["PLAIN", "LOGIN"], auth_clear=False, tls=True)
    s.record()
    for n, user in enumerate(("alice", "bob", "carol")):
        submit(s, n, "PLAIN", user=user, tls="starttls", rcpts=("u%d@securemail.test" % n,))


@scenario("open-submission-local", "open-submission",
          "port 587 takes mail for its own domain from outsiders without AUTH, relays nothing")
def open_submission_local(s):
    s.resolve()
    s.server(submission="local")
    s.record()
    for n in range(3):
        inbound(s, n, port=587)
        probe(s, "refused", n, port=587)


@scenario("guessing", "restricted", "closed; one client guesses passwords",
          findings=["password-guessing", "auth-in-clear"])
def guessing(s):
    s.resolve()
    s.server(auth=["PLAIN", "LOGIN"])
    s.record()
    for n in range(4):
        for user in world.USERS:
            submit(s, 0, "LOGIN" if n % 2 else "PLAIN", user=user, good=False)
    for n in range(3):
        probe(s, "refused", n)


@scenario("stolen-account", "restricted", "closed; one account's password is used for a burst of "
          "unsolicited mail from outside", findings=["account-burst", "auth-in-clear"])
def stolen_account(s):
    s.resolve()
    tls = s.kind.name == "opensmtpd"
    s.server(auth=["PLAIN", "LOGIN"], auth_clear=not tls, tls=tls)
    s.record()
    for n in range(3):
        probe(s, "refused", n)
    for n in range(4):
        c = s.outsider(1, tls="starttls" if tls else None)
        c.login("LOGIN", "bob", world.USERS["bob"])
        for m in range(10):
            word = world.WORDS[(n * 10 + m) % len(world.WORDS)]
            wanted(c.send("bob@corp.test", "u%d@%s.test" % (m, word), "buy now %d" % m), "relayed")
        c.quit()
    s.settle(seconds=200)


@scenario("spam-burst", "open-relay", "open relay, 60 messages of one client to 31 domains")
def spam_burst(s):
    s.resolve()
    s.server(open="networks")
    s.record()
    for n in range(6):
        c = s.outsider(0)
        for m in range(10):
            word = world.WORDS[(n * 10 + m) % len(world.WORDS)]
            wanted(c.send("offers@shop.test", "u%d@%s.test" % (n, word), "buy now %d" % m), "relayed")
        c.quit()
    s.settle(seconds=200)
