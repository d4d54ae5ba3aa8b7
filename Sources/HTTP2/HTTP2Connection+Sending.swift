internal import Base

extension HTTP2Connection {
    /// Sends the response's (or, as a client, further) header fields.
    package func sendHeaders(_ fields: [HTTP2Field], on stream: HTTP2Stream, endStream: Bool) {
        guard stream.isOpen else { return }
        hasUndrained = true
        stream.flags.insert(.sentHeaders)
        _ = control.submitHeaders(fields, on: stream.id, endStream: endStream)
        if endStream {
            stream.flags.insert(.ending)
            endedByTrailers(stream)
        } else {
            mayDetach(stream)
        }
    }

    /// Client: opens a stream with a request. Nil: the connection takes no more of them.
    package func openStream(_ fields: [HTTP2Field]) -> HTTP2Stream? {
        precondition(role == .client, "only clients open streams")
        // The library would hold the HEADERS of further streams back, and our DATA would overtake.
        guard failure == nil, streams.count < control.openStreamsMax else { return nil }
        hasUndrained = true
        guard let id = control.submitHeaders(fields, on: nil, endStream: false)
        else { return nil }
        let stream = add(id)
        stream.flags.insert(.sentHeaders)
        return stream
    }

    /// Sends bytes, or queues what the windows or the output do not take now. False: the queue's
    /// bound is reached (or the stream is over) and nothing was taken. `endStream` puts END_STREAM
    /// on the last frame.
    package func send(_ bytes: RawSpan, on stream: HTTP2Stream, endStream: Bool = false) -> Bool {
        guard stream.isOpen, stream.hasSentHeaders else { return false }
        let size = bytes.byteCount
        guard stream.queuedBytes + size <= limits.queuedBytesPerStreamMax,
            queuedBytes + size <= limits.queuedBytesMax
        else {
            limitReached(.queue)
            return false
        }
        enqueue(bytes, on: stream)
        if endStream { stream.flags.insert(.ending) }
        pushOut()
        return true
    }

    /// Ends our side after everything queued, with trailers or with END_STREAM on a DATA frame.
    package func end(_ stream: HTTP2Stream, trailers: [HTTP2Field]?) {
        guard stream.isOpen, stream.hasSentHeaders else { return }
        stream.flags.insert(.ending)
        if trailers != nil { queue(of: stream).trailers = trailers }
        if !stream.flags.contains(.queued) {
            stream.flags.insert(.queued)
            waiting.append(stream)
        }
        pushOut()
    }

    /// Stops the stream in both directions.
    package func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
        guard !stream.isClosed else { return }
        stream.flags.insert([.ending, .sentEnd])
        forgetQueue(of: stream)
        submitReset(stream, code, isSwallowed: false)
    }

    /// Announces that no further streams are welcome, without naming a last one yet.
    package func submitShutdownNotice() {
        hasUndrained = true
        control.submitShutdownNotice()
    }

    /// Names the last stream that is served. A server's frame is written here: the library would
    /// listen no more once it knows no stream, and it does not know those that are detached.
    package func submitGoAway() {
        hasUndrained = true
        guard role == .server else { return control.submitGoAway(.noError, debugData: "") }
        guard lastWelcome == nil else { return }
        lastWelcome = openedMax
        owesGoodbye = true
    }

    package func submitPing(_ opaque: UInt64) {
        hasUndrained = true
        counters.pingsSent += 1
        control.submitPing(opaque)
    }

    private func pushOut() {
        guard maySend else { return }
        drain()
        pump()
    }

    private func queue(of stream: HTTP2Stream) -> StreamQueue {
        if let queue = stream.queue { return queue }
        let queue = StreamQueue()
        stream.queue = queue
        return queue
    }

    private func enqueue(_ bytes: RawSpan, on stream: HTTP2Stream) {
        queue(of: stream).append(bytes)
        queuedBytes += bytes.byteCount
        if !stream.flags.contains(.queued) {
            stream.flags.insert(.queued)
            waiting.append(stream)
        }
    }

    func forgetQueue(of stream: HTTP2Stream) {
        guard stream.flags.contains(.queued) else { return }
        queuedBytes -= stream.queuedBytes
        stream.queue = nil
        stream.flags.remove(.queued)
        // One pass over all of them for every few that go: a thousand resets cost a thousand steps.
        forgottenCount += 1
        guard forgottenCount > 16 + waiting.count / 2, !isPumping else { return }
        waiting.removeAll { !$0.flags.contains(.queued) }
        forgottenCount = 0
    }
}

/// The data plane.
extension HTTP2Connection {
    /// The output holds so little that a refused send would be worth another try.
    var hasOutputRoom: Bool { output.count <= limits.outputBytesMax / 2 }

    /// What both windows have room for sooner or later, if their peer opens each again once half of
    /// it is used. The connection's starts at 65,535 and need never be larger.
    private var surelyFits: Int { min(initialWindow, 65_535) / 2 }

    /// Everything but the stream's own window and state allows `size` more bytes of DATA.
    @inline(__always)
    func takes(_ size: Int) -> Bool {
        !hasUndrained && maySend && size <= window
            && (output.count &+ size <= limits.outputBytesMax || hasOutputRoom)
    }

    /// Appends one DATA frame of at most 16,384 bytes and takes them off the connection's window;
    /// the stream's window is the caller's.
    private func frame(_ bytes: RawSpan, streamID: UInt32, endStream: Bool) {
        let wasEmpty = output.isEmpty
        output.appendFrameHead(
            size: bytes.byteCount, type: 0, flags: endStream ? 1 : 0, streamID: streamID)
        output.append(bytes)
        window -= bytes.byteCount
        if wasEmpty { output.becameFilled() }
    }

    /// `HTTP2Stream.trySend` when something is in the way: frames to finish, several frames, or no
    /// room.
    @inline(never)
    func trySendSlowly(_ bytes: RawSpan, on stream: HTTP2Stream) -> Bool {
        drain()
        let size = bytes.byteCount
        let room = room(for: stream)
        if stream.isOpen, !stream.flags.contains(.queued), room > 0 || size == 0, takes(0),
            hasOutputRoom || output.count + size <= limits.outputBytesMax,
            size <= room || size > surelyFits && mayQueue(size - room)
        {
            enqueue(bytes, on: stream)
            output.messagesTaken &+= 1
            pump()
            return true
        }
        guard stream.isOpen else { return false }
        let wasInVain = stream.noteRefusal(of: size)
        if !stream.flags.contains(.behind) {
            stream.flags.insert(.behind)
            if wasInVain {
                behind.insert(stream, at: vainCount)
                vainCount += 1
            } else {
                behind.append(stream)
            }
        }
        noteAwaitedOutput()
        return false
    }

    /// Whether so many bytes of a try may wait behind closed windows. Any single one may, or a
    /// large message would never be sent.
    private func mayQueue(_ size: Int) -> Bool {
        if queuedBytes == 0 || queuedBytes + size <= limits.queuedByTrySendMax { return true }
        limitReached(.catchUps)
        return false
    }

    /// Frames what windows and output allow; round robin over the streams, one frame a turn.
    func pump() {
        guard !waiting.isEmpty, maySend, !hasUndrained else { return }
        isPumping = true
        while pumpRound() {}
        isPumping = false
        drain()
        noteAwaitedOutput()
    }

    /// One frame of each stream. True: some have more, and there is room for it.
    private func pumpRound() -> Bool {
        var (kept, hasMore, index) = (0, false, 0)
        while index < waiting.count, output.count <= limits.outputBytesMax {
            let stream = waiting[index]
            index += 1
            guard stream.flags.contains(.queued) else {
                forgottenCount -= 1
                continue
            }
            let progress = pumpFrame(of: stream)
            if progress == .finished { continue }
            if progress == .more { hasMore = true }
            waiting[kept] = stream
            kept += 1
        }
        guard index < waiting.count else {
            waiting.removeSubrange(kept...)
            return hasMore
        }
        // Those that had no turn come first in the next round.
        let served = waiting[..<kept]
        waiting.removeSubrange(..<index)
        waiting.append(contentsOf: served)
        return false
    }

    private enum Progress { case blocked, more, finished }

    private func pumpFrame(of stream: HTTP2Stream) -> Progress {
        let left = stream.queuedBytes
        let trailers = stream.queue?.trailers
        let endsWithData = stream.flags.contains(.ending) && trailers == nil
        if let queue = stream.queue, left > 0 {
            let size = min(left, HTTP2Stream.frameBytesMax, room(for: stream))
            guard size > 0 else { return .blocked }
            queue.take(size) {
                frame($0, streamID: stream.id, endStream: endsWithData && size == left)
            }
            stream.window -= size
            stream.flags.remove(.stalled)
            queuedBytes -= size
            guard size == left else { return .more }
        } else if endsWithData {
            let nothing: [UInt8] = []
            nothing.withRawSpan { frame($0, streamID: stream.id, endStream: true) }
        }
        stream.queue = nil
        stream.flags.remove(.queued)
        if endsWithData {
            endedByData(stream)
        } else if let trailers {
            endByTrailers(stream, trailers)
        }
        return .finished
    }

    private func endByTrailers(_ stream: HTTP2Stream, _ trailers: [HTTP2Field]) {
        if stream.flags.contains(.detached) {
            appendTrailers(trailers, of: stream)
        } else {
            _ = control.submitHeaders(trailers, on: stream.id, endStream: true)
        }
        endedByTrailers(stream)
    }

    /// The library does not see DATA, so RST_STREAM(NO_ERROR) makes it close the stream. It stays
    /// unsent, unless the request is still open: then it is the legal "stop sending" (RFC 9113
    /// §8.1). A client's stream goes on until the response ends.
    private func endedByData(_ stream: HTTP2Stream) {
        stream.flags.insert(.sentEnd)
        counters.streamsEnded += 1
        guard role == .server else { return }
        submitReset(stream, .noError, isSwallowed: stream.hasReceivedEnd)
    }

    /// Tells streams that a send was refused for, once one of that size can succeed: only as many
    /// at a time as can share the output, the connection's window and what may be queued, or each
    /// would put its send together for all but the first to be refused again. Those who are told
    /// leave the list. Who comes back stands at its end, but who found no room at its front: else,
    /// with some sizes, always the same would send.
    func wake() {
        guard !isTelling, !behind.isEmpty, takes(0), hasOutputRoom else { return }
        var kept = 0
        var left = window
        var queued = queuedBytes
        var filled = output.count
        for index in behind.indices {
            let stream = behind[index]
            let wanted = min(stream.wantedBytes, max(1, surelyFits))
            let room = min(left, stream.window)
            let rest = max(0, stream.wantedBytes - room)
            if !stream.isOpen {
                stream.flags.remove(.behind)
            } else if !stream.flags.contains(.queued) && room >= wanted
                && filled <= limits.outputBytesMax / 2
                && (rest == 0 || queued == 0 || queued + rest <= limits.queuedByTrySendMax)
            {
                left -= max(wanted, Self.helpingBytesMin)
                filled += max(stream.wantedBytes, Self.helpingBytesMin)
                queued += rest
                stream.tell()
                isTelling = true
                batch.events.append(.writable(stream))
            } else {
                behind[kept] = stream
                kept += 1
            }
        }
        behind.removeSubrange(kept...)
        (closedBehindCount, vainCount) = (0, 0)
    }

    /// Who waited with little has often more by now.
    private static let helpingBytesMin = 4096

    /// A stream that was refused a send is closed: it leaves with the next ones.
    func closedBehind() {
        closedBehindCount += 1
        guard closedBehindCount > 16 + behind.count / 2 else { return }
        vainCount -= behind[..<vainCount].count(where: \.isClosed)
        behind.removeAll(where: \.isClosed)
        closedBehindCount = 0
    }
}
