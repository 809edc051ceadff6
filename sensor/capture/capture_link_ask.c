/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_link_ask.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/time.h>

/* The kernel's answers come in datagrams of at most 32 KiB, if there is room for them. */
#define ROOM 32768

struct reader {
	int ifindex;			    /* what was asked for */
	struct capture_link_answer *answer; /* NULL: uppers are looked for */
	bool found;
};

int
capture_link_ask_open(void)
{
	struct timeval patience = {.tv_sec = 1};
	int s = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	if (s >= 0)
		setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return s;
}

static bool
ask_link(int ask, int ifindex, uint16_t flags)
{
	struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} request = {
		.head = {.nlmsg_len = sizeof(request),
			.nlmsg_type = RTM_GETLINK,
			.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags)},
		.link = {.ifi_family = AF_UNSPEC, .ifi_index = ifindex},
	};

	return send(ask, &request, sizeof(request), 0) == (ssize_t)sizeof(request);
}

/* The next attribute of a list, NULL at its end; *list moves behind it. */
static const struct rtattr *
next_attribute(struct span *list)
{
	const struct rtattr *a = (const void *)list->at;
	size_t padded;

	if (list->len < sizeof(*a) || a->rta_len < sizeof(*a) || a->rta_len > list->len)
		return NULL;
	padded = RTA_ALIGN((size_t)a->rta_len);
	*list = span_slice(*list, padded, list->len);
	return a;
}

/* veth names its other end by the same attribute as a VLAN what it stands on. */
static bool
is_veth(const struct rtattr *info)
{
	struct span list = span_of(RTA_DATA(info), RTA_PAYLOAD(info));
	const struct rtattr *a;

	while ((a = next_attribute(&list)))
		if (a->rta_type == IFLA_INFO_KIND)
			return RTA_PAYLOAD(a) >= 4 &&
			       strncmp(RTA_DATA(a), "veth", RTA_PAYLOAD(a)) == 0;
	return false;
}

static void
take_attribute(struct reader *r, const struct rtattr *a)
{
	struct rtnl_link_stats64 s = {0};

	if (a->rta_type == IFLA_MASTER)
		r->answer->has_master = true;
	if (a->rta_type != IFLA_STATS64)
		return;
	memcpy(&s, RTA_DATA(a), RTA_PAYLOAD(a) < sizeof(s) ? RTA_PAYLOAD(a) : sizeof(s));
	r->answer->missed = s.rx_missed_errors;
}

static void
take_link(struct reader *r, const struct nlmsghdr *m)
{
	const struct ifinfomsg *link = NLMSG_DATA(m);
	struct span list;
	const struct rtattr *a;
	int below = 0;
	bool veth = false;

	if (m->nlmsg_len < NLMSG_LENGTH(sizeof(*link)))
		return;
	list = span_of(IFLA_RTA(link), IFLA_PAYLOAD(m));
	while ((a = next_attribute(&list))) {
		if (r->answer && link->ifi_index == r->ifindex)
			take_attribute(r, a);
		if (a->rta_type == IFLA_LINK && RTA_PAYLOAD(a) >= sizeof(below))
			memcpy(&below, RTA_DATA(a), sizeof(below));
		if (a->rta_type == IFLA_LINKINFO)
			veth = is_veth(a);
	}
	if (r->answer)
		r->found = true;
	else if (below == r->ifindex && !veth)
		r->found = true;
}

/* False: the answer is over. */
static bool
take_datagram(struct reader *r, const void *at, ssize_t len, bool *failed)
{
	const struct nlmsghdr *m = at;

	for (; NLMSG_OK(m, len); m = NLMSG_NEXT(m, len)) {
		if (m->nlmsg_type == NLMSG_DONE)
			return false;
		*failed = m->nlmsg_type == NLMSG_ERROR;
		if (*failed)
			return false;
		if (m->nlmsg_type == RTM_NEWLINK)
			take_link(r, m);
		if (!(m->nlmsg_flags & NLM_F_MULTI))
			return false;
	}
	return true;
}

static bool
read_answer(int ask, struct reader *r)
{
	_Alignas(struct nlmsghdr) uint8_t room[ROOM];
	bool failed = false;
	ssize_t n;

	do {
		n = recv(ask, room, sizeof(room), 0);
	} while (n > 0 && take_datagram(r, room, n, &failed));
	return n > 0 && !failed;
}

bool
capture_link_ask(int ask, int ifindex, struct capture_link_answer *out)
{
	struct reader r = {.ifindex = ifindex, .answer = out};

	*out = (struct capture_link_answer){0};
	return ask_link(ask, ifindex, 0) && read_answer(ask, &r) && r.found;
}

bool
capture_link_ask_upper(int ask, int ifindex)
{
	struct reader r = {.ifindex = ifindex};

	return !ask_link(ask, 0, NLM_F_DUMP) || !read_answer(ask, &r) || r.found;
}
