package org.virtkeep.qemu.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.model.VirtException;

class DomainFolderTest {
    private static final UUID VM = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final String OLD = "<domain><name>vm</name><uuid>" + VM + "</uuid><title>old</title></domain>";
    private static final String NEW = OLD.replace("old", "new");

    @TempDir
    private Path dir;

    /// What is done with the files of a domain.
    private interface Work {
        void on(DomainFolder folder);
    }

    /// Crashes the host at each step of some work, several times each, for what is lost is a matter
    /// of chance.
    private void crashing(Optional<String> before, Work work, Judge judge) throws IOException {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int roots = 0;
        boolean done = false;
        for (int step = 1; !done; step++) {
            for (int trial = 0; trial < 4; trial++) {
                Path at = dir.resolve("r" + roots++);
                before.ifPresent(xml -> Root.open(at).folder("vm").define(VM, xml));
                Root.open(at);
                var files = new LossyFiles(step);
                done = isDone(at, files, work);
                files.crash();
                files.loseWhatDidNotLast(random);
                try {
                    judge.of(Root.open(at), done);
                } catch (AssertionError e) {
                    throw new AssertionError("seed %d, step %d: %s".formatted(seed, step, e), e);
                }
            }
        }
    }

    private static boolean isDone(Path at, LossyFiles files, Work work) {
        try {
            work.on(Root.open(at, files).folder("vm"));
            return true;
        } catch (VirtException e) {
            assertThat(files.hasCrashed()).as(e.toString()).isTrue();
            return false;
        }
    }

    /// @see #crashing
    private interface Judge {
        void of(Root root, boolean done);
    }

    private static Optional<String> definition(Root root) {
        return root.folder("vm").definitionXml();
    }

    @Test
    void aNewDefinitionIsThereWholeOrNotAtAll() throws IOException {
        crashing(Optional.empty(), folder -> folder.define(VM, NEW), (root, done) -> {
            assertThat(definition(root))
                    .isIn(done ? List.of(Optional.of(NEW)) : List.of(Optional.empty(), Optional.of(NEW)));
            assertThat(root.domainNames()).hasSize(definition(root).isPresent() ? 1 : 0);
            root.folder("vm").define(VM, OLD);
            assertThat(definition(root)).contains(OLD);
            assertThat(root.folder("vm").uuid()).contains(VM);
        });
    }

    @Test
    void anotherDefinitionOfAKnownDomainIsTheOldOrTheNewOne() throws IOException {
        crashing(
                Optional.of(OLD),
                folder -> folder.define(VM, NEW),
                (root, done) -> assertThat(definition(root))
                        .isIn(done ? List.of(Optional.of(NEW)) : List.of(Optional.of(OLD), Optional.of(NEW))));
    }

    @Test
    void aForgottenDomainIsGoneOrStillThereAsAWhole() throws IOException {
        crashing(Optional.of(OLD), DomainFolder::delete, (root, done) -> {
            assertThat(definition(root))
                    .isIn(done ? List.of(Optional.empty()) : List.of(Optional.empty(), Optional.of(OLD)));
            root.folder("vm").define(UUID.randomUUID(), NEW);
            assertThat(definition(root)).contains(NEW);
        });
    }

    @Test
    void whatAForgottenDomainLeftIsDeletedWheneverThereIsTime() throws IOException {
        Root root = Root.open(dir);
        DomainFolder folder = root.folder("vm");
        folder.create(VM);
        folder.define(VM, OLD);
        Runnable rest = folder.forget();
        assertThat(root.domainNames()).isEmpty();
        assertThat(root.candidates()).isEmpty();
        folder.define(UUID.randomUUID(), NEW); // who forgot the other may have died
        assertThat(root.domains().toFile().list()).hasSize(2);
        root.clearForgotten();
        rest.run();
        assertThat(root.domains().toFile().list()).containsExactly("vm");
        assertThat(definition(root)).contains(NEW);
    }

    @Test
    void aForgottenDomainStaysSoWhateverKeepsItsFilesFromBeingDeleted() {
        DomainFolder folder = Root.open(dir).folder("vm");
        folder.define(VM, OLD);
        var files = new LossyFiles(3); // the new name, and its being forced
        Root.open(dir, files).folder("vm").forget().run();
        assertThat(files.hasCrashed()).isTrue();
        Root next = Root.open(dir);
        assertThat(next.candidates()).isEmpty();
        assertThat(next.domains().toFile().list()).hasSize(1);
        next.folder("another").forget().run();
        assertThat(next.domains().toFile().list()).isEmpty();
    }

    @Test
    void whatIsRecordedInItsFoldersLastsOnceTheyAreThere() throws IOException {
        crashing(
                Optional.of(OLD),
                folder -> {
                    folder.create(VM);
                    try {
                        Path record = folder.jobs().resolve("1.json");
                        new Durable(FileOperations.real()).replace(record, "{}");
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                },
                (root, done) -> {
                    DomainFolder folder = root.folder("vm");
                    assertThat(Files.exists(folder.jobs().resolve("1.json")) || !done)
                            .isTrue();
                    folder.create(VM);
                    assertThat(List.of(folder.jobs(), folder.checkpoints(), folder.snapshots(), folder.blockJobs()))
                            .allMatch(Files::isDirectory);
                });
    }

    @Test
    void aDefinitionNeedsNoFoldersButItsOwn() {
        DomainFolder folder = Root.open(dir).folder("vm");
        folder.define(VM, OLD);
        assertThat(folder.path().toFile().list()).containsExactlyInAnyOrder("domain.xml", "uuid");
        folder.clearStaged();
        assertThat(folder.hasCheckpoints()).isFalse();
        folder.delete();
        assertThat(folder.path()).doesNotExist();
    }
}
