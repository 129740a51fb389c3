package org.virtkeep.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Connections;
import org.virtkeep.api.DomainFilter;
import org.virtkeep.daemon.config.Configuration;
import org.virtkeep.daemon.config.Settings;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.DomainMessages;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtHandshake;
import org.virtkeep.rpc.LibvirtProgram;
import org.virtkeep.rpc.Procedure;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.testkit.HaltingFirmware;
import org.virtkeep.testkit.Images;

/// A daemon on sockets in a directory, its clients, and domains without a guest: they are started paused. Closing it
/// ends the domains.
final class TestDaemon implements AutoCloseable {
    static final Deadline LIMIT_OF_TEST = Deadline.in(Duration.ofMinutes(2));

    private final Path directory;
    private final List<RpcClient> clients = new ArrayList<>();
    private Daemon daemon;

    private TestDaemon(Path directory) throws IOException {
        this.directory = directory;
        this.daemon = start(directory);
    }

    static TestDaemon in(Path directory) throws IOException {
        return new TestDaemon(directory);
    }

    private static Daemon start(Path directory) throws IOException {
        return Daemon.start(Configuration.standard()
                .with(Settings.ROOT, directory.resolve("root"))
                .with(Settings.SOCKET, directory.resolve("sock"))
                .with(Settings.SOCKET_GROUP, Optional.of(group(directory)))
                .with(Settings.READ_ONLY_SOCKET, Optional.of(directory.resolve("sock-ro"))));
    }

    /// Of files that are made in a directory.
    static String group(Path directory) throws IOException {
        return Files.readAttributes(directory, PosixFileAttributes.class)
                .group()
                .getName();
    }

    /// The driver without the daemon.
    Connection driver() {
        return Connections.open("qemu:///embed?root=" + directory.resolve("root"));
    }

    /// Ends the daemon; clients lose their connections.
    void stop() {
        daemon.close();
    }

    void startAgain() throws IOException {
        daemon = start(directory);
    }

    /// A client that has opened its connection.
    RpcClient client() throws IOException {
        return client("sock");
    }

    RpcClient readOnlyClient() throws IOException {
        return client("sock-ro");
    }

    private RpcClient client(String socket) throws IOException {
        RpcClient client = RpcClient.connect(directory.resolve(socket), LIMIT_OF_TEST);
        clients.add(client);
        LibvirtHandshake.open(client, "qemu:///system", false, LIMIT_OF_TEST);
        return client;
    }

    static <A, R> R call(RpcClient client, Procedure<A, R> procedure, A arguments) throws RpcException {
        return client.call(procedure, arguments, LIMIT_OF_TEST);
    }

    Path image(String disk) {
        return directory.resolve(disk + ".qcow2");
    }

    /// Defines a domain with disks `vda` and `vdb` of 16 MiB, through the daemon.
    DomainRef define(RpcClient client, String name) throws RpcException {
        Images.qcow2(image("vda"), "16M");
        Images.qcow2(image("vdb"), "16M");
        return call(client, LibvirtProgram.DOMAIN_DEFINE_XML, """
                <domain type='qemu'>
                  <name>%s</name>
                  <memory unit='MiB'>64</memory>
                  <os>
                    <type arch='x86_64' machine='q35'>hvm</type>
                    <loader type='rom'>%s</loader>
                  </os>
                  <devices>%s%s</devices>
                </domain>
                """.formatted(
                        name, HaltingFirmware.in(directory), disk("vda"), disk("vdb")));
    }

    /// As [#define], and starts it paused.
    DomainRef start(RpcClient client, String name) throws RpcException {
        DomainRef defined = define(client, name);
        return call(client, LibvirtProgram.DOMAIN_CREATE_WITH_FLAGS, new DomainMessages.DomainFlags(defined, 1));
    }

    private String disk(String target) {
        return """
                <disk type='file' device='disk'>
                  <driver name='qemu' type='qcow2'/>
                  <source file='%s'/>
                  <target dev='%s' bus='virtio'/>
                </disk>
                """.formatted(image(target).toAbsolutePath(), target);
    }

    @Override
    public void close() {
        clients.forEach(RpcClient::close);
        daemon.close();
        try (Connection driver = driver()) {
            driver.domains(Set.of(DomainFilter.ACTIVE)).forEach(domain -> domain.destroy());
        }
    }
}
