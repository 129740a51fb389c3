package org.virtkeep.qmp;

/// One processor of the guest (`CpuInfoFast`).
///
/// @param index counts from 0
/// @param qomPath where it stands in QEMU's object tree
/// @param threadId the host's thread that runs it
public record CpuInfo(int index, String qomPath, long threadId) {

    static CpuInfo from(JsonObject cpu) throws QmpException.Protocol {
        return new CpuInfo(cpu.integer("cpu-index"), cpu.text("qom-path"), cpu.number("thread-id"));
    }
}
