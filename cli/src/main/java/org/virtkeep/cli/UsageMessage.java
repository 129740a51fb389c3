package org.virtkeep.cli;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Says what is wrong with a command line, and where to read how it is right.
final class UsageMessage {
    private UsageMessage() {}

    static String of(ParameterException e) {
        String fault = stripped(
                switch (e) {
                    case UnmatchedArgumentException unmatched -> unmatched(unmatched);
                    case MissingParameterException missing -> missing(missing);
                    default -> e.getMessage();
                });
        return fault + "; see '" + helpCommand(e.getCommandLine()) + "'";
    }

    private static String unmatched(UnmatchedArgumentException e) {
        String word = e.getUnmatched().isEmpty() ? "" : e.getUnmatched().getFirst();
        boolean atTop = e.getCommandLine().getParent() == null;
        String kind = word.startsWith("-") ? "unknown option" : atTop ? "unknown command" : "one argument too many:";
        List<String> similar = e.getSuggestions();
        String hint = similar.isEmpty() || !(atTop || word.startsWith("-"))
                ? ""
                : ", did you mean '" + similar.getFirst() + "'?";
        return "%s '%s'%s".formatted(kind, word, hint);
    }

    private static String missing(MissingParameterException e) {
        String labels = e.getMissing().stream().map(UsageMessage::label).collect(Collectors.joining(" and "));
        return "command '%s' needs %s".formatted(e.getCommandLine().getCommandName(), labels);
    }

    private static String label(ArgSpec argument) {
        boolean named = argument instanceof OptionSpec option && option.required();
        return named ? ((OptionSpec) argument).longestName() + " " + argument.paramLabel() : argument.paramLabel();
    }

    /// The parser's own messages start in upper case and may end with a full stop.
    private static String stripped(String message) {
        String start = message.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + message.substring(1);
        return start.endsWith(".") ? start.substring(0, start.length() - 1) : start;
    }

    private static String helpCommand(CommandLine line) {
        return line.getParent() == null
                ? line.getCommandName() + " help"
                : line.getParent().getCommandName() + " help " + line.getCommandName();
    }
}
