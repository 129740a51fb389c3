package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.virtkeep.api.Domain;

final class ChangeMediaCommand extends DomainCommand {
    private String drive;
    private String source;
    private boolean eject;
    private boolean force;

    @Override
    Manual manual() {
        return Manual.of("change the medium in a drive")
                .description(
                        "Puts another medium into a drive of a running guest, or takes it out. A guest that uses the medium "
                                + "keeps the tray locked. A backup of the disks goes on meanwhile; the drive itself cannot be changed while "
                                + "a backup copies it.")
                .examples(
                        "virtkeep change-media web1 sda /srv/iso/rescue.iso", "virtkeep change-media web1 sda --eject");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.text("--path", "DEVICE", "the drive's target, such as sda", word -> drive = word);
        options.text("--source", "SOURCE", "the new medium, a file or a block device", word -> source = word);
        options.flag("--eject", "take the medium out", given -> eject = given);
        options.flag("--force", "open the tray even if the guest has locked it", given -> force = given);
    }

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
