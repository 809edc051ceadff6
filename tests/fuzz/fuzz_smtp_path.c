/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever stands behind RCPT, a path is malformed or has all its parts where the header
 * says; a plain canonical address reads back as itself; the verb's parser comes before.
 */
#include <stdlib.h>

#include "dissect/smtp_path.h"
#include "dissect/smtp_verb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(bool ok)
{
	if (!ok)
		abort();
}

static bool
is_within(struct span part, const void *at, size_t len)
{
	const uint8_t *from = at;

	return part.len == 0 || (part.at >= from && part.at + part.len <= from + len);
}

static void
check_parts(const struct smtp_path *p, struct span args)
{
	check(is_within(p->raw, args.at, args.len));
	check(is_within(p->params, args.at, args.len));
	check(is_within(p->address, p->text, sizeof(p->text)));
	check(is_within(p->local, p->address.at, p->address.len));
	check(is_within(p->domain, p->address.at, p->address.len));
	check(is_within(p->target, p->text, sizeof(p->text)));
	check(is_within(p->target_domain, p->target.at, p->target.len));
	check(p->form < SMTP_FORM_COUNT && p->inner < SMTP_FORM_COUNT);
	check(p->form == SMTP_FORM_QUOTED || p->inner == p->form);
	check(p->raw.len <= SMTP_PATH_MAX || p->form == SMTP_FORM_MALFORMED);
	for (size_t i = 0; i < p->domain.len; i++)
		check(p->domain.at[i] < 'A' || p->domain.at[i] > 'Z');
}

/* "<" address ">" is a path again, of the same address and target. */
static void
check_again(const struct smtp_path *p)
{
	static struct smtp_path again;
	char args[SMTP_PATH_MAX + 16] = "TO:<";
	size_t n = 4;

	if (p->form != SMTP_FORM_PLAIN && p->form != SMTP_FORM_LITERAL &&
		p->form != SMTP_FORM_PERCENT && p->form != SMTP_FORM_LOCALHOST)
		return;
	memcpy(args + n, p->address.at, p->address.len);
	n += p->address.len;
	args[n++] = '>';
	/* An unbracketed path grows by its brackets. */
	if (n - 3 > SMTP_PATH_MAX)
		return;
	check(smtp_path_parse(span_of(args, n), "TO", &again));
	check(again.form == p->form);
	check(span_equal(again.address, p->address));
	check(span_equal(again.target, p->target));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct smtp_path path;
	struct smtp_command c;
	struct smtp_param param;
	struct span params;
	char text[64];

	smtp_command_parse(span_of(data, size), &c);
	check(c.word.len + c.args.len <= size);
	for (int from = 0; from < 2; from++) {
		bool ok = smtp_path_parse(c.args, from ? "FROM" : "TO", &path);

		check(ok == (path.form != SMTP_FORM_MALFORMED));
		check(ok || span_equal(path.raw, c.args));
		check_parts(&path, c.args);
		check_again(&path);
		params = path.params;
		for (size_t left = params.len; smtp_param_next(&params, &param);) {
			check(params.len < left &&
				param.keyword.len + param.value.len <= left);
			left = params.len;
			check(smtp_xtext_decode(param.value, text, sizeof(text)) <
				sizeof(text));
		}
	}
	return 0;
}
