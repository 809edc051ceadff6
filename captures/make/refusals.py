# SPDX-License-Identifier: Apache-2.0
"""Servers that relay for nobody they do not know; these must stay silent."""

from cast import CLIENT, CORP, capture, greeting, mail, names_of_victim, onward
from wire import Talk

BYE = """\
C: QUIT
S: 221 2.0.0 Bye"""


@capture("closed")
def closed(wire):
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say("""
        C: MAIL FROM:<offers@shop.test>
        S: 250 2.1.0 Ok
        C: RCPT TO:<bob@victim.test>
        S: 454 4.7.1 <bob@victim.test>: Relay access denied
        C: QUIT
        S: 221 2.0.0 Bye""")
    talk.close()


@capture("hosted-inbound")
def hosted(wire):
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say(mail(rcpt="alice@corp.test", to="alice@corp.test"))
    talk.say(BYE)
    talk.close()


@capture("greylisting-then-retry")
def greylisting(wire):
    for first in (True, False):
        talk = Talk(wire, CLIENT, CORP)
        talk.say(greeting())
        if first:
            talk.say("""
                C: MAIL FROM:<offers@shop.test>
                S: 250 2.1.0 Ok
                C: RCPT TO:<alice@corp.test>
                S: 450 4.2.0 <alice@corp.test>: Recipient address rejected: Greylisted""")
        else:
            talk.say(mail(rcpt="alice@corp.test", to="alice@corp.test"))
        talk.say(BYE)
        talk.close()
        wire.wait(360)


@capture("refused-after-data")
def after_data(wire):
    """Recipient taken, DATA taken, then refused: no responsibility was assumed."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say(mail(final="554 5.7.1 Relaying denied"))
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)


@capture("authenticated-submission")
def submission(wire):
    talk = Talk(wire, CLIENT, CORP, 587)
    talk.say(greeting(offers=["PIPELINING", "AUTH PLAIN LOGIN"]))
    talk.say("""
        C: AUTH PLAIN AGFsaWNlAHNlY3JldA==
        S: 235 2.7.0 Authentication successful""")
    talk.say(mail(sender="alice@corp.test"))
    talk.say(BYE)
    talk.close()
    names_of_victim(wire)
    onward(wire, how="ESMTPA", sender="alice@corp.test")


@capture("starttls-refused-then-clear")
def refused_tls(wire):
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting(offers=["PIPELINING", "STARTTLS"]))
    talk.say("""
        C: STARTTLS
        S: 454 4.7.0 TLS not available due to local problem""")
    talk.say(mail(rcpt="alice@corp.test", to="alice@corp.test"))
    talk.say(BYE)
    talk.close()


@capture("two-mails-no-inheritance")
def two_mails(wire):
    """What is noted of the first mail must not stick to the second, which is refused."""
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting())
    talk.say("""
        C: FROB
        S: 500 5.5.2 Error: command not recognized""")
    talk.say(mail(sender="a@shop.test", rcpt="alice@corp.test", to="alice@corp.test"))
    talk.say("""
        C: MAIL FROM:<c@isp.test>
        S: 250 2.1.0 Ok
        C: RCPT TO:<bob@victim.test>
        S: 554 5.7.1 <bob@victim.test>: Relay access denied
        C: QUIT
        S: 221 2.0.0 Bye""")
    talk.close()


def nmap_forms(user="relaytest", domain="nmap.scanme.org", server="mail.corp.test", ip=CORP):
    """The sixteen senders and recipients of nmap's smtp-open-relay, in its order."""
    own, literal = "antispam@" + server, "antispam@[%s]" % ip
    return [
        ("", f"{user}@{domain}"),
        (f"antispam@{domain}", f"{user}@{domain}"),
        (own, f"{user}@{domain}"),
        (literal, f"{user}@{domain}"),
        (literal, f"{user}%{domain}@[{ip}]"),
        (literal, f"{user}%{domain}@{server}"),
        (literal, f'"{user}@{domain}"'),
        (literal, f'"{user}%{domain}"'),
        (literal, f"{user}@{domain}@[{ip}]"),
        (literal, f'"{user}@{domain}"@[{ip}]'),
        (literal, f"{user}@{domain}@{server}"),
        (literal, f"@[{ip}]:{user}@{domain}"),
        (literal, f"@{server}:{user}@{domain}"),
        (literal, f"{domain}!{user}"),
        (literal, f"{domain}!{user}@[{ip}]"),
        (literal, f"{domain}!{user}@{server}"),
    ]


def nmap(wire, answer):
    talk = Talk(wire, CLIENT, CORP)
    talk.say(greeting("nmap.scanme.org"))
    for sender, rcpt in nmap_forms():
        talk.say(f"""
            C: RSET
            S: 250 2.0.0 Ok
            C: MAIL FROM:<{sender}>
            S: 250 2.1.0 Ok
            C: RCPT TO:<{rcpt}>
            S: {answer}""")
    talk.say(BYE)
    talk.close()


@capture("nmap-sixteen-closed")
def nmap_closed(wire):
    nmap(wire, "554 5.7.1 Relay access denied")


@capture("nmap-sixteen-open")
def nmap_open(wire):
    """Every RCPT is taken, and no message is ever handed over."""
    nmap(wire, "250 2.1.5 Ok")
