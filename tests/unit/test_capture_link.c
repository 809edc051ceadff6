/* SPDX-License-Identifier: Apache-2.0 */
/* Over a kernel of the test's own: ioctl(), getifaddrs() and rtnetlink are here. */
#include "feed.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/ioctl.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_link.h"
#include "sensor/capture/capture_link_ask.h"

/* What the kernel says. */
static struct {
	int index; /* 0: there is none of that name */
	short flags;
	unsigned short kind; /* ARPHRD_... */
	uint64_t missed;
	bool has_master, has_upper, mute;
	char asked[IFNAMSIZ];
	struct ifaddrs *addresses;
	bool addresses_fail;
} kernel;

static unsigned logged;
static char last_line[256];

int
ioctl(int fd, unsigned long what, ...)
{
	struct ifreq *r;
	va_list args;

	(void)fd;
	va_start(args, what);
	r = va_arg(args, struct ifreq *);
	va_end(args);
	memcpy(kernel.asked, r->ifr_name, IFNAMSIZ);
	errno = ENODEV;
	if (kernel.index == 0)
		return -1;
	if (what == SIOCGIFINDEX)
		r->ifr_ifindex = kernel.index;
	else if (what == SIOCGIFFLAGS)
		r->ifr_flags = kernel.flags;
	else if (what == SIOCGIFHWADDR)
		r->ifr_hwaddr.sa_family = kernel.kind;
	else
		return -1;
	return 0;
}

int
getifaddrs(struct ifaddrs **out)
{
	*out = kernel.addresses;
	return kernel.addresses_fail ? -1 : 0;
}

void
freeifaddrs(struct ifaddrs *all)
{
	assert_ptr_equal(all, kernel.addresses);
}

int
capture_link_ask_open(void)
{
	return -1;
}

bool
capture_link_ask(int ask, int ifindex, struct capture_link_answer *out)
{
	(void)ask;
	assert_true(ifindex != 0);
	*out = (struct capture_link_answer){kernel.missed, kernel.has_master};
	return !kernel.mute;
}

bool
capture_link_ask_upper(int ask, int ifindex)
{
	(void)ask, (void)ifindex;
	return kernel.has_upper;
}

void
log_warnx(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(last_line, sizeof(last_line), format, args);
	va_end(args);
	logged++;
}

static int
setup(void **state)
{
	(void)state;
	memset(&kernel, 0, sizeof(kernel));
	kernel.index = 3;
	kernel.flags = IFF_UP | IFF_RUNNING;
	kernel.kind = ARPHRD_ETHER;
	logged = 0;
	last_line[0] = '\0';
	return 0;
}

static void
link_open(struct capture_link *l)
{
	char error[128] = "";

	assert_int_equal(capture_link_open(l, "tap0", error, sizeof(error)), 0);
	assert_string_equal(error, "");
}

/* The next look finds that. */
static void
look(struct capture_link *l, int index, short flags, enum capture_link_state want)
{
	kernel.index = index;
	kernel.flags = flags;
	capture_link_look(l);
	assert_int_equal(capture_link_state_now(l), want);
}

static void
an_interface_that_is_up_is_opened_without_a_word(void **state)
{
	static const struct {
		unsigned short kind;
		bool ethernet, loopback;
	} kinds[] = {{ARPHRD_ETHER, true, false}, {ARPHRD_LOOPBACK, true, true},
		{ARPHRD_PPP, false, false}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct capture_link l;

		kernel.kind = kinds[i].kind;
		link_open(&l);
		assert_string_equal(kernel.asked, "tap0");
		assert_int_equal(l.index, 3);
		assert_int_equal(l.ethernet, kinds[i].ethernet);
		assert_int_equal(l.loopback, kinds[i].loopback);
		assert_int_equal(capture_link_state_now(&l), CAPTURE_LINK_UP);
		assert_int_equal(logged, 0);
		capture_link_close(&l);
		assert_int_equal(l.control, -1);
	}
}

/* A name too long for the kernel must not be taken for the interface it begins with. */
static void
what_is_not_there_is_told(void **state)
{
	struct capture_link l;
	char error[128];

	(void)state;
	assert_int_equal(
		capture_link_open(&l, "fifteen-letters", error, sizeof(error)), 0);
	capture_link_close(&l);
	assert_int_equal(
		capture_link_open(&l, "sixteen-letters-", error, sizeof(error)), -1);
	assert_string_equal(error, "sixteen-letters: no such interface");
	kernel.index = 0;
	assert_int_equal(capture_link_open(&l, "tap0", error, sizeof(error)), -1);
	assert_string_equal(error, "tap0: no such interface");
	assert_int_equal(l.control, -1);
}

static void
each_change_is_told_once(void **state)
{
	struct capture_link l;

	(void)state;
	link_open(&l);
	for (int i = 0; i < 3; i++)
		look(&l, 3, IFF_UP, CAPTURE_LINK_SILENT);
	assert_int_equal(logged, 1);
	assert_string_equal(last_line, "tap0: no carrier, nothing is heard");
	for (int i = 0; i < 3; i++)
		look(&l, 3, IFF_RUNNING, CAPTURE_LINK_DOWN);
	assert_int_equal(logged, 2);
	assert_string_equal(last_line, "tap0: interface is down, waiting for it");
	look(&l, 3, IFF_UP | IFF_RUNNING, CAPTURE_LINK_UP);
	assert_int_equal(logged, 3);
	assert_string_equal(last_line, "tap0: up again, capturing");
	look(&l, 0, 0, CAPTURE_LINK_GONE);
	assert_int_equal(logged, 4);
	assert_string_equal(last_line, "tap0: interface is gone, waiting for it");
	/* It is there, but nobody has bound to it yet: who does says so. */
	look(&l, 4, IFF_UP | IFF_RUNNING, CAPTURE_LINK_UP);
	assert_int_equal(logged, 4);
	l.quiet = true;
	look(&l, 4, 0, CAPTURE_LINK_DOWN);
	assert_int_equal(logged, 4);
	capture_link_close(&l);
}

static void
an_interface_that_is_down_at_the_beginning_is_told(void **state)
{
	struct capture_link l;

	(void)state;
	kernel.flags = 0;
	link_open(&l);
	assert_int_equal(capture_link_state_now(&l), CAPTURE_LINK_DOWN);
	assert_string_equal(last_line, "tap0: interface is down, waiting for it");
	capture_link_close(&l);
}

/* 100 were lost before we came. */
static void
only_drops_since_the_beginning_count(void **state)
{
	struct capture_link l;

	(void)state;
	kernel.missed = 100;
	link_open(&l);
	assert_int_equal(capture_link_dropped(&l), 0);
	kernel.missed = 107;
	assert_int_equal(capture_link_dropped(&l), 7);
	/* No answer, or a driver that begins anew: what is known stays. */
	kernel.mute = true;
	assert_int_equal(capture_link_dropped(&l), 7);
	kernel.mute = false;
	kernel.missed = 2;
	assert_int_equal(capture_link_dropped(&l), 7);
	capture_link_close(&l);
}

/* Another one of that name counts from 0; what the first has lost is not forgotten. */
static void
drops_of_former_lives_are_added(void **state)
{
	struct capture_link l;

	(void)state;
	kernel.missed = 100;
	link_open(&l);
	kernel.missed = 107;
	assert_int_equal(capture_link_dropped(&l), 7);
	kernel.missed = 1;
	kernel.kind = ARPHRD_LOOPBACK;
	look(&l, 9, IFF_UP | IFF_RUNNING, CAPTURE_LINK_UP);
	assert_int_equal(l.index, 9);
	assert_int_equal(l.returns, 1);
	assert_true(l.loopback);
	assert_int_equal(capture_link_dropped(&l), 8);
	kernel.missed = 3;
	look(&l, 0, 0, CAPTURE_LINK_GONE);
	assert_int_equal(l.index, 9);
	/* The same again is no new life. */
	look(&l, 9, IFF_UP | IFF_RUNNING, CAPTURE_LINK_UP);
	assert_int_equal(l.returns, 1);
	assert_int_equal(capture_link_dropped(&l), 10);
	capture_link_close(&l);
}

static void
the_hosts_own_interface_is_known_by_addresses_and_what_stands_on_it(void **state)
{
	static struct sockaddr_in four = {.sin_family = AF_INET};
	static struct sockaddr_in6 local = {.sin6_family = AF_INET6,
					   .sin6_addr.s6_addr = {0xfe, 0x80}},
				   six = {.sin6_family = AF_INET6,
					   .sin6_addr.s6_addr = {0x20, 0x01}};
	static char mine[] = "tap0", other[] = "tap01";
	struct ifaddrs without = {.ifa_name = mine};
	struct ifaddrs foreign = {
		.ifa_next = &without, .ifa_name = other, .ifa_addr = (void *)&four};
	struct ifaddrs first = {
		.ifa_next = &foreign, .ifa_name = mine, .ifa_addr = (void *)&local};
	struct capture_link l;
	char why[64] = "";

	(void)state;
	link_open(&l);
	assert_false(capture_link_in_use(&l, why, sizeof(why)));
	kernel.addresses = &first;
	assert_false(capture_link_in_use(&l, why, sizeof(why)));
	assert_string_equal(why, "");
	without.ifa_addr = (void *)&six;
	assert_true(capture_link_in_use(&l, why, sizeof(why)));
	assert_string_equal(why, "it has an address of this host");
	without.ifa_addr = (void *)&four;
	assert_true(capture_link_in_use(&l, why, sizeof(why)));
	without.ifa_addr = NULL;
	kernel.has_master = true;
	assert_true(capture_link_in_use(&l, why, sizeof(why)));
	assert_string_equal(why, "other interfaces stand on it");
	kernel.has_master = false;
	kernel.has_upper = true;
	assert_true(capture_link_in_use(&l, why, sizeof(why)));
	kernel.has_upper = false;
	assert_false(capture_link_in_use(&l, why, sizeof(why)));
	/* What cannot be asked is taken for a yes. */
	kernel.mute = true;
	assert_true(capture_link_in_use(&l, why, sizeof(why)));
	kernel.mute = false;
	kernel.addresses_fail = true;
	assert_true(capture_link_in_use(&l, why, sizeof(why)));
	capture_link_close(&l);
}

static void
each_state_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(capture_link_state_name(CAPTURE_LINK_UP), "up");
	assert_string_equal(capture_link_state_name(CAPTURE_LINK_SILENT), "no carrier");
	assert_string_equal(capture_link_state_name(CAPTURE_LINK_DOWN), "down");
	assert_string_equal(capture_link_state_name(CAPTURE_LINK_GONE), "gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			an_interface_that_is_up_is_opened_without_a_word, setup),
		cmocka_unit_test_setup(what_is_not_there_is_told, setup),
		cmocka_unit_test_setup(each_change_is_told_once, setup),
		cmocka_unit_test_setup(
			an_interface_that_is_down_at_the_beginning_is_told, setup),
		cmocka_unit_test_setup(only_drops_since_the_beginning_count, setup),
		cmocka_unit_test_setup(drops_of_former_lives_are_added, setup),
		cmocka_unit_test_setup(
			the_hosts_own_interface_is_known_by_addresses_and_what_stands_on_it,
			setup),
		cmocka_unit_test(each_state_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
