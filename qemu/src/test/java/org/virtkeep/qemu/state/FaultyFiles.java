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

    public FaultyFiles(Plan plan) {
        this.plan = plan;
    }

    public FaultyFiles(Faults faults) {
        this(faults::step);
    }

    @Override
    public void write(Path file, byte[] content) throws IOException {
        try {
            plan.step("write " + file.getFileName());
        } catch (IOException e) {
            real.write(file, java.util.Arrays.copyOf(content, content.length / 2));
            throw e;
        }
        real.write(file, content);
    }

    @Override
    public void append(Path file, long position, byte[] content) throws IOException {
        try {
            plan.step("append to " + file.getFileName());
        } catch (IOException e) {
            real.append(file, position, java.util.Arrays.copyOf(content, content.length / 2));
            throw e;
        }
        real.append(file, position, content);
    }

    @Override
    public void force(Path fileOrDirectory) throws IOException {
        plan.step("force " + fileOrDirectory.getFileName());
        real.force(fileOrDirectory);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        plan.step("move to " + to.getFileName());
        real.move(from, to);
    }

    @Override
    public boolean delete(Path file) throws IOException {
        plan.step("delete " + file.getFileName());
        return real.delete(file);
    }

    @Override
    public void createDirectory(Path directory) throws IOException {
        plan.step("create directory " + directory.getFileName());
        real.createDirectory(directory);
    }
}
