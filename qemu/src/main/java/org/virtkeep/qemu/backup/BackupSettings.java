package org.virtkeep.qemu.backup;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What a connection's URI says about how its backups are run.
///
/// @param pullIdleLimit a pull that no client is connected to for so long is given up, because its
///     scratch images grow with every block the guest overwrites; zero for never (`pull-idle-minutes`)
/// @param pushPath      how a push reads its disks (`push`)
/// @param pullTls       folder with `server-cert.pem`, `server-key.pem` and `ca-cert.pem` for pulls with `tls='yes'`
///     (`pull-tls`); empty for the first of libvirt's folders that is there
/// @param pullGroup     group whose members may connect to pulls' unix sockets, too (`pull-group`); empty for nobody
///     but the user that serves them
/// @param spareKeeper   after the first job, a keeper waits for the next one (`spare-keeper`): for who lives long
public record BackupSettings(
        Duration pullIdleLimit,
        PushPath pushPath,
        Optional<Path> pullTls,
        Optional<String> pullGroup,
        boolean spareKeeper) {
    /// Where libvirt looks (`backup_tls_x509_cert_dir` and `default_tls_x509_cert_dir` of its qemu.conf).
    private static final List<Path> TLS_FOLDERS = List.of(Path.of("/etc/pki/libvirt-backup"), Path.of("/etc/pki/qemu"));

    /// An hour without a client, and the push's path chosen by its target.
    public static final BackupSettings DEFAULT = new BackupSettings(Duration.ofHours(1), PushPath.AUTO);

    public BackupSettings(Duration pullIdleLimit, PushPath pushPath) {
        this(pullIdleLimit, pushPath, Optional.empty(), Optional.empty(), false);
    }

    /// Where the certificate of a pull's server is.
    Path tlsFolder() {
        return pullTls.or(() -> TLS_FOLDERS.stream().filter(Files::isDirectory).findFirst())
                .orElse(TLS_FOLDERS.getFirst());
    }

    /// How a push reads its disks.
    public enum PushPath {
        /// Directly when the target is a local file system or device, else fleeced.
        AUTO,
        /// The guest's first write to a block waits until the target has its old content: no scratch space
        /// needed, and as fast as the target.
        DIRECT,
        /// Old content goes to a scratch image beside the domain's state, so a slow target cannot slow the
        /// guest.
        FLEECED
    }
}
