package org.virtkeep.rpc;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.virtkeep.model.ErrorDomain;

/// The name of libvirt's C function behind a procedure: refusals quote it.
final class ApiName {

    /// Words of procedure names that are not written like others in function names.
    private static final Map<String, String> SPELLINGS = Map.of(
            "XML",
            "XML",
            "XML2",
            "XML2",
            "FSFREEZE",
            "FSFreeze",
            "FSTHAW",
            "FSThaw",
            "FSTRIM",
            "FSTrim",
            "FSINFO",
            "FSInfo");

    private ApiName() {}

    /// As `virDomainDefineXML` for `DOMAIN_DEFINE_XML`. Procedures of our own program have no such function;
    /// they get the name that it would have.
    static String of(Procedure<?, ?> procedure) {
        return Arrays.stream(procedure.name().split("_"))
                .map(word -> SPELLINGS.getOrDefault(
                        word, word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT)))
                .collect(Collectors.joining("", "vir", ""));
    }

    /// The part of libvirt that the function belongs to.
    static ErrorDomain domain(Procedure<?, ?> procedure) {
        if (procedure.name().contains("CHECKPOINT")) {
            return ErrorDomain.DOMAIN_CHECKPOINT;
        }
        return procedure.name().contains("SNAPSHOT") ? ErrorDomain.DOMAIN_SNAPSHOT : ErrorDomain.DOMAIN;
    }
}
