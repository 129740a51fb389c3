package org.virtkeep.rpc;

/// The most that a peer may announce, as libvirt's protocol descriptions name it (`virnetprotocol.x`,
/// `remote_protocol.x`). A number above its limit is refused before anything is allocated for it.
final class Limits {

    /// A packet with its length word (`VIR_NET_MESSAGE_MAX` and `VIR_NET_MESSAGE_LEN_MAX`).
    static final int PACKET_BYTES = 33_554_436;

    /// A packet of a client that has not opened a connection yet: enough for every authentication step.
    static final int EARLY_PACKET_BYTES = 512 * 1024;

    /// `VIR_NET_MESSAGE_STRING_MAX`.
    static final int STRING_BYTES = 4_194_304;

    /// `VIR_NET_MESSAGE_NUM_FDS_MAX`.
    static final int DESCRIPTORS = 32;

    /// `REMOTE_DOMAIN_LIST_MAX`, and the same for snapshots and checkpoints.
    static final int OBJECTS = 16_384;

    /// `REMOTE_AUTH_TYPE_LIST_MAX`.
    static final int AUTH_TYPES = 20;

    /// `REMOTE_AUTH_SASL_DATA_MAX`, in characters of four bytes.
    static final int SASL_CHARACTERS = 65_536;

    /// `REMOTE_SECURITY_MODEL_MAX` and `REMOTE_SECURITY_DOI_MAX`.
    static final int SECURITY_MODEL_CHARACTERS = 257;

    /// `REMOTE_SECURITY_LABEL_MAX`.
    static final int SECURITY_LABEL_CHARACTERS = 4_097;

    /// `REMOTE_NODE_INFO` has a fixed array of this many characters for the processor's model.
    static final int NODE_MODEL_CHARACTERS = 32;

    /// `REMOTE_DOMAIN_BLOCK_STATS_PARAMETERS_MAX`.
    static final int BLOCK_STATS = 16;

    /// `REMOTE_DOMAIN_JOB_STATS_MAX`.
    static final int JOB_STATS = 64;

    /// `REMOTE_CONNECT_GET_ALL_DOMAIN_STATS_MAX`, parameters of one domain.
    static final int DOMAIN_STATS = 262_144;

    /// `REMOTE_DOMAIN_BLOCK_COPY_PARAMETERS_MAX`.
    static final int BLOCK_COPY_PARAMETERS = 16;

    /// `REMOTE_DOMAIN_DISK_ERRORS_MAX`.
    static final int DISK_ERRORS = 256;

    /// `REMOTE_DOMAIN_MEMORY_STATS_MAX`.
    static final int MEMORY_STATS = 1_024;

    /// `REMOTE_DOMAIN_FSFREEZE_MOUNTPOINTS_MAX`.
    static final int MOUNT_POINTS = 256;

    /// `REMOTE_DOMAIN_FSINFO_MAX` and `REMOTE_DOMAIN_FSINFO_DISKS_MAX`.
    static final int FILE_SYSTEMS = 256;

    /// `REMOTE_DOMAIN_GUEST_INFO_PARAMS_MAX`.
    static final int GUEST_INFO = 2_048;

    /// `REMOTE_DOMAIN_EVENT_TUNABLE_MAX`.
    static final int TUNABLES = 2_048;

    /// `REMOTE_DOMAIN_EVENT_GRAPHICS_IDENTITY_MAX`.
    static final int GRAPHICS_IDENTITIES = 20;

    /// `REMOTE_DOMAIN_MESSAGES_MAX`.
    static final int DOMAIN_MESSAGES = 2_048;

    /// `REMOTE_NODE_MAX_CELLS`.
    static final int NUMA_CELLS = 1_024;

    private Limits() {}
}
