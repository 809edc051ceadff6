/* SPDX-License-Identifier: Apache-2.0 */
#include "report.h"

#include <errno.h>

#include "report_csv.h"
#include "report_html.h"
#include "report_markdown.h"

bool
report_format_of_name(const char *name, enum report_format *out)
{
	static const char *const names[] = {[REPORT_HTML] = "html",
		[REPORT_MARKDOWN] = "markdown",
		[REPORT_CSV] = "csv"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(name, names[i]) == 0) {
			*out = (enum report_format)i;
			return true;
		}
	return false;
}

int
report_write(const struct report_input *i, enum report_format format, FILE *to)
{
	struct report_model m;
	int fault;

	errno = 0;
	report_model_fill(&m, i);
	if (format == REPORT_HTML)
		report_html_write(&m, to);
	else if (format == REPORT_MARKDOWN)
		report_markdown_write(&m, to);
	else
		report_csv_write(&m, to);
	fault = errno;
	report_model_free(&m);
	if (fflush(to) != 0)
		return -1;
	if (!ferror(to))
		return 0;
	errno = fault ? fault : EIO;
	return -1;
}
