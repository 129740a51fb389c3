package org.virtkeep.qemu.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;

@EnabledOnOs(OS.LINUX)
class WatchedFoldersTest {
    @TempDir
    private Path dir;

    private Root root;
    private DomainFolder vm;
    private FolderStates states;

    @BeforeEach
    void watch() {
        root = Root.open(dir.resolve("root"));
        vm = create("vm");
        states = WatchedFolders.of(root);
    }

    @AfterEach
    void end() {
        states.close();
    }

    private DomainFolder create(String name) {
        DomainFolder folder = root.folder(name);
        folder.create(UUID.randomUUID());
        folder.writeDefinition("<domain/>");
        return folder;
    }

    private FolderState all() {
        return states.ofAll(vm).orElseThrow();
    }

    private FolderState own() {
        return states.ofDomain(vm).orElseThrow();
    }

    @Test
    void aStateIsTheSameWhileNothingChanges() {
        FolderState before = all();
        assertThat(before).isInstanceOf(FolderVersion.class).isEqualTo(all());
        assertThat(own()).isEqualTo(own());
        assertThat(before.showsChanges()).isTrue();
    }

    @Test
    void everyChangeIsSeenAtOnce() throws IOException {
        List<Path> directories = List.of(vm.path(), vm.jobs(), vm.checkpoints(), vm.snapshots(), vm.blockJobs());
        for (Path directory : directories) {
            Path file = directory.resolve("file");
            assertChanges(() -> Files.writeString(directory.resolve(".file.new"), "1"));
            assertChanges(() -> Files.move(directory.resolve(".file.new"), file));
            assertChanges(() -> Files.writeString(file, "2"));
            assertChanges(() -> Files.move(file, dir.resolve("out"), StandardCopyOption.REPLACE_EXISTING));
            assertChanges(() -> Files.move(dir.resolve("out"), file));
            assertChanges(() -> Files.delete(file));
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private void assertChanges(Change change) throws IOException {
        FolderState before = all();
        change.make();
        assertThat(all()).isNotEqualTo(before).isEqualTo(all());
    }

    @Test
    void onlyWhatIsInItsOwnDirectoryMakesADomainAnother() throws IOException {
        FolderState other = states.ofDomain(create("other")).orElseThrow();
        FolderState own = own();
        FolderState all = all();
        Files.writeString(vm.jobs().resolve("1.json"), "{}");
        assertThat(own()).isEqualTo(own);
        assertThat(all()).isNotEqualTo(all);
        vm.setAutostart(true);
        assertThat(own()).isNotEqualTo(own);
        assertThat(states.ofDomain(root.folder("other"))).contains(other);
    }

    @Test
    void whatAnotherProcessDoesAndNoProcessEndsIsSeen() throws Exception {
        FolderState before = all();
        String script = ": >%s/.1.json.new && kill -KILL $$".formatted(vm.jobs());
        Process killed = new ProcessBuilder("sh", "-c", script).start();
        assertThat(killed.waitFor()).isEqualTo(128 + 9);
        assertThat(all()).isNotEqualTo(before);
    }

    @Test
    void newAndGoneDomainsAreSeen() {
        Optional<FolderState> before = states.ofNames();
        assertThat(states.ofNames()).isPresent().isEqualTo(before);
        vm.writeDefinition("<domain>other</domain>");
        assertThat(states.ofNames()).isEqualTo(before);
        create("other");
        Optional<FolderState> two = states.ofNames();
        assertThat(two).isNotEqualTo(before);
        root.folder("other").delete();
        assertThat(states.ofNames()).isNotEqualTo(two);
    }

    @Test
    void aDomainThatIsDeletedAndMadeAgainIsAnother() {
        FolderState before = all();
        FolderState own = own();
        vm.delete();
        assertThat(states.ofAll(vm)).isEmpty();
        assertThat(states.ofDomain(vm)).isEmpty();
        create("vm");
        assertThat(all()).isNotEqualTo(before).isEqualTo(all());
        assertThat(own()).isNotEqualTo(own);
    }

    @Test
    void aDomainWhoseFolderIsExchangedIsAnother() throws IOException {
        DomainFolder other = create("other");
        FolderState before = all();
        FolderState others = states.ofAll(other).orElseThrow();
        Files.move(vm.path(), dir.resolve("aside"));
        Files.move(other.path(), vm.path());
        assertThat(states.ofAll(other)).isEmpty();
        assertThat(all()).isNotEqualTo(before).isNotEqualTo(others);
        assertChanges(() -> Files.writeString(vm.jobs().resolve("1.json"), "{}"));
        FolderState now = all();
        Files.writeString(dir.resolve("aside/jobs/1.json"), "{}");
        assertThat(all()).isEqualTo(now);
    }

    @Test
    void aDirectoryWithinADomainMayBeExchangedOrMadeLater() throws IOException {
        Files.delete(vm.blockJobs());
        FolderState without = all();
        Files.createDirectory(vm.blockJobs());
        Files.writeString(vm.blockJobs().resolve("1.json"), "{}");
        assertThat(all()).isNotEqualTo(without);
        assertChanges(() -> Files.writeString(vm.blockJobs().resolve("2.json"), "{}"));

        FolderState with = all();
        Files.move(vm.checkpoints(), dir.resolve("aside"));
        assertThat(all()).isNotEqualTo(with);
        Files.createDirectory(vm.checkpoints());
        assertChanges(() -> Files.writeString(vm.checkpoints().resolve("1.xml"), "<domaincheckpoint/>"));
    }

    @Test
    void afterMoreEventsThanTheKernelKeepsEverythingCountsAsChanged() throws IOException {
        FolderState before = all();
        Optional<FolderState> names = states.ofNames();
        int most =
                Integer.parseInt(Files.readAllLines(Path.of("/proc/sys/fs/inotify/max_queued_events")) // read at once
                        .getFirst());
        DomainFolder busy = create("busy");
        assertThat(states.ofAll(busy)).isPresent();
        Path[] files = {busy.jobs().resolve("1"), busy.jobs().resolve("2")};
        Files.createFile(files[0]);
        for (int i = 0; i <= most; i++) {
            Files.move(files[i % 2], files[1 - i % 2]);
        }
        assertThat(all()).isNotEqualTo(before).isEqualTo(all());
        assertThat(states.ofNames()).isNotEqualTo(names);
        assertChanges(() -> Files.writeString(vm.snapshots().resolve("1.xml"), "<domainsnapshot/>"));
    }

    @Test
    void directoriesBeyondALimitAreLookedAt() throws IOException {
        states.close();
        var limited = new WatchedFolders(root, 7);
        states = limited;
        limited.start();
        assertThat(all()).isInstanceOf(FolderVersion.class);
        List<DomainFolder> others =
                IntStream.range(0, 4).mapToObj(i -> create("other" + i)).toList();
        Stream<FolderState> seen =
                others.stream().map(folder -> states.ofDomain(folder).orElseThrow());
        assertThat(seen.filter(FolderTimes.class::isInstance)).hasSize(2);
        others.getLast().delete();
        assertThat(states.ofDomain(others.getLast())).isEmpty();
        assertThat(states.ofEverything()).isEmpty();
        assertThat(all()).isInstanceOf(FolderVersion.class);
    }

    @Test
    void aRootThatIsReplacedIsNotWatchedAnyMore() throws IOException {
        FolderState before = all();
        Files.move(root.dir(), dir.resolve("aside"));
        assertThat(states.ofAll(vm)).isEmpty();
        root = Root.open(dir.resolve("root"));
        create("vm");
        assertThat(all()).isInstanceOf(FolderTimes.class).isNotEqualTo(before);
        assertThat(states.ofNames()).isPresent();
    }

    @Test
    void everythingIsTheSameOnlyWhileEachDirectoryIs() throws IOException {
        DomainFolder other = create("other");
        all();
        states.ofDomain(other).orElseThrow();
        Optional<FolderState> before = states.ofEverything();
        assertThat(before).isPresent().isEqualTo(states.ofEverything());
        other.setAutostart(true);
        Optional<FolderState> changed = states.ofEverything();
        assertThat(changed).isPresent().isNotEqualTo(before);
        Files.writeString(vm.snapshots().resolve("1.xml"), "<domainsnapshot/>");
        assertThat(states.ofEverything()).isNotEqualTo(changed);
    }

    @Test
    void afterItsEndQuestionsAreStillAnswered() {
        states.close();
        assertThat(all()).isInstanceOf(FolderTimes.class);
        states.close();
    }

    @Test
    void whoHasJustStartedDoesNotSpendTimeOnIt() {
        try (FolderStates lazy = FolderStates.watched(root)) {
            assertThat(lazy.ofAll(vm)).get().isInstanceOf(FolderTimes.class);
        }
    }
}
