package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.List;
import org.virtkeep.api.Connection;
import org.virtkeep.api.Domain;

final class AttachCommand extends ConnectedCommand {
    private String domain;
    private List<Path> monitors;

    @Override
    Manual manual() {
        return Manual.of("make a QEMU that someone else started known as a domain")
                .description(
                        "Connects to the QMP sockets of a QEMU that runs already, and makes it known as a domain, so that it can be "
                                + "backed up. The process stays what it is: only destroy and shutdown end it.",
                        "Its disks are named as libvirt would name them (vda, sda, ...), or by their device ids where those are "
                                + "such names; domblklist shows them.")
                .examples(
                        "virtkeep attach web1 --qmp /run/qemu/web1.sock",
                        "    the QEMU that was started with -qmp unix:/run/qemu/web1.sock,server=on,wait=off",
                        "virtkeep attach web1 --qmp /run/qemu/web1.sock --qmp /run/qemu/web1-2.sock",
                        "    with a second socket, to watch and rescue while the first is busy");
    }

    @Override
    void declare(Options options) {
        options.text("--domain", "DOMAIN", "the name that the domain gets", word -> domain = word);
        options.requiredPaths(
                "--qmp",
                "SOCKET",
                "unix socket of a QMP monitor; a second one, given likewise, makes backups safer",
                words -> monitors = words);
    }

    @Override
    Places places() {
        return Places.of("--domain");
    }

    @Override
    void run(Connection connection, Output output) {
        Domain attached = connection.attach(
                domain, monitors.stream().map(Path::toAbsolutePath).toList());
        output.done(
                "Domain '%s' attached".formatted(attached.name()),
                new JsonObject()
                        .put("domain", attached.name())
                        .put("uuid", attached.uuid().toString()));
    }
}
