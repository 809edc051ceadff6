/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a packet costs by each way of capture, beside the same packet without any: on a
 * virtual cable, in a network of its own; needs root. Frames come from the kernel's own
 * generator (BPF_F_TEST_XDP_LIVE_FRAMES) on processor 0, which also does all of the
 * receive path; the capture runs on processor 1. A figure is the processors' time that
 * both took for a packet (the kernel's own thread for what is received included), less
 * that of "none" in the same round: the median of ROUNDS rounds, and the quartiles. Where
 * these overlap there is no difference to be seen. It is no time on the wall, so that a
 * machine that does other things spoils it less.
 *
 * All frames of a table are one connection, so that maps are always in the cache. Frames
 * come as fast as the receive path takes them: ways that lose some did less work for it.
 *
 * bench_live [PACKETS]: of a round, 100000.
 */
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sensor/base/log.h"
#include "sensor/capture/capture_live.h"
#include "sensor/capture/capture_pcap.h"
#include "tests/unit/frames.h"

#define ROUNDS 9
#define BATCH  64

static uint32_t packets = 100000;

/* What the capture tells of itself. */
struct told {
	volatile sig_atomic_t ready;
	uint64_t cpu_ns;
	uint64_t heard;
	uint64_t dropped;
};

static struct told *told;
static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void
die(const char *what)
{
	fprintf(stderr, "bench_live: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t
clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void
pin(size_t cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* --- ways of capture --------------------------------------------------------------- */

static const uint16_t tcp_ports[] = {25, 465, 587, 2525}, udp_ports[] = {53};

static void
hear_live(const struct capture_live_options *more)
{
	static const char *const b0[] = {"b0"};
	struct capture_live_options o = *more;
	char error[CAPTURE_LIVE_ERROR_MAX];
	struct capture_direction d = {.src_port = 40000, .dst_port = 25};
	struct capture_live_counters n;
	struct capture_live *l;
	struct capture_frame f;
	uint64_t started;

	o.interface = b0;
	o.interfaces = 1;
	o.ports.tcp = tcp_ports;
	o.ports.tcp_count = 4;
	o.ports.udp = udp_ports;
	o.ports.udp_count = 1;
	l = capture_live_open(&o, error);
	if (!l) {
		fprintf(stderr, "bench_live: %s\n", error);
		_exit(2);
	}
	d.src = ip_addr_v4((const uint8_t[]){192, 0, 2, 1});
	d.dst = ip_addr_v4((const uint8_t[]){198, 51, 100, 2});
	if (o.shunt)
		capture_bpf_shunt(capture_live_bpf(l), &d, TAP_COUNT);
	started = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	told->ready = 1;
	while (!stopped)
		capture_next(capture_live_thread(l, 0), &f);
	told->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - started;
	capture_live_counters(l, &n);
	told->heard = n.delivered;
	told->dropped = n.dropped;
	capture_live_close(l);
}

static void
hear_pcap(const char *filter)
{
	struct capture_pcap_live_options o = {
		.interface = "b0",
		.filter = filter,
		.snap = 262144,
		.timeout_ms = 10,
		.buffer = 64u << 20,
		.promiscuous = true,
	};
	char error[CAPTURE_PCAP_ERROR_MAX];
	struct capture_pcap_live *p = capture_pcap_live_open(&o, error);
	struct capture_frame f;
	uint64_t started;

	if (!p) {
		fprintf(stderr, "bench_live: %s\n", error);
		_exit(2);
	}
	started = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
	told->ready = 1;
	while (!stopped) {
		if (capture_pcap_live_next(p, &f, error) == CAPTURE_FRAME)
			told->heard++;
		else
			usleep(2000);
	}
	told->cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID) - started;
	told->dropped = capture_pcap_live_dropped(p);
	capture_pcap_live_close(p);
}

static int tcpdump_says[2]; /* a pipe: what it counts, it tells at its end */

static void
hear_tcpdump(void)
{
	dup2(tcpdump_says[1], STDERR_FILENO);
	execlp("tcpdump", "tcpdump", "-i", "b0", "-n", "-w", "/dev/null", (char *)NULL);
	_exit(2);
}

enum way {
	WAY_NONE,
	WAY_TCPDUMP,
	WAY_PCAP_ALL,
	WAY_PCAP_FILTER,
	WAY_RING,
	WAY_RING_PROBE,
	WAY_RING_SHUNT,
	WAY_XDP,
	WAY_COUNT
};

static const char *const names[WAY_COUNT] = {
	[WAY_NONE] = "none",
	[WAY_TCPDUMP] = "tcpdump -w /dev/null, everything",
	[WAY_PCAP_ALL] = "libpcap, everything",
	[WAY_PCAP_FILTER] = "libpcap, 'port 25 or 465 or 587 or 2525 or 53'",
	[WAY_RING] = "ring, eBPF filter",
	[WAY_RING_PROBE] = "ring, eBPF filter, looking on any port",
	[WAY_RING_SHUNT] = "ring, eBPF filter, mail shunted",
	[WAY_XDP] = "XDP by the driver, then the ring",
};

static void
hear(enum way way)
{
	struct capture_live_options o = {.method = CAPTURE_LIVE_AFPACKET};

	switch (way) {
	case WAY_TCPDUMP:
		hear_tcpdump();
		break;
	case WAY_PCAP_ALL:
		hear_pcap("");
		break;
	case WAY_PCAP_FILTER:
		hear_pcap("port 25 or port 465 or port 587 or port 2525 or port 53");
		break;
	case WAY_RING_PROBE:
		o.ports.any_tcp = true;
		hear_live(&o);
		break;
	case WAY_RING_SHUNT:
		o.shunt = true;
		hear_live(&o);
		break;
	case WAY_XDP:
		o.method = CAPTURE_LIVE_XDP;
		o.xdp = CAPTURE_BPF_XDP_NATIVE;
		hear_live(&o);
		break;
	default:
		hear_live(&o);
		break;
	}
}

/* --- frames ------------------------------------------------------------------------ */

/* All go to that interface: r0 = bpf_redirect(r1 = ifindex, r2 = 0). */
static int
load_generator(int ifindex)
{
	struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 1, .imm = ifindex},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 0},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect},
		{.code = BPF_JMP | BPF_EXIT},
	};

	return bpf_prog_load(BPF_PROG_TYPE_XDP, "generator", "GPL", code, 4, NULL);
}

static void
generate(int generator, const struct frame *f, uint32_t n)
{
	struct xdp_md context = {.data_end = (uint32_t)f->len};
	LIBBPF_OPTS(bpf_test_run_opts, o, .data_in = f->at,
		.data_size_in = (uint32_t)f->len, .ctx_in = &context,
		.ctx_size_in = sizeof(context), .repeat = (int)n,
		.flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);
	int status = bpf_prog_test_run_opts(generator, &o);

	errno = -status;
	if (status != 0)
		die("generator");
}

static char softirq_file[64]; /* of the thread that receives when there is much */

static void
find_softirq(void)
{
	for (int i = 1; i < 400 && !softirq_file[0]; i++) {
		char name[64], comm[32] = "";
		FILE *f;

		snprintf(name, sizeof(name), "/proc/%d/comm", i);
		f = fopen(name, "r");
		if (f && fgets(comm, sizeof(comm), f) && strcmp(comm, "ksoftirqd/0\n") == 0)
			snprintf(softirq_file, sizeof(softirq_file), "/proc/%d/schedstat", i);
		if (f)
			fclose(f);
	}
}

/* Of this thread and of that one. */
static uint64_t
busy_ns(void)
{
	unsigned long long n = 0;
	FILE *f = softirq_file[0] ? fopen(softirq_file, "r") : NULL;

	if (f) {
		if (fscanf(f, "%llu", &n) != 1)
			n = 0;
		fclose(f);
	}
	return clock_ns(CLOCK_THREAD_CPUTIME_ID) + n;
}

static uint64_t
received(void)
{
	char line[512];
	unsigned long long n = 0;
	FILE *f = fopen("/proc/self/net/dev", "r");

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, " b0: %*u %llu", &n);
	if (f)
		fclose(f);
	return n;
}

struct result {
	double ns; /* of both processors, a packet received */
	uint64_t got;
	uint64_t heard;
	uint64_t lost;
};

/* "N packets captured", "N packets received by filter", "N packets dropped by kernel". */
static void
tcpdump_counts(void)
{
	char text[1024];
	ssize_t n = read(tcpdump_says[0], text, sizeof(text) - 1);
	const char *at = text;

	text[n > 0 ? n : 0] = '\0';
	while (at && *at) {
		unsigned long count = strtoul(at, NULL, 10);
		const char *end = strchr(at, '\n');

		if (strstr(at, " packets captured") == strchr(at, ' '))
			told->heard = count;
		if (strstr(at, " packets dropped by kernel") == strchr(at, ' '))
			told->dropped = count;
		at = end ? end + 1 : NULL;
	}
	close(tcpdump_says[0]);
}

static void
finish(pid_t child, enum way way)
{
	struct rusage used;

	usleep(100000);
	kill(child, way == WAY_TCPDUMP ? SIGINT : SIGTERM);
	wait4(child, NULL, 0, &used);
	if (way != WAY_TCPDUMP)
		return;
	close(tcpdump_says[1]);
	tcpdump_counts();
	told->cpu_ns =
		(uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000u +
		(uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000u;
}

static pid_t
start(enum way way)
{
	pid_t child;

	if (way == WAY_TCPDUMP && pipe(tcpdump_says) != 0)
		die("pipe");
	*told = (struct told){.ready = way == WAY_NONE || way == WAY_TCPDUMP};
	child = fork();
	if (child == 0) {
		signal(SIGTERM, stop);
		pin(1);
		if (way == WAY_NONE)
			pause();
		else
			hear(way);
		_exit(0);
	}
	while (!told->ready) {
		if (waitpid(child, NULL, WNOHANG) == child)
			die(names[way]);
		usleep(1000);
	}
	usleep(way == WAY_TCPDUMP ? 500000 : 50000);
	return child;
}

static struct result
measure(enum way way, int generator, const struct frame *f, uint32_t n)
{
	pid_t child = start(way);
	uint64_t before = received(), started = busy_ns(), took, got;

	generate(generator, f, n);
	took = busy_ns() - started;
	got = received() - before;
	finish(child, way);
	if (got == 0)
		got = 1;
	return (struct result){
		.ns = (double)(took + told->cpu_ns) / (double)got,
		.got = got,
		.heard = told->heard,
		.lost = told->dropped,
	};
}

/* --- table ------------------------------------------------------------------------- */

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

struct row {
	double more[ROUNDS]; /* ns, over "none" of the same round */
	struct result sum;
};

/* Quartile 1, 2 or 3; the values are sorted. */
static double
quartile(const struct row *r, unsigned which)
{
	return r->more[which * (ROUNDS - 1) / 4];
}

static void
row_add(struct row *r, int round, double none, const struct result *one)
{
	r->more[round] = one->ns - none;
	r->sum.got += one->got;
	r->sum.heard += one->heard;
	r->sum.lost += one->lost;
}

static void
row_write(const char *name, const struct row *r, double filter)
{
	double got = (double)r->sum.got;

	printf("%-46s %6.0f (%4.0f to %4.0f) %6.2f %6.1f%% %6.1f%%\n", name,
		quartile(r, 2), quartile(r, 1), quartile(r, 3), quartile(r, 2) / filter,
		100 * (double)r->sum.heard / got, 100 * (double)r->sum.lost / got);
}

static void
table(const char *title, int generator, const struct frame *f)
{
	static struct row row[WAY_COUNT];

	memset(row, 0, sizeof(row));
	for (int round = 0; round < ROUNDS; round++) {
		double none = measure(WAY_NONE, generator, f, packets).ns;

		row[WAY_NONE].more[round] = none;
		for (enum way w = WAY_TCPDUMP; w < WAY_COUNT; w++) {
			struct result one = measure(w, generator, f, packets);

			row_add(&row[w], round, none, &one);
		}
	}
	for (enum way w = WAY_NONE; w < WAY_COUNT; w++)
		qsort(row[w].more, ROUNDS, sizeof(double), by_value);
	printf("%s (%zu octets), %d rounds of %u packets; none: %.0f ns\n", title, f->len,
		ROUNDS, packets, quartile(&row[WAY_NONE], 2));
	printf("%-46s %6s (%s) %6s %7s %7s\n", "", "ns more", "quartiles", "ratio",
		"heard", "lost");
	for (enum way w = WAY_TCPDUMP; w < WAY_COUNT; w++)
		row_write(names[w], &row[w], quartile(&row[WAY_PCAP_FILTER], 2));
	printf("ratio: to libpcap with its filter\n\n");
}

static void
gro_on(const char *name)
{
	struct ethtool_value v = {.cmd = ETHTOOL_SGRO, .data = 1};
	struct ifreq r = {.ifr_data = (void *)&v};
	int s = socket(AF_INET, SOCK_DGRAM, 0);

	snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", name);
	if (s < 0 || ioctl(s, SIOCETHTOOL, &r) != 0)
		die("GRO");
	close(s);
}

static void
make_frame(struct frame *f, unsigned port, size_t payload)
{
	static uint8_t text[1448];

	memset(text, 'x', sizeof(text));
	frame_start(f, text, payload);
	frame_tcp(f, 40000, port, 1, 1, 0x10);
	frame_ipv4(f, 1, 2, 6);
	frame_ethernet(f, 0x0800);
}

int
main(int argc, char **argv)
{
	static struct frame web, mail;
	int generator;

	setvbuf(stdout, NULL, _IOLBF, 0);
	log_init(LOG_QUIET, 1);
	if (argc > 1)
		packets = (uint32_t)strtoul(argv[1], NULL, 10);
	if (unshare(CLONE_NEWNET) != 0)
		die("a network of its own");
	if (system("echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6; "
		   "ip link add a0 type veth peer name b0 && "
		   "ip link set a0 up && ip link set b0 up") != 0)
		die("virtual cable");
	/* A veth takes frames from XDP only while its other end polls. */
	gro_on("b0");
	told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	generator = load_generator((int)if_nametoindex("a0"));
	if (told == MAP_FAILED || generator < 0)
		die("generator");
	find_softirq();
	pin(0);
	make_frame(&web, 443, 846);
	make_frame(&mail, 25, 1446);
	if (packets == 0) {
			return 0;
	}
	table("not mail", generator, &web);
	table("mail", generator, &mail);
	return 0;
}
