package import Base
internal import Market

extension BinanceMachine {
    // MARK: Events

    /// The WebSocket handshake succeeded: everything of this connection is subscribed.
    package mutating func connectionOpened(
        _ connection: Int, at now: Instant, into out: inout [FeedAction]
    ) {
        guard case .opening = connections[connection].state else { return }
        connections[connection].opened(at: now)
        connections[connection].unsubscribed.removeAll { !instruments[$0].isListed }
        advance(at: now, into: &out)
    }

    /// The connection ended or could not be opened: all its topics are stale at once.
    package mutating func connectionClosed(
        _ connection: Int, at now: Instant, into out: inout [FeedAction]
    ) {
        if case .closed = connections[connection].state { return }
        lose(connection, .disconnected, at: now, into: &out)
    }

    /// Any bytes at all arrived: the connection is alive.
    package mutating func heard(on connection: Int, at now: Instant) {
        connections[connection].heardAt = now
    }

    /// A ping must be answered with its own payload, within the limit on what we send.
    package mutating func receivedPing(
        _ payload: RawSpan, on connection: Int, at now: Instant, into out: inout [FeedAction]
    ) {
        connections[connection].heardAt = now
        connections[connection].pendingPong = payload.copyBytes()
        advance(connection, at: now, into: &out)
    }

    // MARK: Steps

    mutating func connectionWithRoom(at now: Instant) -> Int {
        let room = limits.instrumentsPerConnectionMax
        if let last = connections.indices.last, connections[last].instruments.count < room {
            return last
        }
        connections.append(BinanceConnection(at: now))
        return connections.count - 1
    }

    mutating func advance(_ connection: Int, at now: Instant, into out: inout [FeedAction]) {
        if let reason = connections[connection].verdict(at: now, limits: limits) {
            giveUp(connection, reason, at: now, into: &out)
        }
        if case .closed(let retryAt) = connections[connection].state, retryAt <= now {
            dial(connection, at: now, into: &out)
            return
        }
        if let payload = connections[connection].nextPong(at: now) {
            out.append(.sendPong(connection, payload))
        }
        while true {
            let batch = connections[connection].nextBatch(at: now, limits: limits)
            if batch.isEmpty { break }
            subscribe(batch, on: connection, at: now, into: &out)
        }
    }

    private mutating func dial(
        _ connection: Int, at now: Instant, into out: inout [FeedAction]
    ) {
        guard connections[connection].instruments.contains(where: { instruments[$0].isListed }),
            attempts.take(at: now)
        else { return }
        connections[connection].dialed(at: now)
        out.append(.openConnection(connection))
    }

    /// Closes from our side.
    mutating func giveUp(
        _ connection: Int, _ reason: FeedReason, at now: Instant, into out: inout [FeedAction]
    ) {
        out.append(.closeConnection(connection, code: 1000))
        lose(connection, reason, at: now, into: &out)
    }

    private mutating func lose(
        _ connection: Int, _ reason: FeedReason, at now: Instant, into out: inout [FeedAction]
    ) {
        counts.connectionsLost += 1
        let wait = connections[connection].backoff.next(using: &random)
        connections[connection].closed(retryAt: now + wait)
        for handle in connections[connection].instruments {
            instruments[handle].disconnected(reason, limits: limits, into: &out)
        }
        waiting.removeAll { instruments[$0].connection == connection }
        unchecked.removeAll { instruments[$0].connection == connection }
        requests.removeAll { request in
            guard case .snapshot(let handle, _) = request.purpose,
                instruments[handle].connection == connection
            else { return false }
            weights.unanswered(weight: request.weight)
            return true
        }
    }

    private mutating func subscribe(
        _ batch: [Int], on connection: Int, at now: Instant, into out: inout [FeedAction]
    ) {
        subscribesMade += 1
        var text: [UInt8] = []
        text.reserveCapacity(64 + batch.count * 128)
        text.append(#"{"method":"SUBSCRIBE","params":["#)
        for handle in batch {
            for stream in BinanceStream.allCases {
                if text.last != UInt8(ascii: "[") { text.append(UInt8(ascii: ",")) }
                text.append(UInt8(ascii: "\""))
                text += instruments[handle].streamSymbol
                text.append("@\(stream.suffix)\"")
            }
        }
        text.append(#"],"id":\#(subscribesMade)}"#)
        connections[connection].subscriptions.append(
            BinanceConnection.Subscription(id: subscribesMade, instruments: batch, sentAt: now))
        out.append(.sendText(connection, text))
    }

    // MARK: Confirmations

    /// The venue confirmed a SUBSCRIBE: from here on a silent trade stream is a quiet one.
    mutating func confirmed(
        _ id: Int64, on connection: Int, at now: Instant, into out: inout [FeedAction]
    ) {
        for handle in connections[connection].answered(id: id) ?? [] {
            confirm(handle, at: now, into: &out)
        }
        advance(at: now, into: &out)
    }

    private mutating func confirm(_ handle: Int, at now: Instant, into out: inout [FeedAction]) {
        let instrument = instruments[handle]
        guard instrument.confirmedAt == nil else { return }
        instrument.confirmedAt = now
        unchecked.append(handle)
        instrument.set(.trade, .live, .subscribed, into: &out)
        instrument.set(.aggregateTrade, .live, .subscribed, into: &out)
        guard instrument.bookStatus != .live else { return }
        instrument.set(.book, .resyncing, .awaitingSnapshot, into: &out)
        _ = instrument.sync.subscribed()
        wantSnapshot(of: instrument)
    }

    mutating func refused(_ id: Int64, on connection: Int, at now: Instant) {
        for handle in connections[connection].answered(id: id) ?? [] {
            // A batch is taken apart at once; one that was refused alone waits.
            let alone = instruments[handle].isRefusedAlone
            instruments[handle].isRefusedAlone = true
            let retryAt = alone ? now + limits.refusedRetry : now
            connections[connection].refused.append((handle, retryAt))
        }
    }

    /// Streams confirmed long ago that never said anything mark the topics that depend on them.
    /// A quiet pair's book with a snapshot is true, so it stays live.
    mutating func checkStarts(at now: Instant, into out: inout [FeedAction]) {
        while let handle = unchecked.first {
            let instrument = instruments[handle]
            guard let confirmedAt = instrument.confirmedAt else {
                unchecked.removeFirst()
                continue
            }
            if now - confirmedAt < limits.neverStartedAfter { return }
            unchecked.removeFirst()
            for (stream, kind) in BinanceStream.topics where !instrument.hasHeard(stream) {
                if kind == .book && instrument.bookStatus == .live { continue }
                counts.neverStarted += 1
                instrument.set(kind, .stale, .neverStarted, into: &out)
            }
        }
    }
}
