package org.virtkeep.qemu.backup;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.api.DomainState;
import org.virtkeep.api.JobState;
import org.virtkeep.model.BackupMode;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.model.StorageKind;
import org.virtkeep.model.VirtException;
import org.virtkeep.nbd.Extent;
import org.virtkeep.nbd.NbdFrontEnd;
import org.virtkeep.nbd.NbdImageServer;
import org.virtkeep.nbd.ServedImage;
import org.virtkeep.qemu.state.DomainFolder;
import org.virtkeep.qemu.state.DomainRun;
import org.virtkeep.qemu.state.FileOperations;
import org.virtkeep.qemu.state.Root;

/// What a keeper does while it waits for its job: all that a begin waits for, with a job, a monitor and an NBD
/// server of its own making. What is done for the first time in a Java machine takes ten times as long.
/// Stateless.
final class KeeperWarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperWarmUp.class);

    /// More make the next one hardly faster.
    private static final int ROUNDS = 3;

    private static final String DOMAIN = "rehearsal";
    private static final int JOB = 1;
    private static final String DISK = "vda";
    private static final int IMAGE_BYTES = 1 << 20;
    private static final String REQUEST = """
            <domainbackup mode='pull'><server transport='unix' socket='%s'/>
              <disks><disk name='vda' backup='yes' type='file' backupmode='full' exportname='vda'>
                <driver type='qcow2'/><scratch file='/none'/></disk></disks></domainbackup>
            """;
    private static final String GREETING =
            "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":0,\"minor\":0,\"major\":9},\"package\":\"\"},\"capabilities\":[]}}\r\n";
    private static final String RUNNING = "{\"status\":\"running\",\"running\":true,\"singlestep\":false}";

    private KeeperWarmUp() {}

    /// Touches nothing but a directory of its own, which is gone afterwards.
    static void run() throws IOException {
        Path directory = Files.createTempDirectory("virtkeep-keeper");
        Root root = Root.open(directory.resolve("root"), FileOperations.real());
        try {
            rehearse(root, directory);
            LOG.info("spare keeper is ready");
        } catch (IOException | VirtException e) {
            LOG.info("spare keeper is ready, but has not rehearsed reason={}", e.getMessage()); // it only starts slower
        } finally {
            root.durable().deleteTree(directory);
        }
    }

    private static void rehearse(Root root, Path directory) throws IOException {
        Path monitor = directory.resolve("monitor");
        DomainFolder folder = root.folder(DOMAIN);
        folder.create(new UUID(0, JOB));
        folder.writeRun(run(monitor));
        var names = new JobNames(root.tag(), JOB);
        var images = List.of(names.export(0), names.liveExport(0)).stream()
                .map(name -> new NbdImageServer.Named(name, new Zeroes()))
                .toList();
        var upstream = new NbdAddress.Unix(NbdServer.socket(folder).toString());
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                var _ = NbdImageServer.start(upstream, images, NbdFrontEnd.Limits.DEFAULT)) {
            listener.bind(UnixDomainSocketAddress.of(monitor));
            Thread.ofPlatform().daemon().name("rehearsal").start(() -> beMonitor(listener));
            for (int round = 0; round < ROUNDS; round++) {
                // The image server knows no allocation depth, so that the last of three connections is refused
                rehearse(root, directory, "/none");
                rehearse(root, directory, "");
            }
        }
    }

    private static void rehearse(Root root, Path directory, String scratch) throws IOException {
        new JobStore(root.folder(DOMAIN), root.durable()).save(job(directory.resolve("served"), scratch));
        Keeper.rehearse(root.dir(), DOMAIN, JOB);
    }

    private static DomainRun run(Path monitor) {
        return new DomainRun(
                JOB,
                false,
                DomainRun.Phase.STARTED,
                Optional.empty(),
                List.of(monitor, monitor),
                Map.of(),
                Instant.now(),
                "",
                DomainState.RUNNING,
                "");
    }

    private static JobRecord job(Path served, String scratch) {
        var disk = new DiskRecord(
                DISK,
                0,
                DISK,
                "",
                IMAGE_BYTES,
                BackupMode.FULL,
                Optional.empty(),
                "qcow2",
                StorageKind.FILE,
                scratch,
                false,
                false,
                Optional.empty(),
                IMAGE_BYTES,
                0,
                0,
                JobState.RUNNING,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
        return new JobRecord(
                JobRecord.FORMAT,
                JOB,
                false,
                JobRecord.Phase.PREPARING,
                JOB,
                REQUEST.formatted(served),
                Optional.empty(),
                Optional.empty(),
                Instant.now(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                false,
                0,
                PullAccess.OWN,
                Set.of(),
                List.of(disk));
    }

    private static void beMonitor(ServerSocketChannel listener) {
        try {
            while (true) {
                beMonitorOfOne(listener);
            }
        } catch (IOException e) {
            LOG.debug("rehearsal ended", e); // by its end
        }
    }

    /// For one client: whatever it asks for, all is well.
    private static void beMonitorOfOne(ServerSocketChannel listener) throws IOException {
        try (SocketChannel client = listener.accept();
                var lines = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8))) {
            send(client, GREETING);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String id = line.replaceFirst(".*\"id\":(\\d+).*", "$1");
                String answer = line.contains("query-status") ? RUNNING : "{}";
                send(client, "{\"return\":%s,\"id\":%s}\r\n".formatted(answer, id));
            }
        }
    }

    private static void send(SocketChannel client, String text) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /// A small image that holds nothing.
    private static final class Zeroes implements ServedImage {
        @Override
        public long sizeBytes() {
            return IMAGE_BYTES;
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            into.position(into.limit());
        }

        @Override
        public List<Extent> allocation(ByteRange range) {
            return List.of(new Extent(range, 0));
        }

        @Override
        public void close() {}
    }
}
