package org.virtkeep.qemu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import org.virtkeep.testkit.Await;

/// A job's record and keeper, seen from outside: without a session, which would move the job on.
final class RunningJob {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path record;

    RunningJob(TestDomain vm, int id) {
        this.record = vm.root().folder(vm.domain().name()).jobs().resolve(id + ".json");
    }

    /// `RUNNING`, `ENDING`, `ENDED`.
    String phase() {
        return read().path("phase").asText();
    }

    void awaitPhase(String wanted) {
        Await.until("phase " + wanted + " of " + record, LIMIT, () -> phase().equals(wanted));
    }

    /// Stops the keeper's process, so that it sees and does nothing.
    void stopKeeper() {
        signalKeeper("STOP");
    }

    void continueKeeper() {
        signalKeeper("CONT");
    }

    void killKeeper() {
        signalKeeper("KILL");
        long pid = keeper();
        Await.until(
                "the keeper's end",
                LIMIT,
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    private void signalKeeper(String signal) {
        Shell.run("kill", "-" + signal, Long.toString(keeper()));
    }

    private long keeper() {
        return read().path("keeper").path("pid").asLong();
    }

    private JsonNode read() {
        try {
            return JSON.readTree(record.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
