package import Base
package import HTTP2

/// The gRPC client's side of one connection. No I/O, like `RPCServerConnection`: bytes in by
/// `received`, bytes out through the output, time by `tick`.
///
/// Calls beyond the server's limit of streams wait their turn. After a GOAWAY the connection takes
/// no more calls, and those the server will not serve end at once; open another connection for
/// them (`mayBeProcessed` says that this is safe), and close this one when it `isFinished`.
package final class RPCClientConnection {
    let http2: HTTP2Connection
    let limits: RPCClientLimits
    private let scheme: String
    var calls: [UInt32: RPCClientCall] = [:]
    /// Calls without a stream, oldest first.
    var waiting: [RPCClientCall] = []
    /// Open calls with a deadline, and some that have ended.
    private var timed: [RPCClientCall] = []
    private var earliestDeadline: Instant?
    private var keepalive: RPCClientKeepalive
    let gzip = Gzip()
    var partialBytes = 0
    var isSettling = false
    private var isDead = false
    /// The peer accepts no more calls: open a new connection for further ones.
    package internal(set) var isDraining = false
    /// Why the server ended the connection, once it has said so.
    package internal(set) var goAwayCode: HTTP2ErrorCode?

    /// What we call ourselves (grpc/doc/PROTOCOL-HTTP2.md, "User Agents").
    package static let userAgent = "grpc-swift-penstock/0.1.0"

    /// - Parameter isSecure: the bytes travel over TLS; `:scheme` says so.
    package init(
        output: OutputBuffer, isSecure: Bool = false, http2Limits: HTTP2Limits = .client,
        limits: RPCClientLimits = RPCClientLimits(), wantsFlush: @escaping () -> Void = {}
    ) {
        self.limits = limits
        scheme = isSecure ? "https" : "http"
        keepalive = RPCClientKeepalive(
            interval: limits.keepaliveInterval, timeout: limits.keepaliveTimeout)
        http2 = HTTP2Connection(
            role: .client, limits: http2Limits, output: output, wantsFlush: wantsFlush)
        http2.flush()
    }

    /// Handlers may hold their calls, which hold them.
    deinit {
        for call in calls.values { call.handler = nil }
        for call in waiting { call.handler = nil }
    }

    /// Starts a call. Nil: the connection takes no more of them.
    /// - Parameters:
    ///   - timeout: told to the server.
    ///   - deadline: when `tick` ends the call here; the instant at which `timeout` is over.
    package func start(
        path: String, authority: String, subtype: RPCSubtype = .protobuf,
        metadata: Metadata = Metadata(), timeout: Duration? = nil, deadline: Instant? = nil,
        handler: any RPCClientHandler
    ) -> RPCClientCall? {
        guard !isDraining, http2.failure == nil, waiting.count < limits.waitingCallsMax else {
            return nil
        }
        let fields = requestFields(path, authority, subtype, timeout) + metadata.fields
        let call = RPCClientCall(
            path: path, fields: fields, deadline: deadline, handler: handler, client: self,
            messageBytesMax: limits.messageBytesMax)
        waiting.append(call)
        if let deadline { addTimed(call, deadline) }
        settle()
        return call
    }

    private func requestFields(
        _ path: String, _ authority: String, _ subtype: RPCSubtype, _ timeout: Duration?
    ) -> [HTTP2Field] {
        let contentType =
            switch subtype {
            case .protobuf: "application/grpc"
            case .messagePack: "application/grpc+msgpack"
            }
        var fields = [
            HTTP2Field(":method", "POST"), HTTP2Field(":scheme", scheme),
            HTTP2Field(":path", path), HTTP2Field(":authority", authority),
            HTTP2Field("te", "trailers"), HTTP2Field("content-type", contentType),
            HTTP2Field("user-agent", Self.userAgent),
            HTTP2Field("grpc-accept-encoding", RPCEncoding.accepted),
        ]
        if let timeout { fields.append(HTTP2Field("grpc-timeout", RPCTimeout.text(timeout))) }
        return fields
    }

    package func received(_ bytes: RawSpan) {
        keepalive.heard()
        http2.receive(bytes)
        settle()
    }

    package var outputBlocked: Bool {
        get { http2.outputBlocked }
        set { http2.outputBlocked = newValue }
    }

    package func outputDrained() {
        http2.outputDrained()
        settle()
    }

    package var waitsForOutput: Bool { http2.waitsForOutput }

    /// As `RPCServerConnection.awaitsOutput`.
    package var awaitsOutput: () -> Void {
        get { http2.awaitsOutput }
        set { http2.awaitsOutput = newValue }
    }

    /// Close the socket after the output has left: nothing more will come of this connection.
    package var isFinished: Bool {
        isDead || http2.isFinished || (isDraining && callCount == 0)
    }

    package var failure: HTTP2Error? { http2.failure }

    /// The server is dead or does not speak HTTP/2.
    package var isBroken: Bool { isDead || http2.failure != nil }

    /// Calls that have not ended, those that wait included.
    package var callCount: Int { calls.count + waiting.count }

    /// Ends calls whose deadline has passed, and watches whether the server lives. Call after every
    /// start and when due. Returns when to be called next.
    @discardableResult
    package func tick(now: Instant) -> Instant? {
        if let earliestDeadline, earliestDeadline <= now { endLateCalls(now) }
        switch keepalive.tick(now: now, hasCalls: callCount > 0) {
        case .sendPing: http2.submitPing(RPCClientKeepalive.pingOpaque)
        case .giveUp:
            let text = "the server did not answer a PING within \(limits.keepaliveTimeout)"
            isDead = true
            connectionLost(text)
        case .ignore: break
        }
        settle()
        return nextTick
    }

    /// When `tick` is due; nil: never. Possibly early when calls have ended.
    package var nextTick: Instant? {
        guard let deadline = earliestDeadline else { return keepalive.nextTick }
        return keepalive.nextTick.map { min($0, deadline) } ?? deadline
    }

    private func addTimed(_ call: RPCClientCall, _ deadline: Instant) {
        // Short calls leave entries behind between two ticks; keep them in proportion.
        if timed.count > 2 * callCount + 64 { timed.removeAll { !$0.isOpen } }
        timed.append(call)
        earliestDeadline = earliestDeadline.map { min($0, deadline) } ?? deadline
    }

    private func endLateCalls(_ now: Instant) {
        let open = timed.filter(\.isOpen)
        timed = []
        earliestDeadline = nil
        for call in open {
            guard let deadline = call.deadline else { continue }
            if deadline <= now {
                stop(call, RPCStatus(.deadlineExceeded, "the deadline passed"))
            } else {
                addTimed(call, deadline)
            }
        }
    }

    /// The socket is gone: open calls end with UNAVAILABLE.
    /// - Parameter wasNeverOpen: no byte can have reached the server.
    package func connectionLost(
        _ reason: String = "the connection was lost", wasNeverOpen: Bool = false
    ) {
        isDraining = true
        http2.connectionLost()
        for call in openCalls + waiting {
            if wasNeverOpen { call.mayBeProcessed = false }
            ended(call, RPCStatus(.unavailable, reason))
        }
        settle()
    }

    /// In the order of their streams.
    var openCalls: [RPCClientCall] {
        calls.sorted { $0.key < $1.key }.map(\.value)
    }
}
