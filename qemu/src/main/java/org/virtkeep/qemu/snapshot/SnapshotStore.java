package org.virtkeep.qemu.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.SnapshotDefinition;
import org.virtkeep.model.SnapshotXml;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.session.DomainSession;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Durable;

/// The snapshots of one domain, in `snapshots/NAME.xml`, which of them is current, and the change in work.
/// Change it only while holding the domain's lock, and only below a [SnapshotChange].
final class SnapshotStore {
    private static final String SUFFIX = ".xml";

    private final DomainFolder folder;
    private final Durable durable;

    SnapshotStore(DomainFolder folder, Durable durable) {
        this.folder = folder;
        this.durable = durable;
    }

    static SnapshotStore of(DomainSession session) {
        return new SnapshotStore(session.folder(), session.root().durable());
    }

    /// A file operation, with what it does for the message.
    @FunctionalInterface
    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T doing(String what, Path path, Step<T> step) {
        try {
            return step.run();
        } catch (IOException e) {
            throw Durable.failure(what, path, e);
        }
    }

    void save(SnapshotDefinition snapshot) {
        write(file(snapshot.name().orElseThrow()), SnapshotXml.write(snapshot));
    }

    private void write(Path file, String content) {
        doing("write", file, () -> {
            durable.createDirectory(folder.snapshots());
            durable.replace(file, content);
            return true;
        });
    }

    private void delete(Path file) {
        doing("delete", file, () -> durable.delete(file));
    }

    Optional<SnapshotDefinition> find(String name) {
        return isFileName(name)
                ? doing("read", file(name), () -> Durable.readText(file(name))).map(SnapshotXml::read)
                : Optional.empty();
    }

    private static boolean isFileName(String name) {
        return !name.isEmpty() && !name.contains("/") && !name.startsWith(".") && name.indexOf('\0') < 0;
    }

    /// @throws VirtException NO_DOMAIN_SNAPSHOT if there is none of that name
    SnapshotDefinition require(String name) {
        return find(name)
                .orElseThrow(() -> VirtException.qemu(
                        ErrorCode.NO_DOMAIN_SNAPSHOT,
                        "domain '%s' has no snapshot '%s'".formatted(folder.name(), name)));
    }

    /// Removes a snapshot's record. Its children move to its parent, and so does the mark of the current one.
    void remove(SnapshotDefinition gone) {
        String name = gone.name().orElseThrow();
        for (SnapshotDefinition child : all()) {
            if (child.parent().equals(gone.name())) {
                save(child.withParent(gone.parent()));
            }
        }
        if (current().filter(name::equals).isPresent()) {
            setCurrent(gone.parent());
        }
        delete(file(name));
    }

    /// All snapshots, parents before children, otherwise by age.
    List<SnapshotDefinition> all() {
        var waiting = new ArrayList<>(unordered());
        waiting.sort(Comparator.comparingLong(
                        (SnapshotDefinition snapshot) -> snapshot.creationTime().orElse(0))
                .thenComparing(snapshot -> snapshot.name().orElseThrow()));
        Set<String> unplaced = new HashSet<>();
        waiting.forEach(snapshot -> unplaced.add(snapshot.name().orElseThrow()));
        var ordered = new ArrayList<SnapshotDefinition>();
        while (!waiting.isEmpty()) {
            SnapshotDefinition next = waiting.stream()
                    .filter(snapshot ->
                            snapshot.parent().filter(unplaced::contains).isEmpty())
                    .findFirst()
                    .orElse(waiting.getFirst());
            waiting.remove(next);
            unplaced.remove(next.name().orElseThrow());
            ordered.add(next);
        }
        return List.copyOf(ordered);
    }

    private List<SnapshotDefinition> unordered() {
        try {
            return Durable.records(folder.snapshots(), SUFFIX).stream()
                    .map(this::find)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException e) {
            throw Durable.failure("list", folder.snapshots(), e);
        }
    }

    /// The snapshot that the domain's disks go on from.
    Optional<String> current() {
        return doing("read", currentFile(), () -> Durable.readText(currentFile()))
                .filter(name -> find(name).isPresent());
    }

    void setCurrent(Optional<String> name) {
        name.ifPresentOrElse(present -> write(currentFile(), present), () -> delete(currentFile()));
    }

    /// Notes a change before it begins, or how far it has come.
    void note(SnapshotChange change) {
        doing("write", changeFile(), () -> {
            durable.createDirectory(folder.snapshots());
            durable.replaceJson(changeFile(), change.toJson());
            return true;
        });
    }

    /// What [#note] noted last and nobody has cleared since.
    Optional<SnapshotChange> change() {
        return doing("read", changeFile(), () -> {
            Optional<JsonNode> node = Durable.readJson(changeFile());
            return node.isEmpty() ? Optional.empty() : Optional.of(SnapshotChange.fromJson(node.get()));
        });
    }

    /// The change is complete, or undone.
    void clearChange() {
        delete(changeFile());
    }

    /// @throws VirtException OPERATION_INVALID naming the change in work
    void requireNoChange() {
        change().ifPresent(change -> {
            throw VirtException.qemu(
                    ErrorCode.OPERATION_INVALID,
                    "snapshot '%s' of domain '%s' %s; wait until that is done"
                            .formatted(change.name(), folder.name(), change.inWords()));
        });
    }

    private Path changeFile() {
        return folder.snapshots().resolve(".change.json");
    }

    private Path currentFile() {
        return folder.snapshots().resolve(".current");
    }

    private Path file(String name) {
        return folder.snapshots().resolve(name + SUFFIX);
    }
}
