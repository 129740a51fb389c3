package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.PointSelector;
import org.virtkeep.repository.Repository;
import org.virtkeep.transfer.CancelToken;
import org.virtkeep.transfer.ImageImport;
import org.virtkeep.transfer.TransferProgress;

final class ImportCommand extends CliCommand {
    private static final List<String> FORMATS = List.of("qcow2", "raw", "vmdk", "vdi", "vhdx", "vpc", "qed");

    private String domain;
    private final RepoOption repo = new RepoOption();
    private Map<String, String> disks = new LinkedHashMap<>();
    private String format = "qcow2";
    private String onto;
    private String time;
    private Path domainXml;

    @Override
    Manual manual() {
        return Manual.of("turn image files into a restore point")
                .description(
                        "Stores image files, such as those that push backups wrote, as one restore point of a domain, and leaves the "
                                + "files alone. An image is read with its backing chain, through qemu-nbd.",
                        "An image of an incremental push holds only what had changed. With --onto it is stored on top of an earlier "
                                + "restore point: import the full one first, then each incremental onto the one before.")
                .examples(
                        "virtkeep import web1 --repo /backup --disk vda=/push/vda.full --disk vdb=/push/vdb.full",
                        "virtkeep import web1 --repo /backup --disk vda=/push/vda.monday --onto latest",
                        "    what had changed since the backup that was imported last",
                        "virsh dumpxml --inactive web1 >web1.xml",
                        "virtkeep import web1 --repo /backup --disk vda=/push/vda.full --domain-xml web1.xml",
                        "    with the domain's definition");
    }

    @Override
    void declare(Options options) {
        options.text("--domain", "DOMAIN", "the domain's name in the repository", word -> domain = word);
        repo.declare(options);
        options.requiredPairs(
                "--disk",
                "DISK=FILE",
                "store this image as this disk, such as vda; may be repeated",
                words -> disks = words);
        options.text(
                "--format",
                "FORMAT",
                "the images' format as QEMU names it; qcow2 unless you say raw, vmdk, vdi, vhdx, vpc or qed",
                word -> format = word);
        options.text(
                "--onto",
                "POINT",
                "the images hold only what changed since this restore point of the domain: 'latest', an id, or a "
                        + "time",
                word -> onto = word);
        options.text(
                "--time",
                "TIME",
                "the instant that the images stand for, such as 2026-11-22T02:00; without it, the time at which "
                        + "the newest of them was written last",
                word -> time = word);
        options.path(
                "--domain-xml",
                "FILE",
                "store this XML of the domain with the images, so that 'restore --define' can define it. "
                        + "Without it, --onto takes that of the earlier point",
                path -> domainXml = path);
    }

    @Override
    Places places() {
        return Places.of("--domain");
    }

    @Override
    void run(Output output) throws IOException {
        if (!FORMATS.contains(format)) {
            throw usage("'%s' is not one of the formats %s".formatted(format, String.join(", ", FORMATS)));
        }
        if (onto != null && !format.equals("qcow2")) {
            throw usage("--onto is for qcow2 images: in others it cannot be seen what they hold");
        }
        var images = new LinkedHashMap<String, ImageImport.Image>();
        disks.forEach((disk, file) -> images.put(disk, new ImageImport.Image(Path.of(file), format)));
        try (Repository repository = repo.open(program().surroundings())) {
            Optional<BackupInfo> base =
                    onto == null ? Optional.empty() : Optional.of(PointArgument.find(repository, domain + "@" + onto));
            var request = new ImageImport.Request(domain, images, base, instant(), xml());
            tell(run(repository, request, output), output);
        }
    }

    private BackupInfo run(Repository repository, ImageImport.Request request, Output output) throws IOException {
        var progress = new TransferProgress();
        var line = new TransferLine(
                program().surroundings().err(), program().surroundings().terminal() && !output.isQuiet());
        try (var _ = Ticker.start(() -> line.show(List.of(progress), System.nanoTime()))) {
            return new ImageImport(repository, new CancelToken(), progress).run(request);
        } finally {
            line.clear();
        }
    }

    private Optional<String> xml() throws IOException {
        return domainXml == null ? Optional.empty() : Optional.of(Files.readString(domainXml));
    }

    private Instant instant() throws IOException {
        if (time != null) {
            return switch (PointArgument.parse(domain + "@" + time).point()) {
                case PointSelector.At at -> at.start();
                case PointSelector.Latest _, PointSelector.Id _ ->
                    throw usage("--time is a time such as 2026-11-22T02:00");
            };
        }
        Instant newest = Instant.EPOCH;
        for (String file : disks.values()) {
            Instant written = Files.getLastModifiedTime(Path.of(file)).toInstant();
            newest = written.isAfter(newest) ? written : newest;
        }
        return newest;
    }

    private static void tell(BackupInfo backup, Output output) {
        output.done(
                "Backup '%s' of domain '%s' imported, %s stored"
                        .formatted(backup.id(), backup.domain(), Humane.size(backup.storedBytes())),
                new JsonObject()
                        .put("domain", backup.domain())
                        .put("id", backup.id())
                        .put("instant", backup.instant())
                        .put("storedBytes", backup.storedBytes()));
    }
}
