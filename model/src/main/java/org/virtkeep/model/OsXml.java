package org.virtkeep.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// `<os>` of a domain: the machine and what it starts from.
final class OsXml {
    private static final Pattern MACHINE = Pattern.compile("pc|q35|pc-(i440fx|q35)-[A-Za-z0-9._-]+");

    private OsXml() {}

    record Os(DomainDefinition.Machine machine, DomainDefinition.Boot boot) {

        /// As libvirt: without a word about booting, a domain starts from its first hard disk.
        DomainDefinition.Boot bootFrom(List<DomainDisk> disks) {
            boolean ordered = disks.stream().anyMatch(disk -> disk.bootOrder().isPresent());
            List<String> devices = ordered || boot.kernel().isPresent() ? List.of() : List.of("hd");
            return new DomainDefinition.Boot(
                    boot.kernel(), boot.initrd(), boot.commandLine(), devices, boot.loader(), boot.nvram());
        }
    }

    static Os read(ElementReader os) {
        var machine = os.requiredChild("type", OsXml::machine);
        os.ifChild("smbios", smbios -> smbios.requiredChoice("mode", "emulate"));
        os.ifChild("bootmenu", menu -> menu.requiredChoice("enable", "no"));
        Optional<String> kernel = os.child("kernel", ElementReader::pathText);
        Optional<String> initrd = os.child("initrd", ElementReader::pathText);
        Optional<String> commandLine = os.child("cmdline", ElementReader::text).filter(text -> !text.isEmpty());
        if (kernel.isEmpty() && (initrd.isPresent() || commandLine.isPresent())) {
            throw os.unsupported("has an 'initrd' or 'cmdline' and no 'kernel'; add one");
        }
        List<String> devices = os.children("boot", boot -> boot.requiredChoice("dev", "hd", "cdrom", "network"));
        var loader = os.child("loader", OsXml::loader);
        Optional<String> nvram = os.child("nvram", OsXml::nvram);
        if (loader.filter(Loader::flash).isPresent() != nvram.isPresent()) {
            throw os.unsupported(
                    "needs both a 'loader' of type 'pflash' and an 'nvram', or a 'loader' of type 'rom' alone");
        }
        return new Os(
                machine,
                new DomainDefinition.Boot(kernel, initrd, commandLine, devices, loader.map(Loader::path), nvram));
    }

    private static DomainDefinition.Machine machine(ElementReader type) {
        if (!type.text().strip().equals("hvm")) {
            throw type.unsupported("is '%s'; supported: 'hvm'".formatted(ElementReader.shown(type.text())));
        }
        String arch = type.choice("arch", "x86_64").orElse("x86_64");
        String machine = type.attribute("machine").orElse("pc");
        if (!MACHINE.matcher(machine).matches()) {
            throw type.unsupported("has machine '%s'; supported: 'pc', 'q35' and their versions such as 'pc-q35-7.2'"
                    .formatted(machine));
        }
        return new DomainDefinition.Machine(arch, machine);
    }

    private record Loader(String path, boolean flash) {}

    private static Loader loader(ElementReader loader) {
        boolean flash =
                loader.choice("type", "rom", "pflash").filter("pflash"::equals).isPresent();
        if (flash) {
            loader.choice("readonly", "yes");
        } else {
            loader.choice("readonly", "yes", "no");
        }
        loader.choice("secure", "no");
        loader.choice("stateless", "no");
        loader.choice("format", "raw");
        return new Loader(loader.pathText(), flash);
    }

    /// The template from which a missing variable store is made stays in the document
    /// ([DomainDefinition#nvramTemplate()]).
    private static String nvram(ElementReader nvram) {
        nvram.attribute("template").ifPresent(_ -> nvram.requiredPath("template"));
        nvram.choice("templateFormat", "raw");
        nvram.choice("type", "file");
        nvram.choice("format", "raw");
        return nvram.pathText();
    }
}
