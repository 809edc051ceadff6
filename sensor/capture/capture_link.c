/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/capture/capture_link.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/log.h"

#define SYSFS_PATH 96

static int
request(const struct capture_link *l, unsigned long what, struct ifreq *r)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->ifr_name, l->name, sizeof(r->ifr_name));
	return ioctl(l->control, what, r);
}

static uint64_t
counter_read(const struct capture_link *l)
{
	char text[32];
	ssize_t n = l->counter < 0 ? 0 : pread(l->counter, text, sizeof(text) - 1, 0);

	if (n <= 0)
		return 0;
	text[n] = '\0';
	return strtoull(text, NULL, 10);
}

/* rx_missed_errors: the card had no buffer (kernel: Documentation/networking/statistics)
 */
static void
counter_open(struct capture_link *l)
{
	char path[SYSFS_PATH];

	if (l->counter >= 0)
		close(l->counter);
	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/rx_missed_errors",
		l->name);
	l->counter = open(path, O_RDONLY | O_CLOEXEC);
	l->counted = counter_read(l);
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
	if (state == CAPTURE_LINK_UP)
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
	*l = (struct capture_link){.counter = -1};
	snprintf(l->name, sizeof(l->name), "%s", name);
	l->control = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	l->index = strlen(name) < sizeof(l->name) ? index_look(l) : 0;
	if (l->control < 0 || l->index == 0) {
		snprintf(error, room, "%s: %s", l->name,
			l->control < 0 ? strerror(errno) : "no such interface");
		capture_link_close(l);
		return -1;
	}
	kind_look(l);
	counter_open(l);
	link_enter(l, state_look(l));
	return 0;
}

void
capture_link_close(struct capture_link *l)
{
	if (l->control >= 0)
		close(l->control);
	if (l->counter >= 0)
		close(l->counter);
	l->control = -1;
	l->counter = -1;
}

void
capture_link_look(struct capture_link *l)
{
	int index = index_look(l);

	if (index != 0 && index != l->index) {
		l->before = capture_link_dropped(l);
		l->returns++;
		kind_look(l);
		counter_open(l);
	}
	if (index != 0)
		l->index = index;
	link_enter(l, index == 0 ? CAPTURE_LINK_GONE : state_look(l));
}

uint64_t
capture_link_dropped(struct capture_link *l)
{
	uint64_t now = counter_read(l);

	return l->before + (now > l->counted ? now - l->counted : 0);
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

/* "master", "upper_br0": links that the kernel makes to what stands on it. */
static bool
has_upper(const struct capture_link *l)
{
	char path[SYSFS_PATH];
	struct dirent *e;
	DIR *d;
	bool found = false;

	snprintf(path, sizeof(path), "/sys/class/net/%s", l->name);
	d = opendir(path);
	while (d && !found && (e = readdir(d)))
		found = strcmp(e->d_name, "master") == 0 ||
			strncmp(e->d_name, "upper_", 6) == 0;
	if (d)
		closedir(d);
	return found;
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
