package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.Connection;

final class DomCapabilitiesCommand extends ConnectedCommand {
    private String type;
    private String emulator;
    private String architecture;
    private String machine;

    @Override
    Manual manual() {
        return Manual.of("tell what a domain can have on the host")
                .description(
                        "Writes a <domainCapabilities> document, of the host's usual kind of domain where nothing is said.")
                .examples("virtkeep domcapabilities --virttype qemu --machine q35");
    }

    @Override
    void declare(Options options) {
        options.text("--virttype", "TYPE", "kvm or qemu", word -> type = word);
        options.text("--emulatorbin", "PROGRAM", "path of the QEMU", word -> emulator = word);
        options.text("--arch", "ARCH", "the guest's architecture, such as x86_64", word -> architecture = word);
        options.text("--machine", "MACHINE", "the machine's type, such as q35", word -> machine = word);
    }

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
