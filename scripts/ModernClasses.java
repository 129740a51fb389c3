import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Brings the classes of jars to a format that the JVM's class cache takes. It leaves out classes in formats before
/// Java 6, which carry no stack maps and are verified slowly at every start; picocli 4 is compiled to Java 5. The
/// code stays the same, stack maps are added. Jars without such classes are not touched.
///
/// `java -cp JAR:… ModernClasses.java JAR…`: the class path lets it find the types that stack maps name.
final class ModernClasses {

    private static final int JAVA_6 = 50;

    private ModernClasses() {}

    public static void main(String[] jars) throws IOException {
        for (String jar : jars) {
            Path path = Path.of(jar);
            if (hasOldClasses(path)) {
                rewrite(path);
            }
        }
    }

    private static boolean hasOldClasses(Path jar) throws IOException {
        try (var zip = new ZipFile(jar.toFile())) {
            return Collections.list(zip.entries()).stream().anyMatch(entry -> isOld(entry, read(zip, entry)));
        }
    }

    private static void rewrite(Path jar) throws IOException {
        Path modern = jar.resolveSibling(jar.getFileName() + ".new");
        try (var from = new ZipFile(jar.toFile());
                OutputStream file = Files.newOutputStream(modern);
                var to = new ZipOutputStream(file)) {
            for (ZipEntry entry : Collections.list(from.entries())) {
                byte[] bytes = read(from, entry);
                to.putNextEntry(new ZipEntry(entry.getName()));
                to.write(isOld(entry, bytes) ? modernized(bytes) : bytes);
                to.closeEntry();
            }
        }
        Files.move(modern, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static boolean isOld(ZipEntry entry, byte[] bytes) {
        int majorVersion = entry.getName().endsWith(".class") ? (bytes[6] & 0xFF) << 8 | bytes[7] & 0xFF : JAVA_6;
        return majorVersion < JAVA_6;
    }

    private static byte[] modernized(byte[] bytes) {
        var format = ClassFile.of(ClassFile.StackMapsOption.GENERATE_STACK_MAPS);
        ClassModel old = format.parse(bytes);
        MethodTransform sameCode = (method, element) -> {
            if (element instanceof CodeModel code) {
                method.transformCode(code, CodeBuilder::with); // built anew, and so with stack maps
            } else {
                method.with(element);
            }
        };
        return format.transformClass(old, (modern, element) -> {
            switch (element) {
                case ClassFileVersion _ -> modern.withVersion(ClassFile.JAVA_8_VERSION, 0);
                case MethodModel method -> modern.transformMethod(method, sameCode);
                default -> modern.with(element);
            }
        });
    }

    private static byte[] read(ZipFile zip, ZipEntry entry) {
        try (var in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
