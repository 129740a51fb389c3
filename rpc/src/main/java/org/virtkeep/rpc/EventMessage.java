package org.virtkeep.rpc;

/// What a server sends without being asked.
public sealed interface EventMessage permits DomainEvent, ConnectMessages.ConnectionClosed, BackupEnded {}
