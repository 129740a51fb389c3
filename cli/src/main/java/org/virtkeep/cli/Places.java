package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.UnmatchedArgumentException;

/// Which options of a command may be given by place. As in virsh, every argument has a name
/// (`--domain web1 --backupxml full.xml`), the name may be left out, and the words without a name fill, in order,
/// the options that were not named. Immutable.
///
/// @param required options that must be given one way or the other, in order
/// @param optional options that follow, in order
/// @param rest     option that takes all further words
record Places(List<String> required, List<String> optional, Optional<String> rest) {
    Places {
        required = List.copyOf(required);
        optional = List.copyOf(optional);
    }

    /// @param options those that are required
    static Places of(String... options) {
        return new Places(List.of(options), List.of(), Optional.empty());
    }

    Places thenOptional(String... options) {
        return new Places(required, List.of(options), rest);
    }

    Places thenRest(String option) {
        return new Places(required, optional, Optional.of(option));
    }

    /// All of them, in order.
    List<String> all() {
        return Stream.of(required, optional, rest.stream().toList())
                .flatMap(List::stream)
                .toList();
    }

    /// Puts `words` where they belong.
    ///
    /// @throws picocli.CommandLine.ParameterException if something required is missing or a word is left over
    void fill(CommandLine line, List<String> words) {
        Iterator<String> left = words.iterator();
        Stream.concat(required.stream(), optional.stream())
                .map(name -> option(line, name))
                .filter(option -> option.getValue() == null && left.hasNext())
                .forEach(option -> option.setValue(left.next()));
        rest.ifPresent(name -> append(option(line, name), left));
        requireAll(line);
        if (left.hasNext()) {
            throw new UnmatchedArgumentException(line, List.of(left.next()));
        }
    }

    private static void append(OptionSpec option, Iterator<String> words) {
        List<String> values = new ArrayList<>();
        List<String> named = option.getValue();
        if (named != null) {
            values.addAll(named);
        }
        words.forEachRemaining(values::add);
        option.setValue(values);
    }

    private void requireAll(CommandLine line) {
        for (String name : required) {
            OptionSpec option = option(line, name);
            if (option.getValue() == null) {
                throw new MissingParameterException(line, option, "missing " + option.paramLabel());
            }
        }
    }

    private static OptionSpec option(CommandLine line, String name) {
        return line.getCommandSpec().findOption(name);
    }
}
