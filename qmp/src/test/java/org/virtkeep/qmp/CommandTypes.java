package org.virtkeep.qmp;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

/// Finds the public command types of this module among its compiled classes.
final class CommandTypes {

    private CommandTypes() {}

    static Set<Class<?>> all() throws IOException, URISyntaxException {
        Path classes = Path.of(QmpCommand.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("org/virtkeep/qmp");
        var commands = new HashSet<Class<?>>();
        try (Stream<Path> files = Files.list(classes)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.startsWith("package-info")) {
                    addIfCommand(commands, "org.virtkeep.qmp." + name.substring(0, name.length() - 6));
                }
            }
        }
        return commands;
    }

    private static void addIfCommand(Set<Class<?>> commands, String name) {
        try {
            Class<?> type = Class.forName(name);
            if (QmpCommand.class.isAssignableFrom(type) && !type.isInterface() && type.getEnclosingClass() == null) {
                commands.add(type);
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
