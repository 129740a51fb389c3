package org.virtkeep.repository;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Which backup a user means: `DOMAIN` or `DOMAIN@POINT`. Immutable.
///
/// POINT is `latest` (as is leaving it out), the id of a backup or its beginning, or a time. A time means the newest
/// backup whose instant is not later. A time without an offset is in the user's time zone; one that is written to the
/// minute or the day means that minute's or day's end, so that the time a list shows finds the backup it stands for.
///
/// A domain's name may have an `@` in it: the last one counts, so such a domain is written with `@latest`.
public record PointSelector(String domain, Point point) {
    private static final Pattern ID = Pattern.compile("[0-9]{8}T[0-9]{6}Z-[0-9a-f]{0,16}");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
    private static final Pattern TIME = Pattern.compile(
            "([0-9-]{10})[T ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?([.][0-9]{1,9})?( ?(Z|[+-][0-9]{2}:?[0-9]{2}))?");

    /// Which of a domain's backups.
    public sealed interface Point {}

    /// The newest one.
    public record Latest() implements Point {}

    /// The one whose id begins so.
    public record Id(String prefix) implements Point {}

    /// The newest one that is not later than `limit`, the end of the day, minute or second that was written; `start` is
    /// its beginning.
    public record At(Instant start, Instant limit) implements Point {}

    /// @throws IllegalArgumentException if the domain is empty
    public PointSelector {
        if (domain.isEmpty()) {
            throw new IllegalArgumentException("no domain is named before the '@'");
        }
    }

    /// Reads what a user wrote.
    ///
    /// @param zone of times that have no offset
    /// @throws IllegalArgumentException if the point is none of the forms; the message is for users
    public static PointSelector parse(String text, ZoneId zone) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            return new PointSelector(text, new Latest());
        }
        return new PointSelector(text.substring(0, at), point(text.substring(at + 1), zone));
    }

    private static Point point(String text, ZoneId zone) {
        if (text.equals("latest")) {
            return new Latest();
        }
        if (ID.matcher(text).matches()) {
            return new Id(text);
        }
        try {
            return at(text, zone);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'%s' is no point in time: write 'latest', a backup's id, or a time such as 2026-11-22 or 2026-11-22T13:30"
                            .formatted(text),
                    e);
        }
    }

    private static At at(String text, ZoneId zone) {
        if (DATE.matcher(text).matches()) {
            LocalDate day = LocalDate.parse(text);
            return new At(
                    day.atStartOfDay(zone).toInstant(),
                    day.plusDays(1).atStartOfDay(zone).toInstant().minusNanos(1));
        }
        var time = TIME.matcher(text);
        if (!time.matches()) {
            throw new DateTimeParseException("not a time", text, 0);
        }
        String seconds = Optional.ofNullable(time.group(3)).orElse("");
        String fraction = Optional.ofNullable(time.group(4)).orElse("");
        String local = time.group(1) + "T" + time.group(2) + seconds + fraction;
        Instant start = instant(local, Optional.ofNullable(time.group(6)), zone);
        if (!fraction.isEmpty()) {
            return new At(start, start);
        }
        return new At(start, start.plusSeconds(seconds.isEmpty() ? 60 : 1).minusNanos(1));
    }

    private static Instant instant(String local, Optional<String> offset, ZoneId zone) {
        return offset.map(text -> OffsetDateTime.of(LocalDateTime.parse(local), offset(text))
                        .toInstant())
                .orElseGet(() -> LocalDateTime.parse(local).atZone(zone).toInstant());
    }

    private static ZoneOffset offset(String text) {
        return DateTimeFormatter.ofPattern(text.contains(":") ? "XXX" : "XX").parse(text, ZoneOffset::from);
    }

    /// The backup that is meant.
    ///
    /// @throws RepositoryException.Missing if there is none, or if several ids begin so
    public BackupInfo in(BackupList list) throws RepositoryException.Missing {
        List<BackupInfo> backups = list.of(domain);
        if (backups.isEmpty()) {
            throw new RepositoryException.Missing("there is no backup of domain '%s'".formatted(domain));
        }
        return switch (point) {
            case Latest() -> backups.getLast();
            case Id(String prefix) -> byId(backups, prefix);
            case At(Instant _, Instant limit) -> byTime(backups, limit);
        };
    }

    private BackupInfo byId(List<BackupInfo> backups, String prefix) throws RepositoryException.Missing {
        List<BackupInfo> found = backups.stream()
                .filter(backup -> backup.id().startsWith(prefix))
                .toList();
        if (found.size() == 1) {
            return found.getFirst();
        }
        throw new RepositoryException.Missing(
                found.isEmpty()
                        ? "there is no backup '%s' of domain '%s'".formatted(prefix, domain)
                        : "'%s' begins the ids of %d backups of domain '%s'; write more of it"
                                .formatted(prefix, found.size(), domain));
    }

    /// Of several backups that stand for one instant, the last in the domain's order.
    private BackupInfo byTime(List<BackupInfo> backups, Instant limit) throws RepositoryException.Missing {
        return backups.stream()
                .filter(backup -> !backup.instant().isAfter(limit))
                .reduce((first, second) -> second.instant().isBefore(first.instant()) ? first : second)
                .orElseThrow(() -> new RepositoryException.Missing(
                        "there is no backup of domain '%s' that is as old as that; the first is '%s'"
                                .formatted(domain, backups.getFirst().id())));
    }

    /// `DOMAIN@POINT`, as it can be read again in UTC.
    @Override
    public String toString() {
        return domain + "@"
                + switch (point) {
                    case Latest() -> "latest";
                    case Id(String prefix) -> prefix;
                    case At(Instant _, Instant limit) -> limit;
                };
    }
}
