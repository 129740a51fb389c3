package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointSelectorTest {
    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    private static final BackupInfo FIRST = backup("web", 1, "2026-11-20T10:00:00.500Z", "00000000000000aa");
    private static final BackupInfo SECOND = backup("web", 2, "2026-11-21T10:30:15.250Z", "00000000000000ab");
    private static final BackupInfo THIRD = backup("web", 3, "2026-11-21T10:30:15.750Z", "00000000000000ff");
    private static final BackupInfo OTHER = backup("mail@home", 1, "2026-11-25T00:00:00Z", "0000000000000001");
    private static final BackupList LIST = new BackupList(List.of(OTHER, FIRST, SECOND, THIRD), List.of());

    private static BackupInfo backup(String domain, long sequence, String instant, String tail) {
        Instant time = Instant.parse(instant);
        String id = Manifests.newId(time).substring(0, 17) + tail;
        return new BackupInfo(
                id,
                domain,
                sequence,
                time,
                time,
                Optional.empty(),
                false,
                List.of(),
                Map.of(),
                List.of(),
                List.of(),
                0);
    }

    private static BackupInfo find(String text) throws RepositoryException {
        return PointSelector.parse(text, ZONE).in(LIST);
    }

    @Test
    void takesTheNewestUnlessToldOtherwise() throws RepositoryException {
        assertThat(find("web")).isEqualTo(THIRD);
        assertThat(find("web@latest")).isEqualTo(THIRD);
        assertThat(find("mail@home@latest")).isEqualTo(OTHER);
    }

    @Test
    void takesAnIdOrItsBeginning() throws RepositoryException {
        assertThat(find("web@" + FIRST.id())).isEqualTo(FIRST);
        assertThat(find("web@20261120T100000Z-")).isEqualTo(FIRST);
        assertThat(find("web@20261121T103015Z-00000000000000f")).isEqualTo(THIRD);
        assertThatThrownBy(() -> find("web@20261121T103015Z-"))
                .isInstanceOf(RepositoryException.Missing.class)
                .hasMessageContaining("begins the ids of 2 backups");
        assertThatThrownBy(() -> find("web@" + OTHER.id())).isInstanceOf(RepositoryException.Missing.class);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-20, 1",
        "2026-11-21, 3",
        "2027-01-01, 3",
        "2026-11-20T11:00, 1",
        "2026-11-20T11:00:00, 1",
        "2026-11-21 11:30:15, 3",
        "2026-11-21 11:30:14, 1",
        "2026-11-21T10:30:15.5Z, 2",
        "2026-11-21 10:30:15 +0000, 3",
        "2026-11-21T12:30:15.249+02:00, 1",
    })
    void takesTheNewestThatIsNotLater(String time, long sequence) throws RepositoryException {
        assertThat(find("web@" + time).sequence()).isEqualTo(sequence);
    }

    @Test
    void saysWhatThereIsWhenNothingIsOldEnough() {
        assertThatThrownBy(() -> find("web@2026-11-19"))
                .isInstanceOf(RepositoryException.Missing.class)
                .hasMessageContaining(FIRST.id());
        assertThatThrownBy(() -> find("db"))
                .isInstanceOf(RepositoryException.Missing.class)
                .hasMessage("there is no backup of domain 'db'");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"web@", "web@yesterday", "web@2026-13-01", "web@2026-11-21T25:00", "web@12345678", "@latest"})
    void refusesWhatIsNoPoint(String text) {
        assertThatThrownBy(() -> PointSelector.parse(text, ZONE)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void canBeReadAgain() {
        for (String text : List.of("web@latest", "web@20261121T103015Z-", "a@b@2026-11-21T10:30:15.500Z")) {
            assertThat(PointSelector.parse(text, ZONE)).hasToString(text);
        }
    }
}
