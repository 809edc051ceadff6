/* SPDX-License-Identifier: Apache-2.0 */
#include "feed.h"

#include "dissect/smtp_path.h"

struct path_case {
	const char *args; /* behind RCPT */
	enum smtp_form form, inner;
	enum smtp_via via;
	const char *address, *target, *target_domain;
};

/* Shorter names for the columns. */
#define F(name)	  SMTP_FORM_##name
#define FF(name)  SMTP_FORM_##name, SMTP_FORM_##name
#define Q(inside) SMTP_FORM_QUOTED, SMTP_FORM_##inside
#define NONE	  SMTP_VIA_NONE
#define HOST	  SMTP_VIA_HOST
#define LIT	  SMTP_VIA_LITERAL

/* nmap's smtp-open-relay: what the sixteen tests put into RCPT, and the senders. */
static const struct path_case nmap[] = {
	{"TO:<>", FF(NULL), NONE, "", "", ""},
	{"TO:<relaytest@nmap.scanme.org>", FF(PLAIN), HOST, "relaytest@nmap.scanme.org",
		"relaytest@nmap.scanme.org", "nmap.scanme.org"},
	{"TO:<antispam@mail>", FF(PLAIN), HOST, "antispam@mail", "antispam@mail", "mail"},
	{"TO:<antispam@[203.0.113.7]>", FF(LITERAL), LIT, "antispam@[203.0.113.7]",
		"antispam@[203.0.113.7]", "[203.0.113.7]"},
	{"TO:<relaytest%nmap.scanme.org@[203.0.113.7]>", FF(PERCENT), LIT,
		"relaytest%nmap.scanme.org@[203.0.113.7]", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<relaytest%nmap.scanme.org@mail.corp.test>", FF(PERCENT), HOST,
		"relaytest%nmap.scanme.org@mail.corp.test", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<\"relaytest@nmap.scanme.org\">", Q(PLAIN), NONE,
		"\"relaytest@nmap.scanme.org\"", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<\"relaytest%nmap.scanme.org\">", Q(PERCENT), NONE,
		"relaytest%nmap.scanme.org", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<relaytest@nmap.scanme.org@[203.0.113.7]>", FF(DOUBLE_AT), LIT,
		"relaytest@nmap.scanme.org@[203.0.113.7]", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<\"relaytest@nmap.scanme.org\"@[203.0.113.7]>", Q(PLAIN), LIT,
		"\"relaytest@nmap.scanme.org\"@[203.0.113.7]",
		"relaytest@nmap.scanme.org", "nmap.scanme.org"},
	{"TO:<relaytest@nmap.scanme.org@mail.corp.test>", FF(DOUBLE_AT), HOST,
		"relaytest@nmap.scanme.org@mail.corp.test", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<@[203.0.113.7]:relaytest@nmap.scanme.org>", FF(SOURCE_ROUTE), LIT,
		"relaytest@nmap.scanme.org", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<@mail.corp.test:relaytest@nmap.scanme.org>", FF(SOURCE_ROUTE), HOST,
		"relaytest@nmap.scanme.org", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<nmap.scanme.org!relaytest>", FF(BANG), NONE, "nmap.scanme.org!relaytest",
		"relaytest@nmap.scanme.org", "nmap.scanme.org"},
	{"TO:<nmap.scanme.org!relaytest@[203.0.113.7]>", FF(BANG), LIT,
		"nmap.scanme.org!relaytest@[203.0.113.7]", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
	{"TO:<nmap.scanme.org!relaytest@mail.corp.test>", FF(BANG), HOST,
		"nmap.scanme.org!relaytest@mail.corp.test", "relaytest@nmap.scanme.org",
		"nmap.scanme.org"},
};

/* What other relay testers send. */
static const struct path_case testers[] = {
	{"TO:<nobody>", FF(NO_DOMAIN), NONE, "nobody", "nobody", ""},
	{"TO:<x@localhost>", FF(LOCALHOST), HOST, "x@localhost", "x@localhost",
		"localhost"},
	{"TO:<x@LocalHost.LocalDomain.>", FF(LOCALHOST), HOST, "x@localhost.localdomain",
		"x@localhost.localdomain", "localhost.localdomain"},
	{"TO:<x@localhost.example>", FF(PLAIN), HOST, "x@localhost.example",
		"x@localhost.example", "localhost.example"},
	{"TO:<relaytest@dom.test@>", FF(TRAILING_AT), NONE, "relaytest@dom.test@",
		"relaytest@dom.test", "dom.test"},
	{"TO:<relaytest%dom.test@>", FF(TRAILING_AT), NONE, "relaytest%dom.test@",
		"relaytest@dom.test", "dom.test"},
	{"TO:<user@>", FF(TRAILING_AT), NONE, "user@", "user", ""},
	{"TO:<@a.test,@b.test:user@c.test>", FF(MULTI_HOP), HOST, "user@c.test",
		"user@c.test", "c.test"},
	{"TO:<@a.test:@[192.0.2.1]:user@c.test>", FF(MULTI_HOP), HOST, "user@c.test",
		"user@c.test", "c.test"},
	{"TO:<@[IPv6:2001:db8::1]:user@c.test>", FF(SOURCE_ROUTE), LIT, "user@c.test",
		"user@c.test", "c.test"},
	{"TO:<@a.test:user%d.test@c.test>", FF(SOURCE_ROUTE), HOST, "user%d.test@c.test",
		"user@d.test", "d.test"},
	{"TO:<@a.test:user>", FF(SOURCE_ROUTE), HOST, "user", "user", ""},
	{"TO:<dom.test!nobody@[192.0.2.1]>", FF(BANG), LIT, "dom.test!nobody@[192.0.2.1]",
		"nobody@dom.test", "dom.test"},
	{"TO:<abuse.net!relaytest@mail.corp.test>", FF(BANG), HOST,
		"abuse.net!relaytest@mail.corp.test", "relaytest@abuse.net", "abuse.net"},
	{"TO:<a!b!user@c.test>", FF(BANG), HOST, "a!b!user@c.test", "b!user@a", "a"},
	{"TO:<a.test!b.test!user>", FF(BANG), NONE, "a.test!b.test!user",
		"b.test!user@a.test", "a.test"},
	{"TO:<user%a.test%b.test@c.test>", FF(PERCENT), HOST, "user%a.test%b.test@c.test",
		"user%a.test@b.test", "b.test"},
	{"TO:<user%[192.0.2.9]@c.test>", FF(PERCENT), HOST, "user%[192.0.2.9]@c.test",
		"user@[192.0.2.9]", "[192.0.2.9]"},
	{"TO:<user%Foreign.TEST>", FF(PERCENT), NONE, "user%Foreign.TEST",
		"user@foreign.test", "foreign.test"},
	{"TO:<\"dom.test!user\"@h.test>", Q(BANG), HOST, "dom.test!user@h.test",
		"user@dom.test", "dom.test"},
	{"TO:<\"user%dom.test\"@[192.0.2.1]>", Q(PERCENT), LIT,
		"user%dom.test@[192.0.2.1]", "user@dom.test", "dom.test"},
	{"TO:<\"user@a.test@b.test\"@c.test>", Q(DOUBLE_AT), HOST,
		"\"user@a.test@b.test\"@c.test", "user@a.test", "a.test"},
	{"TO:<\"\\\"user@dom.test\\\"@b.test\"@c.test>", Q(QUOTED), HOST,
		"\"\\\"user@dom.test\\\"@b.test\"@c.test", "user@dom.test", "dom.test"},
	{"TO:<\"\\\"a b\\\"@b.test\"@c.test>", Q(QUOTED), HOST,
		"\"\\\"a b\\\"@b.test\"@c.test", "\"a b\"@b.test", "b.test"},
	{"TO:<a@b.test@c.test@d.test>", FF(DOUBLE_AT), HOST, "a@b.test@c.test@d.test",
		"a@b.test", "b.test"},
	/* More layers than anyone sends: the target is where peeling stops. */
	{"TO:<a@1@2@3@4@5@6>", FF(DOUBLE_AT), HOST, "a@1@2@3@4@5@6", "a@1@2", "2"},
};

/* Ordinary mail, and forms that only look like a trick. */
static const struct path_case ordinary[] = {
	{"TO:<alice@Example.COM>", FF(PLAIN), HOST, "alice@example.com",
		"alice@example.com", "example.com"},
	{"to:<Alice@b.test>", FF(PLAIN), HOST, "Alice@b.test", "Alice@b.test", "b.test"},
	{"TO:<a@b.test.>", FF(PLAIN), HOST, "a@b.test", "a@b.test", "b.test"},
	{"TO: <a@b.test>", FF(PLAIN), HOST, "a@b.test", "a@b.test", "b.test"},
	{"TO : \t<a@b.test>", FF(PLAIN), HOST, "a@b.test", "a@b.test", "b.test"},
	{"TO:a@b.test", FF(PLAIN), HOST, "a@b.test", "a@b.test", "b.test"},
	{"TO: a@b.test", FF(PLAIN), HOST, "a@b.test", "a@b.test", "b.test"},
	{"TO:< a@b.test >", FF(PLAIN), HOST, "a@b.test", "a@b.test", "b.test"},
	{"TO:<postmaster>", FF(POSTMASTER), NONE, "postmaster", "postmaster", ""},
	{"TO:<PostMaster>", FF(POSTMASTER), NONE, "PostMaster", "PostMaster", ""},
	{"TO:<postmaster@b.test>", FF(PLAIN), HOST, "postmaster@b.test",
		"postmaster@b.test", "b.test"},
	{"TO:root", FF(NO_DOMAIN), NONE, "root", "root", ""},
	{"TO:< >", FF(NULL), NONE, "", "", ""},
	{"TO:<a@[IPv6:2001:DB8::1]>", FF(LITERAL), LIT, "a@[ipv6:2001:db8::1]",
		"a@[ipv6:2001:db8::1]", "[ipv6:2001:db8::1]"},
	{"TO:<\"john smith\"@x.test>", Q(NO_DOMAIN), HOST, "\"john smith\"@x.test",
		"\"john smith\"@x.test", "x.test"},
	{"TO:\"john smith\"@x.test", Q(NO_DOMAIN), HOST, "\"john smith\"@x.test",
		"\"john smith\"@x.test", "x.test"},
	{"TO:<\"john\"@x.test>", Q(NO_DOMAIN), HOST, "john@x.test", "john@x.test",
		"x.test"},
	{"TO:<\"j\\ohn\"@x.test>", Q(NO_DOMAIN), HOST, "john@x.test", "john@x.test",
		"x.test"},
	{"TO:<\"a\\\"b\\\\c\"@x.test>", Q(NO_DOMAIN), HOST, "\"a\\\"b\\\\c\"@x.test",
		"\"a\\\"b\\\\c\"@x.test", "x.test"},
	{"TO:<\"a>b\"@x.test>", Q(NO_DOMAIN), HOST, "\"a>b\"@x.test", "\"a>b\"@x.test",
		"x.test"},
	{"TO:<\"a..b\"@x.test>", Q(NO_DOMAIN), HOST, "\"a..b\"@x.test", "\"a..b\"@x.test",
		"x.test"},
	{"TO:<\"\"@x.test>", Q(NO_DOMAIN), HOST, "\"\"@x.test", "\"\"@x.test", "x.test"},
	{"TO:<\"postmaster\"@x.test>", Q(NO_DOMAIN), HOST, "postmaster@x.test",
		"postmaster@x.test", "x.test"},
	{"TO:<\"a\".b@x.test>", FF(PLAIN), HOST, "\"a\".b@x.test", "\"a\".b@x.test",
		"x.test"},
	/* Phones of a large provider really have such names. */
	{"TO:<.a..b.@x.test>", FF(PLAIN), HOST, ".a..b.@x.test", ".a..b.@x.test",
		"x.test"},
	{"TO:<a_b/c=d@my_host.test>", FF(PLAIN), HOST, "a_b/c=d@my_host.test",
		"a_b/c=d@my_host.test", "my_host.test"},
	{"TO:<bounce+a=b.test@c.test>", FF(PLAIN), HOST, "bounce+a=b.test@c.test",
		"bounce+a=b.test@c.test", "c.test"},
	{"TO:<50%off@shop.test>", FF(PLAIN), HOST, "50%off@shop.test", "50%off@shop.test",
		"shop.test"},
	{"TO:<5%1.5@shop.test>", FF(PLAIN), HOST, "5%1.5@shop.test", "5%1.5@shop.test",
		"shop.test"},
	{"TO:<v%a=b.test@shop.test>", FF(PLAIN), HOST, "v%a=b.test@shop.test",
		"v%a=b.test@shop.test", "shop.test"},
	{"TO:<%dom.test@shop.test>", FF(PLAIN), HOST, "%dom.test@shop.test",
		"%dom.test@shop.test", "shop.test"},
	{"TO:<50%off>", FF(NO_DOMAIN), NONE, "50%off", "50%off", ""},
	{"TO:<wow!great@shop.test>", FF(PLAIN), HOST, "wow!great@shop.test",
		"wow!great@shop.test", "shop.test"},
	{"TO:<dom.test!@shop.test>", FF(PLAIN), HOST, "dom.test!@shop.test",
		"dom.test!@shop.test", "shop.test"},
	{"TO:<\"50%off now\"@shop.test>", Q(NO_DOMAIN), HOST, "\"50%off now\"@shop.test",
		"\"50%off now\"@shop.test", "shop.test"},
	/* The Sender Rewriting Scheme is forwarding done rightly. */
	{"TO:<SRS0=x9Zz=TT=dom.test=user@fwd.test>", FF(PLAIN), HOST,
		"SRS0=x9Zz=TT=dom.test=user@fwd.test",
		"SRS0=x9Zz=TT=dom.test=user@fwd.test", "fwd.test"},
	{"TO:<srs1+h=a.test==x=TT=b.test=u%c.test@fwd.test>", FF(PLAIN), HOST,
		"srs1+h=a.test==x=TT=b.test=u%c.test@fwd.test",
		"srs1+h=a.test==x=TT=b.test=u%c.test@fwd.test", "fwd.test"},
	{"TO:<SRS0user%c.test@fwd.test>", FF(PERCENT), HOST, "SRS0user%c.test@fwd.test",
		"SRS0user@c.test", "c.test"},
	/* Comments are none of the mailbox; inside quotes they are no comments. */
	{"TO:<a(one (two\\)) \">\")@b.test(x)>", FF(PLAIN), HOST, "a@b.test", "a@b.test",
		"b.test"},
	{"TO:<\"a(b\"@c.test>", Q(NO_DOMAIN), HOST, "\"a(b\"@c.test", "\"a(b\"@c.test",
		"c.test"},
	/* RFC 6531 */
	{"TO:<j\xc3\xbcrgen@b\xc3\xbc"
	 "cher.test>",
		FF(PLAIN), HOST,
		"j\xc3\xbcrgen@b\xc3\xbc"
		"cher.test",
		"j\xc3\xbcrgen@b\xc3\xbc"
		"cher.test",
		"b\xc3\xbc"
		"cher.test"},
};

static const char *const malformed[] = {
	"",
	"TO",
	"TO:",
	"TO: ",
	"<a@b.test>",
	"TO<a@b.test>",
	"FROM:<a@b.test>",
	"TO:<a@b.test",
	"TO:a@b.test>",
	"TO:<<a@b.test>>",
	"TO:<a@b.test>>",
	"TO:<a b@c.test>",
	"TO:<a@b test>",
	"TO:<\"a@b.test>",
	"TO:<a\"b@c.test>",
	"TO:<a(@b.test>",
	"TO:<a)@b.test>",
	"TO:<a@b..test>",
	"TO:<a@.test>",
	"TO:<a@b,c>",
	"TO:<a@[192.0.2.1>",
	"TO:<a@[]>",
	"TO:<a@[a b]>",
	"TO:<a@x[1]>",
	"TO:<@>",
	"TO:<@b.test>",
	"TO:<@b.test:>",
	"TO:<@:a@b.test>",
	"TO:<@b.test,a@c.test>",
	"TO:<@b.test,:a@c.test>",
	"TO:<@b test:a@c.test>",
	"TO:<@b.test:<a@c.test>>",
	"TO:<a@@b.test>",
	"TO:<a@@>",
	"TO:<a@b.test@@c.test>",
	"TO:<a@b,c@d.test>",
	"TO:John <a@b.test>",
	"TO:<a;b@c.test>",
	"TO:<a\\@b@c.test>",
	"TO:<a\x01@b.test>",
	"TO:<\"a\x01\"@b.test>",
	"TO:<\"a\x7f\"@b.test>",
	"TO:<smtp:a@b.test>",
	"TO:<[192.0.2.1]>",
	"TO:<a@#123>",
	"TO:a%[1>2]@c.test",
};

static void
assert_text(struct span got, const char *want)
{
	if (!span_equal(got, span_of_text(want)))
		fail_msg("got \"%.*s\", not \"%s\"", (int)got.len, (const char *)got.at,
			want);
}

static void
assert_case(const struct path_case *c)
{
	struct guarded g = guarded_new(c->args, strlen(c->args));
	struct smtp_path path;

	assert_true(smtp_path_parse(guarded_span(&g), "TO", &path));
	assert_string_equal(smtp_form_name(path.form), smtp_form_name(c->form));
	assert_string_equal(smtp_form_name(path.inner), smtp_form_name(c->inner));
	assert_int_equal(path.via, c->via);
	assert_text(path.address, c->address);
	assert_text(path.target, c->target);
	assert_text(path.target_domain, c->target_domain);
	assert_int_equal(path.params.len, 0);
	/* The parts make up the whole. */
	assert_int_equal(path.local.len + path.domain.len +
				 (path.domain.len || path.form == F(TRAILING_AT)),
		path.address.len);
	guarded_free(&g);
}

#define EACH(table)                                                                      \
	for (size_t i = 0; i < sizeof(table) / sizeof((table)[0]); i++)                  \
	assert_case(&(table)[i])

static void
the_sixteen_forms_of_nmap_are_told_apart(void **state)
{
	(void)state;
	assert_int_equal(sizeof(nmap) / sizeof(nmap[0]), 16);
	EACH(nmap);
}

static void
the_forms_of_other_testers_lead_to_their_targets(void **state)
{
	(void)state;
	EACH(testers);
}

static void
ordinary_addresses_are_no_tricks(void **state)
{
	(void)state;
	EACH(ordinary);
}

static void
a_malformed_path_keeps_all_it_was(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		struct guarded g = guarded_new(malformed[i], strlen(malformed[i]));
		struct smtp_path path;

		if (smtp_path_parse(guarded_span(&g), "TO", &path))
			fail_msg("taken: %s", malformed[i]);
		assert_int_equal(path.form, F(MALFORMED));
		assert_true(span_equal(path.raw, span_of_text(malformed[i])));
		assert_int_equal(path.address.len + path.target.len + path.params.len, 0);
		guarded_free(&g);
	}
}

static void
cut_anywhere_it_stays_within_its_input(const struct path_case *c, size_t n)
{
	struct smtp_path path;

	for (size_t at = 0; at < n; at++) {
		for (size_t len = 0; len < strlen(c[at].args); len++) {
			struct guarded g = guarded_new(c[at].args, len);
			bool ok = smtp_path_parse(guarded_span(&g), "TO", &path);

			assert_true(path.raw.len <= len);
			assert_int_equal(ok, path.form != F(MALFORMED));
			/* A bracket that is not closed is no path. */
			if (memchr(c[at].args, '<', len))
				assert_true(!ok || memchr(c[at].args, '>', len));
			guarded_free(&g);
		}
	}
}

static void
a_truncated_path_is_malformed_or_a_shorter_one(void **state)
{
	(void)state;
	cut_anywhere_it_stays_within_its_input(nmap, sizeof(nmap) / sizeof(nmap[0]));
	cut_anywhere_it_stays_within_its_input(
		testers, sizeof(testers) / sizeof(testers[0]));
	cut_anywhere_it_stays_within_its_input(
		ordinary, sizeof(ordinary) / sizeof(ordinary[0]));
}

static void
a_path_too_long_is_malformed(void **state)
{
	char args[SMTP_PATH_MAX + 4];
	struct smtp_path path;

	(void)state;
	/* With its brackets exactly as long as allowed, then one octet more. */
	for (size_t more = 0; more < 2; more++) {
		size_t len = 3 + SMTP_PATH_MAX + more;

		memset(args, 'a', sizeof(args));
		memcpy(args, "TO:<", 4);
		memcpy(args + len - 8, "@b.test>", 8);
		assert_int_equal(
			smtp_path_parse(span_of(args, len), "TO", &path), more == 0);
		assert_int_equal(path.raw.len, more ? len : SMTP_PATH_MAX);
	}
	/* The target of the longest trick has room too. */
	memset(args, 'a', sizeof(args));
	memcpy(args, "TO:<", 4);
	memcpy(args + 3 + SMTP_PATH_MAX - 8, "%b.test>", 8);
	assert_true(smtp_path_parse(span_of(args, 3 + SMTP_PATH_MAX), "TO", &path));
	assert_int_equal(path.form, F(PERCENT));
	assert_int_equal(path.target.len, SMTP_PATH_MAX - 2);
}

static void
flags_tell_how_it_was_written(void **state)
{
	static const struct {
		const char *args;
		bool no_brackets, blank, utf8;
	} cases[] = {
		{"FROM:<a@b.test>", false, false, false},
		{"FROM: <a@b.test>", false, true, false},
		{"FROM :<a@b.test>", false, true, false},
		{"from:a@b.test", true, false, false},
		{"from: a@b.test", true, true, false},
		{"FROM:<\xc3\xa9@b.test>", false, false, true},
		{"FROM: <\xc3\xa9", false, true, true},
	};
	struct smtp_path path;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		(void)smtp_path_parse(span_of_text(cases[i].args), "FROM", &path);
		assert_int_equal(path.no_brackets, cases[i].no_brackets);
		assert_int_equal(path.blank_before, cases[i].blank);
		assert_int_equal(path.utf8, cases[i].utf8);
	}
}

static void
parameters_follow_the_path(void **state)
{
	static const char args[] = "FROM:<a@b.test>  SIZE=100 BODY=8BITMIME "
				   "SMTPUTF8\tAUTH=<> RET=HDRS ENVID=q+3D1 "
				   "NOTIFY=SUCCESS,DELAY ORCPT=rfc822;u=v@c.test "
				   "BY=120;R MT-PRIORITY=-3 REQUIRETLS X= ";
	static const struct {
		const char *keyword, *value;
	} want[] = {
		{"SIZE", "100"},
		{"BODY", "8BITMIME"},
		{"SMTPUTF8", ""},
		{"AUTH", "<>"},
		{"RET", "HDRS"},
		{"ENVID", "q+3D1"},
		{"NOTIFY", "SUCCESS,DELAY"},
		{"ORCPT", "rfc822;u=v@c.test"},
		{"BY", "120;R"},
		{"MT-PRIORITY", "-3"},
		{"REQUIRETLS", ""},
		{"X", ""},
	};
	struct guarded g = guarded_new(args, sizeof(args) - 1);
	struct smtp_path path;
	struct smtp_param p;

	(void)state;
	assert_true(smtp_path_parse(guarded_span(&g), "FROM", &path));
	assert_text(path.raw, "<a@b.test>");
	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_true(smtp_param_next(&path.params, &p));
		assert_text(p.keyword, want[i].keyword);
		assert_text(p.value, want[i].value);
	}
	assert_false(smtp_param_next(&path.params, &p));
	guarded_free(&g);

	assert_true(
		smtp_path_parse(SPAN_LITERAL("FROM:<a@b.test>SIZE=1"), "FROM", &path));
	assert_text(path.params, "SIZE=1");
	assert_true(smtp_path_parse(SPAN_LITERAL("FROM:a@b.test SIZE=1"), "FROM", &path));
	assert_text(path.params, "SIZE=1");
	assert_true(path.no_brackets);
}

static void
xtext_is_decoded_within_its_room(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(
		smtp_xtext_decode(SPAN_LITERAL("a+2Bb+3d"), out, sizeof(out)), 4);
	assert_string_equal(out, "a+b=");
	/* What is no escape stays as it is. */
	assert_int_equal(smtp_xtext_decode(SPAN_LITERAL("+G1+2"), out, sizeof(out)), 5);
	assert_string_equal(out, "+G1+2");
	assert_int_equal(
		smtp_xtext_decode(SPAN_LITERAL("123456789"), out, sizeof(out)), 7);
	assert_string_equal(out, "1234567");
	assert_int_equal(smtp_xtext_decode(SPAN_LITERAL("+00a"), out, sizeof(out)), 2);
	assert_memory_equal(out, "\0a", 3);
	assert_int_equal(smtp_xtext_decode(SPAN_LITERAL("a"), out, 1), 0);
	assert_string_equal(out, "");
}

static void
every_form_reads_back_from_its_name(void **state)
{
	(void)state;
	for (int f = 0; f < SMTP_FORM_COUNT; f++)
		assert_int_equal(smtp_form_of_name(
					 span_of_text(smtp_form_name((enum smtp_form)f))),
			f);
	assert_int_equal(smtp_form_of_name(SPAN_LITERAL("no such")), SMTP_FORM_COUNT);
	assert_string_equal(smtp_form_name(F(SOURCE_ROUTE)), "source-route");
	assert_string_equal(smtp_via_name(NONE), "none");
	assert_string_equal(smtp_via_name(HOST), "host");
	assert_string_equal(smtp_via_name(LIT), "literal");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sixteen_forms_of_nmap_are_told_apart),
		cmocka_unit_test(the_forms_of_other_testers_lead_to_their_targets),
		cmocka_unit_test(ordinary_addresses_are_no_tricks),
		cmocka_unit_test(a_malformed_path_keeps_all_it_was),
		cmocka_unit_test(a_truncated_path_is_malformed_or_a_shorter_one),
		cmocka_unit_test(a_path_too_long_is_malformed),
		cmocka_unit_test(flags_tell_how_it_was_written),
		cmocka_unit_test(parameters_follow_the_path),
		cmocka_unit_test(xtext_is_decoded_within_its_room),
		cmocka_unit_test(every_form_reads_back_from_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
