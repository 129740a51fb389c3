package org.virtkeep.nbd;

/// What we accept of a peer before we call it a liar or an attacker. Checked before anything is allocated.
final class NbdLimits {
    /// Export names, context names and messages ("Conventions").
    static final int STRING_BYTES = 4096;

    /// Data of one read or write: what every server should support, and the most we ask or serve.
    static final int PAYLOAD_BYTES = 32 << 20;

    /// Data of one option, as a client sends it. Room for a name and some thirty queries of full length.
    static final int OPTION_BYTES = 128 << 10;

    /// Data of one reply to an option: two strings and their lengths, with room for what the future adds.
    static final int OPTION_REPLY_BYTES = 16 << 10;

    /// Replies to one option, such as one per export for `NBD_OPT_LIST`.
    static final int OPTION_REPLIES = 10_000;

    /// Options in one handshake. `nbdinfo --list` needs three for each export.
    static final int OPTIONS = 4096;

    /// Queries in one `NBD_OPT_LIST_META_CONTEXT` or `NBD_OPT_SET_META_CONTEXT`, and contexts chosen by it.
    static final int CONTEXTS = 64;

    /// Information requests in one `NBD_OPT_INFO` or `NBD_OPT_GO`; the protocol knows four.
    static final int INFO_REQUESTS = 64;

    /// Extents of one context in one block status reply: what the protocol allows a server.
    static final int EXTENTS = 1 << 20;

    /// The largest minimum block size that the protocol allows.
    static final int MINIMUM_BLOCK_BYTES = 64 << 10;

    private NbdLimits() {}
}
