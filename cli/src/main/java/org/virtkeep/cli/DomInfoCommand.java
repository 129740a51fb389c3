package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.Domain;
import org.virtkeep.model.DomainDefinition;
import org.virtkeep.model.DomainXml;
import org.virtkeep.model.VirtException;

final class DomInfoCommand extends DomainCommand {

    @Override
    Manual manual() {
        return Manual.of("tell the main facts about a domain")
                .description(
                        "Writes id, name, UUID, state, processors, memory, and what there is of checkpoints and backups. "
                                + "Processors and memory are left out where the domain's XML does not tell.")
                .examples("virtkeep dominfo web1");
    }

    @Override
    void run(Domain domain, Output output) {
        DomainRow row = new DomainRow(
                domain.id(), domain.name(), domain.uuid(), domain.state(), domain.isPersistent(), Optional.empty());
        Optional<DomainDefinition> definition = definition(domain);
        long checkpoints = domain.checkpoints().size();
        long running = domain.runningBackupJobs().size();
        if (output.isJson()) {
            output.json(json(row, definition).put("checkpoints", checkpoints).put("runningBackups", running));
        } else {
            output.text(facts(row, definition)
                    .add("Checkpoints", Long.toString(checkpoints))
                    .add("Running backups", Long.toString(running))
                    .render());
        }
    }

    /// Empty for the XML of a foreign QEMU, which may lack or hold what ours does not.
    private static Optional<DomainDefinition> definition(Domain domain) {
        String xml = domain.xml();
        try {
            return Optional.of(DomainXml.read(xml));
        } catch (VirtException e) {
            return Optional.empty();
        }
    }

    private static Facts facts(DomainRow row, Optional<DomainDefinition> definition) {
        var facts = new Facts()
                .add("Id", row.cells(false).getFirst())
                .add("Name", row.name())
                .add("UUID", row.uuid().toString())
                .add("State", row.state().label());
        definition.ifPresent(known -> facts.add("CPU(s)", Integer.toString(known.vcpus()))
                .add("Max memory", known.memoryBytes() / 1024 + " KiB"));
        return facts.add("Persistent", row.persistent() ? "yes" : "no");
    }

    private static JsonObject json(DomainRow row, Optional<DomainDefinition> definition) {
        JsonObject json = row.toJson(false);
        definition.ifPresentOrElse(
                known -> json.put("vcpus", known.vcpus()).put("memoryBytes", known.memoryBytes()),
                () -> json.putNull("vcpus").putNull("memoryBytes"));
        return json;
    }
}
