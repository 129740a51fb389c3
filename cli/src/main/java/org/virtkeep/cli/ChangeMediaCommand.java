package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "change-media",
        header = "change the medium in a drive",
        description =
                "Puts another medium into a drive of a running guest, or takes it out. A guest that uses the medium "
                        + "keeps the tray locked. A backup of the disks goes on meanwhile; the drive itself cannot be changed while "
                        + "a backup copies it.",
        footer = {"virtkeep change-media web1 sda /srv/iso/rescue.iso", "virtkeep change-media web1 sda --eject"})
final class ChangeMediaCommand extends DomainCommand {
    @Option(names = "--path", paramLabel = "DEVICE", description = "the drive's target, such as sda")
    private String drive;

    @Option(names = "--source", paramLabel = "SOURCE", description = "the new medium, a file or a block device")
    private String source;

    @Option(names = "--eject", description = "take the medium out")
    private boolean eject;

    @Option(names = "--force", description = "open the tray even if the guest has locked it")
    private boolean force;

    @Override
    Places places() {
        return Places.of("--domain", "--path").thenOptional("--source");
    }

    @Override
    void check() {
        if (eject == (source != null)) {
            throw usage("command 'change-media' needs either SOURCE or --eject");
        }
    }

    @Override
    void run(Domain domain, Output output) {
        Optional<String> medium = Optional.ofNullable(source)
                .map(path -> Path.of(path).toAbsolutePath().toString());
        domain.changeMedia(drive, medium, force);
        output.done(
                "Drive '%s' of domain '%s' %s"
                        .formatted(
                                drive,
                                domain.name(),
                                medium.map("holds '%s'"::formatted).orElse("is empty")),
                new JsonObject().put("domain", domain.name()).put("drive", drive));
    }
}
