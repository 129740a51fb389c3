package org.virtkeep.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The judge as a program.
final class JudgeCommand {

    private static final String BASE = "--base=";

    private JudgeCommand() {}

    /// Gives the exit code: 0 right, 1 wrong, 2 called wrongly.
    static int run(String[] arguments) throws IOException {
        long base = 0;
        var images = new ArrayList<Path>();
        for (String argument : arguments) {
            if (argument.startsWith(BASE)) {
                base = Long.parseLong(argument.substring(BASE.length()));
            } else {
                images.add(Path.of(argument));
            }
        }
        if (images.isEmpty()) {
            System.err.println("usage: judge [--base=BYTES] IMAGE...");
            return 2;
        }
        Path directory = Files.createTempDirectory("virtkeep-judge");
        try {
            Verdict verdict = Judge.judge(asRaw(images, directory), base);
            System.out.println(verdict);
            return verdict.isRight() ? 0 : 1;
        } finally {
            Folders.delete(directory);
        }
    }

    private static List<Path> asRaw(List<Path> images, Path directory) {
        var raw = new ArrayList<Path>();
        for (Path image : images) {
            String format = Images.info(image).path("format").asText();
            raw.add(
                    format.equals("raw")
                            ? image
                            : Images.convert(image, format, directory.resolve(raw.size() + ".raw"), "raw"));
        }
        return raw;
    }
}
