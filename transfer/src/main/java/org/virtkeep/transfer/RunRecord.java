package org.virtkeep.transfer;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import org.virtkeep.model.NbdAddress;

/// What a backup writes down before it asks anything of a domain, so that the next run can clean up
/// after its death.
///
/// @param checkpoint name of the checkpoint that the job makes, if it makes one
/// @param sockets a folder of this run's own, in which the job's NBD socket is: by it the job is
///     recognised
record RunRecord(String domain, Optional<String> checkpoint, Path sockets, Instant began) {

    /// Where the job listens.
    NbdAddress.Unix server() {
        return new NbdAddress.Unix(sockets.resolve("nbd").toString());
    }

    Properties properties() {
        var properties = new Properties();
        properties.setProperty("domain", domain);
        checkpoint.ifPresent(name -> properties.setProperty("checkpoint", name));
        properties.setProperty("sockets", sockets.toString());
        properties.setProperty("began", began.toString());
        return properties;
    }

    /// @throws IllegalArgumentException if something is missing or wrong
    static RunRecord of(Properties properties) {
        try {
            return new RunRecord(
                    required(properties, "domain"),
                    Optional.ofNullable(properties.getProperty("checkpoint")),
                    Path.of(required(properties, "sockets")),
                    Instant.parse(required(properties, "began")));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static String required(Properties properties, String name) {
        String value = properties.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("'%s' is missing".formatted(name));
        }
        return value;
    }
}
