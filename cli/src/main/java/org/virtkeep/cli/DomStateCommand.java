package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import picocli.CommandLine.Command;

@Command(
        name = "domstate",
        header = "tell what a domain is doing",
        description = "Writes the domain's state: running, paused, in shutdown, shut off, crashed, pmsuspended.",
        footer = {"test \"$(virtkeep domstate web1)\" = running || virtkeep start web1"})
final class DomStateCommand extends DomainCommand {

    @Override
    void run(Domain domain, Output output) {
        DomainState state = domain.state();
        if (output.isJson()) {
            output.json(new JsonObject()
                    .put("domain", domain.name())
                    .put("state", state.label())
                    .put("stateCode", state.wireValue()));
        } else {
            output.text(state.label());
        }
    }
}
