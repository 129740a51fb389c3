package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;

class KeyTest {
    private final MemoryStorage storage = new MemoryStorage();
    private final TestDisk disk = new TestDisk("vda", 5 * TestDisk.CHUNK_BYTES);

    private String create() throws IOException {
        try (var repository = Repository.create(storage, TestRepositories.encrypted(), TestRepositories.settings())) {
            Arrays.fill(disk.bytes, (byte) 'x');
            new SplittableRandom(1).nextBytes(disk.bytes);
            return TestRepositories.backUp(repository, disk, Optional.empty()).id();
        }
    }

    private Repository open(Credentials credentials) throws IOException {
        return Repository.open(storage, credentials, TestRepositories.settings());
    }

    @Test
    void aWrongPassphraseOpensNothing() throws IOException {
        create();
        assertThatThrownBy(() -> open(Credentials.passphrase("battery staple")))
                .isInstanceOf(RepositoryException.WrongKey.class);
        assertThatThrownBy(() -> open(Credentials.none()))
                .isInstanceOf(RepositoryException.WrongKey.class)
                .hasMessageContaining("needed");
    }

    @Test
    void aKeyForAnUnencryptedRepositoryIsRefused() throws IOException {
        TestRepositories.create(storage).close();
        assertThatThrownBy(() -> open(TestRepositories.PASSPHRASE)).isInstanceOf(RepositoryException.WrongKey.class);
    }

    @Test
    void keysRotateWithoutTouchingTheData() throws IOException {
        String backup = create();
        var keyFile = new Credentials.KeyFile(Digests.random(64));
        try (Repository repository = open(TestRepositories.PASSPHRASE)) {
            assertThatThrownBy(() -> repository.removeKey(TestRepositories.PASSPHRASE))
                    .isInstanceOf(RepositoryException.Busy.class);
            repository.addKey(keyFile, 100);
            repository.removeKey(TestRepositories.PASSPHRASE);
        }
        assertThatThrownBy(() -> open(TestRepositories.PASSPHRASE)).isInstanceOf(RepositoryException.WrongKey.class);
        try (Repository repository = open(keyFile)) {
            disk.assertRestores(repository, backup);
        }
    }

    @Test
    void neitherContentNorNamesAreReadable() throws IOException {
        create();
        for (var object : storage.objects.entrySet()) {
            String text = new String(object.getValue(), StandardCharsets.ISO_8859_1);
            assertThat(text).as(object.getKey()).doesNotContain("vda").doesNotContain("\"vm\"");
        }
        ContentHash plain = Digests.sha256(ByteBuffer.wrap(disk.bytes, 0, TestDisk.CHUNK_BYTES));
        String everything = String.join(" ", storage.objects.keySet());
        assertThat(everything).doesNotContain(plain.hex());
        storage.objects
                .values()
                .forEach(bytes -> assertThat(indexOf(bytes, plain.bytes())).isNegative());
    }

    private static int indexOf(byte[] bytes, byte[] wanted) {
        for (int at = 0; at + wanted.length <= bytes.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        return -1;
    }

    @Test
    void theConfigurationIsBoundToTheKey() throws IOException {
        create();
        RepositoryConfig config = RepositoryConfig.load(storage);
        var weaker = new RepositoryConfig(config.id(), 128 << 10, true, config.created(), new byte[0]);
        byte[] forged = new byte[weaker.toObject().remaining()];
        weaker.toObject().get(forged);
        storage.objects.put("config", forged);
        assertThatThrownBy(() -> open(TestRepositories.PASSPHRASE)).isInstanceOf(RepositoryException.WrongKey.class);
    }

    @Test
    void sealedSegmentsOpenOnlyWhereTheyWereSealed() throws Exception {
        var cipher = new SegmentCipher();
        var key = Keys.hkdf(new byte[32], new byte[32], new byte[0]);
        for (int length : new int[] {0, 1, 16_383, 16_384, 16_385, 100_000}) {
            byte[] plain = Digests.random(length);
            byte[] sealed = new byte[SegmentCipher.sealedLength(length)];
            byte[] associated = {1, 2};
            assertThat(cipher.seal(key, length, associated, plain, 0, length, sealed))
                    .isEqualTo(sealed.length);
            assertThat(SegmentCipher.plainLength(sealed.length)).isEqualTo(length);
            byte[] opened = new byte[length];
            assertThat(cipher.open(key, length, associated, sealed, 0, sealed.length, opened))
                    .isEqualTo(length);
            assertThat(opened).isEqualTo(plain);
            assertThatThrownBy(() -> cipher.open(key, length + 1, associated, sealed, 0, sealed.length, opened))
                    .isInstanceOf(AEADBadTagException.class);
            assertThatThrownBy(() -> cipher.open(key, length, new byte[] {1}, sealed, 0, sealed.length, opened))
                    .isInstanceOf(AEADBadTagException.class);
        }
    }

    @Test
    void secretsAreNotPrinted() {
        assertThat(TestRepositories.PASSPHRASE.toString()).isEqualTo("***");
        assertThat(new Credentials.KeyFile(new byte[32]).toString()).isEqualTo("***");
    }
}
