package org.virtkeep.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Requests that libvirt's schemas allow, at random.
final class RandomRequests {
    private static final List<String> LETTERS =
            List.of("a", "Z", "0", "-", ".", " ", "'", "\"", "<", ">", "&", "\n", "\t", "\r", "é", "𝄞", "/", ",");
    private static final List<String> PREFIXES = List.of("hd", "sd", "vd", "xvd", "ubd", "fd", "ioemu:hd");
    private static final List<String> FORMATS = List.of("raw", "qcow2", "vmdk", "luks", "qed");

    private final SplittableRandom random;

    RandomRequests(SplittableRandom random) {
        this.random = random;
    }

    BackupRequest backup() {
        if (random.nextBoolean()) {
            return new BackupRequest.Push(maybe(this::text), list(this::pushDisk));
        }
        return new BackupRequest.Pull(maybe(this::text), server(), random.nextBoolean(), list(this::pullDisk));
    }

    private NbdAddress server() {
        if (random.nextBoolean()) {
            return new NbdAddress.Unix(path());
        }
        return new NbdAddress.Tcp(pick(List.of("localhost", "::1", "10.0.0.1", "fe80::2:3")), random.nextInt(0x10000));
    }

    private BackupDisk pushDisk() {
        boolean included = random.nextInt(4) != 0;
        return disk(
                included,
                false,
                included ? Optional.of(pick(List.of(StorageKind.values()))) : Optional.empty(),
                included ? maybe(() -> pick(FORMATS)) : Optional.empty(),
                included ? maybe(this::path) : Optional.empty());
    }

    private BackupDisk pullDisk() {
        boolean included = random.nextInt(4) != 0;
        Optional<StorageKind> kind = included ? maybe(() -> pick(List.of(StorageKind.values()))) : Optional.empty();
        boolean block = kind.filter(StorageKind.BLOCK::equals).isPresent();
        Optional<String> path = block ? Optional.of(path()) : included ? maybe(this::path) : Optional.empty();
        return disk(included, true, kind, path.flatMap(_ -> maybe(() -> "qcow2")), path);
    }

    private BackupDisk disk(
            boolean included,
            boolean pull,
            Optional<StorageKind> kind,
            Optional<String> format,
            Optional<String> path) {
        Optional<BackupMode> mode = maybe(() -> pick(List.of(BackupMode.values())));
        boolean full = mode.filter(BackupMode.FULL::equals).isPresent();
        return new BackupDisk(
                target(),
                included,
                kind,
                mode,
                full ? Optional.empty() : maybe(this::text),
                pull ? maybe(this::text) : Optional.empty(),
                pull ? maybe(this::text) : Optional.empty(),
                format,
                path);
    }

    CheckpointDefinition checkpoint() {
        List<CheckpointDisk> disks = list(this::checkpointDisk);
        return new CheckpointDefinition(
                maybe(this::checkpointName),
                maybe(this::text),
                random.nextBoolean() ? OptionalLong.of(random.nextLong(Long.MAX_VALUE)) : OptionalLong.empty(),
                maybe(this::checkpointName),
                disks.isEmpty() ? Optional.empty() : Optional.of(disks),
                Optional.empty());
    }

    private CheckpointDisk checkpointDisk() {
        boolean tracked = random.nextBoolean();
        return new CheckpointDisk(
                random.nextBoolean() ? target() : path(),
                tracked,
                tracked ? maybe(this::text) : Optional.empty(),
                tracked && random.nextBoolean() ? OptionalLong.of(random.nextLong(1L << 50)) : OptionalLong.empty());
    }

    private String checkpointName() {
        return pick(List.of("a", "_", "-", "7")) + pick(List.of("", ".", "-b", "..2026", "_x.y"));
    }

    private String target() {
        return pick(PREFIXES) + (char) ('a' + random.nextInt(26));
    }

    private String path() {
        return "/" + text().replaceAll("[\n\r]", "x");
    }

    /// A text that is not blank.
    private String text() {
        var letters = list(() -> pick(LETTERS));
        letters.add(random.nextInt(letters.size() + 1), "x");
        return String.join("", letters);
    }

    private <T> Optional<T> maybe(Supplier<T> value) {
        return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
    }

    private <T> List<T> list(Supplier<T> element) {
        var list = new ArrayList<T>();
        for (int length = random.nextInt(5); length > 0; length--) {
            list.add(element.get());
        }
        return list;
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
