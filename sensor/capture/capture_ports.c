/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_ports.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * What may have mail in it where no port shows: pieces of datagrams, tunnels on IP and on
 * UDP, extension headers; on Ethernet MPLS, PPPoE, backbone and other tags, NSH, SNAP.
 * Tested by type, not by keyword: "mpls" and "pppoes" move all offsets to the right of
 * them. 802.1ad and 9100 are tags that "vlan" knows, 9200 is not.
 */
static const char outside[] =
	"ip[6:2] & 0x1fff != 0 or ip proto 4 or ip proto 41 or ip proto 47 or ip proto "
	"51 or "
	"ip proto 97 or ip proto 137 or ip proto 143 or "
	"ip6[6] = 0 or ip6[6] = 4 or ip6[6] = 41 or ip6[6] = 43 or ip6[6] = 44 or "
	"ip6[6] = 47 or ip6[6] = 51 or ip6[6] = 60 or ip6[6] = 97 or ip6[6] = 135 or "
	"ip6[6] = 137 or ip6[6] = 139 or ip6[6] = 140 or ip6[6] = 143 or "
	"udp port 1701 or udp port 2152 or udp port 3544 or udp dst port 4789 or "
	"udp dst port 4790 or udp dst port 6081 or udp dst port 6635 or "
	"udp dst port 8472 or udp dst port 37008 or "
	"ether proto 0x6558 or ether proto 0x8847 or ether proto 0x8848 or "
	"ether proto 0x8864 or ether proto 0x88e5 or ether proto 0x88e7 or "
	"ether proto 0x8926 or ether proto 0x893f or ether proto 0x894f or "
	"ether proto 0x9200 or llc";

static void
write_ports(FILE *f, const char *protocol, const uint16_t *ports, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fprintf(f, "%s port %u or ", protocol, ports[i]);
}

static char *
write_untagged(const struct capture_ports *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	if (p->any_tcp)
		fputs("tcp or ", f);
	else
		write_ports(f, "tcp", p->tcp, p->tcp_count);
	write_ports(f, "udp", p->udp, p->udp_count);
	fputs(outside, f);
	if (fclose(f) == 0)
		return text;
	free(text);
	return NULL;
}

/* "vlan" moves the offsets of all that stands to its right: one level each for one tag.
 */
char *
capture_ports_expression(const struct capture_ports *p)
{
	char *one = write_untagged(p), *all = NULL;

	if (one && asprintf(&all, "%s or (vlan and (%s or (vlan and (%s or vlan))))", one,
			   one, one) < 0)
		all = NULL;
	free(one);
	return all;
}
