/* SPDX-License-Identifier: Apache-2.0 */
#include "advice_mta.h"

#include <stddef.h>

/* postconf(5), postsuper(1), SMTPD_ACCESS_README of Postfix 3.x. */
static const struct advice_mta postfix = {
	.hold = "Keep what is queued from leaving, and look at it:\n"
		"  postsuper -h ALL\n"
		"  postqueue -p\n"
		"Release it with postsuper -H ALL, or delete what is not wanted with "
		"postsuper -d QUEUEID.\n",
	.relay = "In main.cf, let only your own networks and users who log in relay:\n"
		 "  smtpd_relay_restrictions = permit_mynetworks, "
		 "permit_sasl_authenticated, "
		 "reject_unauth_destination\n"
		 "  mynetworks = 127.0.0.0/8 [::1]/128\n"
		 "Add to mynetworks the addresses of your own clients, and nothing "
		 "wider. See "
		 "what is in force, also in master.cf, and look for access tables that "
		 "answer "
		 "OK:\n"
		 "  postconf -n mynetworks mynetworks_style smtpd_relay_restrictions "
		 "smtpd_recipient_restrictions relay_domains\n"
		 "  postconf -P\n"
		 "  postfix reload\n",
	.masked = "Or let the proxy tell who the client is (HAProxy: send-proxy-v2) and "
		  "Postfix listen to it, with the first line, or the second where "
		  "postscreen "
		  "answers port 25:\n"
		  "  smtpd_upstream_proxy_protocol = haproxy\n"
		  "  postscreen_upstream_proxy_protocol = haproxy\n",
	.form = "Do not route by what stands in the local part for strangers (both are "
		"defaults):\n"
		"  allow_untrusted_routing = no\n"
		"  resolve_dequoted_address = yes\n"
		"See that no access table, virtual or transport map lets such recipients "
		"through.\n",
	.word = "Sender and HELO are whatever the client writes. Take "
		"check_sender_access, "
		"check_helo_access and the like with an OK or permit result out of "
		"smtpd_relay_restrictions and smtpd_recipient_restrictions, or put them "
		"after "
		"reject_unauth_destination.\n",
	.login = "In master.cf, for the service submission (or submissions):\n"
		 "  -o smtpd_sasl_auth_enable=yes\n"
		 "  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject\n"
		 "  -o smtpd_recipient_restrictions=permit_sasl_authenticated,reject\n"
		 "  postfix reload\n",
	.bounce = "Refuse recipients that the next host does not know, by a list in "
		  "relay_recipient_maps or by asking it:\n"
		  "  smtpd_recipient_restrictions = reject_unauth_destination, "
		  "reject_unverified_recipient\n",
};

/* Exim specification 4.9x: 43 (access control lists), 14 (main options), 5.2 (-bP). */
static const struct advice_mta exim = {
	.hold = "Keep what is queued from leaving, and look at it:\n"
		"  exiqgrep -i | xargs -r exim -Mf\n"
		"  exim -bp\n"
		"Thaw it with exim -Mt ID, or delete what is not wanted with exim -Mrm "
		"ID. On "
		"Debian the program is called exim4.\n",
	.relay = "In the ACL that acl_smtp_rcpt names (usually acl_check_rcpt), nothing "
		 "may "
		 "accept a recipient before one of these has looked at it:\n"
		 "  accept  hosts         = +relay_from_hosts\n"
		 "  accept  authenticated = *\n"
		 "  require message = relay not permitted\n"
		 "          domains = +local_domains : +relay_to_domains\n"
		 "See what the lists hold, and try a client's address without sending "
		 "mail:\n"
		 "  exim -bP +relay_from_hosts +local_domains +relay_to_domains\n"
		 "  exim -bh 192.0.2.1\n"
		 "On Debian the lists come from dc_relay_nets, dc_relay_domains and "
		 "dc_other_hostnames:\n"
		 "  editor /etc/exim4/update-exim4.conf.conf\n"
		 "  update-exim4.conf && systemctl reload exim4\n",
	.masked = "Or let the proxy tell who the client is (PROXY protocol) and Exim "
		  "listen to "
		  "it, with the proxy's address in:\n"
		  "  hosts_proxy = 192.0.2.1\n",
	.form = "Leave percent_hack_domains unset, and refuse such local parts at the "
		"top of "
		"the ACL for RCPT:\n"
		"  deny  message     = restricted characters in address\n"
		"        local_parts = ^[.] : ^.*[@%!/|]\n",
	.word = "Sender and HELO are whatever the client writes. Remove from the ACL for "
		"RCPT "
		"each accept that rests on senders, sender_domains, $sender_helo_name or "
		"verify = helo alone.\n",
	.login = "In the ACL for RCPT, before any accept:\n"
		 "  deny  message        = authentication required\n"
		 "        condition      = ${if or {{eq{$received_port}{587}}"
		 "{eq{$received_port}{465}}}}\n"
		 "        !authenticated = *\n",
	.bounce =
		"Ask the next host before a recipient is accepted, in the ACL for RCPT:\n"
		"  require verify = recipient/callout\n",
};

/* cf/README, op.me and sendmail(8) of Sendmail 8.17. */
static const struct advice_mta sendmail = {
	.hold = "Keep what is queued from leaving (quarantine), and look at it:\n"
		"  sendmail -Qrelayed -qR@\n"
		"  mailq -qQ\n"
		"To release it, see the option -Q without a reason in sendmail(8).\n",
	.relay = "In sendmail.mc, remove what opens relaying:\n"
		 "  FEATURE(`promiscuous_relay')\n"
		 "  FEATURE(`relay_entire_domain')\n"
		 "  FEATURE(`relay_based_on_MX')\n"
		 "  FEATURE(`relay_local_from')\n"
		 "  FEATURE(`relay_mail_from')\n"
		 "  FEATURE(`loose_relay_check')\n"
		 "Look for networks that are too wide in relay-domains, and marked RELAY "
		 "in the "
		 "access map; see what is in force:\n"
		 "  grep -i relay /etc/mail/access\n"
		 "  echo '$=R' | sendmail -bt\n"
		 "  make -C /etc/mail && systemctl restart sendmail\n",
	.masked = "Sendmail has to see the clients' own addresses on its connections. "
		  "Until it "
		  "does, take the proxy's address out of the access map and of "
		  "relay-domains.\n",
	.form = "In sendmail.mc, remove what trusts routes and percent signs in the "
		"local "
		"part:\n"
		"  FEATURE(`loose_relay_check')\n"
		"  make -C /etc/mail && systemctl restart sendmail\n",
	.word = "Sender and HELO are whatever the client writes. In sendmail.mc, remove "
		"what "
		"lets the sender decide, and in the access map each line From:... "
		"RELAY:\n"
		"  FEATURE(`relay_local_from')\n"
		"  FEATURE(`relay_mail_from')\n"
		"  make -C /etc/mail && systemctl restart sendmail\n",
	.login = "In sendmail.mc, let port 587 ask for authentication (M=a), then make "
		 "and "
		 "restart:\n"
		 "  DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')\n"
		 "  make -C /etc/mail && systemctl restart sendmail\n",
	.bounce = "Refuse recipients that the next host does not know, with a list of "
		  "them in "
		  "the access map (To:user@domain OK, To:domain ERROR:5.1.1:550 User "
		  "unknown) "
		  "and FEATURE(`blocklist_recipients').\n",
};

/* smtpd.conf(5) and smtpctl(8) of OpenSMTPD 6.8 to 7.4. */
static const struct advice_mta opensmtpd = {
	.hold = "Keep what is queued from leaving, and look at it:\n"
		"  smtpctl pause mta\n"
		"  smtpctl show queue\n"
		"Go on with smtpctl resume mta, or delete what is not wanted with "
		"smtpctl remove "
		"ID.\n",
	.relay = "In smtpd.conf the first match rule that fits decides. \"for any\" "
		 "belongs with "
		 "local or auth, \"from any\" with your own domains; the actions' names "
		 "are "
		 "yours:\n"
		 "  match from any for domain \"own.example\" action \"inbound\"\n"
		 "  match from local for any action \"outbound\"\n"
		 "  match auth from any for any action \"outbound\"\n"
		 "There must be no \"match from any for any\" without auth, and no "
		 "\"from src\" with "
		 "a network that is too wide:\n"
		 "  grep -n '^match' /etc/smtpd.conf /etc/mail/smtpd.conf\n"
		 "  smtpd -n\n"
		 "Then restart it.\n",
	.masked = "Or let the proxy tell who the client is (PROXY protocol, version 2), "
		  "with "
		  "the option proxy-v2 on the listener:\n"
		  "  listen on 192.0.2.1 proxy-v2\n",
	.form = "OpenSMTPD does not route by what stands in the local part: look for a "
		"match "
		"rule \"for any\" or a virtual table with a catch-all.\n",
	.word = "Sender and HELO are whatever the client writes. Remove from smtpd.conf "
		"each "
		"match rule \"for any\" that rests on mail-from or helo alone.\n",
	.login = "In smtpd.conf, let the listener ask for authentication:\n"
		 "  listen on 192.0.2.1 port submission tls-require auth\n",
	.bounce =
		"Refuse recipients that the next host does not know, with a list of "
		"them:\n"
		"  match from any for domain \"own.example\" rcpt-to <recipients> action "
		"\"inbound\"\n",
};

/* Exchange Server 2016 to 2019, receive connectors. */
static const struct advice_mta exchange = {
	.hold = "In the Exchange Management Shell, keep what is queued from leaving:\n"
		"  Get-Queue | Suspend-Queue\n"
		"  Get-Queue | Get-Message\n"
		"Go on with Get-Queue | Resume-Queue.\n",
	.relay = "Find the receive connector that lets the anonymous relay, and take the "
		 "right "
		 "from it (CONNECTOR is its identity):\n"
		 "  Get-ReceiveConnector | Get-ADPermission -User 'NT "
		 "AUTHORITY\\ANONYMOUS LOGON' "
		 "| Where-Object {$_.ExtendedRights -like "
		 "'ms-Exch-SMTP-Accept-Any-Recipient'}\n"
		 "  Get-ReceiveConnector CONNECTOR | Remove-ADPermission -User 'NT "
		 "AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights "
		 "'ms-Exch-SMTP-Accept-Any-Recipient'\n"
		 "A connector whose AuthMechanism is ExternalAuthoritative relays for "
		 "all of its "
		 "RemoteIPRanges; and an accepted domain of * takes everything:\n"
		 "  Get-ReceiveConnector | Format-List "
		 "Identity,Bindings,RemoteIPRanges,AuthMechanism,PermissionGroups\n"
		 "  Get-AcceptedDomain\n",
	.masked = "A load balancer in front has to keep the clients' addresses. Until it "
		  "does, "
		  "take its address out of the RemoteIPRanges of every relaying "
		  "connector.\n",
	.form = "See that no connector lets the anonymous address any recipient, and "
		"that no "
		"accepted domain is wider than your own.\n",
	.word = "Sender and HELO are whatever the client writes: only authentication or "
		"the "
		"client's address may decide who relays.\n",
	.login = "Let no anonymous users on the client connector (CONNECTOR is its "
		 "identity):\n"
		 "  Set-ReceiveConnector CONNECTOR -PermissionGroups ExchangeUsers\n",
	.bounce = "Switch recipient validation on, so that unknown recipients are "
		  "refused:\n"
		  "  Set-RecipientFilterConfig -RecipientValidationEnabled $true\n",
};

/* qmail-smtpd(8), qmail-send(8), tcprules(1). */
static const struct advice_mta qmail = {
	.hold = "Stop deliveries, and look at the queue:\n"
		"  svc -d /service/qmail-send\n"
		"  qmail-qread\n"
		"Go on with svc -u /service/qmail-send.\n",
	.relay = "The file control/rcpthosts must exist and list your domains, and no "
		 "others; "
		 "RELAYCLIENT may be set for your own clients only:\n"
		 "  cat /var/qmail/control/rcpthosts /var/qmail/control/morercpthosts\n"
		 "  grep RELAYCLIENT /etc/tcp.smtp\n",
	.masked = "The rules of tcpserver see the proxy's address only: take it out of "
		  "the rule "
		  "that sets RELAYCLIENT.\n",
	.form = "Remove control/percenthack, or what it lists:\n"
		"  cat /var/qmail/control/percenthack\n",
	.word = "Sender and HELO are whatever the client writes. Remove patches and "
		"plugins "
		"that set RELAYCLIENT by the sender (relaymailfrom and the like).\n",
	.login = "Ask for authentication on this port, or close it.\n",
	.bounce =
		"Refuse unknown recipients in qmail-smtpd, with a patch or a plugin that "
		"checks them (plain qmail bounces them).\n",
};

static const struct advice_mta general = {
	.hold = "Stop deliveries on the mail server, and look at what is in its queue "
		"before you "
		"release or delete it.\n",
	.relay = "Mail for domains that are not your own may be taken only from clients "
		 "that "
		 "have authenticated, or whose address is on a list of your own. Look "
		 "for a "
		 "network on that list that is too wide, for a rule that allows "
		 "everything, "
		 "and for a list of own domains that holds * or too much.\n",
	.masked = "Or let the proxy tell who the client is (PROXY protocol), if the mail "
		  "server "
		  "can listen to it.\n",
	.form = "Refuse recipients whose local part holds a percent sign, an exclamation "
		"mark or "
		"an at sign, and those with a route before them.\n",
	.word = "Sender and HELO are whatever the client writes: no rule that rests on "
		"them "
		"may let a client relay.\n",
	.login = "Ask for authentication before MAIL on this port (RFC 6409, 4.3), or "
		 "close it.\n",
	.bounce = "Refuse recipients that do not exist while the client is still "
		  "connected.\n",
};

const struct advice_mta *
advice_mta_find(enum smtp_mta mta)
{
	static const struct advice_mta *const table[SMTP_MTA_COUNT] = {
		[SMTP_MTA_POSTFIX] = &postfix,
		[SMTP_MTA_EXIM] = &exim,
		[SMTP_MTA_SENDMAIL] = &sendmail,
		[SMTP_MTA_OPENSMTPD] = &opensmtpd,
		[SMTP_MTA_EXCHANGE] = &exchange,
		[SMTP_MTA_QMAIL] = &qmail,
	};

	return (size_t)mta < SMTP_MTA_COUNT && table[mta] ? table[mta] : &general;
}
