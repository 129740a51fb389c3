package org.virtkeep.cli;

import org.virtkeep.api.Connection;
import org.virtkeep.api.HostInfo;

final class NodeInfoCommand extends ConnectedCommand {

    @Override
    Manual manual() {
        return Manual.of("tell the host's processors and memory")
                .description(
                        "Writes how many processors of which kind the host has, and how much memory. Sockets are counted per "
                                + "NUMA cell, cores per socket.")
                .examples("virtkeep nodeinfo");
    }

    @Override
    Places places() {
        return Places.of();
    }

    @Override
    void run(Connection connection, Output output) {
        HostInfo host = connection.host();
        if (output.isJson()) {
            output.json(new JsonObject()
                    .put("model", host.model())
                    .put("cpus", host.cpus())
                    .put("megahertz", host.megahertz())
                    .put("nodes", host.nodes())
                    .put("sockets", host.sockets())
                    .put("cores", host.cores())
                    .put("threads", host.threads())
                    .put("memoryKib", host.memoryKib())
                    .put("freeMemoryBytes", host.freeMemoryBytes()));
        } else {
            output.text(new Facts()
                    .add("CPU model", host.model())
                    .add("CPU(s)", Integer.toString(host.cpus()))
                    .add("CPU frequency", host.megahertz() + " MHz")
                    .add("CPU socket(s)", Integer.toString(host.sockets()))
                    .add("Core(s) per socket", Integer.toString(host.cores()))
                    .add("Thread(s) per core", Integer.toString(host.threads()))
                    .add("NUMA cell(s)", Integer.toString(host.nodes()))
                    .add("Memory size", host.memoryKib() + " KiB")
                    .render());
        }
    }
}
