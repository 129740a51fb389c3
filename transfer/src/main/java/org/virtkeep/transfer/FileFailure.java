package org.virtkeep.transfer;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Optional;
import org.virtkeep.model.ErrorCode;
import org.virtkeep.model.ErrorDomain;
import org.virtkeep.model.VirtException;
import org.virtkeep.repository.RepositoryException;

/// Puts what a repository or the system refused into words and libvirt's numbers.
public final class FileFailure {
    private FileFailure() {}

    /// The failure as the API names it, with its code.
    public static VirtException of(IOException failure) {
        return new VirtException(code(failure), ErrorDomain.STORAGE, message(failure), failure);
    }

    private static ErrorCode code(IOException failure) {
        if (!(failure instanceof RepositoryException refused)) {
            return ErrorCode.SYSTEM_ERROR;
        }
        return switch (refused) {
            case RepositoryException.Missing _ -> ErrorCode.NO_STORAGE_VOL;
            case RepositoryException.Corrupt _ -> ErrorCode.OPERATION_FAILED;
            case RepositoryException.Busy _ -> ErrorCode.RESOURCE_BUSY;
            case RepositoryException.UnsupportedVersion _ -> ErrorCode.NO_SUPPORT;
            case RepositoryException.WrongKey _ -> ErrorCode.AUTH_FAILED;
            case RepositoryException.Cancelled _ -> ErrorCode.OPERATION_ABORTED;
            case RepositoryException.LeaseLost _ -> ErrorCode.OPERATION_ABORTED;
        };
    }

    /// The system's own exceptions have no more than a file's name for a message.
    private static String message(IOException failure) {
        return switch (failure) {
            case NoSuchFileException missing -> "there is no '%s'".formatted(missing.getFile());
            case AccessDeniedException denied -> "permission denied for '%s'".formatted(denied.getFile());
            case FileAlreadyExistsException taken ->
                "'%s' %s"
                        .formatted(
                                taken.getFile(),
                                Optional.ofNullable(taken.getReason()).orElse("exists already"));
            case NotDirectoryException file -> "'%s' is not a folder".formatted(file.getFile());
            case FileSystemException other -> "%s: '%s'".formatted(reason(other), other.getFile());
            default -> reason(failure);
        };
    }

    private static String reason(IOException failure) {
        String found = failure instanceof FileSystemException file ? file.getReason() : failure.getMessage();
        return Optional.ofNullable(found).orElseGet(failure::toString);
    }
}
