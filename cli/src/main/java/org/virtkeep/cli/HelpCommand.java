package org.virtkeep.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.UnmatchedArgumentException;

final class HelpCommand extends CliCommand {
    private List<String> command;

    @Override
    Manual manual() {
        return Manual.of("tell how to use the program or one command")
                .description("Shows the manual page of a command, or without an argument a page with all commands.")
                .examples("virtkeep help backup-begin", "    tells all about starting a backup");
    }

    @Override
    void declare(Options options) {
        options.texts("--command", "COMMAND", "the command to explain", words -> command = words);
    }

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
