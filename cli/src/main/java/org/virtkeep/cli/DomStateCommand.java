package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.StateReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "domstate",
        header = "tell what a domain is doing",
        description = "Writes the domain's state: running, paused, in shutdown, shut off, crashed, pmsuspended.",
        footer = {"test \"$(virtkeep domstate web1)\" = running || virtkeep start web1"})
final class DomStateCommand extends DomainCommand {
    @Option(names = "--reason", description = "also tell why")
    private boolean withReason;

    @Override
    void run(Domain domain, Output output) {
        StateReason reason = domain.stateReason();
        DomainState state = reason.state();
        if (output.isJson()) {
            output.json(new JsonObject()
                    .put("domain", domain.name())
                    .put("state", state.label())
                    .put("stateCode", state.wireValue())
                    .put("reason", reason.label()));
        } else {
            output.text(withReason ? "%s (%s)".formatted(state.label(), reason.label()) : state.label());
        }
    }
}
