package org.virtkeep.model;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// How backups and checkpoints name the disks of a domain.
final class DiskNames {
    private DiskNames() {}

    /// Checks that a backup lists disks that exist, each once.
    ///
    /// @throws VirtException CONFIG_UNSUPPORTED
    static void check(List<String> targets, List<DomainDisk> disks) {
        Set<String> seen = new HashSet<>();
        for (String target : targets) {
            if (disks.stream().noneMatch(disk -> disk.target().equals(target))) {
                throw unknown(target, disks, ErrorDomain.DOMAIN);
            }
            if (!seen.add(target)) {
                throw twice(target, ErrorDomain.DOMAIN);
            }
        }
    }

    static VirtException unknown(String name, List<DomainDisk> disks, ErrorDomain errors) {
        return new VirtException(
                ErrorCode.CONFIG_UNSUPPORTED,
                errors,
                "no disk named '%s'; the domain's disks are %s".formatted(name, describe(disks)));
    }

    static VirtException twice(String name, ErrorDomain errors) {
        return new VirtException(
                ErrorCode.CONFIG_UNSUPPORTED, errors, "disk '%s' is specified twice; list it once".formatted(name));
    }

    /// The disks' names with what keeps a disk from being chosen by default.
    static String describe(List<DomainDisk> disks) {
        return disks.isEmpty()
                ? "none"
                : disks.stream().map(DiskNames::describe).collect(Collectors.joining(", "));
    }

    private static String describe(DomainDisk disk) {
        String state = disk.source().isEmpty() ? " (no media)" : disk.readOnly() ? " (read-only)" : "";
        return "'" + disk.target() + "'" + state;
    }

    /// The path of a source on this host.
    static Optional<String> localPath(DiskSource source) {
        return switch (source) {
            case DiskSource.File(String path) -> Optional.of(path);
            case DiskSource.Block(String path) -> Optional.of(path);
            case DiskSource.Nbd _ -> Optional.empty();
        };
    }

    /// An absolute path without `.`, `..` and double slashes. Symbolic links are not followed, so that two
    /// names of one file may stay different. (Not `Path.normalize`, which refuses characters that the
    /// process's locale lacks.)
    static String normalized(String path) {
        Deque<String> steps = new ArrayDeque<>();
        for (String step : path.split("/")) {
            if (step.equals("..")) {
                steps.pollLast();
            } else if (!step.isEmpty() && !step.equals(".")) {
                steps.addLast(step);
            }
        }
        return "/" + String.join("/", steps);
    }
}
