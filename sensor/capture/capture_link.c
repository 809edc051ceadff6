/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_link.h"

#include <errno.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_link_ask.h"

static int
request(const struct capture_link *l, unsigned long what, struct ifreq *r)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->ifr_name, l->name, sizeof(r->ifr_name));
	return ioctl(l->control, what, r);
}

static uint64_t
missed_look(const struct capture_link *l)
{
	struct capture_link_answer answer;

	return capture_link_ask(l->ask, l->index, &answer) ? answer.missed : 0;
}

static void
kind_look(struct capture_link *l)
{
	struct ifreq r;

	if (request(l, SIOCGIFHWADDR, &r) != 0)
		return;
	l->loopback = r.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	l->ethernet = l->loopback || r.ifr_hwaddr.sa_family == ARPHRD_ETHER;
}

static enum capture_link_state
state_look(const struct capture_link *l)
{
	struct ifreq r;

	if (request(l, SIOCGIFFLAGS, &r) != 0)
		return CAPTURE_LINK_GONE;
	if (!(r.ifr_flags & IFF_UP))
		return CAPTURE_LINK_DOWN;
	return r.ifr_flags & IFF_RUNNING ? CAPTURE_LINK_UP : CAPTURE_LINK_SILENT;
}

static int
index_look(const struct capture_link *l)
{
	struct ifreq r;

	return request(l, SIOCGIFINDEX, &r) == 0 ? r.ifr_ifindex : 0;
}

static void
link_enter(struct capture_link *l, enum capture_link_state state)
{
	if (state == l->state)
		return;
	/* Whoever binds to it anew says so when it is done. */
	if (l->quiet || (state == CAPTURE_LINK_UP && l->state == CAPTURE_LINK_GONE))
		;
	else if (state == CAPTURE_LINK_UP)
		log_warnx("%s: up again, capturing", l->name);
	else if (state == CAPTURE_LINK_SILENT)
		log_warnx("%s: no carrier, nothing is heard", l->name);
	else if (state == CAPTURE_LINK_DOWN)
		log_warnx("%s: interface is down, waiting for it", l->name);
	else
		log_warnx("%s: interface is gone, waiting for it", l->name);
	l->state = state;
}

int
capture_link_open(struct capture_link *l, const char *name, char *error, size_t room)
{
	*l = (struct capture_link){.ask = -1};
	pthread_mutex_init(&l->lock, NULL);
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->control = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	l->index = strlen(name) < sizeof(l->name) ? index_look(l) : 0;
	if (l->control < 0 || l->index == 0) {
		snprintf(error, room, "%s: %s", l->name,
			l->control < 0 ? strerror(errno) : "no such interface");
		capture_link_close(l);
		return -1;
	}
	l->ask = capture_link_ask_open();
	l->counted = missed_look(l);
	kind_look(l);
	link_enter(l, state_look(l));
	return 0;
}

void
capture_link_close(struct capture_link *l)
{
	if (l->control >= 0)
		close(l->control);
	if (l->ask >= 0)
		close(l->ask);
	l->control = -1;
	l->ask = -1;
	pthread_mutex_destroy(&l->lock);
}

/* Another one of the name counts from 0. */
static void
changed(struct capture_link *l, int index)
{
	l->before += l->missed;
	l->missed = 0;
	l->counted = 0;
	l->index = index;
	l->returns++;
	kind_look(l);
}

void
capture_link_look(struct capture_link *l)
{
	int index = index_look(l);
	enum capture_link_state state = index == 0 ? CAPTURE_LINK_GONE : state_look(l);

	pthread_mutex_lock(&l->lock);
	if (index != 0 && index != l->index)
		changed(l, index);
	link_enter(l, state);
	pthread_mutex_unlock(&l->lock);
}

enum capture_link_state
capture_link_state_now(struct capture_link *l)
{
	enum capture_link_state state;

	pthread_mutex_lock(&l->lock);
	state = l->state;
	pthread_mutex_unlock(&l->lock);
	return state;
}

uint64_t
capture_link_dropped(struct capture_link *l)
{
	uint64_t now, sum;

	pthread_mutex_lock(&l->lock);
	now = missed_look(l);
	if (now > l->counted)
		l->missed = now - l->counted;
	sum = l->before + l->missed;
	pthread_mutex_unlock(&l->lock);
	return sum;
}

/* --- who else is there ----------------------------------------------------------- */

static bool
is_address(const struct ifaddrs *a)
{
	const struct sockaddr_in6 *six = (const void *)a->ifa_addr;

	if (!a->ifa_addr)
		return false;
	if (a->ifa_addr->sa_family == AF_INET6)
		return !IN6_IS_ADDR_LINKLOCAL(&six->sin6_addr);
	return a->ifa_addr->sa_family == AF_INET;
}

static bool
has_address(const struct capture_link *l)
{
	struct ifaddrs *all, *a;
	bool found = false;

	/* What cannot be asked is taken for a yes. */
	if (getifaddrs(&all) != 0)
		return true;
	for (a = all; a && !found; a = a->ifa_next)
		found = strcmp(a->ifa_name, l->name) == 0 && is_address(a);
	freeifaddrs(all);
	return found;
}

/* What cannot be asked is taken for a yes, here too. */
static bool
has_upper(const struct capture_link *l)
{
	struct capture_link_answer answer;

	return !capture_link_ask(l->ask, l->index, &answer) || answer.has_master ||
	       capture_link_ask_upper(l->ask, l->index);
}

bool
capture_link_in_use(const struct capture_link *l, char *why, size_t room)
{
	if (has_address(l)) {
		snprintf(why, room, "it has an address of this host");
		return true;
	}
	if (has_upper(l)) {
		snprintf(why, room, "other interfaces stand on it");
		return true;
	}
	return false;
}

const char *
capture_link_state_name(enum capture_link_state state)
{
	static const char *const names[] = {
		[CAPTURE_LINK_UP] = "up",
		[CAPTURE_LINK_SILENT] = "no carrier",
		[CAPTURE_LINK_DOWN] = "down",
		[CAPTURE_LINK_GONE] = "gone",
	};

	return names[state];
}
