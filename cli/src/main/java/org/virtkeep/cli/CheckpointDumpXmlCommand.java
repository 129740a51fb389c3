package org.virtkeep.cli;

import java.util.EnumSet;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "checkpoint-dumpxml",
        header = "write a checkpoint's XML",
        description = "Writes the <domaincheckpoint> document of a checkpoint: its disks, what it follows, when it was "
                + "created, and the domain as it was then.",
        footer = {
            "virtkeep checkpoint-dumpxml web1 monday --no-domain",
            "virtkeep checkpoint-dumpxml web1 monday --size | grep size=",
            "    how much an incremental backup since monday would copy"
        })
final class CheckpointDumpXmlCommand extends CheckpointCommand {
    @Option(
            names = "--size",
            description = "also tell how many bytes changed on each disk since; needs a running domain")
    private boolean size;

    @Option(names = "--no-domain", description = "leave the domain's XML out")
    private boolean noDomain;

    @Option(names = "--security-info", description = "with the passwords that the domain's XML holds")
    private boolean securityInfo;

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        var flags = EnumSet.noneOf(XmlFlag.class);
        Chosen.add(flags, size, XmlFlag.SIZE);
        Chosen.add(flags, noDomain, XmlFlag.NO_DOMAIN);
        Chosen.add(flags, securityInfo, XmlFlag.SECURE);
        output.xml(checkpoint.xml(flags));
    }
}
