package org.virtkeep.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtkeep.daemon.backups.RepositoryRuns;
import org.virtkeep.repository.LocalStorage;
import org.virtkeep.repository.Repository;
import org.virtkeep.repository.RepositoryOptions;
import org.virtkeep.repository.RepositorySettings;
import org.virtkeep.rpc.Nothing;
import org.virtkeep.rpc.RepositoryBackupMessages.Begin;
import org.virtkeep.rpc.RepositoryBackupMessages.Cancel;
import org.virtkeep.rpc.RepositoryBackupMessages.Folder;
import org.virtkeep.rpc.RepositoryBackupMessages.News;
import org.virtkeep.rpc.RepositoryBackupMessages.Outcome;
import org.virtkeep.rpc.RepositoryBackupMessages.Secret;
import org.virtkeep.rpc.RepositoryBackupMessages.Wait;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcException;
import org.virtkeep.rpc.VirtkeepMessages;
import org.virtkeep.rpc.VirtkeepProgram;
import org.virtkeep.testkit.Await;

/// Who may have the daemon make backups into a repository, how many, and how it tells of them.
@Tag("qemu")
final class RepositoryBackupCallsIT {
    private static final int OBSERVED_MILLIS = 10_000;

    @TempDir
    private Path directory;

    private TestDaemon daemon;
    private RpcClient client;

    @BeforeEach
    void start() throws IOException {
        daemon = TestDaemon.in(directory);
        client = daemon.client();
        Files.createDirectory(directory.resolve("state"));
        var storage = LocalStorage.create(directory.resolve("repo"));
        Repository.create(storage, RepositoryOptions.defaults(), RepositorySettings.defaults())
                .close();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private Folder folder(String name) throws IOException {
        var seen = Files.readAttributes(directory.resolve(name), "unix:dev,ino");
        return new Folder(directory.resolve(name).toString(), (long) seen.get("dev"), (long) seen.get("ino"));
    }

    private Begin request(Folder repository, Secret secret, OptionalLong rate, int parallel, List<String> domains)
            throws IOException {
        return new Begin(
                domains,
                repository,
                secret,
                folder("state"),
                List.of("vda"),
                false,
                false,
                rate,
                Optional.empty(),
                parallel);
    }

    private Begin request(OptionalLong rate, int parallel, List<String> domains) throws IOException {
        return request(folder("repo"), new Secret(0, new byte[0]), rate, parallel, domains);
    }

    private int begin(Begin request) throws RpcException {
        return TestDaemon.call(client, VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, request);
    }

    private News news(int id, long after) throws RpcException {
        return TestDaemon.call(client, VirtkeepProgram.REPOSITORY_BACKUP_WAIT, new Wait(id, after, OBSERVED_MILLIS));
    }

    private List<Outcome> outcomes(int id) throws RpcException {
        var outcomes = new ArrayList<Outcome>();
        long after = 0;
        for (News news = news(id, 0); ; news = news(id, after)) {
            for (var telling : news.tellings()) {
                assertThat(telling.number()).isEqualTo(++after);
                telling.outcome().ifPresent(outcomes::add);
            }
            if (news.ended()) {
                return outcomes;
            }
        }
    }

    private List<String> features(RpcClient asking) throws RpcException {
        return TestDaemon.call(asking, VirtkeepProgram.CONNECT_GET_SERVER, Nothing.NOTHING)
                .features();
    }

    @Test
    void aClientOfTheDaemonsUserMayAndOneThatOnlyReadsMayNot() throws IOException {
        assertThat(features(client)).contains(VirtkeepMessages.Server.REPOSITORY_BACKUPS);
        RpcClient reader = daemon.readOnlyClient();
        assertThat(features(reader)).isEmpty();
        Begin request = request(OptionalLong.empty(), 1, List.of("vm"));
        assertThatThrownBy(() -> TestDaemon.call(reader, VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, request))
                .hasMessageContaining("read only access");
    }

    @Test
    void whatIsWrongIsRefusedBeforeAnythingBegins() throws IOException {
        Begin fine = request(OptionalLong.empty(), 1, List.of("vm"));
        Folder moved = new Folder(fine.repository().path(), fine.repository().device(), 1);
        assertThat(begin(request(moved, fine.secret(), OptionalLong.empty(), 1, List.of("vm"))))
                .isZero();
        assertThatThrownBy(() -> begin(request(OptionalLong.empty(), 65, List.of("vm"))))
                .hasMessageContaining("65 domains at the same time");
        assertThatThrownBy(() -> begin(request(OptionalLong.of(0), 1, List.of("vm"))))
                .hasMessageContaining("a rate of 0 bytes");
        var unknown = new Secret(9, new byte[] {1});
        assertThatThrownBy(() -> begin(request(folder("repo"), unknown, OptionalLong.empty(), 1, List.of("vm"))))
                .hasMessageContaining("unknown kind 9 of a secret");
        assertThatThrownBy(() -> news(77, 0)).hasMessageContaining("no backups with id 77");
        assertThatThrownBy(
                        () -> TestDaemon.call(client, VirtkeepProgram.REPOSITORY_BACKUP_CANCEL, new Cancel(77, "whim")))
                .hasMessageContaining("no backups with id 77");
    }

    @Test
    void moreThanItHasPlacesForAreRefused() throws IOException {
        int places = RepositoryRuns.PLACES;
        Begin tooMany = request(OptionalLong.empty(), places + 1, Collections.nCopies(places + 1, "vm"));
        assertThatThrownBy(() -> begin(tooMany)).hasMessageContaining("has no place for 9 more");
        int id = begin(request(OptionalLong.empty(), places, Collections.nCopies(places + 1, "nosuch")));
        assertThat(outcomes(id))
                .hasSize(places + 1)
                .allMatch(outcome -> outcome.failure().isPresent());
        assertThatThrownBy(() -> news(id, 0)).hasMessageContaining("no backups with id");
    }

    @Test
    void whatIsCancelledSaysSoAndFreesItsPlace() throws IOException {
        daemon.start(client, "vm");
        Begin slow = request(OptionalLong.of(1), RepositoryRuns.PLACES, Collections.nCopies(8, "vm"));
        int id = begin(slow);
        assertThatThrownBy(() -> begin(slow)).hasMessageContaining("has no place for 8 more");
        RpcClient other = daemon.client();
        assertThatThrownBy(() -> TestDaemon.call(other, VirtkeepProgram.REPOSITORY_BACKUP_WAIT, new Wait(id, 0, 0)))
                .hasMessageContaining("no backups with id");
        TestDaemon.call(client, VirtkeepProgram.REPOSITORY_BACKUP_CANCEL, new Cancel(id, "stopped by a test"));
        assertThat(outcomes(id))
                .hasSize(8)
                .extracting(outcome -> outcome.failure().orElseThrow().text())
                .anyMatch(text -> text.contains("the backup was stopped by a test"));
        requirePlaces(client);
    }

    @Test
    void aClientThatGoesAwayCancelsItsBackups() throws IOException {
        daemon.start(client, "vm");
        RpcClient leaving = daemon.client();
        Begin slow = request(OptionalLong.of(1), RepositoryRuns.PLACES, Collections.nCopies(8, "vm"));
        TestDaemon.call(leaving, VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, slow);
        leaving.close();
        requirePlaces(client);
    }

    private void requirePlaces(RpcClient asking) throws IOException {
        Begin all = request(
                OptionalLong.empty(), RepositoryRuns.PLACES, Collections.nCopies(RepositoryRuns.PLACES, "nosuch"));
        Await.until("the places to be free", Duration.ofSeconds(30), () -> {
            try {
                return TestDaemon.call(asking, VirtkeepProgram.REPOSITORY_BACKUP_BEGIN, all) > 0;
            } catch (RpcException.Refused e) {
                assertThat(e).hasMessageContaining("has no place");
                return false;
            }
        });
    }
}
