package org.virtkeep.cli;

import org.virtkeep.api.Domain;
import picocli.CommandLine.Command;

@Command(
        name = "dumpxml",
        header = "write a domain's XML",
        description = "Writes the <domain> document as the domain runs, or as it is defined while it does not run.",
        footer = {"virtkeep dumpxml web1 > web1.xml"})
final class DumpXmlCommand extends DomainCommand {

    @Override
    void run(Domain domain, Output output) {
        output.xml(domain.xml());
    }
}
