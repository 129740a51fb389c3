package org.virtkeep.rpc;

import java.util.UUID;

/// How one type is laid out in XDR (RFC 4506). Codecs are stateless and thread-safe.
///
/// @param <T> what is laid out
interface XdrCodec<T> {

    /// Reads what [#write] wrote.
    ///
    /// @throws XdrException if the bytes are not a `T`; how far the reader went is then undefined
    T read(XdrReader in) throws XdrException;

    /// @throws XdrLimitException if the value is larger than the protocol allows
    void write(T value, XdrWriter out);

    /// A signed `int`.
    XdrCodec<Integer> INT32 = of((value, out) -> out.int32(value), XdrReader::int32);

    /// A `hyper`, signed or unsigned.
    XdrCodec<Long> INT64 = of((value, out) -> out.int64(value), XdrReader::int64);

    /// A `remote_nonnull_string`.
    XdrCodec<String> STRING = of((value, out) -> out.string(value), XdrReader::string);

    /// An `int` that is 0 for false; any other number is true.
    XdrCodec<Boolean> BOOLEAN = of((value, out) -> out.bool(value), XdrReader::bool);

    /// 16 bytes without a count.
    XdrCodec<UUID> UUID_BYTES = of((value, out) -> out.uuid(value), XdrReader::uuid);

    /// No bytes at all.
    XdrCodec<Nothing> NOTHING = of((_, _) -> {}, _ -> Nothing.NOTHING);

    /// Puts the two directions side by side.
    static <T> XdrCodec<T> of(Writing<T> writing, Reading<T> reading) {
        return new XdrCodec<>() {
            @Override
            public T read(XdrReader in) throws XdrException {
                return reading.read(in);
            }

            @Override
            public void write(T value, XdrWriter out) {
                writing.write(value, out);
            }
        };
    }

    @FunctionalInterface
    interface Writing<T> {
        void write(T value, XdrWriter out);
    }

    @FunctionalInterface
    interface Reading<T> {
        T read(XdrReader in) throws XdrException;
    }
}
