package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// [LocalStorage] on a file system that forgets, tears and reorders what was not forced.
class LocalStorageCrashTest extends StorageContract {

    @Override
    Storage open() {
        return new LocalStorage(new VolatileFiles(), "volatile");
    }

    @Test
    void whatWasReportedSurvivesAPowerCutAtEveryOperation() throws IOException {
        boolean cut = true;
        for (int at = 1; cut; at++) {
            for (int seed = 0; seed < 10; seed++) {
                cut = crashAt(at, new SplittableRandom(seed), at + " " + seed);
            }
        }
    }

    private static boolean crashAt(int at, SplittableRandom random, String what) throws IOException {
        var files = new VolatileFiles();
        var storage = new LocalStorage(files, "volatile");
        Map<String, Integer> stored = new HashMap<>();
        Set<String> deleted = new HashSet<>();
        files.cutAt(at);
        try {
            work(storage, stored, deleted);
        } catch (VolatileFiles.PowerCut _) {
            assertThat(files.isCut()).isTrue();
        }
        var after = new LocalStorage(files.afterPowerCut(random), "volatile");
        for (var object : stored.entrySet()) {
            assertThat(after.readAll(object.getKey(), 10_000))
                    .as(what)
                    .isEqualTo(content(object.getKey(), object.getValue()));
        }
        for (String name : deleted) {
            assertThat(after.size(name)).as(what).isEmpty();
        }
        after.list("", object -> assertWhole(after, object, what));
        after.removeLeftovers();
        return files.isCut();
    }

    private static void work(Storage storage, Map<String, Integer> stored, Set<String> deleted) throws IOException {
        for (int number = 0; number < 6; number++) {
            String name = List.of("a", "x/b", "x/y/c", "x/y/d", "z/e", "f").get(number);
            storage.putIfAbsent(name, content(name, 5_000 + number));
            stored.put(name, 5_000 + number);
        }
        stored.remove("a");
        stored.remove("x/y/c");
        storage.delete(List.of("a", "x/y/c"));
        deleted.addAll(List.of("a", "x/y/c"));
        deleted.remove("a");
        storage.putIfAbsent("a", content("a", 5_000));
        stored.put("a", 5_000);
    }

    private static ByteBuffer content(String name, int length) {
        ByteBuffer content = ByteBuffer.allocate(length);
        while (content.hasRemaining()) {
            content.put((byte) (name.hashCode() | 1));
        }
        return content.flip();
    }

    private static void assertWhole(Storage storage, StoredObject object, String what) {
        try {
            ByteBuffer content = storage.readAll(object.name(), 10_000);
            assertThat(content).as(what).isEqualTo(content(object.name(), content.remaining()));
            assertThat(content.remaining()).as(what).isGreaterThanOrEqualTo(5_000);
        } catch (IOException e) {
            throw new AssertionError(what, e);
        }
    }
}
