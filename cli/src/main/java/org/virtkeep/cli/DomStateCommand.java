package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.StateReason;

final class DomStateCommand extends DomainCommand {
    private boolean withReason;

    @Override
    Manual manual() {
        return Manual.of("tell what a domain is doing")
                .description("Writes the domain's state: running, paused, in shutdown, shut off, crashed, pmsuspended.")
                .examples("test \"$(virtkeep domstate web1)\" = running || virtkeep start web1");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--reason", "also tell why", given -> withReason = given);
    }

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
