package org.virtkeep.daemon.procedures;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.DeviceFlag;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.model.XmlElement;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// Plugging devices into domains, and taking them out. Only disks can be.
final class DeviceProcedures implements ProcedureGroup {
    /// `VIR_DOMAIN_DEVICE_MODIFY_FORCE`: open a tray that the guest has locked.
    private static final int FORCE = 1 << 2;

    private final Host host;

    DeviceProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.run(LibvirtProgram.DOMAIN_ATTACH_DEVICE, (_, args) -> attach(args.domain(), args.xml(), Affects.LIVE))
                .run(LibvirtProgram.DOMAIN_ATTACH_DEVICE_FLAGS, (_, args) -> {
                    Flags.check(args.flags(), Affects.MASK, "virDomainAttachDeviceFlags");
                    attach(args.domain(), args.xml(), args.flags());
                })
                .run(LibvirtProgram.DOMAIN_DETACH_DEVICE, (_, args) -> detach(args.domain(), args.xml(), Affects.LIVE))
                .run(LibvirtProgram.DOMAIN_DETACH_DEVICE_FLAGS, (_, args) -> {
                    Flags.check(args.flags(), Affects.MASK, "virDomainDetachDeviceFlags");
                    detach(args.domain(), args.xml(), args.flags());
                })
                .run(LibvirtProgram.DOMAIN_UPDATE_DEVICE_FLAGS, (_, args) -> update(args));
    }

    private void attach(DomainRef ref, String xml, int flags) {
        Domain domain = host.domain(ref);
        Set<DeviceFlag> where = where(domain, flags);
        disk(xml, "attach");
        domain.attachDisk(xml, where);
    }

    private void detach(DomainRef ref, String xml, int flags) {
        Domain domain = host.domain(ref);
        Set<DeviceFlag> where = where(domain, flags);
        domain.detachDisk(target(disk(xml, "detach")), where);
    }

    /// The one thing of a device that can be changed is the medium of a drive.
    private void update(DomainMessages.DomainXmlFlags args) {
        Flags.check(args.flags(), Affects.MASK | FORCE, "virDomainUpdateDeviceFlags");
        Domain domain = host.domain(args.domain());
        Set<DeviceFlag> where = where(domain, args.flags());
        XmlElement disk = disk(args.xml(), "update");
        Optional<String> source = disk.child("source")
                .flatMap(element -> element.attribute("file").or(() -> element.attribute("dev")))
                .filter(path -> !path.isEmpty());
        domain.changeMedia(target(disk), source, (args.flags() & FORCE) != 0, where);
    }

    private static Set<DeviceFlag> where(Domain domain, int flags) {
        Affects affects = Affects.of(flags, domain);
        if (!affects.config()) {
            return Set.of();
        }
        return EnumSet.of(affects.live() ? DeviceFlag.CONFIG : DeviceFlag.CONFIG_ONLY);
    }

    private static XmlElement disk(String xml, String what) {
        XmlElement device = XmlElement.read(xml);
        if (!device.name().equals("disk")) {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_UNSUPPORTED,
                    "%s of device '%s' is not supported; disks can be".formatted(what, device.name()));
        }
        return device;
    }

    private static String target(XmlElement disk) {
        return disk.child("target")
                .flatMap(target -> target.attribute("dev"))
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.XML_ERROR, "missing target information for the disk to be found by"));
    }
}
