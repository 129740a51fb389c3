package org.virtkeep.nbd;

/// The magic numbers that begin each NBD message.
final class Magic {
    /// `NBDMAGIC`: the first eight bytes a server sends.
    static final long SERVER = 0x4e42444d41474943L;

    /// `IHAVEOPT`: newstyle negotiation, and the start of each option.
    static final long OPTION = 0x49484156454F5054L;

    static final long OPTION_REPLY = 0x0003e889045565a9L;
    static final int REQUEST = 0x25609513;
    static final int SIMPLE_REPLY = 0x67446698;
    static final int STRUCTURED_REPLY = 0x668e33ef;

    private Magic() {}
}
