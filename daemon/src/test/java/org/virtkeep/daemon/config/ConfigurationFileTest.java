package org.virtkeep.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFileTest {
    @TempDir
    private Path dir;

    private Configuration read(String... lines) throws IOException, ConfigurationException {
        return ConfigurationFile.read(Files.writeString(dir.resolve("c"), String.join("\n", lines)));
    }

    private List<String> problems(String... lines) throws IOException {
        try {
            read(lines);
            return List.of();
        } catch (ConfigurationException e) {
            return e.problems().stream()
                    .map(line -> line.substring(dir.toString().length() + 1))
                    .toList();
        }
    }

    @Test
    void readsEachKindOfValue() throws Exception {
        Configuration configuration = read(
                "# who may come",
                "socket = /run/x/sock",
                "socket-mode = 0660",
                "socket-group = \"backup\"",
                "",
                "tls-listen = [::1]:1234",
                "tls-clients = CN=web*,O=Example; CN=db1",
                "max-clients=7",
                "max-output-per-client = 2 MiB",
                "stall-limit = 90s",
                "pull-idle-limit = 2 h",
                "push = fleeced",
                "log-level = debug");
        assertThat(configuration.get(Settings.SOCKET)).isEqualTo(Path.of("/run/x/sock"));
        assertThat(configuration.get(Settings.SOCKET_MODE)).isEqualTo(0660);
        assertThat(configuration.get(Settings.SOCKET_GROUP)).contains("backup");
        assertThat(configuration.get(Settings.TLS_LISTEN)).contains(new TcpAddress("::1", 1234));
        assertThat(configuration.get(Settings.TLS_CLIENTS)).containsExactly("CN=web*,O=Example", "CN=db1");
        assertThat(configuration.get(Settings.MAX_CLIENTS)).isEqualTo(7);
        assertThat(configuration.get(Settings.MAX_OUTPUT)).isEqualTo(2 << 20);
        assertThat(configuration.get(Settings.STALL_LIMIT)).isEqualTo(Duration.ofSeconds(90));
        assertThat(configuration.get(Settings.PULL_IDLE_LIMIT)).isEqualTo(Duration.ofHours(2));
        assertThat(configuration.get(Settings.PUSH)).isEqualTo(Settings.PushPath.FLEECED);
        assertThat(configuration.get(Settings.LOG_LEVEL)).isEqualTo(Settings.LogLevel.DEBUG);
    }

    @Test
    void whatIsNotSetHasItsStandardValue() throws Exception {
        assertThat(read("socket-ro =").get(Settings.READ_ONLY_SOCKET)).isEqualTo(Optional.empty());
        assertThat(read().get(Settings.MAX_CALLS)).isEqualTo(5);
    }

    @Test
    void tellsEveryMistakeWithItsLine() throws IOException {
        assertThat(problems(
                        "max-clients = 0",
                        "socket = here",
                        "stall-limit = 5",
                        "max-output-per-client = 1 TiB",
                        "push = often",
                        "frobnicate = yes",
                        "just words",
                        "socket-mode = 999",
                        "tls-listen = a b",
                        "keepalive-count = 1",
                        "keepalive-count = 2"))
                .containsExactly(
                        "c:1: max-clients is '0', but must be a number from 1 to 100000",
                        "c:2: socket is 'here', but must be an absolute path",
                        "c:3: stall-limit is '5', but must be a time with its unit (ms, s, min, h), from 1 s to 1 h",
                        "c:4: max-output-per-client is '1 TiB', but must be a size with its unit (B, KiB, MiB, GiB), "
                                + "from 64 KiB to 1 GiB",
                        "c:5: push is 'often', but must be one of auto, direct, fleeced",
                        "c:6: there is no setting 'frobnicate'",
                        "c:7: 'just words' is not NAME = VALUE",
                        "c:8: socket-mode is '999', but must be a file mode in octal, such as 0660",
                        "c:9: tls-listen is 'a b', but must be HOST[:PORT], such as backup1.example.org:16514, [::1] or *",
                        "c:11: 'keepalive-count' is set twice");
    }

    @Test
    void tellsWhatIsWrongWithTheFileItself() throws IOException {
        assertThatThrownBy(() -> ConfigurationFile.read(dir.resolve("none"))).hasMessageContaining("no such file");
        Path binary = Files.write(dir.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThatThrownBy(() -> ConfigurationFile.read(binary)).hasMessageContaining("UTF-8");
    }

    @Test
    void knowsWhatChanged() throws Exception {
        assertThat(read("max-clients = 7").changes(read("max-clients = 8", "push = auto")))
                .isEqualTo(List.of(Settings.MAX_CLIENTS));
    }

    @Test
    void theDocumentHasEverySetting() throws IOException {
        String document = Files.readString(Path.of("../docs/daemon.md"));
        Stream<String> missing =
                Settings.ALL.stream().map(Setting::name).filter(name -> !document.contains("`" + name + "`"));
        assertThat(missing).isEmpty();
    }
}
