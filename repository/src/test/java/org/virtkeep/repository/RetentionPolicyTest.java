package org.virtkeep.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetentionPolicyTest {

    private static List<BackupInfo> backups(String... instants) {
        var backups = new ArrayList<BackupInfo>();
        for (String instant : instants) {
            Instant time = Instant.parse(instant);
            backups.add(new BackupInfo(
                    instant,
                    "vm",
                    backups.size(),
                    time,
                    time,
                    Optional.empty(),
                    false,
                    List.of(),
                    Map.of(),
                    List.of(),
                    List.of(),
                    0));
        }
        return backups;
    }

    @Test
    void withoutRulesEverythingIsKept() {
        assertThat(RetentionPolicy.keepAll().kept(backups("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")))
                .hasSize(2);
    }

    @Test
    void keepsTheNewestOfEachDay() {
        var policy = new RetentionPolicy(0, 0, 2, 0, 0, 0, ZoneOffset.UTC);
        assertThat(policy.kept(backups(
                        "2026-01-01T01:00:00Z",
                        "2026-01-03T01:00:00Z",
                        "2026-01-03T23:00:00Z",
                        "2026-01-09T01:00:00Z",
                        "2026-01-09T02:00:00Z")))
                .containsExactlyInAnyOrder("2026-01-03T23:00:00Z", "2026-01-09T02:00:00Z");
    }

    @Test
    void daysBeginInTheGivenZone() {
        var policy = new RetentionPolicy(0, 0, 9, 0, 0, 0, ZoneId.of("America/New_York"));
        assertThat(policy.kept(backups("2026-01-02T04:00:00Z", "2026-01-02T06:00:00Z")))
                .hasSize(2);
    }

    @Test
    void rulesAddUp() {
        var policy = new RetentionPolicy(1, 2, 0, 2, 2, 2, ZoneOffset.UTC);
        assertThat(policy.kept(backups(
                        "2024-05-05T05:00:00Z",
                        "2025-06-05T05:00:00Z",
                        "2026-01-05T05:00:00Z",
                        "2026-02-02T05:00:00Z",
                        "2026-02-09T05:00:00Z",
                        "2026-02-09T06:00:00Z")))
                .containsExactlyInAnyOrder(
                        "2025-06-05T05:00:00Z",
                        "2026-01-05T05:00:00Z",
                        "2026-02-02T05:00:00Z",
                        "2026-02-09T05:00:00Z",
                        "2026-02-09T06:00:00Z");
    }

    @Test
    void aNegativeRuleIsRefused() {
        assertThatThrownBy(() -> RetentionPolicy.keepLast(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
