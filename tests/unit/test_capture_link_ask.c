/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel is the other end of a socket pair, and its answers are written here. */
#include "feed.h"

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "sensor/capture/capture_link_ask.h"

struct bench {
	int ask, kernel;
	_Alignas(struct nlmsghdr) uint8_t at[4096]; /* a datagram in the making */
	size_t len;
	struct nlmsghdr *head; /* of its last message */
};

static void
bench_init(struct bench *b)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
	*b = (struct bench){.ask = pair[0], .kernel = pair[1]};
	/* Where the kernel is silent, nobody waits for it here. */
	fcntl(b->ask, F_SETFL, O_NONBLOCK);
}

static void
bench_free(struct bench *b)
{
	close(b->ask);
	close(b->kernel);
}

static void
message(struct bench *b, uint16_t type, uint16_t flags)
{
	b->head = (struct nlmsghdr *)(b->at + b->len);
	*b->head = (struct nlmsghdr){
		.nlmsg_len = sizeof(*b->head), .nlmsg_type = type, .nlmsg_flags = flags};
	b->len += sizeof(*b->head);
}

static void
append(struct bench *b, const void *octets, size_t n)
{
	memcpy(b->at + b->len, octets, n);
	b->len += n;
	b->head->nlmsg_len += (uint32_t)n;
}

static void
link_of(struct bench *b, int index, uint16_t flags)
{
	struct ifinfomsg link = {.ifi_index = index};

	message(b, RTM_NEWLINK, flags);
	append(b, &link, sizeof(link));
}

static void
attribute(struct bench *b, uint16_t type, const void *value, uint16_t n)
{
	struct rtattr a = {(uint16_t)(sizeof(a) + n), type};

	append(b, &a, sizeof(a));
	append(b, value, n);
	append(b, "\0\0\0", (4u - n % 4u) % 4u);
}

static void
attribute_int(struct bench *b, uint16_t type, int value)
{
	attribute(b, type, &value, sizeof(value));
}

static void
stats(struct bench *b, uint64_t missed)
{
	struct rtnl_link_stats64 s = {.rx_packets = 1, .rx_missed_errors = missed};

	attribute(b, IFLA_STATS64, &s, sizeof(s));
}

/* Kind of an interface, as in "ip link add type KIND". */
static void
kind(struct bench *b, const char *name)
{
	struct bench inner = {.len = 0};

	message(&inner, 0, 0);
	attribute(&inner, IFLA_INFO_KIND, name, (uint16_t)(strlen(name) + 1));
	attribute(b, IFLA_LINKINFO, inner.at + NLMSG_HDRLEN,
		(uint16_t)(inner.len - NLMSG_HDRLEN));
}

static void
send_off(struct bench *b)
{
	assert_int_equal(send(b->kernel, b->at, b->len, 0), b->len);
	b->len = 0;
}

static void
drops_and_masters_are_read(void **state)
{
	struct capture_link_answer a;
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} asked;
	struct bench b;

	(void)state;
	bench_init(&b);
	link_of(&b, 3, 0);
	attribute(&b, IFLA_IFNAME, "tap0", 5);
	stats(&b, 0x123456789a);
	send_off(&b);
	assert_true(capture_link_ask(b.ask, 3, &a));
	assert_true(a.missed == 0x123456789a);
	assert_false(a.has_master);
	assert_int_equal(recv(b.kernel, &asked, sizeof(asked), 0), sizeof(asked));
	assert_int_equal(asked.head.nlmsg_type, RTM_GETLINK);
	assert_int_equal(asked.link.ifi_index, 3);
	link_of(&b, 3, 0);
	attribute_int(&b, IFLA_MASTER, 9);
	send_off(&b);
	assert_true(capture_link_ask(b.ask, 3, &a));
	assert_true(a.missed == 0 && a.has_master);
	bench_free(&b);
}

/* An older kernel knows fewer counters, and a cut list ends where it is cut. */
static void
short_answers_give_what_is_whole(void **state)
{
	struct rtnl_link_stats64 s;
	struct capture_link_answer a;
	struct rtattr liar = {200, IFLA_MASTER};
	struct bench b;

	(void)state;
	memset(&s, 0xff, sizeof(s));
	bench_init(&b);
	link_of(&b, 3, 0);
	attribute(&b, IFLA_STATS64, &s, 16);
	append(&b, &liar, sizeof(liar));
	send_off(&b);
	assert_true(capture_link_ask(b.ask, 3, &a));
	assert_true(a.missed == 0);
	assert_false(a.has_master);
	bench_free(&b);
}

static void
no_answer_is_no_answer(void **state)
{
	struct capture_link_answer a;
	struct nlmsgerr error = {.error = -19};
	struct bench b;

	(void)state;
	bench_init(&b);
	/* Silence, an error, no descriptor. */
	assert_false(capture_link_ask(b.ask, 3, &a));
	message(&b, NLMSG_ERROR, 0);
	append(&b, &error, sizeof(error));
	send_off(&b);
	assert_false(capture_link_ask(b.ask, 3, &a));
	assert_false(capture_link_ask(-1, 3, &a));
	assert_true(a.missed == 0 && !a.has_master);
	/* Of uppers it is taken for a yes. */
	assert_true(capture_link_ask_upper(b.ask, 3));
	assert_true(capture_link_ask_upper(-1, 3));
	bench_free(&b);
}

/* A list of all interfaces, over two datagrams and to its end. */
static void
what_stands_on_it_is_found_in_the_list(void **state)
{
	static const struct {
		const char *kind;
		int below;
		bool found;
	} cases[] = {{"vlan", 3, true}, {"vlan", 4, false}, {"macvlan", 3, true},
		{"veth", 3, false}, {NULL, 3, true}, {NULL, 0, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct bench b;

		bench_init(&b);
		link_of(&b, 3, NLM_F_MULTI);
		stats(&b, 5);
		link_of(&b, 4, NLM_F_MULTI);
		send_off(&b);
		link_of(&b, 5, NLM_F_MULTI);
		if (cases[i].below)
			attribute_int(&b, IFLA_LINK, cases[i].below);
		if (cases[i].kind)
			kind(&b, cases[i].kind);
		send_off(&b);
		message(&b, NLMSG_DONE, NLM_F_MULTI);
		append(&b, "\0\0\0", 4);
		send_off(&b);
		assert_int_equal(capture_link_ask_upper(b.ask, 3), cases[i].found);
		bench_free(&b);
	}
}

static bool
upper_of_5(struct bench *b)
{
	bool found;

	message(b, NLMSG_DONE, NLM_F_MULTI);
	append(b, "\0\0\0", 4);
	send_off(b);
	found = capture_link_ask_upper(b->ask, 5);
	bench_free(b);
	return found;
}

/* What stands behind a value that is too short is none of it. */
static void
a_value_shorter_than_its_kind_is_none(void **state)
{
	const struct {
		struct rtattr head;
		char text[4];
	} one = {{5, IFLA_INFO_KIND}, "v"};
	struct bench b;

	(void)state;
	/* Behind IFLA_LINK without a value: length 5, type 0, which is 5 as an int. */
	bench_init(&b);
	link_of(&b, 7, NLM_F_MULTI);
	attribute(&b, IFLA_LINK, "", 0);
	attribute(&b, 0, "x", 1);
	assert_false(upper_of_5(&b));
	/* Half of it, and the other half in what fills up. */
	bench_init(&b);
	link_of(&b, 7, NLM_F_MULTI);
	attribute(&b, IFLA_LINK, &(uint16_t){5}, 2);
	assert_false(upper_of_5(&b));
	/* A kind of no letters, or of one, is not veth. */
	bench_init(&b);
	link_of(&b, 7, NLM_F_MULTI);
	attribute_int(&b, IFLA_LINK, 5);
	attribute(&b, IFLA_LINKINFO, &(struct rtattr){4, IFLA_INFO_KIND}, 4);
	assert_true(upper_of_5(&b));
	bench_init(&b);
	link_of(&b, 7, NLM_F_MULTI);
	attribute_int(&b, IFLA_LINK, 5);
	attribute(&b, IFLA_LINKINFO, &one, sizeof(one));
	assert_true(upper_of_5(&b));
}

/* A link's message without the link: what follows is another message, not its list. */
static void
a_message_too_short_for_a_link_is_none(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	message(&b, RTM_NEWLINK, NLM_F_MULTI);
	message(&b, NLMSG_NOOP, NLM_F_MULTI);
	attribute_int(&b, IFLA_LINK, 5);
	assert_false(upper_of_5(&b));
}

/* The loopback interface is everywhere, and no privilege is needed to ask for it. */
static void
the_real_kernel_answers(void **state)
{
	struct capture_link_answer a;
	int ask = capture_link_ask_open();

	(void)state;
	if (ask < 0) {
		print_message("SKIP: no rtnetlink here\n");
		return;
	}
	assert_true(capture_link_ask(ask, 1, &a));
	assert_false(a.has_master);
	assert_false(capture_link_ask(ask, 0x7ffffff0, &a));
	close(ask);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops_and_masters_are_read),
		cmocka_unit_test(short_answers_give_what_is_whole),
		cmocka_unit_test(no_answer_is_no_answer),
		cmocka_unit_test(what_stands_on_it_is_found_in_the_list),
		cmocka_unit_test(a_value_shorter_than_its_kind_is_none),
		cmocka_unit_test(a_message_too_short_for_a_link_is_none),
		cmocka_unit_test(the_real_kernel_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
