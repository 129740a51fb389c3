package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalStorageTest extends StorageContract {
    @TempDir
    Path folder;

    @Override
    Storage open() throws IOException {
        return LocalStorage.create(folder.resolve("deep/repository"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "a/", "../a", "a/../b", "a//b", ".hidden", "staging/x", "a b"})
    void refusesNamesThatCouldLeaveTheFolder(String name) throws IOException {
        try (LocalStorage storage = LocalStorage.create(folder)) {
            assertThatThrownBy(() -> storage.putIfAbsent(name, ByteBuffer.allocate(1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void removesOnlyOldStagedFiles() throws IOException {
        try (LocalStorage storage = LocalStorage.create(folder)) {
            storage.putIfAbsent("a", ByteBuffer.allocate(1));
            Path old = Files.write(folder.resolve("staging/old"), new byte[10]);
            Path young = Files.write(folder.resolve("staging/young"), new byte[10]);
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            assertThat(storage.removeLeftovers()).isEqualTo(10);
            assertThat(old).doesNotExist();
            assertThat(young).exists();
        }
    }

    @Test
    void leavesNothingStaged() throws IOException {
        try (LocalStorage storage = LocalStorage.create(folder)) {
            storage.putIfAbsent("a", ByteBuffer.allocate(1));
            storage.putIfAbsent("a", ByteBuffer.allocate(1));
            assertThat(folder.resolve("staging")).isEmptyDirectory();
        }
    }

    @Test
    void aMissingFolderIsNoStorage() {
        assertThatThrownBy(() -> LocalStorage.open(folder.resolve("none")))
                .isInstanceOf(RepositoryException.Missing.class);
    }
}
