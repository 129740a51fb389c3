package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.UnmatchedArgumentException;

@Command(
        name = "help",
        header = "tell how to use the program or one command",
        description = "Shows the manual page of a command, or without an argument a page with all commands.",
        footer = {"virtkeep help backup-begin", "    tells all about starting a backup"})
final class HelpCommand extends CliCommand {
    @Option(names = "--command", paramLabel = "COMMAND", description = "the command to explain")
    private List<String> command;

    @Override
    Places places() {
        return Places.of().thenRest("--command");
    }

    @Override
    void run(Output output) {
        var explained = new Virtkeep(program().surroundings());
        output.text(Optional.ofNullable(command)
                .filter(words -> !words.isEmpty())
                .map(words -> page(CommandTree.forArguments(explained, words.getFirst()), words))
                .orElseGet(() -> CommandTree.complete(explained).getUsageMessage()));
    }

    private static String page(CommandLine tree, List<String> words) {
        CommandLine explained = tree;
        for (String word : words) {
            CommandLine outer = explained;
            explained = Optional.ofNullable(outer.getSubcommands().get(word))
                    .orElseThrow(() -> new UnmatchedArgumentException(outer, List.of(word)));
        }
        return explained.getUsageMessage();
    }
}
