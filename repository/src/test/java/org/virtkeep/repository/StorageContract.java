package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What every [Storage] promises. A new implementation extends this.
abstract class StorageContract {
    private Storage storage;

    /// Empty storage.
    abstract Storage open() throws IOException;

    private Storage storage() throws IOException {
        if (storage == null) {
            storage = open();
        }
        return storage;
    }

    @AfterEach
    void close() throws IOException {
        storage().close();
        storage().close();
    }

    private static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length);
        for (int value : values) {
            bytes.put((byte) value);
        }
        return bytes.flip();
    }

    @Test
    void whatWasPutIsRead() throws IOException {
        ByteBuffer content = bytes(1, 2, 3, 4, 5);
        assertThat(storage().putIfAbsent("packs/ab/abcd", content)).isTrue();
        assertThat(content.remaining()).isEqualTo(5);
        assertThat(storage().readAll("packs/ab/abcd", 5)).isEqualTo(bytes(1, 2, 3, 4, 5));
        assertThat(storage().size("packs/ab/abcd")).hasValue(5);
    }

    @Test
    void onlyTheBuffersRemainingBytesAreStored() throws IOException {
        storage().putIfAbsent("a", bytes(9, 1, 2, 9).position(1).limit(3));
        storage()
                .putIfAbsent(
                        "direct", ByteBuffer.allocateDirect(3).put((byte) 7).flip());
        assertThat(storage().readAll("a", 100)).isEqualTo(bytes(1, 2));
        assertThat(storage().readAll("direct", 100)).isEqualTo(bytes(7));
    }

    @Test
    void theFirstPutWins() throws IOException {
        assertThat(storage().putIfAbsent("a", bytes(1))).isTrue();
        assertThat(storage().putIfAbsent("a", bytes(2, 2))).isFalse();
        assertThat(storage().readAll("a", 100)).isEqualTo(bytes(1));
    }

    @Test
    void oneOfManyPutsAtOnceWins() throws Exception {
        storage();
        var tasks = new ArrayList<Callable<Boolean>>();
        for (int thread = 0; thread < 8; thread++) {
            int number = thread;
            tasks.add(() -> storage.putIfAbsent("same", bytes(number)));
        }
        int winners = 0;
        try (var pool = Executors.newFixedThreadPool(8)) {
            for (var done : pool.invokeAll(tasks)) {
                winners += done.get() ? 1 : 0;
            }
        }
        assertThat(winners).isEqualTo(1);
    }

    @Test
    void readsRangesAndNeverShort() throws IOException {
        storage().putIfAbsent("a", bytes(1, 2, 3, 4));
        ByteBuffer into = ByteBuffer.allocate(2);
        storage().read("a", 1, into);
        assertThat(into.flip()).isEqualTo(bytes(2, 3));
        assertThatThrownBy(() -> storage().read("a", 3, ByteBuffer.allocate(2)))
                .isInstanceOf(RepositoryException.Corrupt.class);
        assertThatThrownBy(() -> storage().readAll("a", 3)).isInstanceOf(RepositoryException.Corrupt.class);
    }

    @Test
    void whatIsNotThereIsMissing() throws IOException {
        assertThat(storage().size("none")).isEmpty();
        assertThat(storage().size("no/such/folder")).isEmpty();
        assertThatThrownBy(() -> storage().read("none", 0, ByteBuffer.allocate(1)))
                .isInstanceOf(RepositoryException.Missing.class);
        assertThatThrownBy(() -> storage().readAll("no/folder", 1)).isInstanceOf(RepositoryException.Missing.class);
    }

    @Test
    void listsAFolder() throws IOException {
        storage().putIfAbsent("config", bytes(1));
        storage().putIfAbsent("packs/aa/1", bytes(1, 2));
        storage().putIfAbsent("packs/bb/2", bytes(1));
        storage().putIfAbsent("packsnot/3", bytes(1));
        assertThat(list("packs/"))
                .containsExactlyInAnyOrder(new StoredObject("packs/aa/1", 2), new StoredObject("packs/bb/2", 1));
        assertThat(list("")).hasSize(4);
        assertThat(list("none/")).isEmpty();
    }

    private List<StoredObject> list(String folder) throws IOException {
        var objects = new ArrayList<StoredObject>();
        storage().list(folder, objects::add);
        return objects;
    }

    @Test
    void whatWasDeletedIsGoneAndMayComeBack() throws IOException {
        storage().putIfAbsent("x/a", bytes(1));
        storage().putIfAbsent("x/b", bytes(2));
        storage().delete(List.of("x/a", "never/was"));
        assertThat(list("")).containsExactly(new StoredObject("x/b", 1));
        assertThat(storage().putIfAbsent("x/a", bytes(3))).isTrue();
        assertThat(storage().readAll("x/a", 1)).isEqualTo(bytes(3));
    }

    @Test
    void anEmptyObjectIsAnObject() throws IOException {
        storage().putIfAbsent("empty", bytes());
        assertThat(storage().size("empty")).hasValue(0);
        assertThat(storage().readAll("empty", 0).remaining()).isZero();
    }

    @Test
    void leftoversAreNoObjects() throws IOException {
        storage().putIfAbsent("a", bytes(1));
        storage().removeLeftovers();
        assertThat(list("")).containsExactly(new StoredObject("a", 1));
    }
}
