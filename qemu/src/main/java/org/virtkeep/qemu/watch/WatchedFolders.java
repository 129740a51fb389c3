package org.virtkeep.qemu.watch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.Root;
import org.virtkeep.qemu.watch.WatchedDomain.Part;

/// Knows from the kernel what has been changed, by whomever: one system call for each question, and none for any
/// directory. A directory is watched from the first question about it on; since what happened in it before cannot be
/// known, it counts as just changed then.
///
/// What cannot be watched is looked at by [PolledFolders], and the log says so once: single directories if the user has
/// too many watches (`fs.inotify.max_user_watches`), and all of them if there is no inotify (`max_user_instances`),
/// the file system is one that others may change unnoticed, or the root is gone. Thread-safe.
public final class WatchedFolders implements FolderStates {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFolders.class);

    /// File systems that only this host changes.
    private static final Set<String> LOCAL =
            Set.of("ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "f2fs", "bcachefs", "ramfs");

    private static final int ENDS = Inotify.END | Inotify.UNMOUNT | Inotify.IGNORED;

    /// More than any host has domains; what one domain needs of the kernel's memory is about 5 KiB.
    private static final int MOST_WATCHES = 100_000;

    private final Root root;
    private final FolderStates polled;
    private final int most;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private Optional<Inotify> inotify = Optional.empty();
    private final Map<Integer, Place> places = new HashMap<>();
    private final Map<String, WatchedDomain> domains = new HashMap<>();
    private FolderVersion names = new FolderVersion(1);
    private long changes = 1;
    private int namesWatch;
    private int rootWatch;
    private boolean complained;

    /// What a watch is for.
    private record Place(WatchedDomain domain, Part part) {}

    /// What is known of the watched directories.
    private interface Answer {
        Optional<FolderState> get() throws IOException;
    }

    /// @param most so many directories are watched at a time
    WatchedFolders(Root root, int most) {
        this.root = root;
        this.polled = FolderStates.polled(root);
        this.most = most;
    }

    /// Starts to watch a root.
    public static WatchedFolders of(Root root) {
        var folders = new WatchedFolders(root, MOST_WATCHES);
        folders.start();
        return folders;
    }

    void start() {
        lock.lock();
        try {
            String type = Files.getFileStore(root.domains()).type();
            if (LOCAL.contains(type)) {
                open();
            } else {
                end("changes are not told of on a file system of type '%s'".formatted(type));
            }
        } catch (IOException e) {
            end(e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void open() throws IOException {
        inotify = Optional.of(Inotify.open());
        namesWatch = inotify.get().add(root.domains(), Inotify.CHANGES);
        rootWatch = inotify.get().add(root.dir(), Inotify.END);
        names = next();
    }

    private FolderVersion next() {
        return new FolderVersion(++changes);
    }

    @Override
    public Optional<FolderState> ofNames() {
        return answer(() -> Optional.of(names), polled::ofNames);
    }

    @Override
    public Optional<FolderState> ofDomain(DomainFolder folder) {
        return answer(() -> Optional.of(domain(folder).own()), () -> polled.ofDomain(folder));
    }

    @Override
    public Optional<FolderState> ofRecords(DomainFolder folder) {
        return answer(() -> Optional.of(wholeDomain(folder).records()), () -> polled.ofRecords(folder));
    }

    @Override
    public Optional<FolderState> ofAll(DomainFolder folder) {
        return answer(() -> Optional.of(wholeDomain(folder).all()), () -> polled.ofAll(folder));
    }

    @Override
    public Optional<FolderState> ofEverything() {
        return answer(() -> complained ? Optional.empty() : Optional.of(new FolderVersion(changes)), Optional::empty);
    }

    private Optional<FolderState> answer(Answer watched, Supplier<Optional<FolderState>> otherwise) {
        lock.lock();
        try {
            catchUp();
            if (inotify.isPresent()) {
                return watched.get();
            }
        } catch (NoSuchFileException _) {
            return Optional.empty();
        } catch (IOException e) {
            complain(e.getMessage());
        } finally {
            lock.unlock();
        }
        return otherwise.get();
    }

    private WatchedDomain domain(DomainFolder folder) throws IOException {
        WatchedDomain known = domains.get(folder.name());
        if (known != null) {
            return known;
        }
        var added = new WatchedDomain(folder, next());
        watch(added, Part.OWN);
        domains.put(folder.name(), added);
        return added;
    }

    private WatchedDomain wholeDomain(DomainFolder folder) throws IOException {
        WatchedDomain domain = domain(folder);
        if (!domain.isWhole()) {
            for (Part part : Part.values()) {
                if (!domain.watches().containsKey(part) && (part == Part.OWN || isThere(part.of(folder)))) {
                    watch(domain, part);
                }
            }
            domain.setWhole(true);
        }
        return domain;
    }

    private static boolean isThere(Path directory) {
        return Files.isDirectory(directory);
    }

    private void watch(WatchedDomain domain, Part part) throws IOException {
        if (places.size() >= most) {
            throw new IOException("more than %d directories are to be watched".formatted(most));
        }
        Path directory = part.of(domain.folder());
        int watch = inotify.orElseThrow().add(directory, Inotify.CHANGES);
        if (places.containsKey(watch) || watch == namesWatch) {
            throw new IOException("'%s' is watched by another name".formatted(directory));
        }
        places.put(watch, new Place(domain, part));
        domain.watches().put(part, watch);
        domain.changed(part, next());
    }

    /// Takes in what has happened until now. Ends the watch if that cannot be known.
    private void catchUp() {
        try {
            if (inotify.isPresent()) {
                for (Inotify.Event event : inotify.get().read()) {
                    if (!receive(event)) {
                        return;
                    }
                }
            }
        } catch (IOException e) {
            end(e.getMessage());
        }
    }

    /// @return false if the events after this one have no meaning any more
    private boolean receive(Inotify.Event event) throws IOException {
        if (event.is(Inotify.OVERFLOW)) {
            close();
            open();
            return false;
        }
        if (event.watch() == rootWatch || event.watch() == namesWatch && event.is(ENDS)) {
            end("the root directory was moved or deleted");
            return false;
        }
        if (event.watch() == namesWatch) {
            names = next();
            Optional.ofNullable(domains.get(event.name())).ifPresent(this::forget);
        } else {
            Optional.ofNullable(places.get(event.watch())).ifPresent(place -> receive(event, place));
        }
        return true;
    }

    private void receive(Inotify.Event event, Place place) {
        if (place.part.passesOver(event.name())) {
            return;
        }
        WatchedDomain domain = place.domain;
        domain.changed(place.part, next());
        if (place.part != Part.OWN && event.is(ENDS)) {
            forget(domain, place.part);
        } else if (event.is(ENDS)) {
            forget(domain);
        } else if (place.part == Part.OWN) {
            domain.named(event.name()).ifPresent(part -> {
                domain.changed(part, next());
                forget(domain, part);
            });
        }
    }

    private void forget(WatchedDomain domain) {
        domains.remove(domain.folder().name(), domain);
        for (Part part : Part.values()) {
            forget(domain, part);
        }
    }

    /// It may be another directory by now.
    private void forget(WatchedDomain domain, Part part) {
        domain.setWhole(false);
        Integer watch = domain.watches().remove(part);
        if (watch != null) {
            places.remove(watch);
            inotify.ifPresent(open -> open.remove(watch));
        }
    }

    private void end(String why) {
        complain(why);
        close();
    }

    private void complain(String why) {
        if (!complained) {
            complained = true;
            LOG.warn("directories not watched, but looked at root={} reason=\"{}\"", root.dir(), why);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            inotify.ifPresent(Inotify::close);
            inotify = Optional.empty();
            places.clear();
            domains.clear();
        } finally {
            lock.unlock();
        }
    }
}
