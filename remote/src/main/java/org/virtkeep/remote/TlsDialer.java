package org.virtkeep.remote;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.virtkeep.model.Deadline;
import org.virtkeep.rpc.RpcClient;
import org.virtkeep.rpc.RpcTransport;
import org.virtkeep.tls.TlsFiles;

/// Connects with TLS, shows a client certificate, and checks that the daemon's is of the host that was named and signed
/// by the authority; unless `verified` is false.
///
/// After the handshake the daemon sends one byte of value 1 when it has accepted the certificate; it closes the
/// connection if it has not.
record TlsDialer(String host, int port, PkiFiles files, boolean verified) implements Dialer {
    private static final int DEFAULT_PORT = 16_514;
    private static final int ACCEPTED = 1;

    static TlsDialer of(RemoteUri uri, PkiFiles files) {
        return new TlsDialer(uri.host(), uri.port().orElse(DEFAULT_PORT), files, !uri.isSet("no_verify"));
    }

    @Override
    public RpcClient dial(Deadline deadline) throws IOException {
        Optional<TlsFiles.Identity> identity = Optional.of(files.certificate())
                .filter(Files::exists)
                .map(certificate -> new TlsFiles.Identity(certificate, files.key()));
        var all = new TlsFiles(identity, Optional.of(files.authority()));
        SSLContext context = verified ? all.context() : all.contextForAnyServer();
        var plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(host, port), millis(deadline));
            plain.setTcpNoDelay(true);
            plain.setSoTimeout(millis(deadline));
            SSLSocket secure = secure(context, plain);
            secure.startHandshake();
            if (secure.getInputStream().read() != ACCEPTED) {
                throw new IOException("the daemon does not accept our certificate '%s'".formatted(files.certificate()));
            }
            plain.setSoTimeout(0);
            return RpcClient.over(RpcTransport.of(secure.getInputStream(), secure.getOutputStream(), plain));
        } catch (IOException | RuntimeException e) {
            plain.close();
            throw new IOException("cannot connect to '%s' port %d: %s".formatted(host, port, e.getMessage()), e);
        }
    }

    private SSLSocket secure(SSLContext context, Socket plain) throws IOException {
        var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(TlsFiles.PROTOCOLS.toArray(String[]::new));
        if (verified) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // compares names as browsers do (RFC 2818)
        }
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static int millis(Deadline deadline) {
        return Math.clamp(deadline.remaining().toMillis(), 1, Integer.MAX_VALUE);
    }
}
