package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Optional;
import org.virtkeep.api.BlockCommit;
import org.virtkeep.api.BlockCommit.Flag;
import org.virtkeep.api.Domain;

final class BlockCommitCommand extends BlockJobCommandBase {
    private String base;
    private boolean shallow;
    private String top;
    private boolean active;
    private boolean delete;
    private boolean pivot;
    private boolean keepOverlay;
    private boolean keepRelative;

    @Override
    Manual manual() {
        return Manual.of("merge images of a disk into one below")
                .description(
                        "Merges images of a disk into one further down in its backing chain, while the guest goes on: all of them "
                                + "into the lowest, unless --base, --top or --shallow say otherwise. Images are named by their path, or "
                                + "by their place: vda[1] is the first below the active one. What is recorded for checkpoints is merged "
                                + "too. The files that are not needed any more stay, unless --delete is given.",
                        "If the active image is to be merged (--active), the job becomes ready and then follows the guest until it is "
                                + "told what to do: --pivot goes over to the image below, --keep-overlay ends it and stays. Without either, "
                                + "'virtkeep blockjob' does that later. Other commits end by themselves.",
                        "A snapshot whose content is in an image that is written to cannot be gone back to any more. To merge what "
                                + "snapshots have made, and to forget these, use 'virtkeep snapshot-delete'.",
                        "If this program is ended meanwhile, the job goes on.")
                .examples(
                        "virtkeep blockcommit web1 vda --active --pivot --delete",
                        "    brings all into the lowest image, and deletes the overlays",
                        "virtkeep blockcommit web1 vda --top vda[1] --shallow --wait",
                        "    merges the first image below the active one into the next");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--base", "IMAGE", "the image that is written to; else the lowest", word -> base = word);
        options.flag(
                "--shallow", "write to the image right below the topmost that is merged", given -> shallow = given);
        options.text("--top", "IMAGE", "the topmost image that is merged; else the active one", word -> top = word);
        options.flag("--active", "the active image may be merged", given -> active = given);
        options.flag("--delete", "delete the files that are not needed any more", given -> delete = given);
        options.flag("--pivot", "wait until it is ready, and go over; implies --active", given -> pivot = given);
        options.flag(
                "--keep-overlay", "wait until it is ready, and end it; implies --active", given -> keepOverlay = given);
        options.flag(
                "--keep-relative",
                "the image above names the one below relative to itself",
                given -> keepRelative = given);
    }

    @Override
    void check() {
        super.check();
        checkEnding(pivot, keepOverlay, "--keep-overlay");
        if (shallow && base != null) {
            throw usage("--shallow and --base exclude each other");
        }
    }

    @Override
    Optional<Ending> ending() {
        return ending(pivot, keepOverlay);
    }

    @Override
    String what() {
        return "Commit";
    }

    @Override
    void begin(Domain domain, String disk, long bytesPerSecond) {
        var flags = EnumSet.noneOf(Flag.class);
        Chosen.add(flags, shallow, Flag.SHALLOW);
        Chosen.add(flags, delete, Flag.DELETE);
        Chosen.add(flags, active || pivot || keepOverlay, Flag.ACTIVE);
        Chosen.add(flags, keepRelative, Flag.RELATIVE);
        domain.blockCommit(
                disk, new BlockCommit(Optional.ofNullable(base), Optional.ofNullable(top), bytesPerSecond, flags));
    }
}
