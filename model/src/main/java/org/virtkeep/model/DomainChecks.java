package org.virtkeep.model;

import java.util.HashSet;
import java.util.OptionalInt;
import java.util.Set;

/// What must fit together between the parts of a domain.
final class DomainChecks {
    private DomainChecks() {}

    /// @throws VirtException CONFIG_UNSUPPORTED, or XML_ERROR for what libvirt calls an error of the document
    static void check(DomainDefinition domain) {
        checkCpu(domain);
        Set<String> targets = new HashSet<>();
        Set<Integer> orders = new HashSet<>();
        for (DomainDisk disk : domain.disks()) {
            if (!targets.add(disk.target())) {
                throw invalid("two disks have the target '%s'; give each its own".formatted(disk.target()));
            }
            checkIothread(domain, disk);
            disk.bootOrder().ifPresent(order -> {
                if (!orders.add(order)) {
                    throw invalid("boot order %d is used for two disks; give each its own".formatted(order));
                }
            });
        }
        if (!orders.isEmpty() && !domain.boot().devices().isEmpty()) {
            throw unsupported("'domain/os/boot' and a disk's 'boot' element cannot be used together; leave one out");
        }
    }

    private static void checkIothread(DomainDefinition domain, DomainDisk disk) {
        OptionalInt iothread = disk.iothread();
        if (iothread.isEmpty()) {
            return;
        }
        if (disk.bus() != DomainDisk.Bus.VIRTIO) {
            throw unsupported(
                    "disk '%s' has an iothread, which only a disk on bus 'virtio' can have".formatted(disk.target()));
        }
        if (iothread.getAsInt() > domain.iothreads()) {
            throw unsupported("disk '%s' uses iothread %d, but the domain has %d; raise 'domain/iothreads'"
                    .formatted(disk.target(), iothread.getAsInt(), domain.iothreads()));
        }
    }

    private static void checkCpu(DomainDefinition domain) {
        var cpu = domain.cpu();
        if (cpu.sockets().isPresent()) {
            long product = (long) cpu.sockets().getAsInt()
                    * cpu.cores().orElse(1)
                    * cpu.threads().orElse(1);
            if (product != domain.vcpus()) {
                throw unsupported("'domain/cpu/topology' makes %d vcpus and 'domain/vcpu' says %d; make them the same"
                        .formatted(product, domain.vcpus()));
            }
        }
        if (domain.type() == DomainDefinition.Type.QEMU
                && cpu.mode().filter("host-passthrough"::equals).isPresent()) {
            throw unsupported("'domain/cpu@mode' is 'host-passthrough', which needs 'domain@type' to be 'kvm'");
        }
    }

    private static VirtException invalid(String message) {
        return new VirtException(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, message);
    }

    private static VirtException unsupported(String message) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN, message);
    }
}
