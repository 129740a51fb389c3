package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.virtkeep.model.CheckpointDisk;

/// Reads `--diskspec`, as virsh has it: `DISK[,checkpoint=bitmap|no][,bitmap=NAME]`. A comma in a value is doubled.
final class DiskSpec {
    private DiskSpec() {}

    /// @throws IllegalArgumentException with what is wrong, for the user
    static CheckpointDisk read(String spec) {
        List<String> parts = split(spec);
        boolean tracked = true;
        Optional<String> bitmap = Optional.empty();
        for (String part : parts.subList(1, parts.size())) {
            switch (part) {
                case "checkpoint=bitmap" -> tracked = true;
                case "checkpoint=no" -> tracked = false;
                case String given
                when given.startsWith("bitmap=") -> bitmap = Optional.of(given.substring("bitmap=".length()));
                default ->
                    throw new IllegalArgumentException(
                            "'%s' in --diskspec '%s' is none of checkpoint=bitmap, checkpoint=no, bitmap=NAME"
                                    .formatted(part, spec));
            }
        }
        if (parts.getFirst().isEmpty()) {
            throw new IllegalArgumentException("--diskspec '%s' does not begin with a disk".formatted(spec));
        }
        return new CheckpointDisk(parts.getFirst(), tracked, bitmap, OptionalLong.empty());
    }

    /// The parts between single commas; a doubled one is part of a part.
    static List<String> split(String spec) {
        List<String> parts = new ArrayList<>();
        var part = new StringBuilder();
        for (int index = 0; index < spec.length(); index++) {
            boolean comma = spec.charAt(index) == ',';
            if (comma && index + 1 < spec.length() && spec.charAt(index + 1) == ',') {
                index++;
                part.append(',');
            } else if (comma) {
                parts.add(part.toString());
                part.setLength(0);
            } else {
                part.append(spec.charAt(index));
            }
        }
        parts.add(part.toString());
        return parts;
    }
}
