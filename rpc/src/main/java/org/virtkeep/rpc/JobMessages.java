package org.virtkeep.rpc;

import java.util.List;

/// Replies about a domain's job, which libvirt knows one of.
public final class JobMessages {
    private JobMessages() {}

    /// The older form. Sizes in bytes; `total` in all, `processed` and `remaining` of it.
    ///
    /// @param type `virDomainJobType`: 0 none, 1 with a known end, 2 without, 3 completed, 4 failed, 5 cancelled
    public record Info(int type, long elapsedMillis, long remainingMillis, Amount all, Amount memory, Amount files) {
        static final XdrCodec<Info> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.type)
                        .int64(it.elapsedMillis)
                        .int64(it.remainingMillis)
                        .value(it.all, Amount.CODEC)
                        .value(it.memory, Amount.CODEC)
                        .value(it.files, Amount.CODEC),
                in -> new Info(
                        in.int32(),
                        in.int64(),
                        in.int64(),
                        Amount.CODEC.read(in),
                        Amount.CODEC.read(in),
                        Amount.CODEC.read(in)));
    }

    /// In bytes.
    public record Amount(long total, long processed, long remaining) {
        static final XdrCodec<Amount> CODEC = XdrCodec.of(
                (it, out) -> out.int64(it.total).int64(it.processed).int64(it.remaining),
                in -> new Amount(in.int64(), in.int64(), in.int64()));

        public static final Amount NONE = new Amount(0, 0, 0);
    }

    /// The newer form.
    ///
    /// @param type       as in [Info]
    /// @param parameters `operation`, `time_elapsed` in milliseconds, `disk_total`, `disk_processed`,
    ///     `disk_remaining`, `disk_temp_used`, `disk_temp_total` in bytes, and for a job that has ended
    ///     `success` and `errmsg`
    public record Stats(int type, List<TypedParameter> parameters) {
        static final XdrCodec<Stats> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.type).list(it.parameters, Limits.JOB_STATS, TypedParameter.CODEC),
                in -> new Stats(in.int32(), in.list(Limits.JOB_STATS, TypedParameter.CODEC)));

        public Stats {
            parameters = List.copyOf(parameters);
        }
    }
}
