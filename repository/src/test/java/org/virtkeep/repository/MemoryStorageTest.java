package org.virtkeep.repository;

class MemoryStorageTest extends StorageContract {

    @Override
    Storage open() {
        return new MemoryStorage();
    }
}
