internal import Base
internal import HTTP1

/// The last words to a client that speaks what the port does not.
enum Refusal {
    /// To HTTP in cleartext where TLS is wanted. HTTP/2 gets the same HTTP/1.1: a GOAWAY needs
    /// SETTINGS before it, after which grpc's clients take the connection for established and come
    /// back at once, thousands of times a second. So they see that this is no HTTP/2, say so, and
    /// wait.
    static func cleartext(to output: OutputBuffer) {
        HTTP1Response(
            status: 400, contentType: "text/plain; charset=utf-8",
            text: "this port speaks TLS only; use https\n"
        ).append(to: output, keepAlive: false)
    }

    /// To a TLS client where there is no TLS: the alert handshake_failure (RFC 8446 §6.2), so that
    /// it does not wait for a hello.
    static func tls(to output: OutputBuffer) {
        output.append([0x15, 3, 1, 0, 2, 2, 40])
    }
}
