package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.VirtException;

/// A directory that holds all state of one `qemu:///embed` host. Immutable and thread-safe; any number of
/// processes may have it open.
///
/// | entry | holds |
/// | --- | --- |
/// | `root.json` | format version and the root's tag |
/// | `domains/NAME/` | a domain: see [DomainFolder] |
/// | `locks/NAME` | the domain's [OperationLock] |
/// | `events/` | the [EventJournal], with `events.lock` |
/// | `lock` | for changes of the set of domains |
/// | `run-ids.json` | the last number given to a run |
/// | `autostarted` | the boot of the host in which domains were started with it |
///
/// Locks are taken in this order: a domain's, the root's, the journal's.
public final class Root {
    static final int FORMAT = 1;
    private static final String ROOT_FILE = "root.json";
    private static final Duration LOCK_LIMIT = Duration.ofSeconds(30);

    private final Path dir;
    private final String tag;
    private final Durable durable;
    private final EventJournal events;

    private Root(Path dir, String tag, Durable durable) {
        this.dir = dir;
        this.tag = tag;
        this.durable = durable;
        this.events = new EventJournal(dir.resolve("events"), dir.resolve("events.lock"), durable);
    }

    /// Opens a root, and makes a new one if `dir` is empty or missing.
    ///
    /// @throws VirtException INVALID_ARG if `dir` holds something else; CONFIG_UNSUPPORTED if a newer version
    ///     wrote it; SYSTEM_ERROR if it cannot be read or made
    public static Root open(Path dir) {
        return open(dir, FileOperations.real());
    }

    /// [#open(Path)] with the file operations to use for every change below it.
    public static Root open(Path dir, FileOperations files) {
        Path absolute = dir.toAbsolutePath().normalize();
        var durable = new Durable(files);
        try {
            if (!Files.exists(absolute.resolve(ROOT_FILE))) {
                create(absolute, durable);
            }
            return load(absolute, durable);
        } catch (IOException e) {
            throw Durable.failure("open root directory", absolute, e);
        }
    }

    private static Root load(Path dir, Durable durable) throws IOException {
        JsonNode node = Durable.readJson(dir.resolve(ROOT_FILE))
                .orElseThrow(() -> new IOException("'%s' is missing".formatted(ROOT_FILE)));
        int format = Json.integer(node, "format");
        if (format > FORMAT) {
            throw VirtException.qemu(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    "root directory '%s' has format %d, but this version knows formats up to %d; use the newer version that wrote it"
                            .formatted(dir, format, FORMAT));
        }
        return new Root(dir, Json.text(node, "tag"), durable);
    }

    private static void create(Path dir, Durable durable) throws IOException {
        refuseForeign(dir);
        Files.createDirectories(Optional.ofNullable(dir.getParent()).orElse(dir));
        durable.createDirectory(dir);
        try (var _ = OperationLock.acquire("root '" + dir + "'", dir.resolve("lock"), "create", limit())) {
            if (Files.exists(dir.resolve(ROOT_FILE))) {
                return; // another process was faster
            }
            for (String child : List.of("domains", "locks", "events")) {
                durable.createDirectory(dir.resolve(child));
            }
            String tag = "%04x".formatted(new SecureRandom().nextInt(1 << 16));
            durable.replaceJson(
                    dir.resolve(ROOT_FILE), Json.object().put("format", FORMAT).put("tag", tag));
        }
    }

    /// A root that was created half-way holds only names of ours.
    private static void refuseForeign(Path dir) throws IOException {
        if (!Files.exists(dir)) {
            return;
        }
        var ours = List.of("lock", "domains", "locks", "events", "." + ROOT_FILE + ".new", ROOT_FILE);
        try (Stream<Path> entries = Files.list(dir)) {
            Optional<Path> foreign = entries.filter(
                            entry -> !ours.contains(entry.getFileName().toString()))
                    .findFirst();
            if (foreign.isPresent()) {
                throw VirtException.qemu(
                        ErrorCode.INVALID_ARG,
                        "directory '%s' is no virtkeep root and not empty (it holds '%s'); choose a new or an empty directory"
                                .formatted(dir, foreign.get().getFileName()));
            }
        }
    }

    public Path dir() {
        return dir;
    }

    /// The directory of the folders of all domains.
    public Path domains() {
        return dir.resolve("domains");
    }

    /// Four hexadecimal digits that tell this root's names in a QEMU from those of others.
    public String tag() {
        return tag;
    }

    /// For changes of files below this root.
    public Durable durable() {
        return durable;
    }

    public EventJournal events() {
        return events;
    }

    /// The names of all known domains, defined or attached, sorted.
    public List<String> domainNames() {
        return candidates().stream().filter(name -> folder(name).exists()).toList();
    }

    /// The names of all domains that there may be: of some, only records are left. Sorted.
    public List<String> candidates() {
        try (Stream<Path> entries = Files.list(domains())) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw Durable.failure("list the domains in", dir, e);
        }
    }

    /// The folder of a domain, which need not exist.
    ///
    /// @throws VirtException XML_ERROR if `name` cannot be a domain's name
    public DomainFolder folder(String name) {
        DomainNames.check(name);
        return new DomainFolder(name, domains(), dir.resolve("locks"), durable);
    }

    /// Deletes what is left of domains that were forgotten by a process that died then.
    public void clearForgotten() {
        new Forgotten(domains(), durable).clear();
    }

    /// Excludes other changes of the set of domains: of names, UUIDs and run numbers. Wanted after the
    /// domain's own lock, never before it.
    public OperationLock lock(String what) {
        return OperationLock.acquire("root '" + dir + "'", dir.resolve("lock"), what, limit());
    }

    /// A number for a new run of a domain: positive, and greater than those of all that may still go on. A crash of
    /// the host, which ends them all, may let numbers come again.
    public int nextRunId() {
        Path file = dir.resolve("run-ids.json");
        try (var _ = lock("number a run")) {
            Optional<JsonNode> last = Durable.readWholeJson(file);
            int next = Math.addExact(last.isPresent() ? Json.integer(last.get(), "last") : lastRecorded(), 1);
            durable.swapJson(file, Json.object().put("last", next));
            return next;
        } catch (IOException e) {
            throw Durable.failure("count runs in", file, e);
        }
    }

    private int lastRecorded() {
        return candidates().stream()
                .map(this::folder)
                .flatMap(folder -> folder.readHolder().stream())
                .mapToInt(DomainRun::id)
                .max()
                .orElse(0);
    }

    /// True once in each boot of the host: who asks first.
    public boolean isFirstSinceBoot() {
        Path file = dir.resolve("autostarted");
        String boot = ProcessIdentity.ofThisProcess().bootId();
        try (var _ = lock("autostart")) {
            if (Durable.readText(file).filter(boot::equals).isPresent()) {
                return false;
            }
            durable.replace(file, boot);
            return true;
        } catch (IOException e) {
            throw Durable.failure("note the boot in", file, e);
        }
    }

    private static Deadline limit() {
        return Deadline.in(LOCK_LIMIT);
    }
}
