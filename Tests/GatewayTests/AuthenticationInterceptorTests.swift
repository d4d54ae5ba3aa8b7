import Base
import GRPC
import Identity
import Runtime
import Schema
import Testing

@testable import Gateway

@Suite struct AuthenticationInterceptorTests {
    /// What a stream's handler saw, and its call.
    final class Stream: RPCHandler {
        let call: RPCCall
        var wasCancelled: (() -> Void)?
        init(_ call: RPCCall) { self.call = call }

        /// A message is a new token; the answer is the subject or the reason.
        func receivedMessage(_ message: RawSpan, on call: RPCCall) {
            let answer =
                switch call.caller?.refresh(message.text()) {
                case .success(let principal)?: principal.subject
                case .failure(let error)?: error.reason
                case nil: "nobody"
                }
            Array(answer.utf8).withRawSpan { call.send($0) }
        }
        func receivedEnd(on call: RPCCall) {}
        func cancelled(_ call: RPCCall) { wasCancelled?() }
    }

    /// A server that asks who calls, and its client. Confined to a loop.
    final class Rig {
        let interceptor: AuthenticationInterceptor
        let registry = MetricRegistry()
        let pair: RPCPair
        var stream: Stream?

        init(
            _ loop: EventLoop, _ method: Authenticator.Method, grace: Duration = .zero,
            certificate: PeerCertificate? = nil
        ) {
            var policy = AccessPolicy()
            policy.expiryGrace = grace
            interceptor = AuthenticationInterceptor(
                loop: loop, authenticator: Authenticator(method), policy: policy,
                metrics: registry)
            pair = RPCPair(
                interceptors: [interceptor],
                peer: RPCPeer(address: "test", certificate: certificate))
            for path in [
                AuthenticationInterceptorTests.stream, "/grpc.channelz.v1.Channelz/GetServers",
                "/some.Service/Method", "/penstock.v1.MarketData/GetSnapshot",
            ] {
                pair.router.register(path) { [unowned self] call in
                    let fresh = Stream(call)
                    stream = fresh
                    return fresh
                }
            }
        }

        func call(
            _ path: String = AuthenticationInterceptorTests.stream, token: String? = nil
        ) -> RPCReply {
            var metadata = Metadata()
            if let token { metadata.add("authorization", "Bearer \(token)") }
            return pair.call(path, [], halfClose: false, metadata: metadata)
        }

        func send(_ text: String, on reply: RPCReply) -> String {
            _ = Array(text.utf8).withRawSpan { reply.call!.send($0) }
            pair.exchange()
            return String(decoding: reply.messages.last ?? [], as: UTF8.self)
        }
    }

    static let stream = "/penstock.v1.MarketData/Session"
    static let (first, second, other) = (
        "a-first-token-16", "a-second-token-16", "someone-elses-16"
    )

    static func store(_ entries: String...) throws -> Authenticator.Method {
        let text = #"{"tokens":[\#(entries.joined(separator: ","))]}"#
        return .token(try TokenStore(parsing: Array(text.utf8)))
    }

    static func entry(
        _ token: String, subject: String = "ada", topics: String = "tick:**",
        roles: String = #"["viewer"]"#, expires: Double? = nil
    ) -> String {
        let expiry = expires.map { ",\"expires\":\($0)" } ?? ""
        return #"{"subject":"\#(subject)","token":"\#(token)","roles":\#(roles),"#
            + #""topics":["\#(topics)"]\#(expiry)}"#
    }

    static func seconds(fromNow seconds: Double) -> Double {
        Double(Clock.timestamp().nanoseconds) / 1e9 + seconds
    }

    /// Runs a test on a loop of its own.
    func onLoop(_ body: @escaping @Sendable (EventLoop) throws -> Void) async throws {
        let loop = try EventLoop(name: "auth-test")
        let outcome = await Result { try await loop.run { try body(loop) } }
        await loop.stop()
        try outcome.get()
    }

    @Test func `a caller without credentials meets no handler`() async throws {
        try await onLoop { loop in
            let rig = Rig(loop, try Self.store(Self.entry(Self.first)))
            let reply = rig.call()
            #expect(reply.status?.code == .unauthenticated)
            #expect(reply.status?.reason == "TOKEN_MISSING")
            #expect(rig.stream == nil)
            #expect(rig.interceptor.livingCount == 0)
            let text = rig.registry.prometheusText()
            #expect(text.contains("penstock_auth_refusals_total{reason=\"TOKEN_MISSING\"} 1\n"))
        }
    }

    @Test func `a handler knows who calls and what they may have`() async throws {
        try await onLoop { loop in
            let rig = Rig(loop, try Self.store(Self.entry(Self.first, topics: "book:*:*:50")))
            #expect(rig.call(token: Self.first).status == nil)
            let caller = rig.stream?.call.caller
            #expect(caller?.principal.subject == "ada")
            #expect(caller?.topicAllowed("book:binance:BTC/USDT") == true)
            #expect(caller?.topicAllowed("book:binance:BTC/USDT:50") == true)
            #expect(caller?.topicAllowed("book:binance:BTC/USDT:10") == false)
            #expect(caller?.topicAllowed("tick:binance:BTC/USDT") == false)
            #expect(caller?.topicAllowed("book::") == false)
        }
    }

    @Test func `a method that needs more than the caller's roles is denied`() async throws {
        try await onLoop { loop in
            let rig = Rig(loop, try Self.store(Self.entry(Self.first)))
            let reply = rig.call("/grpc.channelz.v1.Channelz/GetServers", token: Self.first)
            #expect(reply.status?.code == .permissionDenied)
            let unlisted = rig.call("/some.Service/Method", token: Self.first)
            #expect(unlisted.status?.code == .unimplemented)
            #expect(rig.call("/some.Service/Method").status?.code == .unauthenticated)
            #expect(rig.stream == nil)
        }
    }

    @Test func `a refresh within a call changes what the caller may have`() async throws {
        try await onLoop { loop in
            let later = Self.seconds(fromNow: 60)
            let rig = Rig(
                loop,
                try Self.store(
                    Self.entry(Self.first),
                    Self.entry(Self.second, topics: "book:**", expires: later),
                    Self.entry(Self.other, subject: "eve")))
            let reply = rig.call(token: Self.first)
            let caller = try #require(rig.stream?.call.caller)
            var changes: [Principal] = []
            caller.onChange = { changes.append($0) }
            #expect(rig.send(Self.second, on: reply) == "ada")
            #expect(changes.map(\.subject) == ["ada"])
            #expect(caller.topicAllowed("book:binance:BTC/USDT"))
            #expect(!caller.topicAllowed("tick:binance:BTC/USDT"))
            #expect(caller.principal.expiry != nil)
            #expect(rig.send(Self.other, on: reply) == "TOKEN_SUBJECT_CHANGED")
            #expect(rig.send("nonsense", on: reply) == "TOKEN_UNKNOWN")
            #expect(changes.count == 1)
            #expect(caller.topicAllowed("book:binance:BTC/USDT"))
            #expect(reply.status == nil)
        }
    }

    @Test func `a call that ends is forgotten`() async throws {
        try await onLoop { loop in
            let rig = Rig(
                loop, try Self.store(Self.entry(Self.first, expires: Self.seconds(fromNow: 60))))
            let reply = rig.call(token: Self.first)
            #expect(rig.interceptor.livingCount == 1)
            reply.call?.cancel()
            rig.pair.exchange()
            #expect(rig.interceptor.livingCount == 0)
            let caller = rig.stream?.call.caller
            #expect(caller?.refresh(Self.first).reason == "REFRESH_UNSUPPORTED")
            _ = rig.call("/penstock.v1.MarketData/GetSnapshot", token: Self.first)
            #expect(rig.interceptor.livingCount == 0)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `a living call ends when its token does, and a refresh puts that off`() async throws {
        let loop = try EventLoop(name: "auth-test")
        let status: RPCStatus? = try await withCheckedThrowingContinuation { continuation in
            loop.execute {
                do {
                    let (soon, later) = (0.2, 0.6)
                    let begin = Clock.now()
                    let rig = Rig(
                        loop,
                        try Self.store(
                            Self.entry(Self.first, expires: Self.seconds(fromNow: soon)),
                            Self.entry(Self.second, expires: Self.seconds(fromNow: later))))
                    let reply = rig.call(token: Self.first)
                    #expect(rig.send(Self.second, on: reply) == "ada")
                    rig.stream?.wasCancelled = {
                        #expect(Clock.now() - begin >= .milliseconds(590))
                        // The status is in the output now; the client reads it in the next turn.
                        loop.schedule(after: .zero) {
                            rig.pair.exchange()
                            continuation.resume(returning: reply.status)
                        }
                    }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        #expect(status?.code == .unauthenticated)
        #expect(status?.reason == "TOKEN_EXPIRED")
        await loop.stop()
    }

    @Test func `a change of tokens ends, changes or keeps living calls`() async throws {
        try await onLoop { loop in
            let rig = Rig(
                loop, try Self.store(Self.entry(Self.first), Self.entry(Self.second)))
            let (gone, changed) = (rig.call(token: Self.first), rig.call(token: Self.second))
            let caller = try #require(rig.stream?.call.caller)
            var changes = 0
            caller.onChange = { _ in changes += 1 }
            rig.interceptor.replaceAuthenticator(
                Authenticator(try Self.store(Self.entry(Self.second, topics: "book:**"))))
            rig.pair.exchange()
            #expect(gone.status?.code == .unauthenticated)
            #expect(changed.status == nil)
            #expect(changes == 1)
            #expect(caller.topicAllowed("book:binance:BTC/USDT"))
            rig.interceptor.replaceAuthenticator(
                Authenticator(try Self.store(Self.entry(Self.second, roles: "[]"))))
            rig.pair.exchange()
            #expect(changed.status?.code == .permissionDenied)
            #expect(rig.interceptor.livingCount == 0)
        }
    }

    @Test func `a certificate makes its owner known, and nothing else does`() async throws {
        try await onLoop { loop in
            let rule = try CertificateRule(
                commonName: "bot-*",
                grant: Grant(roles: RoleSet([.operator]), topics: .everythingPublic))
            let bot = PeerCertificate(
                subject: "CN=bot-7,O=Desk", commonName: "bot-7", alternativeNames: [])
            let rig = Rig(loop, .certificates([rule]), certificate: bot)
            #expect(rig.call().status == nil)
            #expect(rig.stream?.call.caller?.principal.subject == "CN=bot-7,O=Desk")
            #expect(rig.call("/grpc.channelz.v1.Channelz/GetServers").status == nil)

            let nameless = Rig(loop, .certificates([rule]))
            let reply = nameless.call(token: Self.first)
            #expect(reply.status?.reason == "CERTIFICATE_MISSING")
            let ada = PeerCertificate(
                subject: "CN=ada", commonName: "ada", alternativeNames: [])
            let stranger = Rig(loop, .certificates([rule]), certificate: ada)
            #expect(
                stranger.call().status?.reason == "CERTIFICATE_NOT_MAPPED")
        }
    }

    @Test func `where nobody is asked, everybody is the same and nothing is watched`() async throws
    {
        try await onLoop { loop in
            let anybody = Principal.anonymous(RoleSet([.viewer]), topics: .everythingPublic)
            let rig = Rig(loop, .none(anybody))
            let reply = rig.call(token: "whatever")
            #expect(reply.status == nil)
            #expect(rig.stream?.call.caller?.principal == anybody)
            #expect(rig.interceptor.livingCount == 0)
            #expect(rig.send(Self.first, on: reply) == "REFRESH_UNSUPPORTED")
            let channelz = rig.call("/grpc.channelz.v1.Channelz/GetServers")
            #expect(channelz.status?.code == .permissionDenied)
        }
    }
}

extension Result where Failure == CredentialError {
    var reason: String? {
        if case .failure(let error) = self { error.reason } else { nil }
    }
}

extension RPCStatus {
    /// The reason in its `ErrorInfo`.
    var reason: String? {
        let message = try? RPCStatusMessage(decoding: details.span.bytes, .protobuf)
        return try? message?.details.first?.unwrap(as: ErrorInfo.self)?.reason
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
