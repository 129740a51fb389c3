package org.virtkeep.repository;

import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.IsoFields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// Which backups of a domain a prune keeps: those that any of the rules keeps. Immutable.
///
/// A rule such as `daily = 7` keeps, of each of the last 7 days that have backups, the newest one. A
/// policy without any rule keeps everything.
///
/// @param zone where days and hours begin
public record RetentionPolicy(int last, int hourly, int daily, int weekly, int monthly, int yearly, ZoneId zone) {

    /// @throws IllegalArgumentException if a number is negative
    public RetentionPolicy {
        if (Math.min(Math.min(Math.min(last, hourly), Math.min(daily, weekly)), Math.min(monthly, yearly)) < 0) {
            throw new IllegalArgumentException("a retention rule is negative");
        }
    }

    /// Keeps every backup; a prune then only frees what is garbage.
    public static RetentionPolicy keepAll() {
        return new RetentionPolicy(0, 0, 0, 0, 0, 0, ZoneOffset.UTC);
    }

    /// Keeps the newest `count` backups of each domain.
    public static RetentionPolicy keepLast(int count) {
        return new RetentionPolicy(count, 0, 0, 0, 0, 0, ZoneOffset.UTC);
    }

    private boolean hasRules() {
        return last + hourly + daily + weekly + monthly + yearly > 0;
    }

    /// Ids of the backups to keep.
    ///
    /// @param backups of one domain, oldest first; "newest" goes by this order, whatever the clocks said
    Set<String> kept(List<BackupInfo> backups) {
        Set<String> kept = new HashSet<>();
        if (!hasRules()) {
            backups.forEach(backup -> kept.add(backup.id()));
            return kept;
        }
        keep(backups, last, BackupInfo::id, kept);
        keep(backups, hourly, byTime(time -> time.toLocalDate() + "T" + time.getHour()), kept);
        keep(backups, daily, byTime(time -> time.toLocalDate().toString()), kept);
        keep(backups, weekly, byTime(RetentionPolicy::week), kept);
        keep(backups, monthly, byTime(time -> time.getYear() + "-" + time.getMonthValue()), kept);
        keep(backups, yearly, byTime(time -> String.valueOf(time.getYear())), kept);
        return kept;
    }

    private static String week(ZonedDateTime time) {
        return time.get(IsoFields.WEEK_BASED_YEAR) + "-W" + time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }

    private Function<BackupInfo, String> byTime(Function<ZonedDateTime, String> period) {
        return backup -> period.apply(backup.instant().atZone(zone));
    }

    private static void keep(
            List<BackupInfo> backups, int count, Function<BackupInfo, String> period, Set<String> kept) {
        Set<String> seen = new HashSet<>();
        for (BackupInfo backup : backups.reversed()) {
            if (seen.size() >= count) {
                return;
            }
            if (seen.add(period.apply(backup))) {
                kept.add(backup.id());
            }
        }
    }
}
