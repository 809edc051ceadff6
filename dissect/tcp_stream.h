/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One direction of a TCP connection (RFC 9293), put in order, with its holes told.
 *
 * Segments go in by feed, chunks come out by next. Octets in order are lent straight from
 * the packet; a chunk may be taken in part, the rest is offered again, ahead of all that
 * follows. What cannot be handed on yet goes to a window that the caller lends and gets
 * back (see tcp_window.h). Without one the stream goes on: it loses octets and says so.
 *
 *	tcp_stream_feed(s, &segment);
 *	if (tcp_stream_is_ahead(s) && !tcp_stream_lend(s, buf, size))
 *		tcp_stream_deny(s);
 *	while (tcp_stream_next(s, &chunk))
 *		tcp_stream_taken(s, use(&chunk));   (stop when not all of it was taken)
 *	if (tcp_stream_wants_window(s))
 *		tcp_stream_lend(s, buf, size);
 *	tcp_stream_keep(s);                         (the packet may go now)
 *	buf = tcp_stream_reclaim(s);
 *
 * Choices, where the RFC leaves a listener none or too many:
 *  - Overlap: the octets that came first win. Other content is counted and told
 *    (TCP_CHUNK_CONFLICT), also against the last TCP_HISTORY octets taken. Equal content
 *    is an ordinary retransmission and only counted, as is any
 *    conflict after the end was told.
 *  - Hole: told as a gap when the receiver has acknowledged it *and* the sender has gone
 *    on past it in a segment fed after that ACK; or when the ACK is TCP_ACK_GRACE_NS old.
 *    An ACK alone does not do: two taps may show it before the octets it acknowledges.
 *    Further when the window is full or denied, when the capture cut the octets off, and
 *    at the end. Octets that come after their gap was told pass as retransmitted.
 *  - A segment further than TCP_REACH ahead is ignored (blind injection) unless the peer
 *    acknowledges it, or the next one follows on it without a break.
 *  - A reset inside the window is noted, not believed: the stream goes on if more octets
 *    come, and ends as reset when the caller finishes it. A forged one blinds nobody.
 *  - A FIN ends the stream where it stands; octets after it are ignored.
 *  - Keep-alives (one before the next octet, 0 or 1 octets) are ignored. A zero-window
 *    probe with the next octet is taken as that octet, which it is.
 *  - Without a SYN the first segment says where the stream begins.
 *
 * Sequence numbers wrap; positions count 64 bits from the first octet. The stream keeps
 * no octet itself: history and window are borrowed.
 */
#ifndef TCP_STREAM_H
#define TCP_STREAM_H

#include "dissect.h"
#include "limits.h"
#include "tcp_history.h"
#include "tcp_window.h"

/* As on the wire (RFC 9293 3.1). */
enum tcp_flag {
	TCP_FLAG_FIN = 0x01,
	TCP_FLAG_SYN = 0x02,
	TCP_FLAG_RST = 0x04,
	TCP_FLAG_ACK = 0x10
};

enum tcp_count {
	TCP_COUNT_SEGMENTS,
	TCP_COUNT_OCTETS,	   /* of payload, as on the wire */
	TCP_COUNT_DELIVERED,	   /* octets taken by the consumer */
	TCP_COUNT_GAPS,		   /* taken; one hole may be told in parts */
	TCP_COUNT_GAP_OCTETS,	   /* taken */
	TCP_COUNT_AHEAD,	   /* segments past a hole or past octets not taken */
	TCP_COUNT_RETRANSMITTED,   /* octets that were there already, or given up */
	TCP_COUNT_CONFLICTS,	   /* segments with other content than came first */
	TCP_COUNT_CONFLICT_OCTETS, /* octets of them that differ */
	TCP_COUNT_CUT,		   /* octets not captured: shorter than on the wire */
	TCP_COUNT_DROPPED,    /* octets for which there was no window, room or range */
	TCP_COUNT_KEEPALIVES, /* ignored */
	TCP_COUNT_OUTSIDE,    /* segments ignored: too far ahead or too old */
	TCP_COUNT_RESYNCS,    /* far ahead, and confirmed */
	TCP_COUNT_AFTER_FIN,  /* octets ignored */
	TCP_COUNT_RESETS,
	TCP_COUNT_RESETS_OUTSIDE, /* ignored */
	TCP_COUNT_OTHER_SYN,	  /* a SYN with another ISN */
	TCP_COUNT_COUNT
};

struct tcp_counters {
	uint64_t n[TCP_COUNT_COUNT];
};

struct tcp_segment {
	uint32_t seq;	 /* host order, as on the wire: that of the SYN if there is one */
	uint32_t octets; /* of payload on the wire; what payload lacks is a hole */
	struct span payload; /* as captured */
	uint8_t flags;	     /* enum tcp_flag; others do not matter */
	struct moment at;
};

enum tcp_fed {
	TCP_FED_TAKEN,	 /* pull now */
	TCP_FED_IGNORED, /* and counted, with the reason */
	TCP_FED_OTHER	 /* a SYN with another ISN: not of this connection; not fed */
};

enum tcp_chunk_kind {
	TCP_CHUNK_DATA,	    /* data */
	TCP_CHUNK_GAP,	    /* octets are missing here */
	TCP_CHUNK_WITHHELD, /* octets were not wanted here: see tcp_stream_withhold */
	TCP_CHUNK_CONFLICT, /* a segment at offset said otherwise in so many octets; a
			       note */
	TCP_CHUNK_END	    /* end; told once, nothing follows */
};

enum tcp_end {
	TCP_END_FIN, /* all octets up to the FIN were told */
	TCP_END_RESET,
	TCP_END_OPEN /* finished by the caller while it stood open */
};

struct tcp_chunk {
	enum tcp_chunk_kind kind;
	enum tcp_end end;
	uint64_t offset;  /* position in the stream */
	uint64_t octets;  /* DATA: data.len; GAP; WITHHELD; CONFLICT */
	struct span data; /* lives until tcp_stream_taken, or until the packet goes */
	struct moment at; /* of the segment that brought it, or by which it was noticed */
};

/* The packet's payload from when it is fed until it is kept. */
struct tcp_hand {
	struct span data;
	uint64_t from;	  /* position of data */
	uint64_t missing; /* octets after data that were cut off */
	struct moment at;
};

/* Read started, fin and reset; the rest is the stream's own. Positions are offsets. */
struct tcp_stream {
	uint64_t taken;	   /* all before this is told */
	uint64_t top;	   /* end of what was seen on the wire */
	uint64_t lost_to;  /* holes before this are lost */
	uint64_t withheld_from; /* not lost: the caller had them withheld */
	uint64_t withheld_to;
	uint64_t spare;	   /* octets withheld ahead, by number alone; not told yet */
	uint64_t spare_to; /* all of them stand before it */
	uint64_t fin_at;   /* with fin */
	uint64_t acked;	   /* the last one believed */
	uint64_t ack_wait; /* an ACK that ran ahead of the octets; 0: none */
	uint64_t ack_ns;   /* when */
	uint32_t seq;	   /* sequence number at taken */
	uint32_t first;	   /* sequence number at offset 0 */
	uint32_t far_seq;  /* with far: what would confirm a segment far ahead */
	bool started;	   /* seq is known */
	bool anchored;	   /* from a handshake */
	bool fin;
	bool reset; /* and nothing after it */
	bool far;
	bool finished; /* by the caller */
	bool ended;    /* END told */
	struct tcp_hand hand;
	struct moment last;	   /* segment */
	struct tcp_window *window; /* lent, or NULL */
	struct tcp_history history;
	struct tcp_chunk conflict; /* octets 0: none to tell */
	struct tcp_counters counters;
};

/* history: TCP_HISTORY octets that outlive the stream, or NULL to remember nothing. */
void tcp_stream_init(struct tcp_stream *s, uint8_t *history);
/* The peer's SYN-ACK tells where the stream begins, should its SYN be missing. */
void tcp_stream_expect(struct tcp_stream *s, uint32_t seq);
/* Whether a SYN with this sequence number is of this connection. True if not started. */
bool tcp_stream_knows_isn(const struct tcp_stream *s, uint32_t isn);

/* The payload is borrowed until tcp_stream_keep, which must come before the next feed. */
enum tcp_fed tcp_stream_feed(struct tcp_stream *s, const struct tcp_segment *seg);
/* The ACK field of a segment of the other direction, seen at. */
void tcp_stream_acked(struct tcp_stream *s, uint32_t ack, struct moment at);
/* The FIN was acknowledged. */
bool tcp_stream_is_closed(const struct tcp_stream *s);
/* No more segments: what is missing is lost. Pull until END. */
void tcp_stream_finish(struct tcp_stream *s, struct moment at);

/*
 * The octets from..to (sequence numbers) were seen by whoever captures, and not handed on
 * because the caller had no use for them: told as such, not as a gap, once all before
 * them is. One range at a time; told before, it may be told again, or longer. Returns the
 * octets of it that were not told yet.
 */
uint64_t tcp_stream_withhold(struct tcp_stream *s, uint32_t from, uint32_t to);
/*
 * The same where the caller knows how many octets were withheld ahead, and not which, but
 * for the sequence number behind the last of them: holes of as many octets are told as
 * such. What is spare still when all before to is told was there after all, and excuses
 * no other hole.
 */
void tcp_stream_spare(struct tcp_stream *s, uint64_t octets, uint32_t to);
/*
 * The hole before seq is not filled any more, if what is spare covers it. False: it may be
 * lost, or late. Pull before the next call.
 */
bool tcp_stream_settle(struct tcp_stream *s, uint32_t seq);
/* The sequence number of the next octet to be told, and whether all that came is told. */
bool tcp_stream_is_dry(const struct tcp_stream *s, uint32_t *seq);
/* Octets between the end of what came in order and a segment that starts at seq. */
uint64_t tcp_stream_hole(const struct tcp_stream *s, uint32_t seq);

/*
 * False: nothing to tell now. A chunk of DATA, GAP or WITHHELD is told again, perhaps longer or
 * (a GAP) shorter, until it is taken; CONFLICT and END are told once.
 */
bool tcp_stream_next(struct tcp_stream *s, struct tcp_chunk *out);
/* So many octets of the DATA, GAP or WITHHELD last told are done with (at most its octets). */
void tcp_stream_taken(struct tcp_stream *s, uint64_t octets);

/* The packet in hand lies past a hole and there is no window: lend one, or deny. */
bool tcp_stream_is_ahead(const struct tcp_stream *s);
/* Octets in hand that nobody took, and no window for them. */
bool tcp_stream_wants_window(const struct tcp_stream *s);
/*
 * buf is aligned for a uint64_t and stays the caller's; it holds TCP_WINDOW_SIZE(octets).
 * False: it is NULL or too small, or there is one already.
 */
bool tcp_stream_lend(struct tcp_stream *s, void *buf, size_t size);
/* No window to be had: the hole before the packet in hand is given up. */
void tcp_stream_deny(struct tcp_stream *s);
/* What is left of the packet in hand goes to the window, or is lost. */
void tcp_stream_keep(struct tcp_stream *s);
/* The window, if there is one that is not needed now; else NULL. */
void *tcp_stream_reclaim(struct tcp_stream *s);
/* The window, needed or not: for the end of a stream. NULL if there is none. */
void *tcp_stream_take_back(struct tcp_stream *s);

/* "gap-octets" … Static. */
const char *tcp_counters_name_of(enum tcp_count which);
void tcp_counters_merge(struct tcp_counters *into, const struct tcp_counters *from);

#endif
