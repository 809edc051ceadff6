/* SPDX-License-Identifier: Apache-2.0 */
/* What was not seen: told whether it is known or not, and never as markup. */
#include "report_rig.h"

#include "sensor/report/report_html.h"

static const char *
draw(struct report_rig *r, const char *losses, const char *stats)
{
	struct html_out h;
	FILE *to;

	free(r->text);
	r->text = NULL;
	r->input.losses = losses;
	r->input.stats = span_of_text(stats);
	to = open_memstream(&r->text, &r->len);
	assert_non_null(to);
	html_out_init(&h, to, CONFIG_REDACT_NONE);
	report_html_unseen(&h, &r->model);
	html_out_free(&h);
	assert_int_equal(fclose(to), 0);
	return r->text;
}

static void
start(struct report_rig *r)
{
	report_rig_init(r);
	report_rig_rank(r);
}

/* None, and not known, are two answers. */
static void
losses_that_are_not_known_are_not_told_as_none(void **state)
{
	struct report_rig r;

	(void)state;
	start(&r);
	draw(&r, NULL, "");
	assert_in(r.text, "not kept in its state: see relaytap ctl stats.");
	assert_not_in(r.text, "No loss was counted");
	draw(&r, "", "");
	assert_in(r.text, "No loss was counted in what was read.");
	assert_not_in(r.text, "<ul>");
	/* In either case, what no sensor can see. */
	assert_in(r.text, "What goes on inside TLS is not read");
	assert_not_in(r.text, "<details");
	report_rig_free(&r);
}

static void
each_loss_is_an_item_with_and_without_a_last_line_end(void **state)
{
	struct report_rig r;

	(void)state;
	start(&r);
	draw(&r, "3 frames were cut\n7 octets are <missing> & gone", "");
	assert_in(r.text, "<ul>\n<li>3 frames were cut</li>\n"
			  "<li>7 octets are &lt;missing&gt; &amp; gone</li>\n</ul>\n");
	draw(&r, "3 frames were cut\n", "");
	assert_in(r.text, "<ul>\n<li>3 frames were cut</li>\n</ul>\n");
	assert_int_equal(count_in(r.text, "<li>"), 1);
	report_rig_free(&r);
}

/* Losses first and open, the rest closed; what did not move is passed over. */
static void
counters_are_told_in_words_losses_first(void **state)
{
	struct report_rig r;
	const char *loss, *seen;

	(void)state;
	start(&r);
	draw(&r, "",
		"{\"type\":\"stats\",\"schema\":1,\"packets\":{\"frames\":1234567,"
		"\"frames_cut\":3,\"udp\":0},\"tcp\":{\"gap-octets\":9}}");
	loss = strstr(r.text, "<details open>\n<summary>Not seen, or not used</summary>");
	seen = strstr(r.text, "<details>\n<summary>What was read</summary>");
	assert_non_null(loss);
	assert_non_null(seen);
	assert_true(loss < seen);
	assert_in(loss, "<tr><td data-l=\"Where\">TCP</td><td data-l=\"What\">octets "
			"missing in them</td><td class=\"n\" data-l=\"Count\">9</td>"
			"</tr>\n</tbody></table>\n</details>\n<details>");
	assert_in(seen, "<td data-l=\"Where\">Packets</td><td data-l=\"What\">frames "
			"looked at</td><td class=\"n\" data-l=\"Count\">1,234,567</td>");
	assert_int_equal(count_in(r.text, "<tr><td"), 3);
	assert_int_equal(count_in(r.text, "<details"), count_in(r.text, "</details>"));
	assert_not_in(r.text, "UDP");
	report_rig_free(&r);
}

static void
a_counter_that_has_no_words_yet_is_told_by_its_name(void **state)
{
	struct report_rig r;

	(void)state;
	start(&r);
	draw(&r, "", "{\"new<g>\":{\"new<n>\":5}}");
	assert_in(r.text, "<td data-l=\"What\">new&lt;n&gt;</td>");
	assert_not_in(r.text, "<g>");
	assert_not_in(r.text, "Not seen, or not used");
	report_rig_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(losses_that_are_not_known_are_not_told_as_none),
		cmocka_unit_test(each_loss_is_an_item_with_and_without_a_last_line_end),
		cmocka_unit_test(counters_are_told_in_words_losses_first),
		cmocka_unit_test(a_counter_that_has_no_words_yet_is_told_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
