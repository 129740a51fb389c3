package org.virtkeep.rpc;

import java.util.List;
import java.util.Optional;

/// What libvirt's program cannot say: the procedures and the event of virtkeep's own program, in libvirt's
/// framing. A server that is not ours answers every call of it "Cannot find program"
/// ([WireError#isUnknownProgram()]) and stays connected, so a client asks [#CONNECT_GET_SERVER] first.
///
/// Numbers are never used again for something else. `docs/protocols.md` has the program in XDR's own language.
public final class VirtkeepProgram {

    /// In the range that RFC 5531 leaves to users; the last three bytes spell `vtk`.
    public static final Program PROGRAM = new Program(0x2076746b, 1);

    public static final Procedure<Nothing, VirtkeepMessages.Server> CONNECT_GET_SERVER =
            PROGRAM.anyAccess(1, "CONNECT_GET_SERVER", XdrCodec.NOTHING, VirtkeepMessages.Server.CODEC);

    /// The reply is the job's id. Otherwise as libvirt's procedure of that name.
    public static final Procedure<BackupMessages.Begin, Integer> BACKUP_BEGIN =
            PROGRAM.writeAccess(2, "BACKUP_BEGIN", BackupMessages.Begin.CODEC, XdrCodec.INT32);

    /// The reply is 1 for a job that completed, 0 for an unfinished push that was aborted.
    public static final Procedure<BackupMessages.JobFlags, Integer> BACKUP_END =
            PROGRAM.writeAccess(3, "BACKUP_END", BackupMessages.JobFlags.CODEC, XdrCodec.INT32);

    /// The reply is a `<domainbackup>`.
    public static final Procedure<BackupMessages.JobFlags, String> BACKUP_GET_XML_DESC =
            PROGRAM.anyAccess(4, "BACKUP_GET_XML_DESC", BackupMessages.JobFlags.CODEC, XdrCodec.STRING);

    public static final Procedure<DomainMessages.DomainFlags, BackupMessages.Jobs> BACKUP_LIST =
            PROGRAM.anyAccess(5, "BACKUP_LIST", DomainMessages.DomainFlags.CODEC, BackupMessages.Jobs.CODEC);

    public static final Procedure<BackupMessages.JobFlags, BackupMessages.Job> BACKUP_GET_JOB =
            PROGRAM.anyAccess(6, "BACKUP_GET_JOB", BackupMessages.JobFlags.CODEC, BackupMessages.Job.CODEC);

    public static final Procedure<VirtkeepMessages.SnapshotCreate, SnapshotRef> SNAPSHOT_CREATE_XML2 =
            PROGRAM.writeAccess(7, "SNAPSHOT_CREATE_XML2", VirtkeepMessages.SnapshotCreate.CODEC, SnapshotRef.CODEC);

    public static final Procedure<CheckpointMessages.CheckpointFlags, VirtkeepMessages.CheckpointHealth>
            CHECKPOINT_GET_HEALTH = PROGRAM.anyAccess(
                    8,
                    "CHECKPOINT_GET_HEALTH",
                    CheckpointMessages.CheckpointFlags.CODEC,
                    VirtkeepMessages.CheckpointHealth.CODEC);

    /// The argument is the domain, or none for all; the reply is the callback id that each event will carry.
    public static final Procedure<Optional<DomainRef>, Integer> BACKUP_EVENT_REGISTER = PROGRAM.anyAccess(
            9,
            "BACKUP_EVENT_REGISTER",
            XdrCodec.of((it, out) -> out.optional(it, DomainRef.CODEC), in -> in.optional(DomainRef.CODEC)),
            XdrCodec.INT32);

    /// The argument is the callback id.
    public static final Procedure<Integer, Nothing> BACKUP_EVENT_DEREGISTER =
            PROGRAM.anyAccess(10, "BACKUP_EVENT_DEREGISTER", XdrCodec.INT32, XdrCodec.NOTHING);

    /// Sent only to clients that registered, because libvirt's clients drop a connection on which a program
    /// speaks that they do not know.
    public static final EventType<BackupEnded> BACKUP_ENDED =
            new EventType<>(PROGRAM, 11, "BACKUP_ENDED", BackupEnded.class, BackupEnded.CODEC);

    static final List<EventType<?>> EVENTS = List.of(BACKUP_ENDED);

    private VirtkeepProgram() {}
}
