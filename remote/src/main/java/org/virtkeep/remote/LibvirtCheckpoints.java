package org.virtkeep.remote;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.virtkeep.api.Checkpoint.XmlFlag;
import org.virtkeep.api.CheckpointFilter;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.rpc.CheckpointMessages;
import org.virtkeep.rpc.CheckpointRef;
import org.virtkeep.rpc.DomainRef;
import org.virtkeep.rpc.LibvirtProgram;

/// What has to be worked out about checkpoints where libvirt's protocol does not say it.
record LibvirtCheckpoints(Link link) {

    /// libvirt does not tell which is the current one: it is taken to be the youngest of those that nothing follows.
    Optional<String> current(DomainRef domain) {
        int leaves = CheckpointFilter.LEAVES.wireValue();
        return link
                .call(LibvirtProgram.DOMAIN_LIST_ALL_CHECKPOINTS, new CheckpointMessages.ListAll(domain, true, leaves))
                .checkpoints()
                .stream()
                .max(Comparator.comparingLong(this::created).thenComparing(CheckpointRef::name))
                .map(CheckpointRef::name);
    }

    private long created(CheckpointRef checkpoint) {
        int flags = Flags.checkpointXml(Set.of(XmlFlag.NO_DOMAIN));
        String xml = link.call(
                LibvirtProgram.DOMAIN_CHECKPOINT_GET_XML_DESC,
                new CheckpointMessages.CheckpointFlags(checkpoint, flags));
        return CheckpointXml.read(xml).creationTime().orElse(0);
    }

    /// One after the other, parents first: libvirt has no call for several. If one is refused, those before it are
    /// known already, and redefining all again does no harm.
    ///
    /// @throws VirtException libvirt's refusal of one; INVALID_ARG for a circle, before anything was redefined
    List<String> redefine(DomainRef domain, List<String> xmls, boolean validate) {
        var flags = validate
                ? Set.of(CheckpointCreateFlag.REDEFINE, CheckpointCreateFlag.REDEFINE_VALIDATE)
                : Set.of(CheckpointCreateFlag.REDEFINE);
        var names = new ArrayList<String>();
        for (String xml : parentsFirst(xmls)) {
            var create = new CheckpointMessages.Create(domain, xml, Flags.checkpointCreate(flags));
            names.add(link.call(LibvirtProgram.DOMAIN_CHECKPOINT_CREATE_XML, create)
                    .name());
        }
        return List.copyOf(names);
    }

    private static List<String> parentsFirst(List<String> xmls) {
        var waiting = new ArrayList<>(xmls.stream().map(CheckpointXml::read).toList());
        var sorted = new ArrayList<String>();
        while (!waiting.isEmpty()) {
            Set<String> names =
                    waiting.stream().flatMap(each -> each.name().stream()).collect(Collectors.toSet());
            List<CheckpointDefinition> next = waiting.stream()
                    .filter(each -> each.parent().filter(names::contains).isEmpty())
                    .toList();
            if (next.isEmpty()) {
                throw new VirtException(
                        ErrorCode.INVALID_ARG,
                        ErrorDomain.DOMAIN_CHECKPOINT,
                        "checkpoints %s follow each other in a circle".formatted(names));
            }
            next.forEach(each -> sorted.add(CheckpointXml.write(each)));
            waiting.removeAll(next);
        }
        return sorted;
    }
}
