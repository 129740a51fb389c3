package org.virtkeep.cli;

import java.util.Set;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.XmlFlag;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "dumpxml",
        header = "write a domain's XML",
        description = "Writes the <domain> document as the domain runs, or as it is defined while it does not run.",
        footer = {"virtkeep dumpxml web1 > web1.xml"})
final class DumpXmlCommand extends DomainCommand {
    @Option(names = "--inactive", description = "as it is defined, also while it runs")
    private boolean inactive;

    @Override
    void run(Domain domain, Output output) {
        output.xml(inactive ? domain.xml(Set.of(XmlFlag.SECURE, XmlFlag.INACTIVE)) : domain.xml());
    }
}
