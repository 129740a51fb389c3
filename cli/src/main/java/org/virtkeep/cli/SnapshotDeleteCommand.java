package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Locale;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Snapshot;
import org.virtkeep.api.Snapshot.DeleteFlag;
import org.virtkeep.api.Snapshot.Progress;

final class SnapshotDeleteCommand extends SnapshotCommand {
    private static final String ERASE = "\r\033[K";

    private boolean children;
    private boolean childrenOnly;
    private boolean metadata;

    @Override
    Manual manual() {
        return Manual.of("delete a snapshot, and merge its overlays")
                .description(
                        "Deletes a snapshot while its domain runs: each of its overlays is merged into the image below, and its file "
                                + "deleted. The guest goes on, and so does what is recorded for checkpoints. Snapshots that followed it "
                                + "follow its parent.",
                        "If this program is ended meanwhile, the merging goes on, and the next command on the domain completes it.")
                .examples(
                        "virtkeep snapshot-delete web1 before-upgrade",
                        "virtkeep snapshot-delete web1 before-upgrade --metadata",
                        "    forgets it, and leaves its images as they are");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--children", "delete all that follow it as well", given -> children = given);
        options.flag("--children-only", "delete all that follow it, and not it", given -> childrenOnly = given);
        options.flag(
                "--metadata", "leave the images as they are; the domain need not run then", given -> metadata = given);
    }

    @Override
    void run(Domain domain, Snapshot snapshot, Output output) {
        String name = snapshot.name();
        boolean drawn = program().surroundings().terminal() && !output.isQuiet();
        snapshot.delete(flags(), progress -> draw(drawn, progress));
        if (drawn) {
            program().surroundings().err().print(ERASE);
        }
        output.done(
                "Snapshot '%s' of domain '%s' %sdeleted"
                        .formatted(name, domain.name(), childrenOnly ? "is left, its children " : ""),
                new JsonObject().put("domain", domain.name()).put("snapshot", name));
    }

    private EnumSet<DeleteFlag> flags() {
        var flags = EnumSet.noneOf(DeleteFlag.class);
        Chosen.add(flags, children, DeleteFlag.CHILDREN);
        Chosen.add(flags, childrenOnly, DeleteFlag.CHILDREN_ONLY);
        Chosen.add(flags, metadata, DeleteFlag.METADATA_ONLY);
        return flags;
    }

    private void draw(boolean drawn, Progress progress) {
        if (drawn && progress.allBytes() > 0) {
            program()
                    .surroundings()
                    .err()
                    .print(String.format(
                            Locale.ROOT,
                            "%ssnapshot '%s': %.1f %%, %s of %s merged",
                            ERASE,
                            progress.snapshot(),
                            100.0 * progress.doneBytes() / progress.allBytes(),
                            Humane.size(progress.doneBytes()),
                            Humane.size(progress.allBytes())));
            program().surroundings().err().flush();
        }
    }
}
