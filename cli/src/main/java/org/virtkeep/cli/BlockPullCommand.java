package org.virtkeep.cli;

import java.util.Optional;
import org.virtkeep.api.BlockPull;
import org.virtkeep.api.Domain;

final class BlockPullCommand extends BlockJobCommandBase {
    private String base;
    private boolean keepRelative;

    @Override
    Manual manual() {
        return Manual.of("pull the images below into the active one")
                .description(
                        "Copies what the images below hold into the active image of a disk, while the guest goes on: all of them, or "
                                + "those above --base, which stays. Images are named by their path, or by their place: vda[1] is the "
                                + "first below the active one. What is recorded for checkpoints is pulled too. The files that the disk "
                                + "does not need any more stay.",
                        "The job ends by itself. If this program is ended meanwhile, it goes on.")
                .examples(
                        "virtkeep blockpull web1 vda --wait",
                        "virtkeep blockpull web1 vda --base /images/golden.qcow2",
                        "    the disk rests on golden.qcow2 alone afterwards");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--base", "IMAGE", "the image that stays below; else none does", word -> base = word);
        options.flag(
                "--keep-relative",
                "the active image names the one below relative to itself",
                given -> keepRelative = given);
    }

    @Override
    Optional<Ending> ending() {
        return Optional.empty();
    }

    @Override
    String what() {
        return "Pull";
    }

    @Override
    void begin(Domain domain, String disk, long bytesPerSecond) {
        domain.blockPull(disk, new BlockPull(Optional.ofNullable(base), bytesPerSecond, keepRelative));
    }
}
