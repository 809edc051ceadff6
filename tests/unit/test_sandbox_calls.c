/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox_rig.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>

#include "sensor/sandbox/sandbox_calls.h"

struct what {
	bool network;
	bool bpf;
};

static void
enter(const struct what *w)
{
	CHILD_CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHILD_CHECK(sandbox_calls_process(w->network, w->bpf) == 0);
}

static long
bpf(int command)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = UINT32_MAX;
	return syscall(SYS_bpf, command, &attr, sizeof(attr));
}

static void
try_what_is_refused(void *arg)
{
	static char *const argv[] = {NULL};

	enter(arg);
	CHILD_REFUSED(execve("/bin/true", argv, argv), EPERM);
	CHILD_REFUSED(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, argv, 0), EPERM);
	CHILD_REFUSED(fork(), EPERM);
	CHILD_REFUSED(vfork(), EPERM);
	CHILD_REFUSED(syscall(SYS_clone3, NULL, 0), ENOSYS);
	CHILD_REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM);
	CHILD_REFUSED(mount("none", "/tmp", "tmpfs", 0, NULL), EPERM);
	CHILD_REFUSED(unshare(CLONE_NEWUSER), EPERM);
	CHILD_REFUSED(syscall(SYS_init_module, NULL, 0, ""), EPERM);
	CHILD_REFUSED(syscall(SYS_io_uring_setup, 1, NULL), EPERM);
	CHILD_REFUSED(syscall(SYS_userfaultfd, 0), EPERM);
	CHILD_REFUSED(syscall(SYS_memfd_create, "x", 0), EPERM);
	CHILD_REFUSED(syscall(SYS_setuid, 0), EPERM);
	CHILD_REFUSED(chroot("/"), EPERM);
	CHILD_REFUSED(kill(getppid(), 0), EPERM);
	CHILD_REFUSED(chown("/tmp", 0, 0), EPERM);
	CHILD_REFUSED(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
	CHILD_REFUSED(socket(AF_INET, SOCK_RAW, IPPROTO_TCP), EPERM);
	CHILD_REFUSED(socket(AF_INET, SOCK_STREAM, 262 /* IPPROTO_MPTCP */), EPERM);
	CHILD_REFUSED(bpf(BPF_PROG_LOAD), EPERM);
	CHILD_REFUSED(bpf(BPF_MAP_CREATE), EPERM);
	CHILD_REFUSED(bpf(BPF_MAP_GET_FD_BY_ID), EPERM);
}

static void
a_refused_call_is_an_error_and_not_the_end(void **state)
{
	struct what w = {.network = true, .bpf = true};

	(void)state;
	rig_child(try_what_is_refused, &w);
	w = (struct what){0};
	rig_child(try_what_is_refused, &w);
}

/* Memory that is written is never run. */
static void
try_to_run_memory(void *arg)
{
	void *page;

	enter(arg);
	page = mmap(
		NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHILD_CHECK(page != MAP_FAILED);
	CHILD_REFUSED(mprotect(page, 4096, PROT_READ | PROT_EXEC), EPERM);
	errno = 0;
	CHILD_CHECK(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
			    -1, 0) == MAP_FAILED &&
		    errno == EPERM);
}

static void
memory_that_was_written_is_not_run(void **state)
{
	struct what w = {.network = true};

	(void)state;
	rig_child(try_to_run_memory, &w);
}

static void
try_network(void *arg)
{
	const struct what *w = arg;
	struct sockaddr_in to = {.sin_family = AF_INET};
	int s;

	enter(w);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s = socket(AF_INET, SOCK_STREAM, 0);
	CHILD_CHECK(s >= 0 && bind(s, (void *)&to, sizeof(to)) == 0 && listen(s, 1) == 0);
	if (w->network) {
		CHILD_CHECK(socket(AF_INET6, SOCK_DGRAM, 0) >= 0);
		CHILD_CHECK(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) >= 0);
		CHILD_REFUSED(socket(AF_NETLINK, SOCK_RAW, NETLINK_AUDIT), EPERM);
		return;
	}
	CHILD_REFUSED(socket(AF_INET, SOCK_DGRAM, 0), EPERM);
	CHILD_REFUSED(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), EPERM);
	s = socket(AF_INET, SOCK_STREAM, 0);
	CHILD_REFUSED(sendto(s, "x", 1, MSG_FASTOPEN, (void *)&to, sizeof(to)), EPERM);
}

static void
without_network_a_page_can_be_served_and_nothing_sent(void **state)
{
	struct what w = {0};

	(void)state;
	rig_child(try_network, &w);
	w.network = true;
	rig_child(try_network, &w);
}

static void
try_maps(void *arg)
{
	const struct what *w = arg;
	/* EBADF, or EINVAL by a kernel that looks at other members first: it was let in.
	 */
	int others = w->bpf ? EBADF : EPERM;

	enter(w);
	CHILD_REFUSED(bpf(BPF_MAP_LOOKUP_ELEM), others);
	CHILD_REFUSED(bpf(BPF_MAP_UPDATE_ELEM), others);
	CHILD_REFUSED(bpf(BPF_MAP_DELETE_ELEM), others);
}

static void
maps_are_written_only_where_that_was_asked_for(void **state)
{
	struct what w = {.bpf = true};

	(void)state;
	if (!rig_is_root("bpf(2) of open maps"))
		return;
	rig_child(try_maps, &w);
	w.bpf = false;
	rig_child(try_maps, &w);
}

static void *
empty(void *arg)
{
	return arg;
}

static void *
confined(void *arg)
{
	int *pipe_ends = arg;
	struct sockaddr_in to = {.sin_family = AF_INET};
	struct pollfd p = {.fd = pipe_ends[0], .events = POLLIN};
	struct timespec now;
	pthread_t other;
	char c = 'x', *memory;

	CHILD_CHECK(sandbox_calls_thread() == 0);
	CHILD_REFUSED(open("/dev/null", O_RDONLY), EPERM);
	CHILD_REFUSED(syscall(SYS_openat, AT_FDCWD, "/dev/null", O_RDONLY), EPERM);
	CHILD_REFUSED(creat("/tmp/relaytap-none", 0600), EPERM);
	CHILD_REFUSED(unlink("/tmp/relaytap-none"), EPERM);
	CHILD_REFUSED(rename("/tmp/relaytap-none", "/tmp/relaytap-nil"), EPERM);
	CHILD_REFUSED(chmod("/tmp/relaytap-none", 0600), EPERM);
	CHILD_REFUSED(mkdir("/tmp/relaytap-none", 0700), EPERM);
	CHILD_REFUSED(socket(AF_INET, SOCK_STREAM, 0), EPERM);
	CHILD_REFUSED(socket(AF_UNIX, SOCK_STREAM, 0), EPERM);
	CHILD_REFUSED(connect(pipe_ends[2], (void *)&to, sizeof(to)), EPERM);
	CHILD_REFUSED(sendto(pipe_ends[2], "x", 1, 0, (void *)&to, sizeof(to)), EPERM);
	CHILD_REFUSED(accept(pipe_ends[2], NULL, NULL), EPERM);
	CHILD_REFUSED(listen(pipe_ends[2], 1), EPERM);
	CHILD_REFUSED(syscall(SYS_execve, "/bin/true", NULL, NULL), EPERM);
	CHILD_REFUSED(dup(0), EPERM);
	CHILD_CHECK(pthread_create(&other, NULL, empty, NULL) == EPERM);

	CHILD_CHECK(write(pipe_ends[1], &c, 1) == 1 && poll(&p, 1, 1000) == 1 &&
		    read(pipe_ends[0], &c, 1) == 1);
	memory = malloc(64u << 20);
	CHILD_CHECK(memory);
	memory[1 << 20] = 'x';
	free(memory);
	CHILD_CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
	CHILD_CHECK(fprintf(stdout, "%s", "") == 0 && fflush(stdout) == 0);
	return arg;
}

static void
try_thread(void *arg)
{
	int ends[3];
	pthread_t thread;
	void *result;

	enter(arg);
	CHILD_CHECK(pipe(ends) == 0);
	ends[2] = socket(AF_INET, SOCK_STREAM, 0);
	CHILD_CHECK(pthread_create(&thread, NULL, confined, ends) == 0);
	CHILD_CHECK(pthread_join(thread, &result) == 0 && result == ends);
	/* It was the other one's alone. */
	CHILD_CHECK(open("/dev/null", O_RDONLY) >= 0);
	CHILD_CHECK(socket(AF_INET, SOCK_STREAM, 0) >= 0);
}

static void
a_thread_that_reads_strangers_opens_nothing(void **state)
{
	struct what w = {.network = true};

	(void)state;
	rig_child(try_thread, &w);
}

static void
try_abort(void *arg)
{
	enter(arg);
	abort();
}

static void
an_abort_is_still_one(void **state)
{
	struct what w = {0};
	int status;
	pid_t child;

	(void)state;
	fflush(NULL);
	child = fork();
	if (child == 0)
		try_abort(&w);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refused_call_is_an_error_and_not_the_end),
		cmocka_unit_test(memory_that_was_written_is_not_run),
		cmocka_unit_test(without_network_a_page_can_be_served_and_nothing_sent),
		cmocka_unit_test(maps_are_written_only_where_that_was_asked_for),
		cmocka_unit_test(a_thread_that_reads_strangers_opens_nothing),
		cmocka_unit_test(an_abort_is_still_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
