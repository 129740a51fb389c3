package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.Connection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "domcapabilities",
        header = "tell what a domain can have on the host",
        description =
                "Writes a <domainCapabilities> document, of the host's usual kind of domain where nothing is said.",
        footer = {"virtkeep domcapabilities --virttype qemu --machine q35"})
final class DomCapabilitiesCommand extends ConnectedCommand {
    @Option(names = "--virttype", paramLabel = "TYPE", description = "kvm or qemu")
    private String type;

    @Option(names = "--emulatorbin", paramLabel = "PROGRAM", description = "path of the QEMU")
    private String emulator;

    @Option(names = "--arch", paramLabel = "ARCH", description = "the guest's architecture, such as x86_64")
    private String architecture;

    @Option(names = "--machine", paramLabel = "MACHINE", description = "the machine's type, such as q35")
    private String machine;

    @Override
    Places places() {
        return Places.of();
    }

    @Override
    void run(Connection connection, Output output) {
        output.xml(connection.domainCapabilities(
                Optional.ofNullable(emulator),
                Optional.ofNullable(architecture),
                Optional.ofNullable(machine),
                Optional.ofNullable(type)));
    }
}
