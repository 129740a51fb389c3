package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.nbd.NbdFrontEnd;
import org.virtkeep.nbd.NbdImageServer;
import org.virtkeep.nbd.OverlayImage;
import org.virtkeep.nbd.ServedImage;
import org.virtkeep.nbd.TlsCredentials;
import org.virtkeep.repository.BackupInfo;
import org.virtkeep.repository.DiskInfo;
import org.virtkeep.repository.ReadSession;
import org.virtkeep.repository.Repository;
import org.virtkeep.transfer.RestorePointImage;

final class ServeCommand extends PointCommand {
    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private List<String> disks = List.of();
    private String socket;
    private String listen;
    private Path tls;
    private Path overlay;
    private boolean once;

    @Override
    Manual manual() {
        return Manual.of("serve the disks of a backup over NBD")
                .description(
                        "Serves the disks of a backup as they were, at once, whatever their size: a guest boots from them in seconds. "
                                + "What is read is fetched from the repository and checked. Ends on SIGTERM or SIGINT, or with --once "
                                + "when the last client has left.",
                        "Exports are read-only and named like the disks. With --writable, what clients write is kept in an overlay file: "
                                + "the backup stays as it is. What a client has flushed is durable, and the same overlay can be served "
                                + "again with the same backup. Delete the file to forget the changes.",
                        "No prune deletes a backup that is being served.")
                .examples(
                        "virtkeep serve web1@2026-11-20 --repo /backup --socket /run/web1.nbd",
                        "nbdcopy 'nbd+unix:///vda?socket=/run/web1.nbd' vda.raw",
                        "    in another terminal: copies a disk out",
                        "guestfish --ro --format=raw -a 'nbd://?socket=/run/web1.nbd' -i copy-out /etc /tmp",
                        "    takes a folder out of a backup with one disk",
                        "virtkeep serve web1 --repo /backup --disk vda --socket /run/w --writable vda.overlay",
                        "qemu-system-x86_64 -m 2G -drive file='nbd+unix:///vda?socket=/run/w',format=raw,if=virtio",
                        "    boots a guest from the newest backup");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.texts(
                "--disk",
                "DISK",
                "serve this disk, such as vda, and no other; may be repeated",
                words -> disks = words);
        options.text("--socket", "PATH", "listen on this unix socket, for this user alone", word -> socket = word);
        options.text(
                "--listen",
                "HOST:PORT",
                "listen on TCP instead; port 0 takes a free one. Without --tls nothing is encrypted, and "
                        + "whoever can connect can read: use an address that only trusted hosts reach, such as 127.0.0.1",
                word -> listen = word);
        options.path(
                "--tls",
                "FOLDER",
                "let in only who uses TLS. The folder has server-cert.pem and server-key.pem; with "
                        + "ca-cert.pem in it, clients need a certificate that it signed",
                path -> tls = path);
        options.path("--writable", "OVERLAY", "take writes, and keep them in this file", path -> overlay = path);
        options.flag("--once", "end when the last client has left", given -> once = given);
    }

    @Override
    void run(Repository repository, BackupInfo found, Output output) throws IOException {
        NbdAddress address = ListenAddress.of(Optional.ofNullable(socket), Optional.ofNullable(listen), this);
        List<String> names = chosen(found);
        try (var signal = EndSignal.await();
                ReadSession session = repository.beginRead(found.id())) {
            var images = new ArrayList<NbdImageServer.Named>();
            try {
                for (String name : names) {
                    images.add(new NbdImageServer.Named(name, image(session, name)));
                }
                serve(address, images, found, signal, output);
            } finally {
                for (NbdImageServer.Named image : images) {
                    image.image().close();
                }
            }
        }
    }

    private List<String> chosen(BackupInfo found) {
        if (overlay != null) {
            if (disks.size() > 1) {
                throw usage("--writable takes one disk: each needs an overlay and a server of its own");
            }
            return List.of(DiskChoice.one(found, disks.stream().findFirst()));
        }
        return disks.isEmpty()
                ? found.disks().stream().map(DiskInfo::name).toList()
                : disks.stream()
                        .distinct()
                        .map(name -> DiskChoice.one(found, Optional.of(name)))
                        .toList();
    }

    private ServedImage image(ReadSession session, String name) throws IOException {
        var image = new RestorePointImage(session.reader().disk(name));
        return overlay == null ? image : OverlayImage.open(overlay, image.identity(), image);
    }

    private void serve(
            NbdAddress address, List<NbdImageServer.Named> images, BackupInfo found, EndSignal signal, Output output)
            throws IOException {
        NbdImageServer server = NbdImageServer.start(address, images, NbdFrontEnd.Limits.DEFAULT, credentials());
        try {
            tell(server, images, found, output);
            while (!signal.isGiven(Duration.ofMillis(100)) && !(once && allHaveLeft(server))) {
                continue;
            }
        } finally {
            server.close(Deadline.in(GOODBYE));
        }
    }

    private Optional<TlsCredentials> credentials() throws IOException {
        return tls == null ? Optional.empty() : Optional.of(TlsCredentials.ofServer(tls));
    }

    private static boolean allHaveLeft(NbdImageServer server) {
        return server.progress().stream().anyMatch(export -> export.clientsEver() > 0)
                && server.progress().stream().allMatch(export -> export.clientsNow() == 0);
    }

    private void tell(NbdImageServer server, List<NbdImageServer.Named> images, BackupInfo found, Output output) {
        List<String> uris = images.stream()
                .map(image -> NbdUri.of(server.address(), image.name()))
                .map(uri -> tls == null ? uri : uri.replaceFirst("^nbd", "nbds"))
                .toList();
        output.done(
                "Serving backup '%s' of domain '%s', %s:\n    %s"
                        .formatted(
                                found.id(),
                                found.domain(),
                                overlay == null ? "read-only" : "writes go to '" + overlay + "'",
                                String.join("\n    ", uris)),
                new JsonObject()
                        .put("domain", found.domain())
                        .put("id", found.id())
                        .put("writable", overlay != null)
                        .putTexts("uris", uris));
        output.flush(); // who waits for this line may connect now
    }
}
