package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class RebootCommand extends DomainCommand {
    private boolean agent;

    @Override
    Manual manual() {
        return Manual.of("ask the guest to shut down, and start it again")
                .description(
                        "Asks the guest to shut down, and returns without waiting. When it has, it is started again; "
                                + "its QEMU goes on, and so do backups. The guest may take its time, or refuse.")
                .examples("virtkeep reboot web1");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag(
                "--agent", "ask the agent in the guest instead of pressing the power button", given -> agent = given);
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.reboot(agent);
        output.done("Domain '%s' is being rebooted".formatted(name), new JsonObject().put("domain", name));
    }
}
