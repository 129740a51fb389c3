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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.virtkeep.model.BackupXml;
import org.virtkeep.model.ByteRange;
import org.virtkeep.model.Deadline;
import org.virtkeep.model.NbdAddress;
import org.virtkeep.nbd.Extent;
import org.virtkeep.nbd.NbdFrontEnd;
import org.virtkeep.nbd.NbdImageServer;
import org.virtkeep.nbd.RelayedExport;
import org.virtkeep.nbd.ServedImage;
import org.virtkeep.qemu.state.Json;
import org.virtkeep.qmp.QmpConnection;
import org.virtkeep.qmp.QmpException;

/// What a keeper does while it waits for its job, so that it need not be done then: loads what every job needs, and
/// does once, with itself, what a begin waits for: connects to a monitor and to an NBD server, and serves. Stateless.
final class KeeperWarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperWarmUp.class);
    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final int IMAGE_BYTES = 1 << 20;
    private static final String EXPORT = "warm-up";
    private static final String REQUEST =
            "<domainbackup mode='pull'><server transport='unix' socket='/none'/></domainbackup>";
    private static final String GREETING =
            "{\"QMP\":{\"version\":{\"qemu\":{\"micro\":0,\"minor\":0,\"major\":9},\"package\":\"\"},\"capabilities\":[]}}\r\n";

    private static final List<Class<?>> NEEDED =
            List.of(FrontEnd.class, BeginWatch.class, QemuWatch.class, JobWatch.class, JobStore.class, JobRecord.class);

    private KeeperWarmUp() {}

    /// Touches nothing but a directory of its own, which is gone afterwards.
    static void run() throws IOException {
        for (Class<?> type : NEEDED) {
            try {
                Class.forName(type.getName());
            } catch (ClassNotFoundException e) {
                throw new IOException("cannot load %s".formatted(type), e);
            }
        }
        BackupXml.read(REQUEST);
        Json.parse("warm-up", "{\"a\":[1]}".getBytes(StandardCharsets.UTF_8));
        try {
            rehearse();
            LOG.info("spare keeper is ready");
        } catch (IOException e) {
            LOG.info("spare keeper is ready, but has not rehearsed reason={}", e.getMessage()); // it only starts slower
        }
    }

    private static void rehearse() throws IOException {
        Path directory = Files.createTempDirectory("virtkeep-keeper");
        Path monitor = directory.resolve("monitor");
        Path upstream = directory.resolve("upstream");
        Path served = directory.resolve("served");
        try {
            connectToMonitor(monitor);
            serve(upstream, served);
        } finally {
            for (Path left : List.of(monitor, upstream, served, directory)) {
                Files.deleteIfExists(left);
            }
        }
    }

    private static void connectToMonitor(Path socket) throws IOException {
        try (var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Thread.ofPlatform().daemon().name("rehearsal").start(() -> beMonitor(listener));
            QmpConnection.connect(socket, Deadline.in(LIMIT)).close();
        } catch (QmpException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// For one client, which asks for one thing.
    private static void beMonitor(ServerSocketChannel listener) {
        try (SocketChannel client = listener.accept();
                var lines = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8))) {
            client.write(ByteBuffer.wrap(GREETING.getBytes(StandardCharsets.UTF_8)));
            String id = lines.readLine().replaceFirst(".*\"id\":(\\d+).*", "$1");
            String answer = "{\"return\":{},\"id\":%s}\r\n".formatted(id);
            client.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            lines.readLine(); // until it goes
        } catch (IOException e) {
            LOG.debug("rehearsal ended", e); // the other side says so
        }
    }

    private static void serve(Path upstream, Path served) throws IOException {
        var image = List.of(new NbdImageServer.Named(EXPORT, new Zeroes()));
        try (var _ =
                NbdImageServer.start(new NbdAddress.Unix(upstream.toString()), image, NbdFrontEnd.Limits.DEFAULT)) {
            var export = new RelayedExport(EXPORT, upstream, EXPORT, Map.of(), false);
            var config = new NbdFrontEnd.Config(
                    new NbdAddress.Unix(served.toString()), List.of(export), NbdFrontEnd.Limits.DEFAULT);
            NbdFrontEnd.start(config, Deadline.in(LIMIT)).close();
        }
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
