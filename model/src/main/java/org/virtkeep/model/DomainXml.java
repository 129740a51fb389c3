package org.virtkeep.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// `<domain>`: reads the part of libvirt's format that virtkeep can run.
///
/// What would change the machine and is not in that part is refused by its path; what only describes the
/// machine or the host's way of running it is kept in [DomainDefinition#document()]. Which is which is listed
/// in `docs/formats/domain-xml.md`.
public final class DomainXml {
    private static final int MAX_NAME_CHARS = 200; // as part of a file's name, with room for an ending
    private static final Pattern UUID_DIGITS = Pattern.compile("[0-9a-fA-F]{32}");
    private static final int MAX_VCPUS = 4096;
    private static final int MAX_IOTHREADS = 1024;

    private DomainXml() {}

    /// Reads a domain. A missing uuid is made up and written into the document.
    ///
    /// @throws VirtException XML_DETAIL if the text is not well-formed XML, XML_ERROR for another root element
    ///     and for what libvirt would not take either, CONFIG_UNSUPPORTED naming path and value of what
    ///     virtkeep does not support
    public static DomainDefinition read(String document) {
        return read(XmlParser.parse(document));
    }

    /// Reads a domain from an element, such as the one inside a checkpoint; else as [#read(String)].
    public static DomainDefinition read(XmlElement document) {
        return read(XmlDocument.of(document));
    }

    private static DomainDefinition read(XmlDocument document) {
        DomainDefinition domain =
                ElementReader.read(document, "domain", ElementReader.Grammar.SUBSET, DomainXml::domain);
        DomainChecks.check(domain);
        return domain;
    }

    private static DomainDefinition domain(ElementReader root) {
        var type = DomainDefinition.Type.valueOf(
                root.requiredChoice("type", "kvm", "qemu").toUpperCase(Locale.ROOT));
        root.attribute("id");
        root.ignoreChildren("description", "metadata", "seclabel", "resource", "sysinfo");
        String name = root.requiredChild("name", DomainXml::name);
        UUID uuid = root.child("uuid", DomainXml::uuid).orElseGet(UUID::randomUUID);
        long memoryBytes = memory(root);
        int vcpus = root.child("vcpu", DomainXml::vcpus).orElse(1);
        var os = root.requiredChild("os", OsXml::read);
        var switches = new HashMap<String, Boolean>();
        root.ifChild("features", features -> features(features, switches));
        String clock = root.child("clock", offset -> clock(offset, switches)).orElse("utc");
        root.ifChild("pm", pm -> powerManagement(pm, switches));
        var devices = root.child("devices", DevicesXml::read).orElse(DevicesXml.NONE);
        return new DomainDefinition(
                name,
                uuid,
                root.child("title", ElementReader::text).filter(text -> !text.isEmpty()),
                type,
                memoryBytes,
                vcpus,
                os.machine(),
                root.child("cpu", CpuXml::read).orElse(CpuXml.DEFAULT),
                os.boot().devices().isEmpty() ? os.bootFrom(devices.disks()) : os.boot(),
                switches,
                clock,
                lifecycle(root),
                devices.emulator(),
                iothreads(root),
                devices.disks(),
                devices.interfaces(),
                devices.serials(),
                devices.agentChannel(),
                devices.vnc(),
                devices.videoModel(),
                devices.rng(),
                devices.memballoon(),
                completed(root.element(), name, uuid));
    }

    private static String name(ElementReader element) {
        String name = element.text();
        boolean odd = name.chars().anyMatch(c -> c == '/' || Character.isISOControl(c));
        if (odd || name.isBlank() || name.equals(".") || name.equals("..") || name.length() > MAX_NAME_CHARS) {
            throw element.invalid(("a domain's name is '%s', but must have 1 to %d characters, none of them a '/' or a"
                            + " control character, and not be '.' or '..'")
                    .formatted(ElementReader.shown(name), MAX_NAME_CHARS));
        }
        return name;
    }

    private static UUID uuid(ElementReader element) {
        String text = element.text().strip();
        String digits = text.replace("-", "");
        if (!UUID_DIGITS.matcher(digits).matches()) {
            throw element.invalid(
                    "the uuid is '%s', but must have 32 hexadecimal digits".formatted(ElementReader.shown(text)));
        }
        return new UUID(
                Long.parseUnsignedLong(digits.substring(0, 16), 16), Long.parseUnsignedLong(digits.substring(16), 16));
    }

    private static long memory(ElementReader root) {
        long memoryBytes = root.requiredChild("memory", memory -> {
            memory.choice("dumpCore", "on", "off");
            return MemorySize.read(memory);
        });
        root.ifChild("currentMemory", current -> {
            long currentBytes = MemorySize.read(current);
            if (currentBytes != memoryBytes) {
                throw current.unsupported("is %d KiB and memory is %d KiB; supported: both the same"
                        .formatted(currentBytes >> 10, memoryBytes >> 10));
            }
        });
        return memoryBytes;
    }

    private static int vcpus(ElementReader vcpu) {
        vcpu.choice("placement", "static");
        int count = vcpu.numberText(1, MAX_VCPUS);
        vcpu.number("current", 1, MAX_VCPUS).ifPresent(current -> {
            if (current != count) {
                throw vcpu.unsupported("starts with %d of %d vcpus; supported: all of them".formatted(current, count));
            }
        });
        return count;
    }

    private static void features(ElementReader features, Map<String, Boolean> switches) {
        for (String name : List.of("acpi", "apic", "pae")) {
            features.ifChild(name, _ -> switches.put(name, true));
        }
        for (String name : List.of("vmport", "pmu", "smm")) {
            features.ifChild(name, feature -> switches.put(name, isOn(feature, "state", "on", "off")));
        }
    }

    private static String clock(ElementReader clock, Map<String, Boolean> switches) {
        String offset = clock.choice("offset", "utc", "localtime").orElse("utc");
        clock.eachChild("timer", timer -> {
            String name = timer.requiredChoice("name", "rtc", "pit", "hpet");
            if (name.equals("hpet")) {
                switches.put(name, isOn(timer, "present", "yes", "no"));
            } else {
                timer.choice("tickpolicy", "delay", "catchup");
            }
        });
        return offset;
    }

    private static void powerManagement(ElementReader pm, Map<String, Boolean> switches) {
        for (String name : List.of("suspend-to-mem", "suspend-to-disk")) {
            pm.ifChild(name, state -> switches.put(name, isOn(state, "enabled", "yes", "no")));
        }
    }

    private static boolean isOn(ElementReader element, String attribute, String on, String off) {
        return element.choice(attribute, on, off).orElse(on).equals(on);
    }

    private static DomainDefinition.Lifecycle lifecycle(ElementReader root) {
        return new DomainDefinition.Lifecycle(
                action(root, "on_poweroff", "destroy"),
                action(root, "on_reboot", "restart"),
                action(root, "on_crash", "destroy"));
    }

    private static String action(ElementReader root, String event, String otherwise) {
        return root.child(event, element -> element.choiceText("destroy", "restart", "preserve"))
                .orElse(otherwise);
    }

    private static int iothreads(ElementReader root) {
        Optional<Integer> count = root.child("iothreads", element -> element.numberText(0, MAX_IOTHREADS));
        List<Integer> ids = root.child(
                        "iothreadids",
                        list -> list.children("iothread", thread -> {
                            thread.required("id");
                            return thread.number("id", 1, MAX_IOTHREADS).getAsInt();
                        }))
                .orElse(List.of());
        for (int i = 0; i < ids.size(); i++) {
            if (ids.get(i) != i + 1 || ids.size() > count.orElse(ids.size())) {
                throw root.unsupported(
                        "has iothreads with the ids %s; supported: numbered from 1 without a gap".formatted(ids));
            }
        }
        return count.orElse(ids.size());
    }

    /// The document as it is kept: with a uuid behind the name, and without the id of a running domain.
    private static XmlElement completed(XmlElement root, String name, UUID uuid) {
        var children = new ArrayList<XmlElement>();
        for (XmlElement child : root.children()) {
            if (child.name().equals("name")) {
                children.add(XmlElement.of("name", name));
                children.add(XmlElement.of("uuid", uuid.toString()));
            } else if (!child.name().equals("uuid")) {
                children.add(child);
            }
        }
        return root.without("id").withChildren(children);
    }
}
