package org.virtkeep.cli;

/// How fast a block job may be.
final class BandwidthOption {
    private static final long MEBIBYTE = 1 << 20;

    private String bandwidth;
    private boolean bytes;

    /// Tells the parser of them.
    void declare(Options options) {
        options.text(
                "--bandwidth",
                "RATE",
                "limit in bytes per second with a unit, such as 50M; without a unit MiB per second; 0 is none",
                word -> bandwidth = word);
        options.flag("--bytes", "a limit without a unit is in bytes per second", given -> bytes = given);
    }

    boolean isGiven() {
        return bandwidth != null;
    }

    boolean inBytes() {
        return bytes;
    }

    /// 0 if none was given.
    ///
    /// @throws picocli.CommandLine.TypeConversionException if it is no rate
    long bytesPerSecond() {
        if (bandwidth == null) {
            return 0;
        }
        long number = new ByteSize().convert(bandwidth);
        return bytes || !bandwidth.matches("[0-9.]+") ? number : Math.multiplyExact(number, MEBIBYTE);
    }
}
