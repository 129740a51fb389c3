package org.virtkeep.qemu;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.StandardFolders;
import org.virtkeep.model.VirtException;
import org.virtkeep.qemu.backup.BackupSettings;
import org.virtkeep.qemu.backup.BackupSettings.PushPath;

/// What `qemu:///embed?root=DIR&…` says.
///
/// | parameter | value |
/// | --- | --- |
/// | `root` | the directory that holds all state; absolute. Without it, `/var/lib/virtkeep` for root, and for others
/// `virtkeep` in XDG_STATE_HOME (`~/.local/state`) |
/// | `push` | how a push reads its disks: `auto`, `direct`, `fleeced` |
/// | `pull-idle-minutes` | a pull without a client for so long is given up; 0 for never |
/// | `pull-group` | group whose members may connect to the unix sockets of pulls |
/// | `pull-tls` | folder with the certificate of pulls with `tls='yes'`; absolute |
record RootUri(Path directory, BackupSettings settings) {
    private static final String ROOT = "root";
    private static final String PUSH = "push";
    private static final String PULL_IDLE = "pull-idle-minutes";
    private static final String PULL_TLS = "pull-tls";
    private static final String PULL_GROUP = "pull-group";
    private static final String SPARE_KEEPER = "spare-keeper";

    static boolean isOne(URI uri) {
        return "qemu".equals(uri.getScheme()) && uri.getRawAuthority() == null && "/embed".equals(uri.getPath());
    }

    /// @throws VirtException INVALID_ARG for an unknown parameter or a value that is none of its
    static RootUri parse(URI uri) {
        Map<String, String> parameters = parameters(uri);
        Path directory = Optional.ofNullable(parameters.remove(ROOT))
                .map(text -> absolute(uri, text))
                .orElseGet(() -> StandardFolders.ofProcess().state());
        PushPath push = Optional.ofNullable(parameters.remove(PUSH))
                .map(text -> pushPath(uri, text))
                .orElse(BackupSettings.DEFAULT.pushPath());
        Duration idle = Optional.ofNullable(parameters.remove(PULL_IDLE))
                .map(text -> minutes(uri, text))
                .orElse(BackupSettings.DEFAULT.pullIdleLimit());
        Optional<Path> tls = Optional.ofNullable(parameters.remove(PULL_TLS)).map(text -> absolute(uri, text));
        Optional<String> group = Optional.ofNullable(parameters.remove(PULL_GROUP));
        boolean spare = Optional.ofNullable(parameters.remove(SPARE_KEEPER))
                .map(text -> yesOrNo(uri, text))
                .orElse(BackupSettings.DEFAULT.spareKeeper());
        if (!parameters.isEmpty()) {
            throw invalid(
                    uri,
                    "unknown parameter '%s'; there are '%s', '%s', '%s', '%s', '%s' and '%s'"
                            .formatted(
                                    parameters.keySet().iterator().next(),
                                    ROOT,
                                    PUSH,
                                    PULL_IDLE,
                                    PULL_TLS,
                                    PULL_GROUP,
                                    SPARE_KEEPER));
        }
        return new RootUri(directory, new BackupSettings(idle, push, tls, group, spare));
    }

    private static Map<String, String> parameters(URI uri) {
        var parameters = new LinkedHashMap<String, String>();
        for (String pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(pair.substring(0, equals), decode(pair.substring(equals + 1)));
            } else if (!pair.isEmpty()) {
                throw invalid(uri, "parameter '%s' has no value".formatted(pair));
            }
        }
        return parameters;
    }

    /// A plus sign is one: this is no HTML form.
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Path absolute(URI uri, String text) {
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute()) {
                throw invalid(uri, "'%s' must be an absolute path, such as root=/srv/virtkeep".formatted(text));
            }
            return path;
        } catch (InvalidPathException e) {
            throw invalid(uri, "'%s' is not a path: %s".formatted(text, e.getReason()));
        }
    }

    private static PushPath pushPath(URI uri, String text) {
        return Arrays.stream(PushPath.values())
                .filter(path -> label(path).equals(text))
                .findFirst()
                .orElseThrow(() -> invalid(
                        uri,
                        "'%s' is '%s', but can be %s"
                                .formatted(
                                        PUSH,
                                        text,
                                        Arrays.stream(PushPath.values())
                                                .map(RootUri::label)
                                                .collect(Collectors.joining(", ")))));
    }

    private static String label(PushPath path) {
        return path.name().toLowerCase(Locale.ROOT);
    }

    private static Duration minutes(URI uri, String text) {
        if (!text.matches("[0-9]{1,6}")) {
            throw invalid(uri, "'%s' is '%s', but must be a number of minutes".formatted(PULL_IDLE, text));
        }
        return Duration.ofMinutes(Long.parseLong(text));
    }

    private static boolean yesOrNo(URI uri, String text) {
        return switch (text) {
            case "yes" -> true;
            case "no" -> false;
            default -> throw invalid(uri, "'%s' is '%s', but must be yes or no".formatted(SPARE_KEEPER, text));
        };
    }

    private static VirtException invalid(URI uri, String why) {
        return VirtException.qemu(ErrorCode.INVALID_ARG, "connection URI '%s': %s".formatted(uri, why));
    }
}
