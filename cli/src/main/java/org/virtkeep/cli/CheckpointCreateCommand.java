package org.virtkeep.cli;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.virtkeep.api.Checkpoint;
import org.virtkeep.api.Domain;
import org.virtkeep.api.Domain.CheckpointCreateFlag;
import org.virtkeep.model.CheckpointDefinition;
import org.virtkeep.model.CheckpointXml;

final class CheckpointCreateCommand extends DomainCommand {
    private List<String> xmlFiles = new ArrayList<>();
    private boolean redefine;
    private boolean validate;
    private boolean quiesce;
    private List<CheckpointDefinition> definitions;

    @Override
    Manual manual() {
        return Manual.of("create a checkpoint from XML")
                .description(
                        "Creates a checkpoint from a <domaincheckpoint> document: from now on it is recorded what changes "
                                + "on its disks, and a later backup can be incremental to it. Without a document, all disks that "
                                + "can be written are recorded, and the checkpoint's name is the time. It follows the parent that the "
                                + "document names, or else the current checkpoint.",
                        "With --redefine, makes checkpoints known again whose bitmaps are in the images, from documents that "
                                + "checkpoint-dumpxml wrote: one or many, in any order. The domain need not run.")
                .examples(
                        "virtkeep checkpoint-create web1",
                        "    records from now on what changes on all disks",
                        "virtkeep checkpoint-create web1 monday.xml --quiesce",
                        "    does what the document says, at an instant at which the file systems are clean",
                        "virtkeep checkpoint-create web1 --redefine --redefine-validate saved/*.xml",
                        "    restores the records of all checkpoints, if the images hold them");
    }

    @Override
    void declare(Options options) {
        super.declare(options);
        options.texts(
                "--xmlfile",
                "XMLFILE",
                "file with a <domaincheckpoint> document, - for standard input; several with --redefine",
                words -> xmlFiles = words);
        options.flag(
                "--redefine",
                "its bitmaps exist: make it known again, or replace what is known",
                given -> redefine = given);
        options.flag(
                "--redefine-validate",
                "with --redefine: refuse it if its bitmaps are missing or broken",
                given -> validate = given);
        options.flag(
                "--quiesce",
                "freeze the guest's file systems for the instant, through its agent; they are always thawed",
                given -> quiesce = given);
    }

    @Override
    Places places() {
        return Places.of("--domain").thenRest("--xmlfile");
    }

    @Override
    void check() {
        if (redefine && quiesce) {
            throw usage("options --redefine and --quiesce are mutually exclusive");
        }
        if (validate && !redefine) {
            throw usage("--redefine-validate requires --redefine");
        }
        if (redefine && xmlFiles.isEmpty()) {
            throw usage("--redefine needs XMLFILE");
        }
        if (!redefine && xmlFiles.size() > 1) {
            throw usage("several documents can only be redefined; create checkpoints one by one");
        }
        if (xmlFiles.stream().filter(XmlInput::isStandardInput).count() > 1) {
            throw usage("standard input can be only one of the documents");
        }
        definitions = xmlFiles.stream()
                .map(file -> XmlInput.read(file, program().surroundings().in()))
                .map(CheckpointXml::read)
                .toList();
    }

    @Override
    void run(Domain domain, Output output) {
        if (redefine && definitions.size() > 1) {
            redefineAll(domain, output);
        } else {
            create(domain, definitions.isEmpty() ? byDefault() : definitions.getFirst(), flags(), output);
        }
    }

    private static CheckpointDefinition byDefault() {
        return new CheckpointDefinition(
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private Set<CheckpointCreateFlag> flags() {
        var flags = EnumSet.noneOf(CheckpointCreateFlag.class);
        Chosen.add(flags, redefine, CheckpointCreateFlag.REDEFINE);
        Chosen.add(flags, validate, CheckpointCreateFlag.REDEFINE_VALIDATE);
        Chosen.add(flags, quiesce, CheckpointCreateFlag.QUIESCE);
        return flags;
    }

    private void redefineAll(Domain domain, Output output) {
        List<Checkpoint> redefined = domain.checkpointsRedefine(definitions, validate);
        if (output.isJson()) {
            output.json(redefined.stream()
                    .map(checkpoint -> facts(domain, checkpoint.name()))
                    .toList());
        } else {
            redefined.forEach(checkpoint -> output.done(
                    "Checkpoint '%s' of domain '%s' redefined".formatted(checkpoint.name(), domain.name()),
                    facts(domain, checkpoint.name())));
        }
    }

    static void create(Domain domain, CheckpointDefinition definition, Set<CheckpointCreateFlag> flags, Output output) {
        String name = domain.checkpointCreate(definition, flags).name();
        String done = flags.contains(CheckpointCreateFlag.REDEFINE) ? "redefined" : "created";
        output.done("Checkpoint '%s' of domain '%s' %s".formatted(name, domain.name(), done), facts(domain, name));
    }

    private static JsonObject facts(Domain domain, String name) {
        return new JsonObject().put("domain", domain.name()).put("checkpoint", name);
    }
}
