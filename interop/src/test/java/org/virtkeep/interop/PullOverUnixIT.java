package org.virtkeep.interop;

/// [PullClientsIT] over a unix socket.
class PullOverUnixIT extends PullClientsIT {
    @Override
    String request(Requests requests) {
        return requests.pull("c1", dir.resolve("pull.sock"));
    }
}
