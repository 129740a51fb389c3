package org.virtkeep.cli;

import org.virtkeep.api.Domain;

final class AutostartCommand extends DomainCommand {
    private boolean disable;

    @Override
    Manual manual() {
        return Manual.of("have a domain started with the host")
                .description(
                        "Marks a domain: the daemon starts it when it starts for the first time since the host was booted.")
                .examples("virtkeep autostart web1", "virtkeep autostart web1 --disable");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--disable", "take the mark away", given -> disable = given);
    }

    @Override
    void run(Domain domain, Output output) {
        String name = domain.name();
        domain.setAutostart(!disable);
        output.done(
                "Domain '%s' %s".formatted(name, disable ? "unmarked as autostarted" : "marked as autostarted"),
                new JsonObject().put("domain", name));
    }
}
