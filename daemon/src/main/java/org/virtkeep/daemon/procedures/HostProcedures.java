package org.virtkeep.daemon.procedures;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.api.HostInfo;
import org.virtkeep.daemon.server.Client;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.ConnectMessages;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.RpcDispatcher;

/// What the host is, and which domains it can run.
final class HostProcedures implements ProcedureGroup {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
    /// The most that QEMU's PC takes, whatever runs its instructions.
    private static final int MAX_VCPUS = 255;

    private final Host host;

    HostProcedures(Host host) {
        this.host = host;
    }

    @Override
    public void addTo(RpcDispatcher.Builder<Client> builder) {
        builder.on(
                        LibvirtProgram.CONNECT_GET_VERSION,
                        (_, _) -> host.connection().hypervisorVersion())
                .on(LibvirtProgram.CONNECT_GET_HOSTNAME, (_, _) -> hostName())
                .on(LibvirtProgram.NODE_GET_INFO, (_, _) -> node())
                .on(
                        LibvirtProgram.NODE_GET_FREE_MEMORY,
                        (_, _) -> host.connection().host().freeMemoryBytes())
                .on(LibvirtProgram.CONNECT_GET_MAX_VCPUS, (_, type) -> maximumVcpus(type))
                .on(
                        LibvirtProgram.CONNECT_GET_CAPABILITIES,
                        (_, _) -> host.connection().capabilities())
                .on(LibvirtProgram.CONNECT_GET_DOMAIN_CAPABILITIES, (_, args) -> domainCapabilities(args))
                .on(LibvirtProgram.CONNECT_GET_SYSINFO, (_, flags) -> {
                    Flags.check(flags, 0, "virConnectGetSysinfo");
                    throw VirtException.qemu(ErrorCode.CONFIG_UNSUPPORTED, "Host SMBIOS information is not available");
                })
                .on(LibvirtProgram.NODE_GET_SECURITY_MODEL, (_, _) -> new ConnectMessages.SecurityModel("none", "0"));
    }

    private static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException _) {
            return InetAddress.getLoopbackAddress().getHostName(); // no Linux
        }
    }

    private ConnectMessages.NodeInfo node() {
        HostInfo info = host.connection().host();
        return new ConnectMessages.NodeInfo(
                info.model(),
                info.memoryKib(),
                info.cpus(),
                info.megahertz(),
                info.nodes(),
                info.sockets(),
                info.cores(),
                info.threads());
    }

    private static int maximumVcpus(Optional<String> type) {
        type.filter(name -> !name.equalsIgnoreCase("qemu") && !name.equalsIgnoreCase("kvm"))
                .ifPresent(name -> {
                    throw VirtException.qemu(ErrorCode.INVALID_ARG, "unknown type '%s'".formatted(name));
                });
        return MAX_VCPUS;
    }

    private String domainCapabilities(ConnectMessages.DomainCapabilitiesArgs args) {
        Flags.check(args.flags(), 0, "virConnectGetDomainCapabilities");
        return host.connection()
                .domainCapabilities(args.emulator(), args.architecture(), args.machine(), args.virtualizationType());
    }
}
