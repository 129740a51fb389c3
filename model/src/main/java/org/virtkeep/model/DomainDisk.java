package org.virtkeep.model;

import java.util.Optional;
import java.util.OptionalInt;

/// One `<disk>` of a domain.
///
/// @param target        the name it is known by: `vda`, `sdb`, `hdc`
/// @param source        empty for a drive without medium
/// @param format        image format of the active layer: `qcow2`, `raw`
/// @param dataFile      qcow2 with external data file (`<dataStore>`), where the document says so
/// @param cache         `none`, `writeback`, `writethrough`, `directsync`, `unsafe`; empty for QEMU's default
/// @param discard       `unmap` or `ignore`
/// @param detectZeroes  `off`, `on`, `unmap`
/// @param io            `threads`, `native`, `io_uring`
/// @param errorPolicy   `stop`, `report`, `ignore`, `enospace`
/// @param iothread      number of the iothread that serves it
public record DomainDisk(
        String target,
        Device device,
        Bus bus,
        Optional<DiskSource> source,
        String format,
        boolean readOnly,
        Optional<DiskSource> dataFile,
        Optional<String> serial,
        Optional<String> cache,
        Optional<String> discard,
        Optional<String> detectZeroes,
        Optional<String> io,
        Optional<String> errorPolicy,
        OptionalInt iothread,
        OptionalInt bootOrder) {

    /// What the guest sees.
    public enum Device {
        DISK,
        CDROM
    }

    /// How it is attached.
    public enum Bus {
        VIRTIO,
        SCSI,
        SATA
    }

    /// True if it has a medium and the guest may write to it: the disks that a default selection takes.
    public boolean isBackedUpByDefault() {
        return source.isPresent() && !readOnly;
    }
}
