package org.virtkeep.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// `Bench FOLDER PROGRAM RUNS LARGE_MIB SMALL_MIB [pull|incremental|push|begin|start|repository]...`:
/// measures, and prints Markdown tables. Progress goes to standard error. All files are made in FOLDER.
public final class Bench {
    private static final List<String> ALL = List.of("pull", "incremental", "push", "begin", "start", "repository");

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Path program = Path.of(arguments[1]);
        int runs = Integer.parseInt(arguments[2]);
        List<String> named = List.of(arguments).subList(5, arguments.length);
        Files.createDirectories(folder);
        try (var machine = Machine.start(folder, Long.parseLong(arguments[3]), Long.parseLong(arguments[4]))) {
            var measures = new Measures(machine, program, runs);
            var repository = new RepositoryMeasures(machine, program, runs);
            for (String name : named.isEmpty() ? ALL : named) {
                System.out.print(name.equals("repository") ? repository.all() : measure(measures, name));
            }
        }
    }

    private static String measure(Measures measures, String name) throws IOException {
        return switch (name) {
            case "pull" -> measures.pull();
            case "incremental" -> measures.incremental();
            case "push" -> measures.push();
            case "begin" -> measures.begin();
            case "start" -> measures.start();
            default -> throw new IllegalArgumentException("no measure '%s'; there are %s".formatted(name, ALL));
        };
    }
}
