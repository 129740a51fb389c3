package org.virtkeep.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtkeep.testkit.Tool;
import org.virtkeep.testkit.Tools;

/// Keys as openssl writes them.
class PemTest {

    @TempDir
    private Path dir;

    private Path openssl(String name, String words) {
        Tools.require("openssl");
        Path file = dir.resolve(name);
        Tool.run("sh", "-c", "cd '%s' && openssl %s".formatted(dir, words.formatted(file)));
        return file;
    }

    @Test
    void isTestedAsAModule() {
        assertThat(Pem.class.getModule().getName()).isEqualTo("org.virtkeep.tls");
    }

    /// certtool, which libvirt's and QEMU's manuals advise, writes these forms.
    @ParameterizedTest
    @CsvSource({
        "genrsa -traditional -out %s 1024, RSA PRIVATE KEY, RSA",
        "genrsa -traditional -out %s 3072, RSA PRIVATE KEY, RSA",
        "ecparam -name prime256v1 -genkey -out %s, EC PRIVATE KEY, EC",
        "ecparam -name secp521r1 -genkey -noout -out %s, EC PRIVATE KEY, EC"
    })
    void olderFormsAreTheSameKeys(String words, String form, String algorithm) throws Exception {
        Path older = openssl("older.pem", words);
        assertThat(older).content().contains("BEGIN " + form);
        Path newer = openssl("newer.pem", "pkcs8 -topk8 -nocrypt -in older.pem -out %s");
        PrivateKey key = Pem.privateKey(older);
        assertThat(key.getAlgorithm()).isEqualTo(algorithm);
        assertThat(numbers(key)).isEqualTo(numbers(Pem.privateKey(newer)));
    }

    private static List<Object> numbers(PrivateKey key) {
        return switch (key) {
            case RSAPrivateCrtKey rsa -> List.of(rsa.getModulus(), rsa.getPrivateExponent(), rsa.getPublicExponent());
            case ECPrivateKey ec -> List.of(ec.getS(), ec.getParams());
            default -> throw new AssertionError(key);
        };
    }

    /// certtool explains a key before it.
    @Test
    void wordsAroundAKeyDoNotMatter() throws Exception {
        Path key = openssl("key.pem", "genrsa -traditional -out %s 1024");
        PrivateKey read = Pem.privateKey(key);
        Files.writeString(key, "Public Key Info: größer\n\n" + Files.readString(key) + "\nend\n");
        assertThat(Pem.privateKey(key)).isEqualTo(read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "genrsa -traditional -aes128 -passout pass:secret -out %s 1024",
                "genrsa -aes128 -passout pass:secret -out %s 1024",
                "dsaparam -genkey -noout -out %s 1024"
            })
    void keysThatNeedMoreAreRefusedWithAWayOut(String words) {
        Path key = openssl("key.pem", words);
        assertThatThrownBy(() -> Pem.privateKey(key)).isInstanceOf(IOException.class);
    }

    @Test
    void aDamagedKeyIsAnErrorAndNothingElse() throws IOException {
        Path key = openssl("key.pem", "ecparam -name prime256v1 -genkey -noout -out %s");
        String whole = Files.readString(key);
        for (int cut = 1; cut < 150; cut += 4) {
            Files.writeString(key, whole.substring(0, 31 + cut) + "\n-----END EC PRIVATE KEY-----\n");
            assertThatThrownBy(() -> Pem.privateKey(key))
                    .as("%d characters", cut)
                    .isInstanceOfAny(IOException.class);
        }
    }
}
