package org.virtkeep.daemon.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `NAME = VALUE` lines; `#` at the start of a line begins a comment. `docs/daemon.md` has the names.
public final class ConfigurationFile {
    private final Path file;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, Object> values = new HashMap<>();

    private ConfigurationFile(Path file) {
        this.file = file;
    }

    /// @throws ConfigurationException if the file cannot be read, or with all mistakes that are in it
    public static Configuration read(Path file) throws ConfigurationException {
        return new ConfigurationFile(file).read();
    }

    private Configuration read() throws ConfigurationException {
        List<String> lines = lines();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                readLine(number, line);
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return new Configuration(values);
    }

    private List<String> lines() throws ConfigurationException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(List.of("%s: there is no such file".formatted(file)));
        } catch (CharacterCodingException e) {
            throw new ConfigurationException(List.of("%s: is not text in UTF-8".formatted(file)));
        } catch (IOException e) {
            throw new ConfigurationException(List.of("%s: cannot be read: %s".formatted(file, e)));
        }
    }

    private void readLine(int number, String line) {
        int equals = line.indexOf('=');
        if (equals < 0) {
            problem(number, "'%s' is not NAME = VALUE".formatted(line));
            return;
        }
        String name = line.substring(0, equals).strip();
        Optional<Setting<?>> setting = find(name);
        if (setting.isEmpty()) {
            problem(number, "there is no setting '%s'".formatted(name));
        } else if (values.containsKey(name)) {
            problem(number, "'%s' is set twice".formatted(name));
        } else {
            readValue(number, setting.get(), unquoted(line.substring(equals + 1).strip()));
        }
    }

    private static Optional<Setting<?>> find(String name) {
        return Settings.ALL.stream()
                .filter(setting -> setting.name().equals(name))
                .<Setting<?>>map(setting -> setting)
                .findFirst();
    }

    /// As in libvirt's files, quotes around a value are not part of it.
    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
        return quoted ? text.substring(1, text.length() - 1) : text;
    }

    private void readValue(int number, Setting<?> setting, String text) {
        try {
            values.put(setting.name(), setting.reader().apply(text));
        } catch (IllegalArgumentException e) {
            problem(number, "%s is '%s', but %s".formatted(setting.name(), text, e.getMessage()));
        }
    }

    private void problem(int number, String what) {
        problems.add("%s:%d: %s".formatted(file, number, what));
    }
}
