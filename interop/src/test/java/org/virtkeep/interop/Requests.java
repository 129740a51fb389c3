package org.virtkeep.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.virtkeep.testkit.HaltingFirmware;

/// The documents that the tests give to virtkeep, as files in one folder.
final class Requests {

    private final Path folder;

    Requests(Path folder) {
        this.folder = folder;
    }

    /// Writes a document to a new file and gives the file's name.
    String file(String document) {
        try {
            return Files.writeString(Files.createTempFile(folder, "request", ".xml"), document)
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String checkpoint(String name) {
        return file("<domaincheckpoint><name>%s</name></domaincheckpoint>".formatted(name));
    }

    /// @param since a checkpoint, or empty for a full backup
    String push(String since, String... disks) {
        return file("<domainbackup>%s<disks>%s</disks></domainbackup>"
                .formatted(incremental(since), String.join("", disks)));
    }

    /// A disk of [#push].
    static String target(String disk, String format, Path target) {
        return "<disk name='%s' type='file'><driver type='%s'/><target file='%s'/></disk>"
                .formatted(disk, format, target);
    }

    String pull(String since, Path socket) {
        return pull(since, "<server transport='unix' socket='%s'/>".formatted(socket));
    }

    String pullOverTcp(String since) {
        return pull(since, "<server transport='tcp' name='127.0.0.1'/>");
    }

    String pullOverTcp(String since, int port) {
        return pull(since, "<server transport='tcp' name='127.0.0.1' port='%d'/>".formatted(port));
    }

    String pullOverTls() {
        return pull("", "<server transport='tcp' name='localhost' tls='yes'/>");
    }

    private String pull(String since, String server) {
        return file("<domainbackup mode='pull'>%s%s</domainbackup>".formatted(incremental(since), server));
    }

    private static String incremental(String since) {
        return since.isEmpty() ? "" : "<incremental>" + since + "</incremental>";
    }

    /// The definition of a domain whose firmware halts at once.
    String domain(String name, String... devices) {
        return file("""
                <domain type='qemu'>
                  <name>%s</name>
                  <memory unit='MiB'>64</memory>
                  <os>
                    <type arch='x86_64' machine='q35'>hvm</type>
                    <loader type='rom'>%s</loader>
                  </os>
                  <devices>%s</devices>
                </domain>
                """.formatted(name, HaltingFirmware.in(folder), String.join("", devices)));
    }

    static String disk(String target, Path image, String format) {
        return """
                <disk type='file' device='disk'>
                  <driver name='qemu' type='%s'/>
                  <source file='%s'/>
                  <target dev='%s' bus='virtio'/>
                </disk>
                """.formatted(format, image, target);
    }
}
