package org.virtkeep.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.virtkeep.testkit.Images;
import org.virtkeep.testkit.LibvirtdProcess;

/// A private libvirtd with `bin/virtkeep` and virsh as its clients.
final class LibvirtHost implements AutoCloseable {
    private final LibvirtdProcess daemon;
    private final Requests requests;
    private final Virtkeep virtkeep;
    private final Virsh virsh;

    private LibvirtHost(LibvirtdProcess daemon, Path documents) {
        this.daemon = daemon;
        this.requests = new Requests(documents);
        this.virtkeep = Virtkeep.at(uri(daemon.socket()), documents.resolve("state"));
        this.virsh = Virsh.of(daemon.socket());
    }

    /// @param documents a folder for what the clients read and keep
    static LibvirtHost start(Path documents) {
        LibvirtdProcess daemon = LibvirtdProcess.start();
        try {
            return new LibvirtHost(daemon, documents);
        } catch (RuntimeException | Error e) {
            daemon.close();
            throw e;
        }
    }

    static String uri(Path socket) {
        return "qemu:///session?socket=" + socket;
    }

    Path socket() {
        return daemon.socket();
    }

    /// Where libvirtd and its QEMUs may make files.
    Path folder() {
        return daemon.directory();
    }

    Requests requests() {
        return requests;
    }

    Virtkeep virtkeep() {
        return virtkeep;
    }

    Virsh virsh() {
        return virsh;
    }

    /// A new image that QEMU may write to, whose user it is not.
    Path image(String name, String size) {
        Path image = Images.qcow2(folder().resolve(name + ".qcow2"), size);
        try {
            Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rw-rw-rw-"));
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The definition of a domain with disks of 16 MiB and 4 MiB, `vda` and `vdb`, and an empty CD drive.
    String domain(String name) {
        return requests.file("""
                <domain type='qemu'>
                  <name>%s</name>
                  <memory unit='MiB'>64</memory>
                  <os><type arch='x86_64' machine='pc'>hvm</type></os>
                  <features><acpi/></features>
                  <devices>
                    %s%s
                    <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
                  </devices>
                </domain>
                """.formatted(
                        name,
                        Requests.disk("vda", image(name + "-vda", "16M"), "qcow2"),
                        Requests.disk("vdb", image(name + "-vdb", "4M"), "qcow2")));
    }

    /// Writes as the guest would, with a command of `qemu-io`.
    void guestWrites(String domain, int disk, String command) {
        String hmp = "qemu-io -d /machine/peripheral/virtio-disk%d/virtio-backend \"%s\"".formatted(disk, command);
        Virsh.Result result = virsh.run("qemu-monitor-command", domain, "--hmp", hmp);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).doesNotContainIgnoringCase("error");
    }

    @Override
    public void close() {
        daemon.close();
    }
}
