package org.virtkeep.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Disk images, made and looked at with `qemu-img`.
public final class Images {

    private Images() {}

    /// A new qcow2 image. `size` as qemu-img reads it: `64M`.
    public static Path qcow2(Path file, String size, String... options) {
        return create(file, "qcow2", size, options);
    }

    public static Path raw(Path file, String size) {
        return create(file, "raw", size);
    }

    /// A new qcow2 image over `backing`, with its size.
    public static Path overlay(Path file, Path backing, String backingFormat) {
        Tool.run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-b",
                absolute(backing),
                "-F",
                backingFormat,
                absolute(file));
        return file;
    }

    /// A new qcow2 image whose guest data live in the raw file `dataFile`.
    public static Path withDataFile(Path file, Path dataFile, String size) {
        return qcow2(file, size, "data_file=" + absolute(dataFile), "data_file_raw=on");
    }

    /// What `qemu-img info` says, without taking the image's lock.
    public static JsonNode info(Path file) {
        return Json.parse(Tool.run("qemu-img", "info", "-U", "--output=json", absolute(file)));
    }

    /// What `qemu-img map` says: extents with `start`, `length`, `depth`, `zero`, `data`, …
    public static JsonNode map(Path file, String format) {
        return Json.parse(Tool.run("qemu-img", "map", "-U", "--output=json", "-f", format, absolute(file)));
    }

    /// Converts to a new image. `options` as in `-o`.
    public static Path convert(Path from, String fromFormat, Path to, String toFormat, String... options) {
        var command = new ArrayList<>(List.of("qemu-img", "convert", "-U", "-f", fromFormat, "-O", toFormat));
        Arrays.asList(options).forEach(option -> command.addAll(List.of("-o", option)));
        command.addAll(List.of(absolute(from), absolute(to)));
        Tool.run(command);
        return to;
    }

    /// Throws [AssertionError] with qemu-img's words unless both images hold the same guest data.
    public static void requireSame(Path first, String firstFormat, Path second, String secondFormat) {
        Tool.run("qemu-img", "compare", "-U", "-f", firstFormat, "-F", secondFormat, absolute(first), absolute(second));
    }

    /// Throws [AssertionError] if `qemu-img check` finds errors or leaks.
    public static void requireClean(Path qcow2) {
        Tool.run("qemu-img", "check", "-q", "-f", "qcow2", absolute(qcow2));
    }

    /// Changes an image that nobody has open: `Images.io(file, "qcow2", "write -P 0x11 0 1M")`.
    public static void io(Path file, String format, String... commands) {
        var command = new ArrayList<>(List.of("qemu-io", "-f", format));
        Arrays.asList(commands).forEach(each -> command.addAll(List.of("-c", each)));
        command.add(absolute(file));
        String output = Tool.run(command);
        if (output.contains("failed") || output.contains("Pattern verification")) {
            throw new AssertionError("qemu-io on " + file + ": " + output);
        }
    }

    private static Path create(Path file, String format, String size, String... options) {
        var command = new ArrayList<>(List.of("qemu-img", "create", "-q", "-f", format));
        Arrays.asList(options).forEach(option -> command.addAll(List.of("-o", option)));
        command.addAll(List.of(absolute(file), size));
        Tool.run(command);
        return file;
    }

    private static String absolute(Path file) {
        return file.toAbsolutePath().toString();
    }
}
