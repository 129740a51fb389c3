package org.virtkeep.cli;

import org.virtkeep.transfer.DiskTargets.Format;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads the name of an image format.
final class ImageFormat implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
        for (Format format : Format.values()) {
            if (format.label().equals(text)) {
                return format;
            }
        }
        throw new TypeConversionException("'%s' is neither qcow2 nor raw".formatted(text));
    }
}
