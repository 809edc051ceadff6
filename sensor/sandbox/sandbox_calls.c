/* SPDX-License-Identifier: Apache-2.0 */
#include "sensor/sandbox/sandbox_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/prctl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sensor/base/log.h"

/*
 * Names, not numbers: one that this machine or the libseccomp at hand does not know is
 * left out. What only newer kernels have, and glibc tries first, is in not_there[].
 */

/* Memory, time, waiting, and descriptors that are open. */
static const char *const common[] = {
	/* descriptors */
	"read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64",
	"pwritev", "pwritev2", "lseek", "_llseek", "close", "fstat", "fstat64", "fsync",
	"fdatasync", "ftruncate", "ftruncate64", "fallocate", "fadvise64", "recvfrom",
	"recvmsg", "recvmmsg", "recvmmsg_time64", "getsockopt", "getsockname",
	"getpeername", "shutdown", "bind",
	/* waiting */
	"poll", "ppoll", "ppoll_time64", "select", "_newselect", "pselect6",
	"pselect6_time64", "epoll_wait", "epoll_pwait", "epoll_pwait2", "epoll_ctl",
	/* memory */
	"munmap", "mremap", "madvise", "msync", "mincore", "brk", "mlock", "munlock",
	/* threads and signals among themselves */
	"futex", "futex_time64", "set_robust_list", "get_robust_list", "rseq",
	"membarrier", "sched_yield", "sched_getaffinity", "sched_setaffinity",
	"sched_getparam", "sched_getscheduler", "sched_get_priority_max",
	"sched_get_priority_min", "getcpu", "rt_sigaction", "rt_sigprocmask",
	"rt_sigpending", "rt_sigreturn", "sigreturn", "rt_sigtimedwait",
	"rt_sigtimedwait_time64", "rt_sigsuspend", "sigaltstack", "pause",
	"restart_syscall", "exit", "exit_group", "set_tid_address",
	/* time */
	"clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64",
	"clock_nanosleep", "clock_nanosleep_time64", "nanosleep", "gettimeofday", "time",
	"times",
	/* who and where am I */
	"getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid",
	"getuid32", "geteuid32", "getgid32", "getegid32", "getresuid", "getresgid",
	"getgroups", "uname", "sysinfo", "getrusage", "getrandom", "capget"};

/* Files by their names, sockets that come in, new threads. */
static const char *const process[] = {"open", "openat", "creat", "stat", "stat64",
	"lstat", "lstat64", "newfstatat", "fstatat64", "statx", "access", "faccessat",
	"faccessat2", "statfs", "statfs64", "fstatfs", "fstatfs64", "getdents",
	"getdents64", "getcwd", "readlink", "readlinkat", "truncate", "truncate64",
	"unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat",
	"rmdir", "chmod", "fchmod", "fchmodat", "umask", "utimensat", "flock", "fcntl",
	"fcntl64", "dup", "dup2", "dup3", "pipe", "pipe2", "eventfd", "eventfd2",
	"close_range", "sendfile", "sendfile64", "sync_file_range", "epoll_create",
	"epoll_create1", "timerfd_create", "timerfd_settime", "timerfd_gettime",
	"timerfd_settime64", "timerfd_gettime64", "signalfd4", "listen", "accept",
	"accept4", "connect", "setsockopt",
	/* Filters can be added, and only ever refuse more. */
	"seccomp"};

/* glibc takes the older call where these do not exist; EPERM it would take for a no. */
static const char *const not_there[] = {
	"clone3", "openat2", "fchmodat2", "futex_waitv", "mseal", "statmount"};

/* Questions about interfaces and terminals; a socket's and a pipe's waiting. */
static const unsigned long requests[] = {SIOCGIFINDEX, SIOCGIFFLAGS, SIOCGIFHWADDR,
	SIOCGIFMTU, SIOCGIFNAME, FIONREAD, FIONBIO, TCGETS, TCSETS, TCSETSW, TIOCGWINSZ,
	FIOCLEX};

static const int process_controls[] = {PR_SET_NAME, PR_GET_NAME, PR_SET_NO_NEW_PRIVS,
	PR_GET_NO_NEW_PRIVS, PR_SET_SECCOMP, PR_GET_SECCOMP, PR_GET_DUMPABLE,
	PR_CAPBSET_READ};

/* Reading and writing the maps that are open; not making any, no programs. */
static const int map_commands[] = {BPF_MAP_LOOKUP_ELEM, BPF_MAP_UPDATE_ELEM,
	BPF_MAP_DELETE_ELEM, BPF_MAP_GET_NEXT_KEY, BPF_MAP_LOOKUP_AND_DELETE_ELEM,
	BPF_MAP_LOOKUP_BATCH, BPF_MAP_LOOKUP_AND_DELETE_BATCH, BPF_MAP_UPDATE_BATCH,
	BPF_MAP_DELETE_BATCH};

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

/* The filter in the making. */
struct calls {
	scmp_filter_ctx filter;
	int error; /* the first one, an errno; then nothing more is added */
};

static void
act(struct calls *c, const char *name, uint32_t action, unsigned count,
	const struct scmp_arg_cmp *conditions)
{
	int number = seccomp_syscall_resolve_name(name);
	int status = 0;

	if (c->error || number == __NR_SCMP_ERROR)
		return;
	status = seccomp_rule_add_array(c->filter, action, number, count, conditions);
	if (status < 0 && status != -EDOM)
		c->error = -status;
}

static void
allow_if(struct calls *c, const char *name, unsigned count,
	const struct scmp_arg_cmp *conditions)
{
	act(c, name, SCMP_ACT_ALLOW, count, conditions);
}

static void
allow_all(struct calls *c, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		allow_if(c, names[i], 0, NULL);
}

static struct scmp_arg_cmp
equals(unsigned argument, uint64_t value)
{
	return (struct scmp_arg_cmp){argument, SCMP_CMP_EQ, value, 0};
}

static struct scmp_arg_cmp
bits_are(unsigned argument, uint64_t mask, uint64_t value)
{
	return (struct scmp_arg_cmp){argument, SCMP_CMP_MASKED_EQ, mask, value};
}

static struct scmp_arg_cmp
bits_clear(unsigned argument, uint64_t mask)
{
	return bits_are(argument, mask, 0);
}

static void
allow_when(struct calls *c, const char *name, struct scmp_arg_cmp condition)
{
	allow_if(c, name, 1, &condition);
}

/* --- calls whose arguments decide ----------------------------------------------------
 */

static void
allow_memory(struct calls *c)
{
	allow_when(c, "mmap", bits_clear(2, PROT_EXEC));
	allow_when(c, "mmap2", bits_clear(2, PROT_EXEC));
	allow_when(c, "mprotect", bits_clear(2, PROT_EXEC));
}

/* A library that is loaded late (nss) brings its code in a file, never writable. */
static void
allow_libraries(struct calls *c)
{
	const struct scmp_arg_cmp code[] = {
		bits_clear(2, PROT_WRITE),
		bits_clear(3, MAP_ANONYMOUS),
	};

	allow_if(c, "mmap", COUNT(code), code);
	allow_if(c, "mmap2", COUNT(code), code);
}

/* abort() and raise(): to ourselves alone. */
static void
allow_own_signals(struct calls *c)
{
	allow_when(c, "kill", equals(0, (uint64_t)getpid()));
	allow_when(c, "tgkill", equals(0, (uint64_t)getpid()));
}

static void
allow_requests(struct calls *c)
{
	/* The kernel looks at 32 bits of it. */
	for (size_t i = 0; i < COUNT(requests); i++)
		allow_when(c, "ioctl", bits_are(1, UINT32_MAX, requests[i]));
	for (size_t i = 0; i < COUNT(process_controls); i++)
		allow_when(c, "prctl",
			bits_are(0, UINT32_MAX, (uint64_t)process_controls[i]));
	/* One's own limits can be read. */
	allow_when(c, "prlimit64", equals(2, 0));
	allow_if(c, "getrlimit", 0, NULL);
	allow_if(c, "ugetrlimit", 0, NULL);
}

static void
allow_maps(struct calls *c)
{
	for (size_t i = 0; i < COUNT(map_commands); i++)
		allow_when(c, "bpf", bits_are(0, UINT32_MAX, (uint64_t)map_commands[i]));
}

/* A thread, not a process: no fork, and so nobody who could be another. */
static void
allow_threads(struct calls *c)
{
	allow_when(c, "clone", bits_are(0, CLONE_THREAD, CLONE_THREAD));
	for (size_t i = 0; i < COUNT(not_there); i++)
		act(c, not_there[i], SCMP_ACT_ERRNO(ENOSYS), 0, NULL);
}

static void
allow_socket(struct calls *c, int family, int type, int protocol_max)
{
	const struct scmp_arg_cmp kind[] = {
		equals(0, (uint64_t)family),
		bits_are(1, 0xf, (uint64_t)type),
		{2, SCMP_CMP_LE, (uint64_t)protocol_max, 0},
	};

	allow_if(c, "socket", COUNT(kind), kind);
}

/*
 * Without network there may still be a page of counters to serve, and unix sockets to
 * connect to. TCP going out is for Landlock to refuse, so it must be TCP alone: no
 * MPTCP, which Landlock does not see, and no data on a SYN instead of a connect().
 */
static void
allow_sockets(struct calls *c, bool network)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (size_t i = 0; i < COUNT(families); i++) {
		allow_socket(c, families[i], SOCK_STREAM, IPPROTO_TCP);
		/* The address check of getaddrinfo() too. */
		if (network)
			allow_socket(c, families[i], SOCK_DGRAM, IPPROTO_UDP);
	}
	allow_socket(c, AF_UNIX, SOCK_STREAM, 0);
	allow_socket(c, AF_UNIX, SOCK_DGRAM, 0);
	allow_when(c, "socketpair", equals(0, AF_UNIX));
	if (network)
		allow_socket(c, AF_NETLINK, SOCK_RAW, 0 /* NETLINK_ROUTE */);
	allow_when(c, "sendto", bits_clear(3, network ? 0 : MSG_FASTOPEN));
	allow_when(c, "sendmsg", bits_clear(2, network ? 0 : MSG_FASTOPEN));
	allow_when(c, "sendmmsg", bits_clear(3, network ? 0 : MSG_FASTOPEN));
}

/* Packet sockets and their rings; netlink's questions go to where they always did. */
static void
allow_open_sockets(struct calls *c)
{
	const struct scmp_arg_cmp connected[] = {
		equals(4, 0),
		bits_clear(3, MSG_FASTOPEN),
	};

	allow_when(c, "setsockopt", equals(1, SOL_SOCKET));
	allow_when(c, "setsockopt", equals(1, SOL_PACKET));
	allow_if(c, "sendto", COUNT(connected), connected);
}

/* The flags of a descriptor; glibc's fstat() on some machines is this call. */
static void
allow_descriptor_state(struct calls *c)
{
	static const int commands[] = {F_GETFD, F_SETFD, F_GETFL, F_SETFL};

	for (size_t i = 0; i < COUNT(commands); i++) {
		allow_when(c, "fcntl", bits_are(1, UINT32_MAX, (uint64_t)commands[i]));
		allow_when(c, "fcntl64", bits_are(1, UINT32_MAX, (uint64_t)commands[i]));
	}
	allow_when(c, "newfstatat", bits_are(3, AT_EMPTY_PATH, AT_EMPTY_PATH));
	allow_when(c, "statx", bits_are(2, AT_EMPTY_PATH, AT_EMPTY_PATH));
}

/* --- sanitizers ------------------------------------------------------------------------
 */

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED
/*
 * AddressSanitizer itself makes no call that is not in the lists (its reports come
 * without symbols, since it may not start the symbolizer). But its search for leaks at
 * exit is a process of its own that stops all threads by ptrace: what this file is there
 * to refuse. So there is none in a process with a sandbox. Found by the name that the
 * run-time has for it (lsan_interface.h).
 */
static bool sandboxed;

int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return sandboxed;
}
#endif

static void
no_search_for_leaks(void)
{
#ifdef SANITIZED
	sandboxed = true;
#endif
}

/* --- filters -------------------------------------------------------------------------
 */

static void
begin(struct calls *c)
{
	c->error = 0;
	c->filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	if (!c->filter) {
		c->error = ENOMEM;
		return;
	}
	/* Calls of another architecture (int 0x80): nothing of ours makes any. */
	c->error = -seccomp_attr_set(
		c->filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	/* A tree instead of a list; not known to libseccomp before 2.5. */
	(void)seccomp_attr_set(c->filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	allow_all(c, common, COUNT(common));
	allow_memory(c);
	allow_own_signals(c);
	allow_requests(c);
}

static int
finish(struct calls *c, const char *what)
{
	if (!c->error)
		c->error = -seccomp_load(c->filter);
	if (c->filter)
		seccomp_release(c->filter);
	if (!c->error) {
		no_search_for_leaks();
		return 0;
	}
	log_warnx("seccomp, %s: %s", what, strerror(c->error));
	return -1;
}

int
sandbox_calls_process(bool network, bool bpf)
{
	struct calls c;

	begin(&c);
	allow_all(&c, process, COUNT(process));
	allow_libraries(&c);
	allow_threads(&c);
	allow_sockets(&c, network);
	if (bpf)
		allow_maps(&c);
	/* Threads that a library has started already are in it as well. */
	if (!c.error)
		c.error = -seccomp_attr_set(c.filter, SCMP_FLTATR_CTL_TSYNC, 1);
	return finish(&c, "process");
}

int
sandbox_calls_thread(void)
{
	struct calls c;

	begin(&c);
	allow_maps(&c);
	allow_open_sockets(&c);
	allow_descriptor_state(&c);
	return finish(&c, "thread");
}
