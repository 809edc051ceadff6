/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line a server for a spreadsheet (RFC 4180, UTF-8). A cell that a spreadsheet would
 * take for a formula has an apostrophe before it.
 */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include "report_model.h"

void report_csv_write(const struct report_model *m, FILE *to);

#endif
