/* SPDX-License-Identifier: Apache-2.0 */
#include "known_domains.h"

/*
 * Providers by their own public statements of which domains their mailboxes are in, and
 * the registrable domains that their exchangers are named after. An operator with several
 * names has the same number.
 */
static const struct {
	const char *domain;
	int owner;
} known[] = {
	{"gmail.com", 1}, {"googlemail.com", 1}, {"google.com", 1},
	{"outlook.com", 2}, {"hotmail.com", 2}, {"live.com", 2}, {"msn.com", 2},
	{"hotmail.co.uk", 2}, {"hotmail.fr", 2}, {"hotmail.de", 2}, {"hotmail.it", 2},
	{"outlook.de", 2}, {"outlook.fr", 2}, {"live.co.uk", 2}, {"live.nl", 2},
	{"yahoo.com", 3}, {"ymail.com", 3}, {"rocketmail.com", 3}, {"yahoo.co.uk", 3},
	{"yahoo.de", 3}, {"yahoo.fr", 3}, {"yahoo.it", 3}, {"yahoo.co.in", 3},
	{"yahoo.com.br", 3}, {"aol.com", 3}, {"aim.com", 3}, {"yahoodns.net", 3},
	{"yahoo.co.jp", 4},
	{"icloud.com", 5}, {"me.com", 5}, {"mac.com", 5}, {"apple.com", 5},
	{"gmx.de", 6}, {"gmx.net", 6}, {"gmx.com", 6}, {"gmx.at", 6}, {"web.de", 6},
	{"1and1.com", 6}, {"kundenserver.de", 6}, {"mail.com", 6},
	{"t-online.de", 7}, {"magenta.de", 7},
	{"mail.ru", 8}, {"bk.ru", 8}, {"list.ru", 8}, {"inbox.ru", 8},
	{"yandex.ru", 9}, {"yandex.com", 9}, {"yandex.net", 9}, {"ya.ru", 9},
	{"qq.com", 10}, {"foxmail.com", 10},
	{"163.com", 11}, {"126.com", 11}, {"yeah.net", 11}, {"netease.com", 11},
	{"sina.com", 12}, {"sohu.com", 13},
	{"naver.com", 14}, {"daum.net", 15}, {"hanmail.net", 15},
	{"protonmail.com", 16}, {"proton.me", 16}, {"protonmail.ch", 16}, {"pm.me", 16},
	{"zoho.com", 17}, {"fastmail.com", 18}, {"messagingengine.com", 18},
	{"orange.fr", 19}, {"wanadoo.fr", 19}, {"free.fr", 20}, {"laposte.net", 21},
	{"sfr.fr", 22}, {"libero.it", 23}, {"virgilio.it", 23}, {"tiscali.it", 24},
	{"comcast.net", 25}, {"verizon.net", 3}, {"att.net", 26}, {"cox.net", 27},
	{"btinternet.com", 28}, {"bt.com", 28}, {"sky.com", 29}, {"rediffmail.com", 30},
	{"uol.com.br", 31}, {"bol.com.br", 31}, {"terra.com.br", 32},
	{"wp.pl", 33}, {"o2.pl", 33}, {"onet.pl", 34}, {"interia.pl", 35},
	{"seznam.cz", 36}, {"freenet.de", 37}, {"posteo.de", 38}, {"tutanota.com", 39},
};

/* Where testers have their probes sent (nmap's default, and the mail-back services). */
static const char *const testers[] = {
	"nmap.scanme.org", "scanme.org", "insecure.org", "abuse.net", "mxtoolbox.com",
	"orvedb.aupads.org", "relay-test.mail-abuse.org", "mail-abuse.org", "rbl.jp",
	"nessus.org", "openvas.org", "mailradar.com", "dnsgoodies.com", "wormly.com",
	"appriver.com", "smtper.net",
};

static int
owner_of(struct span domain)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (span_equal_nocase(domain, span_of_text(known[i].domain)))
			return known[i].owner;
	return 0;
}

enum known_domain
known_domain_find(struct span domain)
{
	if (owner_of(domain))
		return KNOWN_PROVIDER;
	for (size_t i = 0; i < sizeof(testers) / sizeof(*testers); i++)
		if (span_equal_nocase(domain, span_of_text(testers[i])))
			return KNOWN_TESTER;
	return KNOWN_NONE;
}

bool
known_domain_same_owner(struct span site, struct span domain)
{
	int owner = owner_of(site);

	return span_equal_nocase(site, domain) || (owner && owner == owner_of(domain));
}
