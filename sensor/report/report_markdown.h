/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report as Markdown (CommonMark): for tickets and wikis. Nothing of a peer's can
 * become markup: every mark in it is escaped by a backslash or an entity.
 */
#ifndef REPORT_MARKDOWN_H
#define REPORT_MARKDOWN_H

#include "report_model.h"

void report_markdown_write(const struct report_model *m, FILE *to);

#endif
