package org.virtkeep.cli;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// What this program calls itself.
final class Version implements IVersionProvider {

    /// Such as `virtkeep 1.2.0`; the number is the one the module was compiled with.
    static String text() {
        Optional<ModuleDescriptor> module =
                Optional.ofNullable(Version.class.getModule().getDescriptor());
        return "virtkeep "
                + module.flatMap(ModuleDescriptor::rawVersion).orElse("(unknown version: not run from its module)");
    }

    @Override
    public String[] getVersion() {
        return new String[] {text()};
    }
}
