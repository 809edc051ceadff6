/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "sensor/metrics/metrics.h"

#define TEXT "# TYPE relaytap_x_total counter\nrelaytap_x_total 1\n"

struct page {
	struct metrics *metrics;
	uint16_t port;
	unsigned collected;
};

static void
collect(void *ctx, struct text_out *out)
{
	struct page *p = ctx;

	p->collected++;
	text_out_text(out, TEXT);
}

/* One that is free now; if another takes it meanwhile the next one is tried. */
static uint16_t
free_port(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);
	int s = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(s, (void *)&a, len), 0);
	assert_int_equal(getsockname(s, (void *)&a, &len), 0);
	close(s);
	return ntohs(a.sin_port);
}

static int
page_up(void **state)
{
	static struct page p;
	char error[256] = "";

	p = (struct page){0};
	for (int tries = 0; tries < 10 && !p.metrics; tries++) {
		p.port = free_port();
		p.metrics = metrics_open(
			"127.0.0.1", p.port, collect, &p, error, sizeof(error));
	}
	if (!p.metrics)
		fail_msg("%s", error);
	*state = &p;
	return 0;
}

static int
page_down(void **state)
{
	metrics_close(((struct page *)*state)->metrics);
	return 0;
}

static int
connect_to(const struct page *p)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(p->port)};
	struct timeval patience = {.tv_sec = 20};
	int s = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(connect(s, (void *)&a, sizeof(a)), 0);
	setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return s;
}

static void
ask(const struct page *p, const char *request, char *got, size_t room)
{
	int s = connect_to(p);
	size_t used = 0;
	ssize_t n;

	assert_int_equal(send(s, request, strlen(request), MSG_NOSIGNAL),
		(ssize_t)strlen(request));
	while (used + 1 < room && (n = recv(s, got + used, room - 1 - used, 0)) > 0)
		used += (size_t)n;
	got[used] = '\0';
	close(s);
}

static void
the_page_is_served_to_get_and_head(void **state)
{
	struct page *p = *state;
	char got[1024];

	ask(p, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", got,
		sizeof(got));
	assert_int_equal(strncmp(got, "HTTP/1.1 200 ", 13), 0);
	assert_non_null(strstr(got, "Content-Type: text/plain; version=0.0.4"));
	assert_string_equal(strstr(got, "\r\n\r\n") + 4, TEXT);
	ask(p, "HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", got,
		sizeof(got));
	assert_int_equal(strncmp(got, "HTTP/1.1 200 ", 13), 0);
	assert_string_equal(strstr(got, "\r\n\r\n") + 4, "");
	assert_int_equal(p->collected, 2);
}

static void
all_else_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{"GET / HTTP/1.0\r\n\r\n", "404"},
		{"GET /metrics/x HTTP/1.0\r\n\r\n", "404"},
		{"GET /../metrics HTTP/1.0\r\n\r\n", "404"},
		{"POST /metrics HTTP/1.0\r\nContent-Length: 1\r\n\r\nx", "405"},
		{"DELETE /metrics HTTP/1.0\r\n\r\n", "405"},
	};
	struct page *p = *state;
	char got[1024];

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ask(p, cases[i][0], got, sizeof(got));
		assert_true(strlen(got) > 12);
		got[12] = '\0';
		assert_string_equal(got + 9, cases[i][1]);
	}
	assert_int_equal(p->collected, 0);
}

static void
garbage_and_silence_harm_nobody(void **state)
{
	struct page *p = *state;
	int silent = connect_to(p), garbage = connect_to(p);
	char got[1024];

	(void)!send(garbage, "\0\xff\r\n\r\n\r\n", 8, MSG_NOSIGNAL);
	ask(p, "GET /metrics HTTP/1.0\r\n\r\n", got, sizeof(got));
	assert_non_null(strstr(got, " 200 "));
	close(silent);
	close(garbage);
}

static void
what_cannot_be_opened_says_why(void **state)
{
	struct page *p = *state;
	char error[256] = "";

	assert_null(metrics_open("127.0.0.1", p->port, collect, p, error, sizeof(error)));
	assert_non_null(strstr(error, "Address already in use"));
	assert_null(metrics_open("localhost", 0, collect, p, error, sizeof(error)));
	assert_non_null(strstr(error, "is no address"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, page_up, page_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_page_is_served_to_get_and_head),
		TEST(all_else_is_refused),
		TEST(garbage_and_silence_harm_nobody),
		TEST(what_cannot_be_opened_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
