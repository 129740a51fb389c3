package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/// Objects in memory. Tests may reach into [#objects].
final class MemoryStorage implements Storage {
    final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public boolean putIfAbsent(String name, ByteBuffer content) {
        byte[] bytes = new byte[content.remaining()];
        content.duplicate().get(bytes);
        return objects.putIfAbsent(name, bytes) == null;
    }

    @Override
    public void read(String name, long offset, ByteBuffer into) throws IOException {
        byte[] bytes = objects.get(name);
        if (bytes == null) {
            throw new RepositoryException.Missing("there is no '%s'".formatted(name));
        }
        if (offset + into.remaining() > bytes.length) {
            throw new RepositoryException.Corrupt("'%s' is too short".formatted(name));
        }
        into.put(bytes, (int) offset, into.remaining());
    }

    @Override
    public OptionalLong size(String name) {
        byte[] bytes = objects.get(name);
        return bytes == null ? OptionalLong.empty() : OptionalLong.of(bytes.length);
    }

    @Override
    public void list(String folder, Consumer<StoredObject> visitor) {
        objects.forEach((name, bytes) -> {
            if (name.startsWith(folder)) {
                visitor.accept(new StoredObject(name, bytes.length));
            }
        });
    }

    @Override
    public void delete(Collection<String> names) {
        names.forEach(objects::remove);
    }

    @Override
    public long removeLeftovers() {
        return 0;
    }

    @Override
    public void close() {
        // nothing is held
    }

    /// A copy that shares nothing with this.
    MemoryStorage copy() {
        var copy = new MemoryStorage();
        copy.objects.putAll(objects);
        return copy;
    }

    @Override
    public String toString() {
        return "memory";
    }
}
