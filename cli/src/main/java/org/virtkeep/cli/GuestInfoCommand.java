package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.api.GuestInfo.Part;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "guestinfo",
        header = "tell what a guest's agent knows",
        description =
                "Writes users, operating system, time zone, host name and file systems, or the parts that are asked "
                        + "for. Without options, what an old agent does not know is left out; a part that was asked for is refused "
                        + "then.",
        footer = {"virtkeep guestinfo web1", "virtkeep guestinfo web1 --os --filesystem"})
final class GuestInfoCommand extends DomainCommand {
    @Option(names = "--user", description = "who is logged in")
    private boolean user;

    @Option(names = "--os", description = "the operating system")
    private boolean os;

    @Option(names = "--timezone", description = "the time zone")
    private boolean timezone;

    @Option(names = "--hostname", description = "the host name")
    private boolean hostname;

    @Option(names = "--filesystem", description = "file systems that are mounted")
    private boolean filesystem;

    @Override
    void run(Domain domain, Output output) {
        GuestInfo info = domain.guestInfo(parts());
        var lines = NamedFigures.of(info);
        if (output.isJson()) {
            output.json(lines.json());
        } else {
            output.text(lines.aligned());
        }
    }

    private Set<Part> parts() {
        var parts = EnumSet.noneOf(Part.class);
        Chosen.add(parts, user, Part.USERS);
        Chosen.add(parts, os, Part.OPERATING_SYSTEM);
        Chosen.add(parts, timezone, Part.TIME_ZONE);
        Chosen.add(parts, hostname, Part.HOST_NAME);
        Chosen.add(parts, filesystem, Part.FILE_SYSTEMS);
        return parts;
    }
}
