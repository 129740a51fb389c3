package org.virtkeep.rpc;

/// The event of [VirtkeepProgram] that a backup job ended. It comes after every libvirt event of that job.
///
/// @param callbackId what BACKUP_EVENT_REGISTER returned
/// @param job        as it stands after its end
public record BackupEnded(int callbackId, DomainRef domain, BackupMessages.Job job) implements EventMessage {

    static final XdrCodec<BackupEnded> CODEC = XdrCodec.of(
            (it, out) ->
                    out.int32(it.callbackId).value(it.domain, DomainRef.CODEC).value(it.job, BackupMessages.Job.CODEC),
            in -> new BackupEnded(in.int32(), DomainRef.CODEC.read(in), BackupMessages.Job.CODEC.read(in)));
}
