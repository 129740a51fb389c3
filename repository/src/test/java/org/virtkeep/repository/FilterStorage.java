package org.virtkeep.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Passes every call on, after [#before].
abstract class FilterStorage implements Storage {
    private final Storage real;

    FilterStorage(Storage real) {
        this.real = real;
    }

    /// Called before each operation with its kind and the object's name.
    abstract void before(String operation, String name) throws IOException;

    @Override
    public boolean putIfAbsent(String name, ByteBuffer content) throws IOException {
        before("put", name);
        return real.putIfAbsent(name, content);
    }

    @Override
    public void read(String name, long offset, ByteBuffer into) throws IOException {
        before("read", name);
        real.read(name, offset, into);
    }

    @Override
    public OptionalLong size(String name) throws IOException {
        before("size", name);
        return real.size(name);
    }

    @Override
    public void list(String folder, Consumer<StoredObject> visitor) throws IOException {
        before("list", folder);
        real.list(folder, visitor);
    }

    @Override
    public void delete(Collection<String> names) throws IOException {
        for (String name : names) {
            before("delete", name);
        }
        real.delete(names);
    }

    @Override
    public long removeLeftovers() throws IOException {
        return real.removeLeftovers();
    }

    @Override
    public void close() throws IOException {
        real.close();
    }

    @Override
    public String toString() {
        return real.toString();
    }
}
