/* SPDX-License-Identifier: Apache-2.0 */
#include "record_names.h"

#include "dissect/smtp_reply.h"

const struct record_bit record_caps[17] = {
	{SMTP_CAP_PIPELINING, "PIPELINING"},
	{SMTP_CAP_STARTTLS, "STARTTLS"},
	{SMTP_CAP_AUTH, "AUTH"},
	{SMTP_CAP_SIZE, "SIZE"},
	{SMTP_CAP_CHUNKING, "CHUNKING"},
	{SMTP_CAP_8BITMIME, "8BITMIME"},
	{SMTP_CAP_SMTPUTF8, "SMTPUTF8"},
	{SMTP_CAP_DSN, "DSN"},
	{SMTP_CAP_ENHANCED, "ENHANCEDSTATUSCODES"},
	{SMTP_CAP_XCLIENT, "XCLIENT"},
	{SMTP_CAP_XFORWARD, "XFORWARD"},
	{SMTP_CAP_ETRN, "ETRN"},
	{SMTP_CAP_VRFY, "VRFY"},
	{SMTP_CAP_EXPN, "EXPN"},
	{SMTP_CAP_HELP, "HELP"},
	{SMTP_CAP_PRDR, "PRDR"},
	{SMTP_CAP_BLANKED, "(blanked)"},
};

const struct record_bit record_mechs[11] = {
	{SMTP_MECH_PLAIN, "PLAIN"},
	{SMTP_MECH_LOGIN, "LOGIN"},
	{SMTP_MECH_CRAM_MD5, "CRAM-MD5"},
	{SMTP_MECH_DIGEST_MD5, "DIGEST-MD5"},
	{SMTP_MECH_SCRAM, "SCRAM"},
	{SMTP_MECH_XOAUTH2, "XOAUTH2"},
	{SMTP_MECH_OAUTHBEARER, "OAUTHBEARER"},
	{SMTP_MECH_GSSAPI, "GSSAPI"},
	{SMTP_MECH_NTLM, "NTLM"},
	{SMTP_MECH_EXTERNAL, "EXTERNAL"},
	{SMTP_MECH_OTHER, "OTHER"},
};

uint32_t
record_bit_of_name(const struct record_bit *bits, size_t count, struct span name)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(name, span_of_text(bits[i].name)))
			return bits[i].bit;
	return 0;
}
