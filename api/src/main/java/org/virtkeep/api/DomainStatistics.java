package org.virtkeep.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Figures of a domain at one moment, as QEMU and the kernel tell them; what neither tells is missing.
///
/// @param cpu    empty while the domain is shut off, as what follows
/// @param vcpuCount of the guest, whatever was asked for
/// @param vcpus  empty unless it was asked for
/// @param disks  in the order of the definition; empty unless it was asked for
public record DomainStatistics(
        StateReason state,
        Optional<Cpu> cpu,
        Optional<Memory> memory,
        int vcpuCount,
        List<Vcpu> vcpus,
        List<Disk> disks) {

    public DomainStatistics {
        vcpus = List.copyOf(vcpus);
        disks = List.copyOf(disks);
    }

    /// What to tell.
    public enum Group {
        CPU,
        MEMORY,
        VCPU,
        DISKS,
        /// Of the disks no more than what was asked of them: without the sizes of their images, which take longer to
        /// find out. Nothing more beside DISKS.
        DISK_REQUESTS,
        /// Also the images below the disks' active ones; with DISKS only.
        BACKING_IMAGES
    }

    /// Processor time of the domain's QEMU, all its threads.
    public record Cpu(long nanoseconds, long userNanoseconds, long systemNanoseconds) {}

    /// @param maximumKib of the definition
    /// @param currentKib without what the balloon has taken
    /// @param figures    what is known of the rest
    public record Memory(long maximumKib, long currentKib, Map<MemoryFigure, Long> figures) {
        public Memory {
            figures = Map.copyOf(figures);
        }
    }

    /// In libvirt's order and with its numbers (`virDomainMemoryStatTags`). KiB, except for counts.
    public enum MemoryFigure {
        SWAP_IN(0, "swap_in"),
        SWAP_OUT(1, "swap_out"),
        /// A count.
        MAJOR_FAULT(2, "major_fault"),
        /// A count.
        MINOR_FAULT(3, "minor_fault"),
        UNUSED(4, "unused"),
        AVAILABLE(5, "available"),
        USABLE(8, "usable"),
        /// When the guest told these figures, in seconds since 1970.
        LAST_UPDATE(9, "last-update"),
        DISK_CACHES(10, "disk_caches"),
        /// What the host holds of QEMU in memory.
        RSS(7, "rss");

        private final int wireValue;
        private final String label;

        MemoryFigure(int wireValue, String label) {
            this.wireValue = wireValue;
            this.label = label;
        }

        public int wireValue() {
            return wireValue;
        }

        /// As the parameter of `virsh domstats` is called, behind `balloon.`.
        public String label() {
            return label;
        }
    }

    /// One processor of the guest.
    ///
    /// @param nanoseconds      that its thread has run
    /// @param delayNanoseconds that its thread was ready to run and had to wait; empty if the kernel
    ///     does not tell
    public record Vcpu(int number, long nanoseconds, OptionalLong delayNanoseconds) {}

    /// One image of a disk.
    ///
    /// @param target          of the disk
    /// @param backingIndex    0 for the active image, counting up with what is below it
    /// @param path            empty for a drive without medium
    /// @param requests        empty while the domain is shut off
    /// @param allocationBytes how far the image has been written, or what it takes on the host
    /// @param physicalBytes   what it takes on the host
    public record Disk(
            String target,
            int backingIndex,
            Optional<String> path,
            Optional<Requests> requests,
            OptionalLong allocationBytes,
            OptionalLong capacityBytes,
            OptionalLong physicalBytes) {}

    /// What the guest has asked of a disk since it started.
    public record Requests(
            long reads,
            long readBytes,
            long readNanoseconds,
            long writes,
            long writtenBytes,
            long writeNanoseconds,
            long flushes,
            long flushNanoseconds) {}
}
