/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox_rig.h"

#include <netdb.h>
#include <netinet/in.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "sensor/control/control.h"
#include "sensor/metrics/metrics.h"
#include "sensor/sandbox/sandbox.h"

struct scene {
	struct rig_folder written, read, other;
	struct sandbox_options o;
	const char *writable[1], *readable[1];
};

static int
scene_up(void **state)
{
	static struct scene s;

	rig_folder_make(&s.written);
	rig_folder_make(&s.read);
	rig_folder_make(&s.other);
	s.writable[0] = s.written.path;
	s.readable[0] = s.read.file;
	s.o = (struct sandbox_options){
		.writable = s.writable,
		.writable_count = 1,
		.readable = s.readable,
		.readable_count = 1,
		.network = true,
		.bpf = true,
	};
	*state = &s;
	return 0;
}

static int
scene_down(void **state)
{
	struct scene *s = *state;

	rig_folder_remove(&s->written);
	rig_folder_remove(&s->read);
	rig_folder_remove(&s->other);
	return 0;
}

/* "CapEff:\t0000000000000000" of the process's status: what stands behind the tab. */
static void
status_line(const char *status, const char *name, char *out, size_t room)
{
	const char *at = strstr(status, name);

	assert_non_null(at);
	at += strlen(name);
	at += strspn(at, ":\t ");
	snprintf(out, room, "%.*s", (int)strcspn(at, "\n"), at);
}

static void
assert_status(const char *status, const char *name, const char *want)
{
	char got[128];

	status_line(status, name, got, sizeof(got));
	while (*got && got[strlen(got) - 1] == ' ')
		got[strlen(got) - 1] = '\0';
	assert_string_equal(got, want);
}

static void
the_kernel_says_that_nothing_is_left(void **state)
{
	static const char *const empty[] = {
		"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};
	struct scene *s = *state;
	char path[64], status[4096];
	int ended, fd;
	ssize_t n;
	pid_t child;

	if (!rig_is_root("what the kernel says of a process in the sandbox"))
		return;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		CHILD_CHECK(sandbox_enter(&s->o) == 0);
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &ended, WUNTRACED), child);
	assert_true(WIFSTOPPED(ended));
	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	fd = open(path, O_RDONLY);
	n = read(fd, status, sizeof(status) - 1);
	assert_true(n > 0);
	status[n] = '\0';
	close(fd);
	kill(child, SIGCONT);
	assert_int_equal(waitpid(child, &ended, 0), child);
	assert_int_equal(ended, 0);

	assert_status(status, "\nUid", "65534\t65534\t65534\t65534");
	assert_status(status, "\nGid", "65534\t65534\t65534\t65534");
	assert_status(status, "\nGroups", "");
	assert_status(status, "\nNoNewPrivs", "1");
	assert_status(status, "\nSeccomp", "2");
	for (size_t i = 0; i < sizeof(empty) / sizeof(*empty); i++)
		assert_status(status, empty[i], "0000000000000000");
}

static void
try_what_is_refused(void *arg)
{
	struct scene *s = arg;
	static char *const argv[] = {NULL};

	CHILD_CHECK(sandbox_enter(&s->o) == 0);
	CHILD_REFUSED(open("/etc/shadow", O_RDONLY), EACCES);
	CHILD_REFUSED(execve("/bin/true", argv, argv), EPERM);
	CHILD_REFUSED(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
	CHILD_REFUSED(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM);
	CHILD_REFUSED(syscall(SYS_bpf, 5 /* BPF_PROG_LOAD */, NULL, 0), EPERM);
	CHILD_REFUSED(mount("none", "/tmp", "tmpfs", 0, NULL), EPERM);
	CHILD_REFUSED(setuid(0), EPERM);
	/* Its permissions would let anyone read it: this is Landlock. */
	if (syscall(444, NULL, 0, 1) >= 1)
		CHILD_REFUSED(open(s->other.file, O_RDONLY), EACCES);
	CHILD_CHECK(open(s->read.file, O_RDONLY) >= 0);
}

static void
what_a_sensor_never_does_is_refused(void **state)
{
	if (rig_is_root("what is refused in the sandbox"))
		rig_child(try_what_is_refused, *state);
}

static void
use_sqlite(const struct scene *s)
{
	char path[128];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/db", s->written.path);
	CHILD_CHECK(sqlite3_open(path, &db) == SQLITE_OK);
	CHILD_CHECK(
		sqlite3_exec(db,
			"PRAGMA journal_mode=WAL; CREATE TABLE IF NOT EXISTS t (a, b);"
			"INSERT INTO t VALUES (1, randomblob(100000));"
			"UPDATE t SET a = 2; VACUUM;"
			"PRAGMA wal_checkpoint(TRUNCATE)",
			NULL, NULL, NULL) == SQLITE_OK);
	CHILD_CHECK(sqlite3_close(db) == SQLITE_OK);
}

static void
use_openssl(void)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	unsigned char random[16];

	CHILD_CHECK(ctx && SSL_CTX_set_default_verify_paths(ctx) == 1);
	CHILD_CHECK(RAND_bytes(random, sizeof(random)) == 1);
	SSL_CTX_free(ctx);
}

static int
a_listener(uint16_t *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHILD_CHECK(bind(s, (void *)&at, len) == 0 && listen(s, 1) == 0);
	CHILD_CHECK(getsockname(s, (void *)&at, &len) == 0);
	*port = ntohs(at.sin_port);
	return s;
}

/* By name, through nss, as an output finds its collector. */
static void
use_names(void)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *all;
	char port[8];
	uint16_t number;
	int listener = a_listener(&number), s, status = -1;

	snprintf(port, sizeof(port), "%u", number);
	CHILD_CHECK(getaddrinfo("localhost", port, &hints, &all) == 0);
	for (struct addrinfo *a = all; a && status < 0; a = a->ai_next) {
		s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
		CHILD_CHECK(s >= 0);
		status = connect(s, a->ai_addr, a->ai_addrlen);
		close(s);
	}
	CHILD_CHECK(status == 0);
	freeaddrinfo(all);
	close(listener);
}

static void
collect(void *ctx, struct text_out *out)
{
	(void)ctx;
	text_out_text(out, "relaytap_x_total 1\n");
}

static const char *
answer_nothing(void *ctx, char *const *words, size_t count, struct text_out *out)
{
	(void)ctx, (void)words, (void)count, (void)out;
	return NULL;
}

static bool
use_control(const char *path)
{
	struct text_out out;
	bool good;

	text_out_init(&out);
	good = control_ask(path, "anything", &out) == 0;
	text_out_free(&out);
	return good;
}

/* Our own page, and the socket that commands come by: both begin in the sandbox. */
static void
use_servers(const struct scene *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	uint16_t port;
	int listener = a_listener(&port), client = socket(AF_INET, SOCK_STREAM, 0);
	char path[128], error[256], answer[512] = "";
	struct control *control;
	struct metrics *metrics;

	close(listener);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	at.sin_port = htons(port);
	metrics = metrics_open("127.0.0.1", port, collect, NULL, error, sizeof(error));
	CHILD_CHECK(metrics);
	if (s->o.network) {
		CHILD_CHECK(connect(client, (void *)&at, sizeof(at)) == 0);
		CHILD_CHECK(send(client, "GET /metrics HTTP/1.0\r\n\r\n", 25, 0) == 25);
		CHILD_CHECK(recv(client, answer, sizeof(answer) - 1, 0) > 0);
		CHILD_CHECK(strstr(answer, " 200 "));
	}
	metrics_close(metrics);
	snprintf(path, sizeof(path), "%s/control", s->written.path);
	control = control_open(path, error, sizeof(error));
	CHILD_CHECK(control && control_start(control, answer_nothing, NULL) == 0);
	CHILD_CHECK(use_control(path));
	control_close(control);
	CHILD_CHECK(access(path, F_OK) != 0);
}

static void *
in_a_thread(void *arg)
{
	CHILD_CHECK(sandbox_thread() == 0);
	CHILD_REFUSED(socket(AF_INET, SOCK_STREAM, 0), EPERM);
	CHILD_REFUSED(open("/dev/null", O_RDONLY), EPERM);
	return arg;
}

static void
try_libraries(void *arg)
{
	struct scene *s = arg;
	pthread_t thread;

	CHILD_CHECK(sandbox_enter(&s->o) == 0);
	use_sqlite(s);
	use_openssl();
	if (s->o.network)
		use_names();
	use_servers(s);
	CHILD_CHECK(pthread_create(&thread, NULL, in_a_thread, NULL) == 0);
	CHILD_CHECK(pthread_join(thread, NULL) == 0);
	use_sqlite(s);
}

/* Without root as well: there is less to give up, and the same to work. */
static void
the_libraries_that_we_use_work_in_it(void **state)
{
	struct scene *s = *state;

	rig_child(try_libraries, s);
	s->o.network = false;
	rig_child(try_libraries, s);
	s->o.network = true;
}

static void
try_chroot(void *arg)
{
	struct scene *s = arg;
	char file[16] = "/file";

	s->o.chroot = s->written.path;
	s->writable[0] = "/";
	s->readable[0] = file;
	CHILD_CHECK(sandbox_enter(&s->o) == 0);
	CHILD_CHECK(open("/file", O_RDWR) >= 0);
	CHILD_REFUSED(open("/etc/passwd", O_RDONLY), ENOENT);
}

static void
another_root_folder_is_all_there_is(void **state)
{
	if (rig_is_root("chroot"))
		rig_child(try_chroot, *state);
}

static void
try_to_fail(void *arg)
{
	struct scene *s = arg;

	s->o.user = "no-such-user-here";
	CHILD_CHECK(sandbox_enter(&s->o) < 0);
	s->o.user = NULL;
	s->o.chroot = "/nonexistent";
	CHILD_CHECK(sandbox_enter(&s->o) < 0);
	CHILD_CHECK(geteuid() == 0);
}

static void
what_cannot_be_done_is_said_and_nothing_begun(void **state)
{
	if (rig_is_root("users that do not exist"))
		rig_child(try_to_fail, *state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_says_that_nothing_is_left),
		cmocka_unit_test(what_a_sensor_never_does_is_refused),
		cmocka_unit_test(the_libraries_that_we_use_work_in_it),
		cmocka_unit_test(what_cannot_be_done_is_said_and_nothing_begun),
		cmocka_unit_test(another_root_folder_is_all_there_is),
	};

	return cmocka_run_group_tests(tests, scene_up, scene_down);
}
