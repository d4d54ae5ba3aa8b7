@testable import Base

/// A connection with one stream, and what its socket was given.
final class Connection {
    let output: OutputBuffer
    let lane: FrameLane
    var sent: [UInt8] = []
    /// What the socket takes at most in one send.
    var socketRoom = Int.max
    var sends = 0

    init(_ turn: OutputTurn?, streamID: UInt32 = 1, window: Int = 65_535) {
        output = OutputBuffer(turn: turn)
        output.limitLanes(bytesMax: 1 << 18)
        output.connectionWindow = 65_535
        output.openForLanes(true)
        lane = FrameLane(streamID: streamID, output: output, window: window)
        lane.setOpen(true)
        output.setFlusher(self)
    }

    deinit {
        lane.setOpen(false)
        output.setFlusher(nil)
    }

    func flush() {
        if output.isEmpty { return }
        let bytes = output.copyBytes().prefix(socketRoom)
        sends += 1
        sent += bytes
        output.consume(bytes.count)
    }

    // MARK: together with others

    private var queued: UnsafeRawBufferPointer?

    func queue() {
        if !output.isEmpty { queued = output.withBytes { $0 } }
    }

    /// What leaves is what the bytes are now.
    func conclude() {
        guard let bytes = queued else { return }
        queued = nil
        sends += 1
        sent += bytes.prefix(socketRoom)
        output.consume(min(bytes.count, socketRoom))
    }
}

func frame(_ payload: [UInt8], on streamID: UInt32 = 1) -> [UInt8] {
    let (size, id) = (payload.count, streamID)
    return [UInt8(size >> 16), UInt8(size >> 8 & 255), UInt8(size & 255), 0, 0]
        + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: id >> $0) } + payload
}

/// Rows of one loop and the turn that sends for them.
final class Crowd {
    let turn = OutputTurn()
    var rows = FrameRows()

    func connect(_ count: Int, window: Int = 65_535) -> [Connection] {
        (0..<count).map { index in
            let connection = Connection(
                turn, streamID: UInt32(2 * index + 1), window: window)
            rows.append(connection.lane, isCurrent: true)
            return connection
        }
    }

    func deliver(_ payload: [UInt8], messages: Int = 1) -> (taken: Int, refused: [Int]) {
        var refused: [Int] = []
        let taken = payload.withRawSpan {
            rows.deliver($0, messages: messages, refused: &refused)
        }
        return (taken, refused)
    }

    func flush() { turn.flush { ($0 as? Connection)?.flush() } }

    /// Returns how many were queued each time.
    func flush(atOnce countMax: Int) -> [Int] {
        var batches = [0]
        turn.flush(atOnce: countMax) {
            ($0 as? Connection)?.queue()
            batches[batches.count - 1] += 1
        } submit: {
            batches.append(0)
        } conclude: {
            ($0 as? Connection)?.conclude()
        }
        return batches.dropLast()
    }
}
