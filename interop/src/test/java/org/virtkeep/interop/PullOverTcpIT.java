package org.virtkeep.interop;

/// [PullClientsIT] over TCP, at a port that virtkeep chose.
class PullOverTcpIT extends PullClientsIT {
    @Override
    String request(Requests requests) {
        return requests.pullOverTcp("c1");
    }
}
