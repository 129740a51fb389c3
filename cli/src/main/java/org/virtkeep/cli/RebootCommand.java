package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "reboot",
        header = "ask the guest to shut down, and start it again",
        description = "Asks the guest to shut down, and returns without waiting. When it has, it is started again; "
                + "its QEMU goes on, and so do backups. The guest may take its time, or refuse.",
        footer = {"virtkeep reboot web1"})
final class RebootCommand extends DomainCommand {
    @Option(names = "--agent", description = "ask the agent in the guest instead of pressing the power button")
    private boolean agent;

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.reboot(agent);
        output.done("Domain '%s' is being rebooted".formatted(name), new JsonObject().put("domain", name));
    }
}
