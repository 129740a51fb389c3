package org.virtkeep.qemu.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointDisk;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.Root;

class CheckpointStoreTest {
    @TempDir
    Path dir;

    private CheckpointStore checkpoints;

    @BeforeEach
    void open() {
        Root root = Root.open(dir.resolve("root"));
        var folder = root.folder("vm");
        folder.create(UUID.randomUUID());
        checkpoints = new CheckpointStore(folder, root.durable());
    }

    @Test
    void aCheckpointComesBackAsItWasSaved() {
        CheckpointDefinition saved = checkpoint("c1", 100, Optional.empty());
        checkpoints.save(saved);
        assertThat(checkpoints.require("c1")).isEqualTo(saved);
    }

    @Test
    void parentsAreListedBeforeTheirChildrenEvenOfTheSameSecond() {
        checkpoints.save(checkpoint("a", 100, Optional.of("z")));
        checkpoints.save(checkpoint("z", 100, Optional.empty()));
        checkpoints.save(checkpoint("m", 100, Optional.of("a")));
        assertThat(checkpoints.all()).extracting(CheckpointStore::name).containsExactly("z", "a", "m");
    }

    @Test
    void theNewestLeafIsCurrent() {
        assertThat(checkpoints.current()).isEmpty();
        checkpoints.save(checkpoint("old", 100, Optional.empty()));
        checkpoints.save(checkpoint("new", 200, Optional.of("old")));
        assertThat(checkpoints.current()).contains("new");
        checkpoints.delete("new");
        assertThat(checkpoints.current()).contains("old");
    }

    @Test
    void theOneThatWasCreatedLastIsCurrentEvenBesideANewerLeaf() {
        checkpoints.create(checkpoint("a", 100, Optional.empty()));
        checkpoints.create(checkpoint("z", 100, Optional.of("a")));
        checkpoints.create(checkpoint("b", 100, Optional.of("a")));
        assertThat(checkpoints.current()).contains("b");
    }

    @Test
    void whatWasNotedAndDidNotComeAboutDoesNotCount() {
        checkpoints.create(checkpoint("a", 100, Optional.empty()));
        checkpoints.save(checkpoint("z", 200, Optional.empty()));
        checkpoints.noteCurrent("never");
        assertThat(checkpoints.current()).contains("a");
        checkpoints.delete("a");
        assertThat(checkpoints.current()).contains("z");
    }

    @Test
    void aNameThatIsAPathIsNotFound() {
        checkpoints.save(checkpoint("a", 100, Optional.empty()));
        assertThat(checkpoints.find("../checkpoints/a")).isEmpty();
    }

    @Test
    void aMissingOneIsNoDomainCheckpoint() {
        assertThatThrownBy(() -> checkpoints.require("nothing"))
                .isInstanceOfSatisfying(
                        VirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NO_DOMAIN_CHECKPOINT))
                .hasMessageContaining("'nothing'");
    }

    private static CheckpointDefinition checkpoint(String name, long time, Optional<String> parent) {
        var disk = new CheckpointDisk("vda", true, Optional.of(name), OptionalLong.empty());
        return new CheckpointDefinition(
                Optional.of(name),
                Optional.empty(),
                OptionalLong.of(time),
                parent,
                Optional.of(List.of(disk)),
                Optional.empty());
    }
}
