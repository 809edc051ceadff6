/* SPDX-License-Identifier: Apache-2.0 */
#include "finding_kind.h"

const char *
finding_kind_name(enum finding_kind kind)
{
	static const char *const names[FINDING_KINDS] = {
		[FINDING_RELAY_PROBE] = "relay-probe",
		[FINDING_CLEAR_CREDENTIALS] = "clear-credentials",
		[FINDING_STARTTLS_STRIPPED] = "starttls-stripped",
		[FINDING_STARTTLS_VANISHED] = "starttls-vanished",
		[FINDING_STARTTLS_REFUSED] = "starttls-refused",
		[FINDING_COMMAND_INJECTION] = "command-injection",
		[FINDING_REPLY_INJECTION] = "reply-injection",
		[FINDING_SMUGGLING] = "smuggling",
		[FINDING_BLOCKLISTED] = "blocklisted",
		[FINDING_BACKSCATTER] = "backscatter",
		[FINDING_USER_PROBING] = "user-probing",
	};

	return names[kind];
}

const char *
finding_kind_title(enum finding_kind kind)
{
	static const char *const titles[FINDING_KINDS] = {
		[FINDING_RELAY_PROBE] = "Tested for open relaying",
		[FINDING_CLEAR_CREDENTIALS] = "Passwords sent in clear",
		[FINDING_STARTTLS_STRIPPED] = "STARTTLS offer blanked out",
		[FINDING_STARTTLS_VANISHED] = "STARTTLS no longer offered",
		[FINDING_STARTTLS_REFUSED] = "STARTTLS offered, then refused",
		[FINDING_COMMAND_INJECTION] = "Commands injected before TLS",
		[FINDING_REPLY_INJECTION] = "Replies injected before TLS",
		[FINDING_SMUGGLING] = "SMTP smuggling",
		[FINDING_BLOCKLISTED] = "Mail server on a blocklist",
		[FINDING_BACKSCATTER] = "Bounces to forged senders",
		[FINDING_USER_PROBING] = "Mailbox names tried out",
	};

	return titles[kind];
}

const char *
finding_severity_name(enum finding_severity severity)
{
	static const char *const names[] = {
		[SEVERITY_LOW] = "low",
		[SEVERITY_MEDIUM] = "medium",
		[SEVERITY_HIGH] = "high",
		[SEVERITY_CRITICAL] = "critical",
	};

	return names[severity];
}
