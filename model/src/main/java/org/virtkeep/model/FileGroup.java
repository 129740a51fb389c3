package org.virtkeep.model;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/// Gives files, such as sockets, to groups of users. Stateless.
public final class FileGroup {
    private FileGroup() {}

    /// Gives a file, not what it links to, to a group; its mode stays. To a group that one is not in, only root may.
    ///
    /// @param group by its name
    /// @throws IOException with a message that names the group, and nothing is changed
    public static void give(Path file, String group) throws IOException {
        try {
            var groups = file.getFileSystem().getUserPrincipalLookupService();
            Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setGroup(groups.lookupPrincipalByGroupName(group));
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("there is no group '%s'".formatted(group), e);
        } catch (FileSystemException e) {
            throw new IOException("it cannot be given to group '%s': %s".formatted(group, e.getReason()), e);
        }
    }
}
