/* SPDX-License-Identifier: Apache-2.0 */
#include "peeled.h"

static struct frame f;

/* An 802.11 data frame of n octets of header around the mail. */
static void
wlan(size_t n, uint8_t kind, uint8_t flags)
{
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x0800);
	frame_front(&f, n);
	f.at[0] = kind;
	f.at[1] = flags;
}

static void
the_header_has_the_length_its_flags_ask_for(void **state)
{
	static const struct {
		size_t n;
		uint8_t kind, flags;
	} cases[] = {
		{24, 0x08, 0x01}, /* data, to the distribution system */
		{24, 0x08, 0x02}, /* from it */
		{30, 0x08, 0x03}, /* both: four addresses */
		{26, 0x88, 0x02}, /* QoS */
		{30, 0x88, 0x82}, /* QoS with HT control */
		{32, 0x88, 0x03},
		{36, 0x88, 0x83},
	};
	struct packet p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		wlan(cases[i].n, cases[i].kind, cases[i].flags);
		peeled_mail(105, &f, &p);
	}
}

static void
frames_without_readable_data_are_told_apart(void **state)
{
	(void)state;
	wlan(24, 0x80, 0x00); /* beacon */
	peeled_other(105, &f, PACKET_NOT_IP);
	wlan(24, 0x48, 0x01); /* null */
	peeled_other(105, &f, PACKET_NOT_IP);
	wlan(24, 0x09, 0x01); /* version 1 */
	peeled_other(105, &f, PACKET_NOT_IP);
	wlan(24, 0x08, 0x41);
	peeled_other(105, &f, PACKET_ENCRYPTED);
}

static void
the_first_of_an_aggregate_is_peeled(void **state)
{
	struct packet p;

	(void)state;
	peeled_start_ipv4(&f);
	frame_snap(&f, 0x0800);
	frame_ethernet(&f, (unsigned)f.len);
	frame_pad(&f, 3);
	frame_front(&f, 26);
	f.at[0] = 0x88;
	f.at[24] = 0x80;
	peeled_mail(105, &f, &p);
	frame_put16(f.at + 26 + 12, f.len);
	peeled_other(105, &f, PACKET_BAD_LENGTH);
}

static void
radiotap(size_t n, uint8_t present0, uint8_t present3)
{
	uint8_t *h = frame_front(&f, n);

	h[2] = (uint8_t)n;
	h[4] = present0;
	h[7] = present3;
}

static void
radiotap_of_any_length_is_skipped(void **state)
{
	struct packet p;

	(void)state;
	wlan(24, 0x08, 0x02);
	radiotap(8, 0, 0);
	peeled_mail(127, &f, &p);
	wlan(24, 0x08, 0x02);
	radiotap(21, 0x0e, 0);
	peeled_mail(127, &f, &p);
	f.at[0] = 1;
	peeled_other(127, &f, PACKET_BAD_HEADER);
	f.at[0] = 0;
	f.at[2] = 7;
	peeled_other(127, &f, PACKET_BAD_HEADER);
	f.at[3] = 0xff;
	peeled_other(127, &f, PACKET_BAD_HEADER);
}

/* A QoS header has 26 octets; with flag 0x20 the receiver adds two. */
static void
radiotap_says_whether_the_header_is_padded(void **state)
{
	struct packet p;

	(void)state;
	wlan(28, 0x88, 0x02);
	radiotap(9, 0x02, 0);
	f.at[8] = 0x20;
	peeled_mail(127, &f, &p);
	/* Behind a clock, and behind a second word of what is present. */
	wlan(28, 0x88, 0x02);
	radiotap(25, 0x03, 0x80);
	f.at[24] = 0x20;
	peeled_mail(127, &f, &p);
	f.at[24] = 0x00;
	peeled_other(127, &f, PACKET_NOT_IP);
}

static void
ppi_names_the_link_type_inside(void **state)
{
	struct packet p;

	(void)state;
	wlan(24, 0x08, 0x02);
	uint8_t *h = frame_front(&f, 12);
	h[2] = 12;
	h[4] = 105;
	peeled_mail(192, &f, &p);
	h[4] = 147;
	peeled_other(192, &f, PACKET_LINK_UNKNOWN);
	h[2] = 7;
	peeled_other(192, &f, PACKET_BAD_HEADER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_header_has_the_length_its_flags_ask_for),
		cmocka_unit_test(frames_without_readable_data_are_told_apart),
		cmocka_unit_test(the_first_of_an_aggregate_is_peeled),
		cmocka_unit_test(radiotap_of_any_length_is_skipped),
		cmocka_unit_test(radiotap_says_whether_the_header_is_padded),
		cmocka_unit_test(ppi_names_the_link_type_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
