package org.virtkeep.cli;

import java.util.List;
import picocli.CommandLine;

/// Gives the program and its commands help in the shape of a manual page.
final class HelpLayout {
    private static final String PAGE = "page";

    private HelpLayout() {}

    static CommandLine applyTo(CommandLine line) {
        layOut(line);
        line.getSubcommands().values().forEach(HelpLayout::applyTo);
        return line;
    }

    private static void layOut(CommandLine line) {
        line.setHelpSectionKeys(List.of(PAGE));
        line.getHelpSectionMap().put(PAGE, help -> new HelpPage(help.commandSpec()).text());
    }
}
