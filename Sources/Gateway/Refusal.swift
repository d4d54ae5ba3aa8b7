internal import Base
internal import HTTP1

/// The last words to a client that speaks what the port does not, in that client's own protocol.
enum Refusal {
    private static let wantsTLS = "this port speaks TLS only"

    /// To an HTTP/1.1 request in cleartext.
    static func cleartextHTTP1(to output: OutputBuffer) {
        HTTP1Response(
            status: 400, contentType: "text/plain; charset=utf-8", text: wantsTLS + "; use https\n"
        ).append(to: output, keepAlive: false)
    }

    /// To HTTP/2 in cleartext: the server's preface, which has to come first, and GOAWAY with
    /// INADEQUATE_SECURITY (RFC 9113 §6.8, §7).
    static func cleartextHTTP2(to output: OutputBuffer) {
        let text = Array(wantsTLS.utf8)
        output.append([0, 0, 0, 4, 0, 0, 0, 0, 0])
        output.append([0, 0, UInt8(8 + text.count), 7, 0, 0, 0, 0, 0])
        output.append([0, 0, 0, 0, 0, 0, 0, 12])
        output.append(text)
    }

    /// To a TLS client where there is no TLS: the alert handshake_failure (RFC 8446 §6.2), so that
    /// it does not wait for a hello.
    static func tls(to output: OutputBuffer) {
        output.append([0x15, 3, 1, 0, 2, 2, 40])
    }
}
