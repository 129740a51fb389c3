package org.virtkeep.rpc;

import java.util.List;

/// Events about a domain's jobs.
public sealed interface JobEvent extends DomainEvent {

    /// The domain's job ended.
    ///
    /// @param parameters as in [JobMessages.Stats], with `success` and, for a failed or cancelled job, `errmsg`
    record JobCompleted(int callbackId, DomainRef domain, List<TypedParameter> parameters) implements JobEvent {
        static final XdrCodec<JobCompleted> CODEC = XdrCodec.of(
                (it, out) -> out.int32(it.callbackId)
                        .value(it.domain, DomainRef.CODEC)
                        .list(it.parameters, Limits.JOB_STATS, TypedParameter.CODEC),
                in -> new JobCompleted(
                        in.int32(), DomainRef.CODEC.read(in), in.list(Limits.JOB_STATS, TypedParameter.CODEC)));

        public JobCompleted {
            parameters = List.copyOf(parameters);
        }
    }
}
