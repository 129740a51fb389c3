package org.virtkeep.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.virtkeep.transfer.DiskTargets.Format;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/// Tells the parser what a command takes: name, what stands for the value in the help, what it is for, and where the
/// value goes. An option that is not given leaves its field as it is. With annotations there would be less to write,
/// but to read them takes picocli longer than all the rest of a short command.
final class Options {
    private final CommandSpec spec;

    Options(CommandSpec spec) {
        this.spec = spec;
    }

    /// One without a value.
    void flag(String name, String description, Consumer<Boolean> field) {
        add(OptionSpec.builder(name).description(description).type(boolean.class), field);
    }

    void text(String name, String label, String description, Consumer<String> field) {
        add(option(name, label, description, String.class), field);
    }

    void requiredText(String name, String label, String description, Consumer<String> field) {
        add(option(name, label, description, String.class).required(true), field);
    }

    void path(String name, String label, String description, Consumer<Path> field) {
        add(option(name, label, description, Path.class).converters(Path::of), field);
    }

    void number(String name, String label, String description, Consumer<Integer> field) {
        add(option(name, label, description, int.class), field);
    }

    void longNumber(String name, String label, String description, Consumer<Long> field) {
        add(option(name, label, description, long.class), field);
    }

    /// A number of bytes, with or without a unit.
    void size(String name, String label, String description, Consumer<Long> field) {
        add(option(name, label, description, Long.class).converters(new ByteSize()), field);
    }

    void imageFormat(String name, String label, String description, Consumer<Format> field) {
        add(option(name, label, description, Format.class).converters(new ImageFormat()), field);
    }

    /// One that may be given several times.
    void texts(String name, String label, String description, Consumer<List<String>> field) {
        add(list(name, label, description, String.class), field);
    }

    /// As [#texts]; commas part several values at once.
    void listedTexts(String name, String label, String description, Consumer<List<String>> field) {
        add(list(name, label, description, String.class).splitRegex(","), field);
    }

    /// One that must be given, and may be several times.
    void requiredPaths(String name, String label, String description, Consumer<List<Path>> field) {
        add(list(name, label, description, Path.class).converters(Path::of).required(true), field);
    }

    /// `NAME=VALUE`, at least once.
    void requiredPairs(String name, String label, String description, Consumer<Map<String, String>> field) {
        OptionSpec.Builder pairs =
                option(name, label, description, Map.class).auxiliaryTypes(String.class, String.class);
        add(pairs.required(true), field);
    }

    private static OptionSpec.Builder list(String name, String label, String description, Class<?> element) {
        return option(name, label, description, List.class).auxiliaryTypes(element);
    }

    private static OptionSpec.Builder option(String name, String label, String description, Class<?> type) {
        return OptionSpec.builder(name)
                .paramLabel(label)
                .description(description)
                .type(type);
    }

    /// An option with everything but its field.
    <T> void add(OptionSpec.Builder option, Consumer<T> field) {
        var target = new Target<T>(field);
        spec.addOption(option.getter(target).setter(target).build());
    }

    /// A field as the parser sees it: null until the option was given. Before that the parser sets null itself.
    static final class Target<T> implements IGetter, ISetter {
        private final Consumer<T> field;
        private Object value;

        Target(Consumer<T> field) {
            this.field = field;
        }

        @Override
        @SuppressWarnings("unchecked") // the parser keeps to the option's type
        public <V> V get() {
            return (V) value;
        }

        @Override
        @SuppressWarnings("unchecked") // likewise
        public <V> V set(V newer) {
            var older = (V) value;
            value = newer;
            if (newer != null) {
                field.accept((T) newer);
            }
            return older;
        }
    }
}
