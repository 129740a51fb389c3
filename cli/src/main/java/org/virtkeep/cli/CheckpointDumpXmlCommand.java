package org.virtkeep.cli;

import java.util.EnumSet;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.Domain;

final class CheckpointDumpXmlCommand extends CheckpointCommand {
    private boolean size;
    private boolean noDomain;
    private boolean securityInfo;

    @Override
    Manual manual() {
        return Manual.of("write a checkpoint's XML")
                .description(
                        "Writes the <domaincheckpoint> document of a checkpoint: its disks, what it follows, when it was "
                                + "created, and the domain as it was then.")
                .examples(
                        "virtkeep checkpoint-dumpxml web1 monday --no-domain",
                        "virtkeep checkpoint-dumpxml web1 monday --size | grep size=",
                        "    how much an incremental backup since monday would copy");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.flag(
                "--size",
                "also tell how many bytes changed on each disk since; needs a running domain",
                given -> size = given);
        options.flag("--no-domain", "leave the domain's XML out", given -> noDomain = given);
        options.flag(
                "--security-info", "with the passwords that the domain's XML holds", given -> securityInfo = given);
    }

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        var flags = EnumSet.noneOf(XmlFlag.class);
        Chosen.add(flags, size, XmlFlag.SIZE);
        Chosen.add(flags, noDomain, XmlFlag.NO_DOMAIN);
        Chosen.add(flags, securityInfo, XmlFlag.SECURE);
        output.xml(checkpoint.xml(flags));
    }
}
