import Base
import Foundation
import Runtime
import Testing

/// Files that cannot be used are named, with the reason.
@Suite(.timeLimit(.minutes(1)), .enabled(if: TestAuthority.isPossible, "needs openssl"))
struct TLSFilesTests {
    let authority: TestAuthority
    let good: TLSCertificateFiles

    init() throws {
        let shared = try TestAuthority.shared.get()
        (authority, good) = (shared.authority, shared.server)
    }

    private func refusal(_ options: TLSServerOptions) -> String {
        do throws(SystemError) {
            _ = try TLSServerContext(options)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    private func refusal(certificate: String? = nil, key: String? = nil) -> String {
        let files = TLSCertificateFiles(
            certificate: certificate ?? good.certificate, key: key ?? good.key)
        return refusal(TLSServerOptions(certificates: [good, files]))
    }

    @Test func `a file that is not there`() {
        #expect(refusal(certificate: "gone.pem") == "read certificate gone.pem: \(gone)")
        #expect(refusal(key: "gone.key") == "read key gone.key: \(gone)")
    }

    private let gone = "No such file or directory"

    @Test func `a file of something else`() throws {
        let text = try authority.file("text.pem", "nothing\n")
        #expect(
            refusal(certificate: text) == "read certificate \(text): it holds no certificate in PEM"
        )
        #expect(refusal(key: text) == "read key \(text): it holds no private key in PEM")
        #expect(
            refusal(key: good.certificate)
                == "read key \(good.certificate): it holds no private key in PEM")
    }

    @Test func `a certificate that is damaged`() throws {
        let text = try String(contentsOfFile: good.certificate, encoding: .utf8)
        let damaged = try authority.file("damaged.pem", text.replacing("MII", with: "AAA"))
        #expect(refusal(certificate: damaged).hasPrefix("read certificate \(damaged): "))
    }

    @Test func `a key of another certificate, of the same kind or another`() throws {
        let rsa = authority.path("rsa.key")
        try TestAuthority.run(["genrsa", "-out", rsa, "2048"])
        for key in [try authority.issue().key, rsa] {
            #expect(
                refusal(key: key)
                    == "read key \(key): it does not belong to certificate \(good.certificate)")
        }
    }

    @Test func `a key behind a password is refused, nobody is asked for it`() throws {
        let locked = authority.path("locked.key")
        try TestAuthority.run([
            "ec", "-in", good.key, "-aes128", "-passout", "pass:secret", "-out", locked,
        ])
        #expect(
            refusal(key: locked)
                == "read key \(locked): it is protected by a password; give it without")
    }

    @Test func `authorities that cannot be read, or are needed and missing`() throws {
        var options = TLSServerOptions(certificates: [good], clientCertificates: .required)
        #expect(
            refusal(options)
                == "prepare TLS: no file of authorities that vouch for clients")
        options.clientAuthoritiesFile = "gone.pem"
        #expect(refusal(options) == "read authorities gone.pem: \(gone)")
        let text = try authority.file("text.pem", "nothing\n")
        options.clientAuthoritiesFile = text
        #expect(
            refusal(options) == "read authorities \(text): it holds no certificate in PEM")
    }

    @Test func `no certificate at all`() {
        #expect(
            refusal(TLSServerOptions(certificates: []))
                == "prepare TLS: there is no certificate")
    }

    @Test func `the earliest end of all certificates is known`() throws {
        let options = TLSServerOptions(certificates: [good, try authority.issue(days: 1)])
        let expiry = try TLSServerContext(options).earliestExpiry
        let day: Int64 = 86_400_000_000_000
        #expect(abs(expiry.nanoseconds - (Clock.timestamp().nanoseconds + day)) < day / 24)
    }
}
