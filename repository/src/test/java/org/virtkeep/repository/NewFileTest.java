package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewFileTest {
    private static final int MIB = 1 << 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4096, MIB - 1, MIB, MIB + 1, MIB + 4095, MIB + 4096, 3 * MIB + 5000})
    void everyLengthIsWrittenWholeFromAlignedMemory(int length) throws IOException {
        ByteBuffer content = filled(UncachedWrites.memory(4 * MIB), 0, length);

        assertThat(written(content)).isEqualTo(bytes(content));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 512, 4095})
    void memoryThatBeginsAnywhereIsWrittenToo(int start) throws IOException {
        ByteBuffer content = filled(UncachedWrites.memory(4 * MIB), start, 2 * MIB + 77);

        assertThat(written(content)).isEqualTo(bytes(content));
    }

    @Test
    void memoryOfTheHeapIsWrittenToo() throws IOException {
        ByteBuffer content = filled(ByteBuffer.allocate(4 * MIB), 0, 3 * MIB + 1);

        assertThat(written(content)).isEqualTo(bytes(content));
    }

    @Test
    void theBufferIsNotMoved() throws IOException {
        ByteBuffer content = filled(UncachedWrites.memory(4 * MIB), 4096, 2 * MIB);

        written(content);

        assertThat(content.position()).isEqualTo(4096);
        assertThat(content.remaining()).isEqualTo(2 * MIB);
    }

    @Test
    void aFileThatExistsIsRefusedAndStays() throws IOException {
        Path file = Files.write(folder.resolve("f"), new byte[] {1, 2, 3});
        ByteBuffer content = filled(UncachedWrites.memory(2 * MIB), 0, 2 * MIB);

        assertThatThrownBy(() -> NewFile.write(file, content)).isInstanceOf(FileAlreadyExistsException.class);

        assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
    }

    private static ByteBuffer filled(ByteBuffer memory, int start, int length) {
        var bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        memory.position(start);
        memory.put(bytes);
        return memory.flip().position(start);
    }

    private byte[] written(ByteBuffer content) throws IOException {
        Path file = folder.resolve("f");
        NewFile.write(file, content);
        return Files.readAllBytes(file);
    }

    private static byte[] bytes(ByteBuffer content) {
        var bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return bytes;
    }
}
