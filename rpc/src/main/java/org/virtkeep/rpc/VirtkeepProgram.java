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

    /// Makes a QEMU known as a domain that someone else started.
    public static final Procedure<VirtkeepMessages.Attach, DomainRef> DOMAIN_ATTACH =
            PROGRAM.writeAccess(12, "DOMAIN_ATTACH", VirtkeepMessages.Attach.CODEC, DomainRef.CODEC);

    /// As libvirt's DOMAIN_CREATE_WITH_FLAGS, but waits for the end of backups that read the domain's images.
    public static final Procedure<VirtkeepMessages.Start, DomainRef> DOMAIN_START_WAITING =
            PROGRAM.writeAccess(13, "DOMAIN_START_WAITING", VirtkeepMessages.Start.CODEC, DomainRef.CODEC);

    /// The reply is the sequence number of the newest event; 0 if there was none yet.
    public static final Procedure<Nothing, Long> RECORD_GET_LAST =
            PROGRAM.anyAccess(14, "RECORD_GET_LAST", XdrCodec.NOTHING, XdrCodec.INT64);

    /// Waits for events that are newer than one, and returns them.
    public static final Procedure<RecordMessages.Wait, RecordMessages.Events> RECORD_WAIT =
            PROGRAM.anyAccess(15, "RECORD_WAIT", RecordMessages.Wait.CODEC, RecordMessages.Events.CODEC);

    public static final Procedure<DomainMessages.DomainFlags, VirtkeepMessages.Healths> CHECKPOINT_LIST_HEALTH =
            PROGRAM.anyAccess(
                    16, "CHECKPOINT_LIST_HEALTH", DomainMessages.DomainFlags.CODEC, VirtkeepMessages.Healths.CODEC);

    /// The reply is the name of the checkpoint that the next one will follow; none if there is no checkpoint.
    public static final Procedure<DomainMessages.DomainFlags, Optional<String>> CHECKPOINT_GET_CURRENT =
            PROGRAM.anyAccess(
                    17, "CHECKPOINT_GET_CURRENT", DomainMessages.DomainFlags.CODEC, ConnectMessages.OPTIONAL_STRING);

    /// All or none of them. The reply has parents before children.
    public static final Procedure<VirtkeepMessages.Redefine, CheckpointMessages.CheckpointList> CHECKPOINT_REDEFINE =
            PROGRAM.writeAccess(
                    18,
                    "CHECKPOINT_REDEFINE",
                    VirtkeepMessages.Redefine.CODEC,
                    CheckpointMessages.CheckpointList.CODEC);

    public static final Procedure<VirtkeepMessages.RepairArgs, VirtkeepMessages.Repair> CHECKPOINT_REPAIR =
            PROGRAM.writeAccess(
                    19, "CHECKPOINT_REPAIR", VirtkeepMessages.RepairArgs.CODEC, VirtkeepMessages.Repair.CODEC);

    /// Makes bitmaps known as checkpoints that no checkpoint owns.
    public static final Procedure<VirtkeepMessages.RepairArgs, VirtkeepMessages.Repair> CHECKPOINT_IMPORT =
            PROGRAM.writeAccess(
                    20, "CHECKPOINT_IMPORT", VirtkeepMessages.RepairArgs.CODEC, VirtkeepMessages.Repair.CODEC);

    /// Asked while libvirt's DOMAIN_SNAPSHOT_DELETE has no reply yet; the reply is none if nothing is being
    /// deleted.
    public static final Procedure<DomainMessages.DomainFlags, Optional<VirtkeepMessages.DeleteProgress>>
            SNAPSHOT_GET_DELETE_PROGRESS = PROGRAM.anyAccess(
                    21,
                    "SNAPSHOT_GET_DELETE_PROGRESS",
                    DomainMessages.DomainFlags.CODEC,
                    VirtkeepMessages.DeleteProgress.OPTIONAL);

    /// For clients on the domain's host, over a unix socket; others get no disks.
    public static final Procedure<BackupMessages.Reader, BackupMessages.Upstream> BACKUP_SET_READER =
            PROGRAM.writeAccess(22, "BACKUP_SET_READER", BackupMessages.Reader.CODEC, BackupMessages.Upstream.CODEC);

    /// Begins backups into a repository that the server makes. The reply is an id for this connection; 0 if
    /// the server cannot do it, because it does not see the client's folders as the client does, or must not
    /// write there. Only for clients whose server information has
    /// [VirtkeepMessages.Server#REPOSITORY_BACKUPS].
    public static final Procedure<RepositoryBackupMessages.Begin, Integer> REPOSITORY_BACKUP_BEGIN =
            PROGRAM.writeAccess(23, "REPOSITORY_BACKUP_BEGIN", RepositoryBackupMessages.Begin.CODEC, XdrCodec.INT32);

    /// Waits for what there is to tell of backups that were begun over this connection.
    public static final Procedure<RepositoryBackupMessages.Wait, RepositoryBackupMessages.News> REPOSITORY_BACKUP_WAIT =
            PROGRAM.writeAccess(
                    24,
                    "REPOSITORY_BACKUP_WAIT",
                    RepositoryBackupMessages.Wait.CODEC,
                    RepositoryBackupMessages.News.CODEC);

    /// Ends what has not ended of these backups, soon; WAIT tells how. The reason is for the errors. So does
    /// the end of the connection.
    public static final Procedure<RepositoryBackupMessages.Cancel, Nothing> REPOSITORY_BACKUP_CANCEL =
            PROGRAM.writeAccess(
                    25, "REPOSITORY_BACKUP_CANCEL", RepositoryBackupMessages.Cancel.CODEC, XdrCodec.NOTHING);

    static final List<EventType<?>> EVENTS = List.of(BACKUP_ENDED);

    private VirtkeepProgram() {}
}
