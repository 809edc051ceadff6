/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What reading a capture costs when nothing is done with it: libpcap's own loop, counting
 * packets and octets. The measure that relaytap is held against.
 */
#include <pcap.h>
#include <stdint.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	struct pcap_pkthdr *head;
	const u_char *octets;
	uint64_t packets = 0, sum = 0;
	pcap_t *p;
	int status;

	if (argc != 2) {
		fprintf(stderr, "usage: bare_loop FILE\n");
		return 1;
	}
	p = pcap_open_offline(argv[1], error);
	if (!p) {
		fprintf(stderr, "%s\n", error);
		return 1;
	}
	while ((status = pcap_next_ex(p, &head, &octets)) == 1) {
		packets++;
		sum += head->caplen;
	}
	if (status == PCAP_ERROR)
		fprintf(stderr, "%s\n", pcap_geterr(p));
	pcap_close(p);
	printf("%llu %llu\n", (unsigned long long)packets, (unsigned long long)sum);
	return status == PCAP_ERROR;
}
