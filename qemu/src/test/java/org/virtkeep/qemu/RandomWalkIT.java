package org.virtkeep.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.testkit.Tools;

/// Everything in any order, against a model: [RandomWalk]. A longer walk: `scripts/random-walk MINUTES [SEED]`.
@Tag("qemu")
class RandomWalkIT {
    private static final int STEPS = 25;
    private static final int STEPS_OF_LONG_WALKS = 120;

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyRestorePointIsRight(long seed) throws IOException {
        Tools.require("nbdcopy");
        walk(seed, STEPS);
    }

    /// New seeds as long as asked for.
    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void everyRestorePointOfLongWalksIsRight() throws IOException {
        Duration asked = Duration.ofMinutes(Long.getLong("virtkeep.walk.minutes", 0));
        long seed = Long.getLong("virtkeep.walk.seed", System.nanoTime());
        for (Instant end = Instant.now().plus(asked); Instant.now().isBefore(end); seed++) {
            walk(seed, STEPS_OF_LONG_WALKS);
        }
    }

    private void walk(long seed, int steps) throws IOException {
        System.out.println("seed " + seed);
        try (var walk = new RandomWalk(Files.createDirectory(dir.resolve("walk" + seed)), seed)) {
            walk.walk(steps);
            walk.requireContents();
            System.out.println("seed " + seed + ": " + walk.summary());
        } catch (AssertionError e) {
            throw new AssertionError("seed " + seed + ", " + steps + " steps: " + e.getMessage(), e);
        }
    }
}
