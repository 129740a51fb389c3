package org.virtkeep.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;

final class CheckpointEditCommand extends CheckpointCommand {

    @Override
    Manual manual() {
        return Manual.of("edit a checkpoint's XML")
                .description(
                        "Opens the <domaincheckpoint> document of a checkpoint in an editor ($VISUAL, $EDITOR or vi), and "
                                + "redefines the checkpoint with what was made of it: another description, parent or time. Its name "
                                + "stays, and so do its bitmaps.")
                .examples("EDITOR=nano virtkeep checkpoint-edit web1 monday");
    }

    @Override
    void run(Domain domain, Checkpoint checkpoint, Output output) {
        String before = checkpoint.xml(Set.of(XmlFlag.SECURE));
        Path file = write(before);
        boolean done = false;
        try {
            edit(file);
            String after =
                    XmlInput.read(file.toString(), program().surroundings().in());
            if (after.equals(before)) {
                output.done("Checkpoint '%s' not changed".formatted(checkpoint.name()), facts(checkpoint, false));
            } else {
                redefine(domain, checkpoint, CheckpointXml.read(after));
                output.done("Checkpoint '%s' edited".formatted(checkpoint.name()), facts(checkpoint, true));
            }
            done = true;
        } finally {
            if (done) {
                delete(file);
            } else {
                output.note("what was edited is in '%s'".formatted(file));
            }
        }
    }

    private static void redefine(Domain domain, Checkpoint checkpoint, CheckpointDefinition edited) {
        if (!edited.name().equals(Optional.of(checkpoint.name()))) {
            throw failure(
                    ErrorCode.INVALID_ARG,
                    "checkpoint '%s' keeps its name; create another one, or undo that".formatted(checkpoint.name()),
                    null);
        }
        domain.checkpointCreate(edited, Set.of(CheckpointCreateFlag.REDEFINE));
    }

    private static JsonObject facts(Checkpoint checkpoint, boolean changed) {
        return new JsonObject().put("checkpoint", checkpoint.name()).put("changed", changed);
    }

    /// Readable by its owner only, for the document may hold passwords.
    private static Path write(String document) {
        try {
            return Files.writeString(Files.createTempFile("virtkeep-checkpoint-", ".xml"), document);
        } catch (IOException e) {
            throw failure(ErrorCode.SYSTEM_ERROR, "a temporary file cannot be written: " + e.getMessage(), e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failure(ErrorCode.SYSTEM_ERROR, "'%s' cannot be deleted: %s".formatted(file, e.getMessage()), e);
        }
    }

    private void edit(Path file) {
        Map<String, String> environment = program().surroundings().environment();
        String editor = environment.getOrDefault("VISUAL", environment.getOrDefault("EDITOR", "vi"));
        try {
            int code = new ProcessBuilder(List.of("sh", "-c", editor + " \"$1\"", "sh", file.toString()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (code != 0) {
                throw failure(
                        ErrorCode.OPERATION_FAILED,
                        "editor '%s' ended with exit code %d".formatted(editor, code),
                        null);
            }
        } catch (IOException e) {
            throw failure(
                    ErrorCode.SYSTEM_ERROR, "editor '%s' cannot be started: %s".formatted(editor, e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure(ErrorCode.OPERATION_ABORTED, "interrupted while editor '%s' ran".formatted(editor), e);
        }
    }

    private static VirtException failure(ErrorCode code, String message, Exception cause) {
        return new VirtException(code, ErrorDomain.NONE, message, cause);
    }
}
