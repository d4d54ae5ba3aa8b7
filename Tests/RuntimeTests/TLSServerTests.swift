import Base
import Foundation
import Runtime
import Testing

/// Our client against our server over real sockets.
@Suite(.timeLimit(.minutes(2)), .enabled(if: TestAuthority.isPossible, "needs openssl"))
struct TLSServerTests {
    let authority: TestAuthority
    let server: TLSServerOptions
    let client: TLSClientOptions

    init() throws {
        let shared = try TestAuthority.shared.get()
        authority = shared.authority
        server = TLSServerOptions(certificates: [shared.server])
        client = TLSClientOptions(authoritiesFile: authority.certificate)
    }

    private func asking(_ mode: TLSServerOptions.ClientCertificates) -> TLSServerOptions {
        var options = server
        options.clientCertificates = mode
        options.clientAuthoritiesFile = authority.certificate
        return options
    }

    private func client(_ files: TLSCertificateFiles) -> TLSClientOptions {
        var options = client
        options.certificate = files
        return options
    }

    @Test func `bytes go both ways, and both ends know by what they are protected`() async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            let result = await loop.exchange(with: echo.endpoint(client))
            #expect(result.text == "hello")
            #expect(result.reason == nil)
            #expect(try await echo.closed.next == nil)
            let security = try #require(try await echo.opened.next)
            #expect(security.version == "TLSv1.3")
            #expect(security.cipher == "TLS_AES_256_GCM_SHA384")
            #expect(security.peerCertificate == nil)
            #expect(!security.isResumed)
            #expect(result.security?.peerCertificate?.subject == "CN=server,O=Desk")
        }
    }

    @Test func `a stream that expects security takes cleartext, too, byte by byte whole`()
        async throws
    {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            let relay = try await Relay.start(to: echo.address, on: loop, part: 1)
            #expect(await loop.exchange(with: relay).text == "hello")
            #expect(try await echo.opened.next == nil)
            #expect(try await echo.closed.next == nil)
        }
    }

    @Test(arguments: [
        (["h2", "http/1.1"], "h2"), (["http/1.1", "h2"], "h2"), (["http/1.1"], "http/1.1"),
        (["spdy/1", "http/1.1"], "http/1.1"), ([], nil),
    ])
    func `the server chooses h2, then HTTP/1.1, and none for who offers none`(
        _ offered: [String], _ chosen: String?
    ) async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            var client = client
            client.applicationProtocols = offered
            let result = await loop.exchange(with: echo.endpoint(client))
            #expect(result.text == "hello")
            #expect(result.security?.applicationProtocol == chosen)
            #expect(try await echo.opened.next?.applicationProtocol == chosen)
        }
    }

    @Test func `a client without a protocol of ours is told so by an alert`() async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            var client = client
            client.applicationProtocols = ["spdy/1"]
            let result = await loop.exchange(with: echo.endpoint(client))
            #expect("\(result.reason as Any)".contains("alert no application protocol"))
            #expect("\(try await echo.closed.next as Any)".contains("no application protocol"))
        }
    }

    @Test func `a name chooses its certificate, exactly or by wildcard, else the first`()
        async throws
    {
        let options = TLSServerOptions(certificates: [
            try authority.issue("first", names: "DNS:localhost"),
            try authority.issue("wild", names: "DNS:*.desk.example"),
            try authority.issue("exact", names: "DNS:a.desk.example,DNS:b.example"),
        ])
        try await withLoop { loop in
            let echo = try await TLSEcho(options, on: loop)
            for (name, expected) in [
                ("localhost", "first"), ("x.desk.example", "wild"), ("a.desk.example", "exact"),
                ("B.Example", "exact"),
            ] {
                var client = client
                client.serverName = name
                let result = await loop.exchange(with: echo.endpoint(client))
                #expect(result.security?.peerCertificate?.commonName == expected, "\(name)")
                #expect(try await echo.opened.next?.serverName?.lowercased() == name.lowercased())
            }
            var stranger = client
            stranger.serverName = "x.y.desk.example"
            let reason = await loop.exchange(with: echo.endpoint(stranger)).reason
            #expect(
                reason
                    == .insecure(
                        doing: "secure x.y.desk.example",
                        reason: "certificate verify failed: hostname mismatch"))
        }
    }

    @Test func `a server whose authority is unknown is refused, and hears why`() async throws {
        let foreign = try TestAuthority()
        try await withLoop { loop in
            let echo = try await TLSEcho(server, on: loop)
            let result = await loop.exchange(
                with: echo.endpoint(TLSClientOptions(authoritiesFile: foreign.certificate)))
            #expect("\(result.reason as Any)".contains("certificate verify failed"))
            #expect("\(try await echo.closed.next as Any)".contains("alert unknown ca"))
        }
    }

    @Test func `an expired certificate is refused`() async throws {
        let expired = TLSServerOptions(certificates: [try authority.issue(days: -1)])
        try await withLoop { loop in
            let echo = try await TLSEcho(expired, on: loop)
            let result = await loop.exchange(with: echo.endpoint(client))
            #expect(
                result.reason
                    == .insecure(
                        doing: "secure 127.0.0.1",
                        reason: "certificate verify failed: certificate has expired"))
        }
    }

    @Test func `a client that proves who it is is known by all its names`() async throws {
        let names = "DNS:bot-7.desk,URI:spiffe://desk/bot-7,email:bot@desk.example,IP:127.0.0.1"
        let files = try authority.issue("bot-7", names: names)
        try await withLoop { loop in
            for mode in [TLSServerOptions.ClientCertificates.required, .requested] {
                let echo = try await TLSEcho(asking(mode), on: loop)
                let result = await loop.exchange(with: echo.endpoint(client(files)))
                #expect(result.text == "hello")
                let shown = try #require(try await echo.opened.next?.peerCertificate)
                #expect(try #require(shown.expiry) > Clock.timestamp())
                #expect(
                    shown
                        == PeerCertificate(
                            subject: "CN=bot-7,O=Desk", commonName: "bot-7",
                            alternativeNames: [
                                "DNS:bot-7.desk", "URI:spiffe://desk/bot-7",
                                "email:bot@desk.example",
                            ], expiry: shown.expiry))
            }
        }
    }

    @Test func `a client without a certificate is refused where one is required`() async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(asking(.required), on: loop)
            let result = await loop.exchange(with: echo.endpoint(client))
            #expect(result.heard.isEmpty)
            #expect("\(result.reason as Any)".contains("certificate required"))
            #expect("\(try await echo.closed.next as Any)".contains("did not return a certificate"))
        }
    }

    @Test func `a client may stay nameless where a certificate is only requested`() async throws {
        try await withLoop { loop in
            let echo = try await TLSEcho(asking(.requested), on: loop)
            #expect(await loop.exchange(with: echo.endpoint(client)).text == "hello")
            let security = try #require(try await echo.opened.next)
            #expect(security.peerCertificate == nil)
        }
    }

    @Test(arguments: [TLSServerOptions.ClientCertificates.required, .requested])
    func `a client of a foreign authority is refused`(
        _ mode: TLSServerOptions.ClientCertificates
    ) async throws {
        let stranger = try TestAuthority()
        let foreign = try stranger.issue("bot-7")
        try await withLoop { loop in
            let echo = try await TLSEcho(asking(mode), on: loop)
            let result = await loop.exchange(with: echo.endpoint(client(foreign)))
            #expect(result.heard.isEmpty)
            #expect("\(result.reason as Any)".contains("alert unknown ca"))
            #expect("\(try await echo.closed.next as Any)".contains("certificate verify failed"))
        }
        withExtendedLifetime(stranger) {}
    }

    @Test func `a client whose certificate has expired is refused`() async throws {
        let files = try authority.issue("bot-7", days: -1)
        try await withLoop { loop in
            let echo = try await TLSEcho(asking(.required), on: loop)
            let result = await loop.exchange(with: echo.endpoint(client(files)))
            #expect("\(result.reason as Any)".contains("alert certificate expired"))
        }
    }

    @Test func `after a reload new connections meet the new files, living ones go on`()
        async throws
    {
        let (before, after) = (try authority.issue("before"), try authority.issue("after"))
        try await withLoop { loop in
            let echo = try await TLSEcho(TLSServerOptions(certificates: [before]), on: loop)
            let (opened, heard) = (Promise<Confined<ByteStream>>(), Arrivals<[UInt8]>())
            loop.execute {
                let peer = Peer()
                peer.onOpened = { opened.keep(Confined($0, to: loop)) }
                peer.onReceived = { bytes, _ in heard.add(bytes) }
                loop.connect(echo.endpoint(client), peer)
            }
            let living = await opened.value
            try echo.replace(TLSServerOptions(certificates: [after]))
            let fresh = await loop.exchange(with: echo.endpoint(client))
            #expect(fresh.security?.peerCertificate?.commonName == "after")
            loop.execute {
                let stream = living.open()
                stream.output.append("still here")
                stream.flushAtEndOfTurn()
            }
            #expect(try await heard.next == Array("still here".utf8))
        }
    }
}
