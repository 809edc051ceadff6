/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One DNS message (RFC 1035 4.1): its header, then its questions and records one by one.
 *
 * A message that was cut, by its sender (TC) or by the capture, gives what is there. The
 * OPT record (RFC 6891) is not given out; its part of the response code is taken in. Many
 * a scanner or tunnel sends things on port 53 that are no DNS: dns_message_open refuses
 * what no resolver would send.
 */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include "dissect.h"
#include "dns_name.h"

/* RFC 1035 4.1.1, and the OPT record's eight high bits of rcode. */
struct dns_header {
	uint16_t id;
	uint16_t rcode;	    /* 0 NOERROR, 2 SERVFAIL, 3 NXDOMAIN, 5 REFUSED … */
	uint8_t opcode;	    /* 0: QUERY */
	bool response;	    /* QR */
	bool authoritative; /* AA */
	bool truncated;	    /* TC: more would have come over TCP */
	bool recursion_desired;
	bool recursion_available;
	uint16_t counts[4]; /* as told, by enum dns_section */
};

enum dns_section {
	DNS_SECTION_QUESTION,
	DNS_SECTION_ANSWER,
	DNS_SECTION_AUTHORITY,
	DNS_SECTION_ADDITIONAL,
	DNS_SECTION_COUNT
};

/* IANA, DNS parameters. Others are given out by number. */
enum dns_type {
	DNS_TYPE_A = 1,
	DNS_TYPE_NS = 2,
	DNS_TYPE_CNAME = 5,
	DNS_TYPE_SOA = 6,
	DNS_TYPE_PTR = 12,
	DNS_TYPE_MX = 15,
	DNS_TYPE_TXT = 16,
	DNS_TYPE_AAAA = 28,
	DNS_TYPE_OPT = 41,
	DNS_TYPE_TLSA = 52,
	DNS_TYPE_ANY = 255
};

#define DNS_CLASS_IN 1

struct dns_record {
	enum dns_section section;
	uint16_t type;	  /* enum dns_type, or any other */
	uint16_t class;	  /* DNS_CLASS_IN; the top bit of multicast DNS is kept */
	uint32_t ttl;	  /* seconds; questions: 0 */
	struct span data; /* questions: empty; see dns_rdata.h */
	struct dns_name name;
};

struct dns_message {
	struct span octets; /* the whole message: names point back into it */
	struct dns_header header;
	struct cursor at;
	enum dns_section section;
	uint16_t left; /* of section, still to be read */
	bool bad;
};

/*
 * octets: one message, without the length of TCP; it must outlive *m. DIS_OK: the header
 * is read. DIS_MORE: fewer than its 12 octets. DIS_BAD: not a message: an opcode or
 * counts that do not occur.
 */
enum dis_status dns_message_open(struct dns_message *m, struct span octets);

/*
 * DIS_OK: the next question or record. DIS_MORE: there are no more, or the octets end
 * here; see dns_message_is_whole. DIS_BAD: a broken name; it stays so.
 */
enum dis_status dns_message_next(struct dns_message *m, struct dns_record *out);

/* After DIS_MORE: everything that the counts promise was there. */
bool dns_message_is_whole(const struct dns_message *m);

/* "MX" …; "" if it has no name here. Static. */
const char *dns_type_name(uint16_t type);

#endif
