package org.virtkeep.repository;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The key slots of an encrypted repository. Stateless between calls.
final class KeyRing {
    private static final String FOLDER = "keys/";

    private final Storage storage;
    private final RepositoryConfig config;

    KeyRing(Storage storage, RepositoryConfig config) {
        this.storage = storage;
        this.config = config;
    }

    /// Stores the data key wrapped for these credentials.
    ///
    /// @return the new slot's name
    String add(byte[] dataKey, Credentials credentials, int iterations) throws IOException {
        if (credentials instanceof Credentials.None) {
            throw new IllegalArgumentException("a key slot needs a passphrase or a key file");
        }
        String name = FOLDER + HexFormat.of().formatHex(Digests.random(8));
        KeySlot.wrap(dataKey, credentials, iterations, config.bound()).store(storage, name, config.id());
        return name;
    }

    /// What a slot gave.
    record Opened(String slot, byte[] dataKey) {}

    /// The data key.
    ///
    /// @throws RepositoryException.WrongKey if no slot opens
    Opened open(Credentials credentials) throws IOException {
        if (credentials instanceof Credentials.None) {
            throw new RepositoryException.WrongKey("the repository is encrypted: its passphrase or key file is needed");
        }
        RepositoryException.Corrupt damaged = null;
        for (String name : slots()) {
            try {
                Optional<byte[]> key = KeySlot.load(storage, name, config.id()).unwrap(credentials, config.bound());
                if (key.isPresent()) {
                    return new Opened(name, key.get());
                }
            } catch (RepositoryException.Corrupt e) {
                damaged = e;
            }
        }
        String why = damaged == null ? "" : "; " + damaged.getMessage();
        throw new RepositoryException.WrongKey("the passphrase or key file opens none of the key slots" + why);
    }

    static String baseName(String slot) {
        return slot.substring(FOLDER.length());
    }

    /// What can be told of the slots; a damaged one is left out.
    ///
    /// @param used the slot that was opened
    List<KeySlotInfo> list(String used) throws IOException {
        var infos = new ArrayList<KeySlotInfo>();
        for (String name : slots()) {
            try {
                KeySlot slot = KeySlot.load(storage, name, config.id());
                infos.add(new KeySlotInfo(baseName(name), slot.isPassphrase(), name.equals(used)));
            } catch (RepositoryException.Missing | RepositoryException.Corrupt _) {
                continue; // removed since it was listed, or told by a check
            }
        }
        return infos;
    }

    List<String> slots() throws IOException {
        var names = new ArrayList<String>();
        storage.list(FOLDER, object -> names.add(object.name()));
        names.sort(null);
        return names;
    }

    void remove(String name) throws IOException {
        storage.delete(List.of(name));
    }
}
