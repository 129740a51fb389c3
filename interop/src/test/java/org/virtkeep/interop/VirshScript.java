package org.virtkeep.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.virtkeep.testkit.Await;
import org.virtkeep.testkit.HaltingFirmware;
import org.virtkeep.testkit.Images;

/// Runs `virsh/commands.txt` against one daemon: the same images, documents and commands, whoever
/// answers.
final class VirshScript {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration EAR = Duration.ofMillis(300);
    private static final List<String> DOCUMENTS = List.of(
            "vm",
            "busy",
            "poke",
            "brief",
            "same-uuid",
            "same-name",
            "no-name",
            "cut-off",
            "no-domain",
            "disk",
            "pull",
            "pull-inc",
            "pull-busy",
            "pull-busy2",
            "pull-checkpoint",
            "push",
            "push-inc",
            "push-unknown",
            "push-disk",
            "bad-backup",
            "bad-checkpoint",
            "three",
            "four",
            "redefined");

    private final Virsh virsh;
    private final Path folder;
    private final Masks masks;
    private final Map<String, Virsh.Running> running = new HashMap<>();
    private final SequencedMap<String, Virsh.Result> results = new LinkedHashMap<>();

    private VirshScript(Virsh virsh, Path folder, Masks masks) {
        this.virsh = virsh;
        this.folder = folder;
        this.masks = masks;
    }

    static List<VirshStep> steps() throws IOException {
        return VirshStep.parse(resource("commands.txt").lines().toList());
    }

    /// Runs all of it.
    ///
    /// @param folder where the daemon may write; its name is as long as that of the daemon it is
    ///     compared with, for virsh pads columns
    /// @return what each step gave, masked, by the step's key
    static SequencedMap<String, Virsh.Result> run(Path socket, Path folder) throws IOException {
        prepare(folder);
        var script = new VirshScript(Virsh.of(socket), folder, new Masks(folder, socket));
        try {
            for (VirshStep step : steps()) {
                script.run(step);
            }
        } finally {
            script.running.values().forEach(Virsh.Running::close);
        }
        return script.results;
    }

    private static void prepare(Path folder) throws IOException {
        for (String name : DOCUMENTS) {
            Files.writeString(
                    folder.resolve(name + ".xml"), resource(name + ".xml").replace("DIR", folder.toString()));
        }
        HaltingFirmware.in(folder);
        for (String name : List.of("vda", "vdb", "vdc", "busy", "poke", "brief")) {
            Path image = Images.qcow2(folder.resolve(name + ".qcow2"), "16M");
            Images.io(image, "qcow2", "write -P 0xa1 1M 2M");
            Files.setPosixFilePermissions(image, PosixFilePermissions.fromString("rw-rw-rw-"));
        }
        Files.write(folder.resolve("cd.iso"), new byte[64 * 1024]);
    }

    private void run(VirshStep step) {
        List<String> arguments = step.arguments().stream()
                .map(each -> each.replace("DIR", folder.toString()))
                .toList();
        switch (step.kind()) {
            case RUN -> keep(step, virsh.run(arguments));
            case UNTIL -> keep(step, until(step.label(), arguments));
            case BEGIN -> running.put(step.label(), virsh.start(arguments));
            case LISTEN -> running.put(step.label(), listening(arguments));
            case END -> keep(step, running.remove(step.arguments().getFirst()).end());
            case STOP -> keep(step, stop(running.remove(step.arguments().getFirst()), step.label()));
        }
    }

    private void keep(VirshStep step, Virsh.Result result) {
        results.put(step.key(), masks.mask(result));
    }

    private Virsh.Result until(String text, List<String> arguments) {
        var last = new Virsh.Result[1];
        Await.until(String.join(" ", arguments) + " to print " + text, LIMIT, () -> {
            last[0] = virsh.run(arguments);
            return last[0].out().contains(text) || last[0].exitCode() != 0;
        });
        return last[0];
    }

    /// A listener prints nothing before it hears something. One for a single domain cannot be asked; it
    /// registers as fast as one that can.
    private Virsh.Running listening(List<String> arguments) {
        Virsh.Running listener = virsh.start(arguments);
        try (Virsh.Running probe = virsh.start(List.of("event", "--event", "lifecycle", "--loop"))) {
            poke(probe);
            if (!arguments.contains("--domain")) {
                poke(listener);
            }
        }
        return listener;
    }

    private void poke(Virsh.Running listener) {
        int before = listener.out().length();
        Await.until("a listener to hear", LIMIT, () -> {
            virsh.run("define", folder.resolve("poke.xml").toString());
            virsh.run("undefine", "poke");
            return !listener.isAlive() || hears(listener, before);
        });
    }

    private static boolean hears(Virsh.Running listener, int before) {
        long end = System.nanoTime() + EAR.toNanos();
        while (System.nanoTime() < end) {
            if (listener.out().indexOf("'poke'", before) >= 0) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /// Events come in the order in which things happen, so one that is heard last has all others before
    /// it.
    private Virsh.Result stop(Virsh.Running listener, String last) {
        try (listener) {
            if (!listener.isAlive()) {
                return listener.end();
            }
            if (last.isEmpty()) {
                poke(listener);
            } else {
                Await.until("event " + last, LIMIT, () -> listener.out().contains(last));
            }
            listener.interrupt();
            Virsh.Result result = listener.end();
            String events = result.out()
                    .lines()
                    .filter(line -> line.startsWith("event ") && !line.contains("'poke'"))
                    .sorted()
                    .collect(Collectors.joining("\n"));
            return new Virsh.Result(result.exitCode(), events, result.err());
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = VirshScript.class.getResourceAsStream("/virsh/" + name)) {
            return new String(stream.readAllBytes(), UTF_8);
        }
    }
}
