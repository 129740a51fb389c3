package org.virtkeep.cli;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads sizes such as `4096`, `256KiB`, `256K` or `1.5 GiB`; the units are powers of 1024.
final class ByteSize implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,15}(?:[.][0-9]{1,9})?) ?([kmgtpe]?)(?:i?b)?");
    private static final List<String> UNITS = List.of("", "k", "m", "g", "t", "p", "e");

    @Override
    public Long convert(String text) {
        Matcher size = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new TypeConversionException("'%s' is not a size such as 256KiB or 10GiB".formatted(text));
        }
        double bytes = Double.parseDouble(size.group(1)) * Math.pow(1024, UNITS.indexOf(size.group(2)));
        if (bytes >= Long.MAX_VALUE || bytes != Math.rint(bytes)) {
            throw new TypeConversionException("'%s' is not a whole number of bytes below 8 EiB".formatted(text));
        }
        return (long) bytes;
    }
}
