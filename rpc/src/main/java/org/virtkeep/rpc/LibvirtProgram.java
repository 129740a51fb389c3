package org.virtkeep.rpc;

import java.util.Optional;
import java.util.UUID;

/// The procedures of libvirt's program (`remote_protocol.x`, libvirt 9.0.0) that a server or client built from
/// this module knows, by topic. Every other number is answered "unknown procedure".
public final class LibvirtProgram {

    public static final Program PROGRAM = new Program(0x20008086, 1);

    /// An argument of [#CONNECT_SUPPORTS_FEATURE], as the others of this name.
    public static final int FEATURE_DESCRIPTOR_PASSING = 8;

    public static final int FEATURE_TYPED_PARAMETER_STRINGS = 9;
    public static final int FEATURE_KEEPALIVE = 10;
    public static final int FEATURE_CALLBACK_EVENTS = 14;
    public static final int FEATURE_CLOSE_CALLBACK = 15;

    // ---- connection and authentication

    public static final Procedure<ConnectMessages.Open, Nothing> CONNECT_OPEN =
            PROGRAM.anyAccess(1, "CONNECT_OPEN", ConnectMessages.Open.CODEC, XdrCodec.NOTHING);
    public static final Procedure<Nothing, Nothing> CONNECT_CLOSE =
            PROGRAM.anyAccess(2, "CONNECT_CLOSE", XdrCodec.NOTHING, XdrCodec.NOTHING);
    public static final Procedure<Nothing, String> CONNECT_GET_TYPE =
            PROGRAM.anyAccess(3, "CONNECT_GET_TYPE", XdrCodec.NOTHING, XdrCodec.STRING);

    /// Of the hypervisor: major × 1 000 000 + minor × 1 000 + micro.
    public static final Procedure<Nothing, Long> CONNECT_GET_VERSION =
            PROGRAM.anyAccess(4, "CONNECT_GET_VERSION", XdrCodec.NOTHING, XdrCodec.INT64);

    public static final Procedure<Optional<String>, Integer> CONNECT_GET_MAX_VCPUS =
            PROGRAM.anyAccess(5, "CONNECT_GET_MAX_VCPUS", ConnectMessages.OPTIONAL_STRING, XdrCodec.INT32);
    public static final Procedure<Nothing, ConnectMessages.NodeInfo> NODE_GET_INFO =
            PROGRAM.anyAccess(6, "NODE_GET_INFO", XdrCodec.NOTHING, ConnectMessages.NodeInfo.CODEC);
    public static final Procedure<Nothing, String> CONNECT_GET_CAPABILITIES =
            PROGRAM.anyAccess(7, "CONNECT_GET_CAPABILITIES", XdrCodec.NOTHING, XdrCodec.STRING);
    public static final Procedure<Nothing, String> CONNECT_GET_HOSTNAME =
            PROGRAM.anyAccess(59, "CONNECT_GET_HOSTNAME", XdrCodec.NOTHING, XdrCodec.STRING);
    public static final Procedure<Integer, Boolean> CONNECT_SUPPORTS_FEATURE =
            PROGRAM.anyAccess(60, "CONNECT_SUPPORTS_FEATURE", XdrCodec.INT32, XdrCodec.BOOLEAN);
    public static final Procedure<Nothing, ConnectMessages.AuthTypes> AUTH_LIST =
            PROGRAM.anyAccess(66, "AUTH_LIST", XdrCodec.NOTHING, ConnectMessages.AuthTypes.CODEC);
    public static final Procedure<Nothing, String> AUTH_SASL_INIT =
            PROGRAM.anyAccess(67, "AUTH_SASL_INIT", XdrCodec.NOTHING, XdrCodec.STRING);
    public static final Procedure<ConnectMessages.SaslStart, ConnectMessages.SaslReply> AUTH_SASL_START =
            PROGRAM.anyAccess(68, "AUTH_SASL_START", ConnectMessages.SaslStart.CODEC, ConnectMessages.SaslReply.CODEC);
    public static final Procedure<ConnectMessages.SaslBytes, ConnectMessages.SaslReply> AUTH_SASL_STEP =
            PROGRAM.anyAccess(69, "AUTH_SASL_STEP", ConnectMessages.SaslBytes.CODEC, ConnectMessages.SaslReply.CODEC);
    public static final Procedure<Nothing, Boolean> AUTH_POLKIT =
            PROGRAM.anyAccess(70, "AUTH_POLKIT", XdrCodec.NOTHING, XdrCodec.BOOLEAN);
    public static final Procedure<Nothing, Long> NODE_GET_FREE_MEMORY =
            PROGRAM.anyAccess(102, "NODE_GET_FREE_MEMORY", XdrCodec.NOTHING, XdrCodec.INT64);
    public static final Procedure<Nothing, String> CONNECT_GET_URI =
            PROGRAM.anyAccess(110, "CONNECT_GET_URI", XdrCodec.NOTHING, XdrCodec.STRING);
    public static final Procedure<Nothing, ConnectMessages.SecurityModel> NODE_GET_SECURITY_MODEL =
            PROGRAM.anyAccess(122, "NODE_GET_SECURITY_MODEL", XdrCodec.NOTHING, ConnectMessages.SecurityModel.CODEC);
    public static final Procedure<Nothing, Boolean> CONNECT_IS_SECURE =
            PROGRAM.anyAccess(149, "CONNECT_IS_SECURE", XdrCodec.NOTHING, XdrCodec.BOOLEAN);

    /// Of libvirt, as for [#CONNECT_GET_VERSION].
    public static final Procedure<Nothing, Long> CONNECT_GET_LIB_VERSION =
            PROGRAM.anyAccess(157, "CONNECT_GET_LIB_VERSION", XdrCodec.NOTHING, XdrCodec.INT64);

    public static final Procedure<Integer, String> CONNECT_GET_SYSINFO =
            PROGRAM.anyAccess(203, "CONNECT_GET_SYSINFO", XdrCodec.INT32, XdrCodec.STRING);
    public static final Procedure<ConnectMessages.DomainCapabilitiesArgs, String> CONNECT_GET_DOMAIN_CAPABILITIES =
            PROGRAM.writeAccess(
                    342,
                    "CONNECT_GET_DOMAIN_CAPABILITIES",
                    ConnectMessages.DomainCapabilitiesArgs.CODEC,
                    XdrCodec.STRING);
    public static final Procedure<Nothing, Nothing> CONNECT_REGISTER_CLOSE_CALLBACK =
            PROGRAM.anyAccess(360, "CONNECT_REGISTER_CLOSE_CALLBACK", XdrCodec.NOTHING, XdrCodec.NOTHING);
    public static final Procedure<Nothing, Nothing> CONNECT_UNREGISTER_CLOSE_CALLBACK =
            PROGRAM.anyAccess(361, "CONNECT_UNREGISTER_CLOSE_CALLBACK", XdrCodec.NOTHING, XdrCodec.NOTHING);

    // ---- listing and finding domains

    /// The argument is how many names the client has room for.
    public static final Procedure<Integer, DomainMessages.Names> CONNECT_LIST_DEFINED_DOMAINS =
            PROGRAM.anyAccess(21, "CONNECT_LIST_DEFINED_DOMAINS", XdrCodec.INT32, DomainMessages.Names.CODEC);

    public static final Procedure<Integer, DomainRef> DOMAIN_LOOKUP_BY_ID =
            PROGRAM.anyAccess(22, "DOMAIN_LOOKUP_BY_ID", XdrCodec.INT32, DomainRef.CODEC);
    public static final Procedure<String, DomainRef> DOMAIN_LOOKUP_BY_NAME =
            PROGRAM.anyAccess(23, "DOMAIN_LOOKUP_BY_NAME", XdrCodec.STRING, DomainRef.CODEC);
    public static final Procedure<UUID, DomainRef> DOMAIN_LOOKUP_BY_UUID =
            PROGRAM.anyAccess(24, "DOMAIN_LOOKUP_BY_UUID", XdrCodec.UUID_BYTES, DomainRef.CODEC);
    public static final Procedure<Nothing, Integer> CONNECT_NUM_OF_DEFINED_DOMAINS =
            PROGRAM.anyAccess(25, "CONNECT_NUM_OF_DEFINED_DOMAINS", XdrCodec.NOTHING, XdrCodec.INT32);

    /// The argument is how many ids the client has room for.
    public static final Procedure<Integer, DomainMessages.DomainIds> CONNECT_LIST_DOMAINS =
            PROGRAM.anyAccess(37, "CONNECT_LIST_DOMAINS", XdrCodec.INT32, DomainMessages.DomainIds.CODEC);

    public static final Procedure<Nothing, Integer> CONNECT_NUM_OF_DOMAINS =
            PROGRAM.anyAccess(51, "CONNECT_NUM_OF_DOMAINS", XdrCodec.NOTHING, XdrCodec.INT32);
    public static final Procedure<DomainMessages.ListAll, DomainMessages.DomainList> CONNECT_LIST_ALL_DOMAINS =
            PROGRAM.anyAccess(
                    273, "CONNECT_LIST_ALL_DOMAINS", DomainMessages.ListAll.CODEC, DomainMessages.DomainList.CODEC);
    public static final Procedure<DomainMessages.AllStatsArgs, DomainMessages.AllStats> CONNECT_GET_ALL_DOMAIN_STATS =
            PROGRAM.anyAccess(
                    344,
                    "CONNECT_GET_ALL_DOMAIN_STATS",
                    DomainMessages.AllStatsArgs.CODEC,
                    DomainMessages.AllStats.CODEC);

    // ---- life-cycle

    /// The reply is empty: the client looks the domain up again to learn its id.
    public static final Procedure<DomainRef, Nothing> DOMAIN_CREATE =
            PROGRAM.writeAccess(9, "DOMAIN_CREATE", DomainRef.CODEC, XdrCodec.NOTHING);

    public static final Procedure<DomainMessages.XmlFlags, DomainRef> DOMAIN_CREATE_XML =
            PROGRAM.writeAccess(10, "DOMAIN_CREATE_XML", DomainMessages.XmlFlags.CODEC, DomainRef.CODEC);
    public static final Procedure<String, DomainRef> DOMAIN_DEFINE_XML =
            PROGRAM.writeAccess(11, "DOMAIN_DEFINE_XML", XdrCodec.STRING, DomainRef.CODEC);
    public static final Procedure<DomainRef, Nothing> DOMAIN_DESTROY =
            PROGRAM.writeAccess(12, "DOMAIN_DESTROY", DomainRef.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_REBOOT =
            PROGRAM.writeAccess(27, "DOMAIN_REBOOT", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainRef, Nothing> DOMAIN_RESUME =
            PROGRAM.writeAccess(28, "DOMAIN_RESUME", DomainRef.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.SetAutostart, Nothing> DOMAIN_SET_AUTOSTART =
            PROGRAM.writeAccess(29, "DOMAIN_SET_AUTOSTART", DomainMessages.SetAutostart.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainRef, Nothing> DOMAIN_SHUTDOWN =
            PROGRAM.writeAccess(33, "DOMAIN_SHUTDOWN", DomainRef.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainRef, Nothing> DOMAIN_SUSPEND =
            PROGRAM.writeAccess(34, "DOMAIN_SUSPEND", DomainRef.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainRef, Nothing> DOMAIN_UNDEFINE =
            PROGRAM.writeAccess(35, "DOMAIN_UNDEFINE", DomainRef.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_MANAGED_SAVE =
            PROGRAM.writeAccess(182, "DOMAIN_MANAGED_SAVE", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, Boolean> DOMAIN_HAS_MANAGED_SAVE_IMAGE =
            PROGRAM.anyAccess(183, "DOMAIN_HAS_MANAGED_SAVE_IMAGE", DomainMessages.DomainFlags.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_MANAGED_SAVE_REMOVE =
            PROGRAM.writeAccess(184, "DOMAIN_MANAGED_SAVE_REMOVE", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, DomainRef> DOMAIN_CREATE_WITH_FLAGS =
            PROGRAM.writeAccess(196, "DOMAIN_CREATE_WITH_FLAGS", DomainMessages.DomainFlags.CODEC, DomainRef.CODEC);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_UNDEFINE_FLAGS =
            PROGRAM.writeAccess(231, "DOMAIN_UNDEFINE_FLAGS", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_DESTROY_FLAGS =
            PROGRAM.writeAccess(234, "DOMAIN_DESTROY_FLAGS", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_RESET =
            PROGRAM.writeAccess(245, "DOMAIN_RESET", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_SHUTDOWN_FLAGS =
            PROGRAM.writeAccess(258, "DOMAIN_SHUTDOWN_FLAGS", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.XmlFlags, DomainRef> DOMAIN_DEFINE_XML_FLAGS =
            PROGRAM.writeAccess(350, "DOMAIN_DEFINE_XML_FLAGS", DomainMessages.XmlFlags.CODEC, DomainRef.CODEC);

    /// The reply is always 0.
    public static final Procedure<DomainMessages.Rename, Integer> DOMAIN_RENAME =
            PROGRAM.writeAccess(358, "DOMAIN_RENAME", DomainMessages.Rename.CODEC, XdrCodec.INT32);

    // ---- what a domain is and does

    public static final Procedure<DomainMessages.DomainFlags, String> DOMAIN_GET_XML_DESC =
            PROGRAM.anyAccess(14, "DOMAIN_GET_XML_DESC", DomainMessages.DomainFlags.CODEC, XdrCodec.STRING);
    public static final Procedure<DomainRef, Boolean> DOMAIN_GET_AUTOSTART =
            PROGRAM.anyAccess(15, "DOMAIN_GET_AUTOSTART", DomainRef.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<DomainRef, DomainMessages.Info> DOMAIN_GET_INFO =
            PROGRAM.anyAccess(16, "DOMAIN_GET_INFO", DomainRef.CODEC, DomainMessages.Info.CODEC);

    /// In KiB.
    public static final Procedure<DomainRef, Long> DOMAIN_GET_MAX_MEMORY =
            PROGRAM.anyAccess(17, "DOMAIN_GET_MAX_MEMORY", DomainRef.CODEC, XdrCodec.INT64);

    public static final Procedure<DomainRef, Integer> DOMAIN_GET_MAX_VCPUS =
            PROGRAM.anyAccess(18, "DOMAIN_GET_MAX_VCPUS", DomainRef.CODEC, XdrCodec.INT32);
    public static final Procedure<DomainRef, String> DOMAIN_GET_OS_TYPE =
            PROGRAM.anyAccess(19, "DOMAIN_GET_OS_TYPE", DomainRef.CODEC, XdrCodec.STRING);
    public static final Procedure<DomainMessages.InterfaceStatsArgs, DomainMessages.InterfaceStats>
            DOMAIN_INTERFACE_STATS = PROGRAM.anyAccess(
                    65,
                    "DOMAIN_INTERFACE_STATS",
                    DomainMessages.InterfaceStatsArgs.CODEC,
                    DomainMessages.InterfaceStats.CODEC);
    public static final Procedure<DomainRef, DomainMessages.SecurityLabel> DOMAIN_GET_SECURITY_LABEL =
            PROGRAM.anyAccess(121, "DOMAIN_GET_SECURITY_LABEL", DomainRef.CODEC, DomainMessages.SecurityLabel.CODEC);
    public static final Procedure<DomainRef, Boolean> DOMAIN_IS_ACTIVE =
            PROGRAM.anyAccess(150, "DOMAIN_IS_ACTIVE", DomainRef.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<DomainRef, Boolean> DOMAIN_IS_PERSISTENT =
            PROGRAM.anyAccess(151, "DOMAIN_IS_PERSISTENT", DomainRef.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<DomainMessages.MemoryStatsArgs, DomainMessages.MemoryStats> DOMAIN_MEMORY_STATS =
            PROGRAM.anyAccess(
                    159, "DOMAIN_MEMORY_STATS", DomainMessages.MemoryStatsArgs.CODEC, DomainMessages.MemoryStats.CODEC);
    public static final Procedure<DomainMessages.DomainFlags, Integer> DOMAIN_GET_VCPUS_FLAGS =
            PROGRAM.anyAccess(200, "DOMAIN_GET_VCPUS_FLAGS", DomainMessages.DomainFlags.CODEC, XdrCodec.INT32);
    public static final Procedure<DomainRef, Boolean> DOMAIN_IS_UPDATED =
            PROGRAM.anyAccess(202, "DOMAIN_IS_UPDATED", DomainRef.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<DomainMessages.DomainFlags, DomainMessages.State> DOMAIN_GET_STATE =
            PROGRAM.anyAccess(212, "DOMAIN_GET_STATE", DomainMessages.DomainFlags.CODEC, DomainMessages.State.CODEC);
    public static final Procedure<DomainMessages.DomainFlags, DomainMessages.ControlInfo> DOMAIN_GET_CONTROL_INFO =
            PROGRAM.anyAccess(
                    229, "DOMAIN_GET_CONTROL_INFO", DomainMessages.DomainFlags.CODEC, DomainMessages.ControlInfo.CODEC);
    public static final Procedure<DomainMessages.SetMetadata, Nothing> DOMAIN_SET_METADATA =
            PROGRAM.writeAccess(264, "DOMAIN_SET_METADATA", DomainMessages.SetMetadata.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.GetMetadata, String> DOMAIN_GET_METADATA =
            PROGRAM.anyAccess(265, "DOMAIN_GET_METADATA", DomainMessages.GetMetadata.CODEC, XdrCodec.STRING);
    public static final Procedure<DomainMessages.DomainFlags, DomainMessages.Messages> DOMAIN_GET_MESSAGES =
            PROGRAM.anyAccess(
                    426, "DOMAIN_GET_MESSAGES", DomainMessages.DomainFlags.CODEC, DomainMessages.Messages.CODEC);

    // ---- devices

    public static final Procedure<DomainMessages.DomainXml, Nothing> DOMAIN_ATTACH_DEVICE =
            PROGRAM.writeAccess(8, "DOMAIN_ATTACH_DEVICE", DomainMessages.DomainXml.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainXml, Nothing> DOMAIN_DETACH_DEVICE =
            PROGRAM.writeAccess(13, "DOMAIN_DETACH_DEVICE", DomainMessages.DomainXml.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainXmlFlags, Nothing> DOMAIN_ATTACH_DEVICE_FLAGS =
            PROGRAM.writeAccess(
                    160, "DOMAIN_ATTACH_DEVICE_FLAGS", DomainMessages.DomainXmlFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainXmlFlags, Nothing> DOMAIN_DETACH_DEVICE_FLAGS =
            PROGRAM.writeAccess(
                    161, "DOMAIN_DETACH_DEVICE_FLAGS", DomainMessages.DomainXmlFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainXmlFlags, Nothing> DOMAIN_UPDATE_DEVICE_FLAGS =
            PROGRAM.writeAccess(
                    174, "DOMAIN_UPDATE_DEVICE_FLAGS", DomainMessages.DomainXmlFlags.CODEC, XdrCodec.NOTHING);

    // ---- disks and block jobs

    public static final Procedure<BlockMessages.Disk, BlockMessages.BlockStats> DOMAIN_BLOCK_STATS =
            PROGRAM.anyAccess(64, "DOMAIN_BLOCK_STATS", BlockMessages.Disk.CODEC, BlockMessages.BlockStats.CODEC);
    public static final Procedure<BlockMessages.DiskFlags, BlockMessages.BlockInfo> DOMAIN_GET_BLOCK_INFO =
            PROGRAM.anyAccess(
                    194, "DOMAIN_GET_BLOCK_INFO", BlockMessages.DiskFlags.CODEC, BlockMessages.BlockInfo.CODEC);
    public static final Procedure<BlockMessages.DiskFlags, Nothing> DOMAIN_BLOCK_JOB_ABORT =
            PROGRAM.writeAccess(237, "DOMAIN_BLOCK_JOB_ABORT", BlockMessages.DiskFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<BlockMessages.DiskFlags, BlockMessages.BlockJobInfo> DOMAIN_GET_BLOCK_JOB_INFO =
            PROGRAM.anyAccess(
                    238, "DOMAIN_GET_BLOCK_JOB_INFO", BlockMessages.DiskFlags.CODEC, BlockMessages.BlockJobInfo.CODEC);
    public static final Procedure<BlockMessages.BandwidthArgs, Nothing> DOMAIN_BLOCK_JOB_SET_SPEED =
            PROGRAM.writeAccess(239, "DOMAIN_BLOCK_JOB_SET_SPEED", BlockMessages.BandwidthArgs.CODEC, XdrCodec.NOTHING);
    public static final Procedure<BlockMessages.BandwidthArgs, Nothing> DOMAIN_BLOCK_PULL =
            PROGRAM.writeAccess(240, "DOMAIN_BLOCK_PULL", BlockMessages.BandwidthArgs.CODEC, XdrCodec.NOTHING);
    public static final Procedure<BlockMessages.BlockStatsFlagsArgs, BlockMessages.BlockStatsFlags>
            DOMAIN_BLOCK_STATS_FLAGS = PROGRAM.anyAccess(
                    243,
                    "DOMAIN_BLOCK_STATS_FLAGS",
                    BlockMessages.BlockStatsFlagsArgs.CODEC,
                    BlockMessages.BlockStatsFlags.CODEC);
    public static final Procedure<BlockMessages.ResizeArgs, Nothing> DOMAIN_BLOCK_RESIZE =
            PROGRAM.writeAccess(251, "DOMAIN_BLOCK_RESIZE", BlockMessages.ResizeArgs.CODEC, XdrCodec.NOTHING);
    public static final Procedure<BlockMessages.DiskErrorsArgs, BlockMessages.DiskErrors> DOMAIN_GET_DISK_ERRORS =
            PROGRAM.anyAccess(
                    263, "DOMAIN_GET_DISK_ERRORS", BlockMessages.DiskErrorsArgs.CODEC, BlockMessages.DiskErrors.CODEC);
    public static final Procedure<BlockMessages.RebaseArgs, Nothing> DOMAIN_BLOCK_REBASE =
            PROGRAM.writeAccess(266, "DOMAIN_BLOCK_REBASE", BlockMessages.RebaseArgs.CODEC, XdrCodec.NOTHING);
    public static final Procedure<BlockMessages.CommitArgs, Nothing> DOMAIN_BLOCK_COMMIT =
            PROGRAM.writeAccess(290, "DOMAIN_BLOCK_COMMIT", BlockMessages.CommitArgs.CODEC, XdrCodec.NOTHING);
    public static final Procedure<BlockMessages.CopyArgs, Nothing> DOMAIN_BLOCK_COPY =
            PROGRAM.writeAccess(345, "DOMAIN_BLOCK_COPY", BlockMessages.CopyArgs.CODEC, XdrCodec.NOTHING);
    public static final Procedure<BlockMessages.ThresholdArgs, Nothing> DOMAIN_SET_BLOCK_THRESHOLD =
            PROGRAM.writeAccess(386, "DOMAIN_SET_BLOCK_THRESHOLD", BlockMessages.ThresholdArgs.CODEC, XdrCodec.NOTHING);

    // ---- the domain's job, and backups

    public static final Procedure<DomainRef, JobMessages.Info> DOMAIN_GET_JOB_INFO =
            PROGRAM.anyAccess(163, "DOMAIN_GET_JOB_INFO", DomainRef.CODEC, JobMessages.Info.CODEC);
    public static final Procedure<DomainRef, Nothing> DOMAIN_ABORT_JOB =
            PROGRAM.writeAccess(164, "DOMAIN_ABORT_JOB", DomainRef.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, JobMessages.Stats> DOMAIN_GET_JOB_STATS =
            PROGRAM.anyAccess(298, "DOMAIN_GET_JOB_STATS", DomainMessages.DomainFlags.CODEC, JobMessages.Stats.CODEC);
    public static final Procedure<BackupMessages.Begin, Nothing> DOMAIN_BACKUP_BEGIN =
            PROGRAM.writeAccess(421, "DOMAIN_BACKUP_BEGIN", BackupMessages.Begin.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, String> DOMAIN_BACKUP_GET_XML_DESC =
            PROGRAM.anyAccess(422, "DOMAIN_BACKUP_GET_XML_DESC", DomainMessages.DomainFlags.CODEC, XdrCodec.STRING);
    public static final Procedure<DomainMessages.DomainFlags, Nothing> DOMAIN_ABORT_JOB_FLAGS =
            PROGRAM.writeAccess(442, "DOMAIN_ABORT_JOB_FLAGS", DomainMessages.DomainFlags.CODEC, XdrCodec.NOTHING);

    // ---- the guest's agent

    public static final Procedure<DomainMessages.DomainFlags, String> DOMAIN_GET_HOSTNAME =
            PROGRAM.writeAccess(277, "DOMAIN_GET_HOSTNAME", DomainMessages.DomainFlags.CODEC, XdrCodec.STRING);
    public static final Procedure<AgentMessages.Trim, Nothing> DOMAIN_FSTRIM =
            PROGRAM.writeAccess(294, "DOMAIN_FSTRIM", AgentMessages.Trim.CODEC, XdrCodec.NOTHING);

    /// The reply is how many file systems were frozen.
    public static final Procedure<AgentMessages.MountPoints, Integer> DOMAIN_FSFREEZE =
            PROGRAM.writeAccess(335, "DOMAIN_FSFREEZE", AgentMessages.MountPoints.CODEC, XdrCodec.INT32);

    /// The reply is how many file systems were thawed.
    public static final Procedure<AgentMessages.MountPoints, Integer> DOMAIN_FSTHAW =
            PROGRAM.writeAccess(336, "DOMAIN_FSTHAW", AgentMessages.MountPoints.CODEC, XdrCodec.INT32);

    public static final Procedure<DomainMessages.DomainFlags, AgentMessages.Time> DOMAIN_GET_TIME =
            PROGRAM.writeAccess(337, "DOMAIN_GET_TIME", DomainMessages.DomainFlags.CODEC, AgentMessages.Time.CODEC);
    public static final Procedure<AgentMessages.SetTime, Nothing> DOMAIN_SET_TIME =
            PROGRAM.writeAccess(338, "DOMAIN_SET_TIME", AgentMessages.SetTime.CODEC, XdrCodec.NOTHING);
    public static final Procedure<DomainMessages.DomainFlags, AgentMessages.FileSystems> DOMAIN_GET_FSINFO =
            PROGRAM.writeAccess(
                    349, "DOMAIN_GET_FSINFO", DomainMessages.DomainFlags.CODEC, AgentMessages.FileSystems.CODEC);
    public static final Procedure<AgentMessages.GuestInfoArgs, AgentMessages.GuestInfo> DOMAIN_GET_GUEST_INFO =
            PROGRAM.writeAccess(
                    418, "DOMAIN_GET_GUEST_INFO", AgentMessages.GuestInfoArgs.CODEC, AgentMessages.GuestInfo.CODEC);

    // ---- snapshots

    public static final Procedure<SnapshotMessages.Create, SnapshotRef> DOMAIN_SNAPSHOT_CREATE_XML =
            PROGRAM.writeAccess(185, "DOMAIN_SNAPSHOT_CREATE_XML", SnapshotMessages.Create.CODEC, SnapshotRef.CODEC);
    public static final Procedure<SnapshotMessages.SnapshotFlags, String> DOMAIN_SNAPSHOT_GET_XML_DESC =
            PROGRAM.anyAccess(
                    186, "DOMAIN_SNAPSHOT_GET_XML_DESC", SnapshotMessages.SnapshotFlags.CODEC, XdrCodec.STRING);
    public static final Procedure<DomainMessages.DomainFlags, Integer> DOMAIN_SNAPSHOT_NUM =
            PROGRAM.anyAccess(187, "DOMAIN_SNAPSHOT_NUM", DomainMessages.DomainFlags.CODEC, XdrCodec.INT32);
    public static final Procedure<SnapshotMessages.ListNames, DomainMessages.Names> DOMAIN_SNAPSHOT_LIST_NAMES =
            PROGRAM.anyAccess(
                    188, "DOMAIN_SNAPSHOT_LIST_NAMES", SnapshotMessages.ListNames.CODEC, DomainMessages.Names.CODEC);
    public static final Procedure<SnapshotMessages.Lookup, SnapshotRef> DOMAIN_SNAPSHOT_LOOKUP_BY_NAME =
            PROGRAM.anyAccess(189, "DOMAIN_SNAPSHOT_LOOKUP_BY_NAME", SnapshotMessages.Lookup.CODEC, SnapshotRef.CODEC);
    public static final Procedure<DomainMessages.DomainFlags, Boolean> DOMAIN_HAS_CURRENT_SNAPSHOT =
            PROGRAM.anyAccess(190, "DOMAIN_HAS_CURRENT_SNAPSHOT", DomainMessages.DomainFlags.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<DomainMessages.DomainFlags, SnapshotRef> DOMAIN_SNAPSHOT_CURRENT =
            PROGRAM.anyAccess(191, "DOMAIN_SNAPSHOT_CURRENT", DomainMessages.DomainFlags.CODEC, SnapshotRef.CODEC);
    public static final Procedure<SnapshotMessages.SnapshotFlags, Nothing> DOMAIN_REVERT_TO_SNAPSHOT =
            PROGRAM.writeAccess(
                    192, "DOMAIN_REVERT_TO_SNAPSHOT", SnapshotMessages.SnapshotFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<SnapshotMessages.SnapshotFlags, Nothing> DOMAIN_SNAPSHOT_DELETE =
            PROGRAM.writeAccess(193, "DOMAIN_SNAPSHOT_DELETE", SnapshotMessages.SnapshotFlags.CODEC, XdrCodec.NOTHING);
    public static final Procedure<SnapshotMessages.SnapshotFlags, SnapshotRef> DOMAIN_SNAPSHOT_GET_PARENT =
            PROGRAM.anyAccess(
                    244, "DOMAIN_SNAPSHOT_GET_PARENT", SnapshotMessages.SnapshotFlags.CODEC, SnapshotRef.CODEC);
    public static final Procedure<SnapshotMessages.SnapshotFlags, Integer> DOMAIN_SNAPSHOT_NUM_CHILDREN =
            PROGRAM.anyAccess(
                    246, "DOMAIN_SNAPSHOT_NUM_CHILDREN", SnapshotMessages.SnapshotFlags.CODEC, XdrCodec.INT32);
    public static final Procedure<SnapshotMessages.ListChildrenNames, DomainMessages.Names>
            DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES = PROGRAM.anyAccess(
                    247,
                    "DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES",
                    SnapshotMessages.ListChildrenNames.CODEC,
                    DomainMessages.Names.CODEC);
    public static final Procedure<SnapshotMessages.SnapshotFlags, Boolean> DOMAIN_SNAPSHOT_IS_CURRENT =
            PROGRAM.anyAccess(
                    271, "DOMAIN_SNAPSHOT_IS_CURRENT", SnapshotMessages.SnapshotFlags.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<SnapshotMessages.SnapshotFlags, Boolean> DOMAIN_SNAPSHOT_HAS_METADATA =
            PROGRAM.anyAccess(
                    272, "DOMAIN_SNAPSHOT_HAS_METADATA", SnapshotMessages.SnapshotFlags.CODEC, XdrCodec.BOOLEAN);
    public static final Procedure<SnapshotMessages.ListAll, SnapshotMessages.SnapshotList> DOMAIN_LIST_ALL_SNAPSHOTS =
            PROGRAM.anyAccess(
                    274,
                    "DOMAIN_LIST_ALL_SNAPSHOTS",
                    SnapshotMessages.ListAll.CODEC,
                    SnapshotMessages.SnapshotList.CODEC);
    public static final Procedure<SnapshotMessages.ListChildren, SnapshotMessages.SnapshotList>
            DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN = PROGRAM.anyAccess(
                    275,
                    "DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN",
                    SnapshotMessages.ListChildren.CODEC,
                    SnapshotMessages.SnapshotList.CODEC);

    // ---- checkpoints

    public static final Procedure<CheckpointMessages.Create, CheckpointRef> DOMAIN_CHECKPOINT_CREATE_XML =
            PROGRAM.writeAccess(
                    411, "DOMAIN_CHECKPOINT_CREATE_XML", CheckpointMessages.Create.CODEC, CheckpointRef.CODEC);
    public static final Procedure<CheckpointMessages.CheckpointFlags, String> DOMAIN_CHECKPOINT_GET_XML_DESC =
            PROGRAM.anyAccess(
                    412, "DOMAIN_CHECKPOINT_GET_XML_DESC", CheckpointMessages.CheckpointFlags.CODEC, XdrCodec.STRING);
    public static final Procedure<CheckpointMessages.ListAll, CheckpointMessages.CheckpointList>
            DOMAIN_LIST_ALL_CHECKPOINTS = PROGRAM.anyAccess(
                    413,
                    "DOMAIN_LIST_ALL_CHECKPOINTS",
                    CheckpointMessages.ListAll.CODEC,
                    CheckpointMessages.CheckpointList.CODEC);
    public static final Procedure<CheckpointMessages.ListChildren, CheckpointMessages.CheckpointList>
            DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN = PROGRAM.anyAccess(
                    414,
                    "DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN",
                    CheckpointMessages.ListChildren.CODEC,
                    CheckpointMessages.CheckpointList.CODEC);
    public static final Procedure<CheckpointMessages.Lookup, CheckpointRef> DOMAIN_CHECKPOINT_LOOKUP_BY_NAME =
            PROGRAM.anyAccess(
                    415, "DOMAIN_CHECKPOINT_LOOKUP_BY_NAME", CheckpointMessages.Lookup.CODEC, CheckpointRef.CODEC);
    public static final Procedure<CheckpointMessages.CheckpointFlags, CheckpointRef> DOMAIN_CHECKPOINT_GET_PARENT =
            PROGRAM.anyAccess(
                    416, "DOMAIN_CHECKPOINT_GET_PARENT", CheckpointMessages.CheckpointFlags.CODEC, CheckpointRef.CODEC);
    public static final Procedure<CheckpointMessages.CheckpointFlags, Nothing> DOMAIN_CHECKPOINT_DELETE =
            PROGRAM.writeAccess(
                    417, "DOMAIN_CHECKPOINT_DELETE", CheckpointMessages.CheckpointFlags.CODEC, XdrCodec.NOTHING);

    // ---- registering for events

    /// The reply is the callback id that each event will carry.
    public static final Procedure<DomainMessages.RegisterEvent, Integer> CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY =
            PROGRAM.anyAccess(
                    316,
                    "CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY",
                    DomainMessages.RegisterEvent.CODEC,
                    XdrCodec.INT32);

    /// The argument is the callback id.
    public static final Procedure<Integer, Nothing> CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY =
            PROGRAM.anyAccess(317, "CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY", XdrCodec.INT32, XdrCodec.NOTHING);

    private LibvirtProgram() {}
}
