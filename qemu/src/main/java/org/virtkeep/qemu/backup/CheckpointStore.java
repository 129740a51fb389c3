package org.virtkeep.qemu.backup;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Durable;
import org.virtkeep.qemu.state.Json;

/// The checkpoints of one domain, in `checkpoints/NAME.xml`. Change it only while holding the domain's lock.
///
/// Which checkpoint is current is only a note beside them. What it says counts if there is such a checkpoint; so
/// there is nothing that a crash between two writes could leave contradicting.
final class CheckpointStore {
    private static final String SUFFIX = ".xml";

    private final DomainFolder folder;
    private final Durable durable;

    CheckpointStore(DomainFolder folder, Durable durable) {
        this.folder = folder;
        this.durable = durable;
    }

    void save(CheckpointDefinition checkpoint) {
        Path file = file(name(checkpoint));
        try {
            durable.createDirectory(folder.checkpoints());
            durable.replace(file, CheckpointXml.write(checkpoint));
        } catch (IOException e) {
            throw Durable.failure("write", file, e);
        }
    }

    void delete(String name) {
        try {
            durable.delete(file(name));
        } catch (IOException e) {
            throw Durable.failure("delete", file(name), e);
        }
    }

    /// Deletes records in the given order, which last together.
    void deleteAll(List<String> names) {
        try {
            durable.deleteAll(
                    folder.checkpoints(), names.stream().map(this::file).toList());
        } catch (IOException e) {
            throw Durable.failure("delete checkpoints in", folder.checkpoints(), e);
        }
    }

    Optional<CheckpointDefinition> find(String name) {
        if (!CheckpointXml.isName(name)) {
            return Optional.empty(); // and certainly no path
        }
        Path file = file(name);
        try {
            return Durable.readText(file).map(KnownXml::checkpoint);
        } catch (IOException e) {
            throw Durable.failure("read", file, e);
        }
    }

    /// @throws VirtException NO_DOMAIN_CHECKPOINT if there is none of that name
    CheckpointDefinition require(String name) {
        return find(name).orElseThrow(() -> missing(folder, name));
    }

    static VirtException missing(DomainFolder folder, String name) {
        return new VirtException(
                ErrorCode.NO_DOMAIN_CHECKPOINT,
                ErrorDomain.QEMU,
                "domain '%s' has no checkpoint '%s'".formatted(folder.name(), name));
    }

    /// All checkpoints, parents before children, otherwise by age.
    List<CheckpointDefinition> all() {
        return tree().all();
    }

    CheckpointTree tree() {
        return CheckpointTree.of(unordered());
    }

    private List<CheckpointDefinition> unordered() {
        try {
            return Durable.records(folder.checkpoints(), SUFFIX).stream()
                    .map(this::find)
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException e) {
            throw Durable.failure("list", folder.checkpoints(), e);
        }
    }

    /// Adds a new checkpoint, which is then the current one.
    void create(CheckpointDefinition checkpoint) {
        noteCurrent(name(checkpoint));
        save(checkpoint);
    }

    /// The checkpoint that a new one has as its parent: the one that was created last, or what libvirt makes of
    /// it when that is deleted. Where nothing valid is noted, the newest leaf.
    Optional<String> current() {
        JsonNode noted = noted();
        return Stream.of("current", "previous")
                .map(which -> noted.path(which).asText())
                .filter(name -> CheckpointXml.isName(name) && Files.exists(file(name)))
                .findFirst()
                .or(() -> tree().newestLeaf());
    }

    /// True if this checkpoint counts when the current one is gone, without being noted.
    boolean isNext(String name) {
        return noted().path("previous").asText().equals(name) && Files.exists(file(name));
    }

    /// Notes which checkpoint is current. It need not be there yet: until it is, the one before counts. If a crash of
    /// the host loses the note, the newest leaf counts.
    void noteCurrent(String name) {
        String previous = current().orElse("");
        try {
            durable.createDirectory(folder.checkpoints());
            durable.swapJson(currentFile(), Json.object().put("current", name).put("previous", previous));
        } catch (IOException e) {
            throw Durable.failure("write", currentFile(), e);
        }
    }

    private JsonNode noted() {
        try {
            return Durable.readWholeJson(currentFile()).orElseGet(Json::object);
        } catch (IOException e) {
            throw Durable.failure("read", currentFile(), e);
        }
    }

    static String name(CheckpointDefinition checkpoint) {
        return checkpoint.name().orElseThrow(() -> new IllegalStateException("a stored checkpoint has a name"));
    }

    /// Notes a change before it begins.
    void begin(CheckpointChange change) {
        try {
            durable.createDirectory(folder.checkpoints());
            durable.replaceJson(changeFile(), change.toJson());
        } catch (IOException e) {
            throw Durable.failure("write", changeFile(), e);
        }
    }

    /// As [#begin], but if the host crashes, the change may be forgotten.
    void beginForNow(CheckpointChange change) {
        try {
            durable.swapJson(changeFile(), change.toJson());
        } catch (IOException e) {
            throw Durable.failure("write", changeFile(), e);
        }
    }

    /// What [#begin] noted and nobody has cleared since.
    Optional<CheckpointChange> change() {
        try {
            Optional<JsonNode> node = Durable.readWholeJson(changeFile());
            return node.isEmpty() ? Optional.empty() : Optional.of(CheckpointChange.fromJson(node.get()));
        } catch (IOException e) {
            throw Durable.failure("read", changeFile(), e);
        }
    }

    /// The change is complete, or undone.
    void clearChange() {
        try {
            durable.delete(changeFile());
        } catch (IOException e) {
            throw Durable.failure("delete", changeFile(), e);
        }
    }

    /// As [#clearChange] of a deletion that is complete. If a crash of the host brings the note back,
    /// there is nothing left that it is about: who stores a checkpoint again has the note forgotten for
    /// good.
    ///
    /// Whichever checkpoint is current now is noted by its own name, or another that is given the name of the one
    /// before would count.
    void clearDeletion() {
        String name = noted().path("current").asText();
        if (CheckpointXml.isName(name) && !Files.exists(file(name))) {
            current().ifPresent(this::noteCurrent);
        }
        try {
            durable.discard(changeFile());
        } catch (IOException e) {
            throw Durable.failure("delete", changeFile(), e);
        }
    }

    private Path currentFile() {
        return folder.checkpoints().resolve(".current.json");
    }

    private Path changeFile() {
        return folder.checkpoints().resolve(".change.json");
    }

    private Path file(String name) {
        return folder.checkpoints().resolve(name + SUFFIX);
    }
}
