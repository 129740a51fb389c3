package org.virtkeep.qemu.state;

import java.io.IOException;
import java.nio.file.Path;
import org.virtkeep.testkit.Faults;

/// File operations that fail where a plan says so. A write that fails leaves a part of its content behind.
public final class FaultyFiles implements FileOperations {

    /// Decides before each operation.
    @FunctionalInterface
    public interface Plan {
        void step(String operation) throws IOException;
    }

    private final FileOperations real = FileOperations.real();
    private final Plan plan;
    private final Plan afterwards;

    public FaultyFiles(Plan plan) {
        this(plan, _ -> {});
    }

    /// @param afterwards decides after each operation that succeeded
    public FaultyFiles(Plan plan, Plan afterwards) {
        this.plan = plan;
        this.afterwards = afterwards;
    }

    public FaultyFiles(Faults faults) {
        this(faults::step);
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
        String step = "write " + file.getFileName();
        try {
            plan.step(step);
        } catch (IOException e) {
            real.write(file, java.util.Arrays.copyOf(content, content.length / 2));
            throw e;
        }
        real.write(file, content);
        afterwards.step(step);
    }

    @Override
    public void append(Path file, long position, byte[] content) throws IOException {
        String step = "append to " + file.getFileName();
        try {
            plan.step(step);
        } catch (IOException e) {
            real.append(file, position, java.util.Arrays.copyOf(content, content.length / 2));
            throw e;
        }
        real.append(file, position, content);
        afterwards.step(step);
    }

    @Override
    public void create(Path file) throws IOException {
        String step = "create " + file.getFileName();
        plan.step(step);
        real.create(file);
        afterwards.step(step);
    }

    @Override
    public void setLength(Path file, long bytes) throws IOException {
        String step = "set the length of " + file.getFileName();
        plan.step(step);
        real.setLength(file, bytes);
        afterwards.step(step);
    }

    @Override
    public void force(Path fileOrDirectory) throws IOException {
        String step = "force " + fileOrDirectory.getFileName();
        plan.step(step);
        real.force(fileOrDirectory);
        afterwards.step(step);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        String step = "move to " + to.getFileName();
        plan.step(step);
        real.move(from, to);
        afterwards.step(step);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        String step = "delete " + file.getFileName();
        plan.step(step);
        boolean existed = real.delete(file);
        afterwards.step(step);
        return existed;
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        String step = "create directory " + directory.getFileName();
        plan.step(step);
        real.createDirectory(directory);
        afterwards.step(step);
    }
}
