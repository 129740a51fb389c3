package org.virtkeep.cli;

import java.util.EnumSet;
import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.GuestInfo;
import org.virtkeep.api.GuestInfo.Part;

final class GuestInfoCommand extends DomainCommand {
    private boolean user;
    private boolean os;
    private boolean timezone;
    private boolean hostname;
    private boolean filesystem;

    @Override
    Manual manual() {
        return Manual.of("tell what a guest's agent knows")
                .description(
                        "Writes users, operating system, time zone, host name and file systems, or the parts that are asked "
                                + "for. Without options, what an old agent does not know is left out; a part that was asked for is refused "
                                + "then.")
                .examples("virtkeep guestinfo web1", "virtkeep guestinfo web1 --os --filesystem");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag("--user", "who is logged in", given -> user = given);
        options.flag("--os", "the operating system", given -> os = given);
        options.flag("--timezone", "the time zone", given -> timezone = given);
        options.flag("--hostname", "the host name", given -> hostname = given);
        options.flag("--filesystem", "file systems that are mounted", given -> filesystem = given);
    }

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
