package org.virtkeep.cli;

import java.util.List;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;

final class SnapshotInfoCommand extends SnapshotCommand {

    @Override
    Manual manual() {
        return Manual.of("tell where a snapshot stands among the others")
                .description(
                        "Writes what a snapshot follows, how many follow it, and where its disks' overlays are. The current "
                                + "one is the one that the domain's disks go on from, which the next snapshot will follow.")
                .examples("virtkeep snapshot-info web1 before-upgrade", "virtkeep snapshot-info web1 --current");
    }

    @Override
    void run(Domain domain, Snapshot snapshot, Output output) {
        List<Snapshot> all = domain.snapshots();
        int children = children(all, snapshot.name()).size();
        long descendants = descendants(all, snapshot.name());
        if (output.isJson()) {
            output.json(new JsonObject()
                    .put("name", snapshot.name())
                    .put("domain", domain.name())
                    .put("current", snapshot.isCurrent())
                    .put("state", SnapshotListCommand.state(snapshot))
                    .put("location", "external")
                    .putText("parent", snapshot.parent())
                    .put("children", children)
                    .put("descendants", descendants));
            return;
        }
        var facts = new Facts()
                .add("Name", snapshot.name())
                .add("Domain", domain.name())
                .add("Current", snapshot.isCurrent() ? "yes" : "no")
                .add("State", SnapshotListCommand.state(snapshot))
                .add("Location", "external")
                .add("Parent", snapshot.parent().orElse("-"))
                .add("Children", Integer.toString(children))
                .add("Descendants", Long.toString(descendants))
                .add("Metadata", "yes");
        snapshot.definition()
                .external()
                .forEach(disk -> facts.add("Overlay " + disk.name(), disk.path().orElse("-")));
        output.text(facts.render());
    }
}
