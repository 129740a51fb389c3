package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.api.Connection;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.repository.ReadSession;
import org.virtkeep.repository.Repository;
import org.virtkeep.transfer.CancelToken;
import org.virtkeep.transfer.DiskTargets.Format;

final class RestoreCommand extends CliCommand {
    private static final String STANDARD_OUTPUT = "-";

    private String point;
    private final RepoOption repository = new RepoOption();
    private String to;
    private Format format;
    private List<String> disks;
    private boolean force;
    private boolean define;
    private String name;

    @Override
    Manual manual() {
        return Manual.of("bring a backup back")
                .description(
                        "Writes the disks of one backup as images into a folder, with the domain's XML and its firmware's variables "
                                + "beside them: DISK.qcow2 or DISK.raw, domain.xml, nvram. Or writes one disk to a block device, or to "
                                + "standard output.",
                        "Every piece is compared with its hash before it is written. An image that is not whole yet is called "
                                + "NAME.partial, so whatever interrupts a restore, no half image has a final name. Zeros take no "
                                + "space.",
                        "With --define the domain is defined with the restored images; with --name as another one beside it.")
                .examples(
                        "virtkeep restore web1 --repo /backup --to /images/web1",
                        "    the newest backup of web1, each image in the format that it had",
                        "virtkeep restore web1@2026-11-20 --repo /backup --to /images/old --define --name web1-old",
                        "    as it was at the end of that day, as a new domain",
                        "virtkeep restore web1 --repo /backup --disk vda --to - | ssh host 'cat >/dev/vg/web1'",
                        "    one disk, raw, through a pipe");
    }

    @Override
    void declare(Options options) {
        options.text("--point", "DOMAIN[@POINT]", PointArgument.DESCRIPTION, word -> point = word);
        repository.declare(options);
        options.requiredText(
                "--to",
                "FOLDER",
                "where the images go; a block device, or - for standard output, takes one disk, raw",
                word -> to = word);
        options.imageFormat(
                "--format",
                "FORMAT",
                "qcow2 or raw, for all images; the format that each had if not given",
                format -> this.format = format);
        options.texts(
                "--disk", "DISK", "only this disk, such as vda; may be given several times", words -> disks = words);
        options.flag(
                "--force",
                "replace what exists: images, the content of a device, a definition",
                given -> force = given);
        options.flag("--define", "define the domain with the restored images", given -> define = given);
        options.text(
                "--name",
                "NAME",
                "with --define: under this name, with another UUID and other MAC addresses",
                word -> name = word);
    }

    @Override
    Places places() {
        return Places.of("--point");
    }

    @Override
    void run(Output output) throws IOException {
        if (name != null && !define) {
            throw usage("--name goes with --define");
        }
        if (define) {
            try (Connection connection = program().connect()) {
                restore(Optional.of(connection), output);
            }
        } else {
            restore(Optional.empty(), output);
        }
    }

    private void restore(Optional<Connection> connection, Output output) throws IOException {
        Surroundings surroundings = program().surroundings();
        var cancel = new CancelToken();
        try (Repository opened = repository.open(surroundings);
                var _ = CleanStop.on(cancel)) {
            BackupInfo backup = PointArgument.find(opened, point);
            List<DiskInfo> chosen = choose(backup);
            var line = new TransferLine(surroundings.err(), surroundings.terminal() && !output.isQuiet());
            try (ReadSession session = opened.beginRead(backup.id())) { // no prune takes it away meanwhile
                restore(new RestoreWork(session.reader(), cancel, line, output), chosen, connection);
            }
        }
    }

    private void restore(RestoreWork work, List<DiskInfo> chosen, Optional<Connection> connection) throws IOException {
        if (to.equals(STANDARD_OUTPUT)) {
            requireSingle(chosen, "standard output");
            work.toStream(chosen.getFirst(), program().surroundings().out());
        } else if (RestoreWork.isDevice(Path.of(to))) {
            requireSingle(chosen, "a device");
            requireForce();
            work.toDevice(chosen.getFirst(), Path.of(to));
        } else {
            var folder =
                    new RestoreFolder(Path.of(to).toAbsolutePath().normalize(), force, Optional.ofNullable(format));
            work.toFolder(folder, chosen, connection.map(host -> new RestoreDefinition(host, name, force)));
        }
    }

    private List<DiskInfo> choose(BackupInfo backup) {
        if (disks == null) {
            return backup.disks();
        }
        var chosen = new ArrayList<DiskInfo>();
        for (String disk : disks) {
            chosen.add(backup.disk(disk)
                    .orElseThrow(() -> new VirtException(
                            ErrorCode.INVALID_ARG,
                            ErrorDomain.STORAGE,
                            "backup '%s' has no disk '%s'; it has %s"
                                    .formatted(
                                            backup.id(),
                                            disk,
                                            backup.disks().stream()
                                                    .map(DiskInfo::name)
                                                    .toList()))));
        }
        return chosen;
    }

    private void requireSingle(List<DiskInfo> chosen, String what) {
        if (define) {
            throw usage("--define needs images in a folder");
        }
        if (format == Format.QCOW2) {
            throw usage("%s takes a raw disk, not qcow2".formatted(what));
        }
        if (chosen.size() != 1) {
            throw usage("%s takes one disk; choose one of %s with --disk"
                    .formatted(what, chosen.stream().map(DiskInfo::name).toList()));
        }
    }

    private void requireForce() {
        if (!force) {
            throw new VirtException(
                    ErrorCode.OPERATION_INVALID,
                    ErrorDomain.STORAGE,
                    "'%s' is a device, and what it holds would be overwritten; --force does that".formatted(to));
        }
    }
}
