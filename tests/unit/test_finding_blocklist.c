/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_rig.h"

#define TEXT_NAMES                                                                       \
	"5.7.1 Service unavailable; Client host [203.0.113.11] blocked using "           \
	"zen.spamhaus.org"

/* Somebody's mail to the server, so that it is known for one. */
static void
server_seen(struct scene *s)
{
	odd_feed(s, (struct odd_txn){.to = "<bob@corp.test>", .data = 250});
}

static void
onward(struct scene *s, const char *client, unsigned code, const char *text)
{
	odd_feed(s, (struct odd_txn){.client = client,
			    .server = MX_V,
			    .name = "mx1.victim.test",
			    .helo = NAME,
			    .to = "<v@victim.test>",
			    .code = code,
			    .text = text});
}

/* asked NAME A answers addr. */
static void
dnsbl(struct scene *s, const char *name, const char *addr)
{
	struct record_answer a = {.name = span_of_text(name),
		.type = RECORD_RR_A,
		.ttl = 60,
		.addr = scene_addr(addr)};
	struct record r = {.kind = RECORD_DNS};

	scene_wait(s, 1);
	r.dns.time = s->now;
	r.dns.frame = ++s->frame;
	r.dns.name = span_of_text(name);
	r.dns.type = RECORD_RR_A;
	r.dns.answers = &a;
	infer_feed(s->in, &r);
}

static void
a_refusal_that_names_list_and_address_is_told(void **state)
{
	const struct finding *f;

	server_seen(*state);
	onward(*state, S, 554, TEXT_NAMES);
	f = odd_only(*state, FINDING_BLOCKLISTED);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->of.blocklist.list, "zen.spamhaus.org");
	assert_true(f->of.blocklist.named);
	assert_int_equal(f->key.port, 0);
	assert_true(span_equal(word_span(f->name), SPAN_LITERAL(NAME)));
}

static void
without_the_address_it_may_be_the_sender_that_is_listed(void **state)
{
	const struct finding *f;

	server_seen(*state);
	onward(*state, S, 550, "5.7.1 sender domain listed in dbl.spamhaus.org");
	f = odd_only(*state, FINDING_BLOCKLISTED);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_false(f->of.blocklist.named);
}

static void
a_refused_greeting_counts_too(void **state)
{
	server_seen(*state);
	odd_connect(*state, (struct odd_conn){.client = S,
				    .server = MX_V,
				    .name = "mx1.victim.test",
				    .no_ehlo = true,
				    .banner_code = 554,
				    .banner_text = TEXT_NAMES});
	odd_only(*state, FINDING_BLOCKLISTED);
}

static void
a_spammer_that_is_refused_is_no_server_of_ours(void **state)
{
	onward(*state, OUT1, 554,
		"5.7.1 Client host [198.51.100.66] blocked using zen.spamhaus.org");
	assert_int_equal(odd_count(*state), 0);
}

static void
acceptance_and_other_refusals_name_no_list(void **state)
{
	server_seen(*state);
	onward(*state, S, 0, NULL);
	onward(*state, S, 550, "5.1.1 User unknown");
	onward(*state, S, 450, "4.2.0 Greylisted");
	onward(*state, S, 250, "2.1.5 Ok, not blocked using zen.spamhaus.org");
	assert_int_equal(odd_count(*state), 0);
}

static void
the_lists_own_answer_is_told(void **state)
{
	const struct finding *f;

	server_seen(*state);
	dnsbl(*state, "11.113.0.203.zen.spamhaus.org", "127.0.0.4");
	f = odd_only(*state, FINDING_BLOCKLISTED);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_int_equal(f->of.blocklist.answers, 1);
	assert_string_equal(f->of.blocklist.list, "zen.spamhaus.org");
}

static void
answers_that_list_nothing_are_silent(void **state)
{
	server_seen(*state);
	/* RFC 5782 5: 127.0.0.1 is never listed; an error of the service */
	dnsbl(*state, "11.113.0.203.zen.spamhaus.org", "127.0.0.1");
	dnsbl(*state, "11.113.0.203.zen.spamhaus.org", "127.255.255.254");
	/* An ordinary name that looks like a question to a list */
	dnsbl(*state, "11.113.0.203.dyn.isp.test", "203.0.113.11");
	/* A list of good senders */
	dnsbl(*state, "11.113.0.203.list.dnswl.org", "127.0.5.1");
	/* Somebody who is no server here: what the server asks about its clients */
	dnsbl(*state, "66.100.51.198.zen.spamhaus.org", "127.0.0.4");
	assert_int_equal(odd_count(*state), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ODD(a_refusal_that_names_list_and_address_is_told),
		ODD(without_the_address_it_may_be_the_sender_that_is_listed),
		ODD(a_refused_greeting_counts_too),
		ODD(a_spammer_that_is_refused_is_no_server_of_ours),
		ODD(acceptance_and_other_refusals_name_no_list),
		ODD(the_lists_own_answer_is_told),
		ODD(answers_that_list_nothing_are_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
