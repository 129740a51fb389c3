package org.virtkeep.qemu.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The record of a process and the definition that it was started with: two files that need not outlive the host,
/// since the process does not. So they are not forced to disk; a crash of the host may leave older ones, or some
/// that cannot be read. Those say that there was a process, which has ended with the host, unless somebody listens on
/// the sockets that it would have made. Immutable.
///
/// @param record  of the process
/// @param xml     the definition
/// @param sockets the directory of those of the domain's processes
record RunFiles(Path record, Path xml, Path sockets) {
    private static final String DOMAIN_END = "</domain>";

    /// Empty if there is none, or if it is [#isLost()].
    ///
    /// @throws IOException if it cannot be read, and the process may live
    Optional<DomainRun> read() throws IOException {
        Optional<JsonNode> node = Durable.readWholeJson(record);
        if (node.isEmpty() && Files.exists(record) && isAnyoneListening()) {
            node = Durable.readJson(record); // which says what is wrong with it
        }
        return node.isEmpty() ? Optional.empty() : Optional.of(DomainRun.fromJson(node.get()));
    }

    /// True if there is a record, but the host has crashed before all of it was on disk.
    boolean isLost() throws IOException {
        return Files.exists(record) && Durable.readWholeJson(record).isEmpty() && !isAnyoneListening();
    }

    /// The definition; empty if there is none, or if a crash of the host has left only a part.
    Optional<String> readXml() throws IOException {
        Optional<String> text = Durable.readText(xml);
        boolean part = text.filter(whole -> !whole.stripTrailing().endsWith(DOMAIN_END))
                .isPresent();
        return part && !isAnyoneListening() ? Optional.empty() : text;
    }

    /// Whether one of the sockets has a listener, even a busy one.
    private boolean isAnyoneListening() throws IOException {
        for (Path socket : socketsThere()) {
            if (isListening(socket)) {
                return true;
            }
        }
        return false;
    }

    private List<Path> socketsThere() throws IOException {
        if (!Files.isDirectory(sockets)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(sockets)) {
            return entries.filter(entry -> !Files.isRegularFile(entry)).toList();
        }
    }

    private static boolean isListening(Path socket) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return true;
        } catch (ConnectException _) {
            return false;
        } catch (IOException _) {
            return Files.exists(socket); // it is busy, or not ours to connect to
        }
    }

    void write(Durable durable, DomainRun run) throws IOException {
        if (run.attached()) { // only the record knows where its sockets are
            durable.replaceJson(record, run.toJson());
        } else {
            durable.swapJson(record, run.toJson());
        }
    }

    /// @param only false if the definition is also stored elsewhere
    void writeXml(Durable durable, String text, boolean only) throws IOException {
        if (only) {
            durable.replace(xml, text);
        } else {
            durable.swap(xml, text);
        }
    }
}
