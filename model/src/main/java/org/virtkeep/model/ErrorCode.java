package org.virtkeep.model;

/// An error as libvirt's API names it (`virErrorNumber`). The numbers are wire values and never change.
public enum ErrorCode {
    INTERNAL_ERROR(1),
    NO_SUPPORT(3),
    NO_CONNECT(5),
    INVALID_ARG(8),
    OPERATION_FAILED(9),
    NO_NAME(21),
    XML_ERROR(27),
    OPERATION_DENIED(29),
    XML_DETAIL(35),
    SYSTEM_ERROR(38),
    RPC(39),
    NO_DOMAIN(42),
    AUTH_FAILED(45),
    NO_STORAGE_POOL(49),
    NO_STORAGE_VOL(50),
    NO_SECURITY_MODEL(54),
    OPERATION_INVALID(55),
    CONFIG_UNSUPPORTED(67),
    OPERATION_TIMEOUT(68),
    INVALID_DOMAIN_SNAPSHOT(71),
    NO_DOMAIN_SNAPSHOT(72),
    ARGUMENT_UNSUPPORTED(74),
    OPERATION_ABORTED(78),
    AUTH_CANCELLED(79),
    NO_DOMAIN_METADATA(80),
    BLOCK_COPY_ACTIVE(83),
    OPERATION_UNSUPPORTED(84),
    AGENT_UNRESPONSIVE(86),
    RESOURCE_BUSY(87),
    ACCESS_DENIED(88),
    XML_INVALID_SCHEMA(92),
    AUTH_UNAVAILABLE(94),
    AGENT_UNSYNCED(97),
    DEVICE_MISSING(99),
    INVALID_DOMAIN_CHECKPOINT(102),
    NO_DOMAIN_CHECKPOINT(103),
    NO_DOMAIN_BACKUP(104),
    CHECKPOINT_INCONSISTENT(109),
    MULTIPLE_DOMAINS(110);

    private final int wireValue;

    ErrorCode(int wireValue) {
        this.wireValue = wireValue;
    }

    /// The value of libvirt's constant `VIR_ERR_…`.
    public int wireValue() {
        return wireValue;
    }
}
