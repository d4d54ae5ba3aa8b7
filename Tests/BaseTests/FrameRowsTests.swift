import Testing

@testable import Base

@Suite struct `Frame rows` {
    private let crowd = Crowd()

    @Test func `every current row gets the frame, under its stream's number, in one send`() {
        let connections = crowd.connect(3)
        crowd.rows.setCurrent(1, false)
        #expect(crowd.deliver([1, 2, 3]).taken == 2)
        crowd.flush()
        #expect(connections[0].sent == frame([1, 2, 3], on: 1))
        #expect(connections[1].sent == [])
        #expect(connections[2].sent == frame([1, 2, 3], on: 5))
        #expect(connections.map(\.sends) == [1, 0, 1])
    }

    @Test(arguments: [1, FrameDebt.countMax, FrameDebt.countMax + 1, 100])
    func `all frames of a turn leave in their order, in one send`(count: Int) {
        let connections = crowd.connect(2)
        let payloads = (0..<count).map { [UInt8](repeating: UInt8($0), count: $0 + 1) }
        for payload in payloads { #expect(crowd.deliver(payload).taken == 2) }
        #expect(connections[0].output.count == payloads.reduce(0) { $0 + $1.count + 9 })
        crowd.flush()
        for connection in connections {
            #expect(
                connection.sent == payloads.flatMap { frame($0, on: connection.lane.streamID) })
            #expect(connection.sends == 1)
        }
    }

    @Test(arguments: [1, 2, FrameDebt.countMax])
    func `large frames leave in pieces that are the same bytes`(count: Int) {
        let connection = crowd.connect(1)[0]
        let payloads = (0..<count).map { [UInt8](repeating: UInt8($0 + 1), count: 2048 + $0) }
        for payload in payloads { #expect(crowd.deliver(payload).taken == 1) }
        let output = connection.output
        #expect(output.owesLargeFrames)
        let (pieces, sizes) = output.withPieces { pieces in
            (
                pieces.flatMap { Array(UnsafeRawBufferPointer(start: $0.start, count: $0.count)) },
                pieces.map(\.count)
            )
        }
        #expect(pieces == output.copyBytes() && pieces == payloads.flatMap { frame($0) })
        #expect(sizes == payloads.flatMap { [9, $0.count] })
        // The kernel took a part: what is left is put together.
        output.consume(1000)
        #expect(!output.owesLargeFrames)
        #expect(output.copyBytes() == Array(pieces.dropFirst(1000)))
        crowd.flush()
    }

    @Test func `small frames, and large ones behind other bytes, are put together`() {
        let connections = crowd.connect(2)
        _ = crowd.deliver([UInt8](repeating: 1, count: 2000))
        #expect(!connections[0].output.owesLargeFrames)
        crowd.flush()
        connections[0].output.append([1])
        _ = crowd.deliver([UInt8](repeating: 2, count: 8000))
        #expect(!connections[0].output.owesLargeFrames && connections[1].output.owesLargeFrames)
        crowd.flush()
        #expect(!connections[1].output.owesLargeFrames)
    }

    @Test func `bytes appended after an owed frame leave after it`() {
        let connection = crowd.connect(1)[0]
        _ = crowd.deliver([7])
        connection.output.append([9, 9])
        _ = crowd.deliver([8])
        crowd.flush()
        #expect(connection.sent == frame([7]) + [9, 9] + frame([8]))
    }

    @Test func `what the socket does not take leaves later, though the turn is over`() {
        let connection = crowd.connect(1)[0]
        connection.socketRoom = 4
        _ = crowd.deliver([1, 2, 3])
        _ = crowd.deliver([4, 5])
        crowd.flush()
        _ = crowd.deliver([6])
        connection.socketRoom = .max
        connection.flush()
        #expect(connection.sent == [[1, 2, 3], [4, 5], [6]].flatMap { frame($0) })
        #expect(connection.output.takenCount == UInt64(connection.sent.count))
    }

    @Test func `an output that nobody flushes keeps its bytes when the frames go`() {
        let connection = crowd.connect(1)[0]
        connection.output.setFlusher(nil)
        _ = crowd.deliver([1, 2, 3])
        crowd.flush()
        let other = Connection(crowd.turn)
        #expect([7, 7, 7].withRawSpan { other.lane.offer($0) })
        #expect(connection.output.copyBytes() == frame([1, 2, 3]))
    }

    @Test func `a closed lane, a closed window and a full output refuse and take nothing`() {
        let connections = crowd.connect(6)
        connections[0].lane.setOpen(false)
        connections[1].lane.window = 2
        connections[2].output.connectionWindow = 2
        connections[3].output.limitLanes(bytesMax: 2)
        connections[4].output.openForLanes(false)
        let result = crowd.deliver([1, 2, 3])
        #expect(result.taken == 1)
        #expect(result.refused == [0, 1, 2, 3, 4])
        for connection in connections.dropLast() { #expect(connection.output.isEmpty) }
    }

    @Test func `windows and the count of messages move with what was taken`() {
        let connection = crowd.connect(1, window: 3)[0]
        #expect(crowd.deliver([1, 2, 3], messages: 2).taken == 1)
        #expect(connection.lane.window == 0)
        #expect(connection.output.connectionWindow == 65_532)
        #expect(connection.output.messagesTaken == 2)
        #expect(crowd.deliver([1]).refused == [0])
        #expect(connection.output.messagesTaken == 2)
    }

    @Test(arguments: [16_384, 16_385, 32_768, 65_535, 13 * 16_384, 262_143])
    func `a payload that is longer than a frame leaves in several, in one send`(size: Int) {
        let connections = crowd.connect(3, window: 1 << 20)
        for connection in connections { connection.output.connectionWindow = 1 << 20 }
        connections[2].output.append([9])
        connections[2].output.becameFilled()
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 1000) }
        #expect(crowd.deliver(payload, messages: 4).taken == 3)
        let parts = stride(from: 0, to: size, by: 16_384).map {
            Array(payload[$0..<min($0 + 16_384, size)])
        }
        #expect(connections[0].output.owesLargeFrames == (parts.count <= FrameDebt.countMax))
        crowd.flush()
        for (connection, before) in zip(connections, [[], [], [9]] as [[UInt8]]) {
            let frames = parts.flatMap { frame($0, on: connection.lane.streamID) }
            let isWhole = connection.sent == before + frames
            #expect(isWhole)
            #expect(connection.sends == 1 && connection.output.messagesTaken == 4)
            #expect(connection.lane.window == (1 << 20) - size)
            #expect(connection.output.connectionWindow == (1 << 20) - size)
        }
    }

    @Test func `of a payload that is longer than a frame, all is taken or nothing`() {
        let connections = crowd.connect(6, window: 1 << 20)
        for connection in connections { connection.output.connectionWindow = 1 << 20 }
        connections[0].lane.window = 19_999
        connections[1].output.connectionWindow = 19_999
        connections[2].output.openForLanes(false)
        connections[3].lane.setOpen(false)
        connections[4].output.append([UInt8](repeating: 1, count: (1 << 18) - 19_999))
        crowd.rows.setCurrent(5, false)
        let (taken, refused) = crowd.deliver([UInt8](repeating: 2, count: 20_000))
        #expect(taken == 0 && refused == [0, 1, 2, 3, 4])
        #expect(connections.map(\.output.count) == [0, 0, 0, 0, (1 << 18) - 19_999, 0])
        #expect(connections.allSatisfy { $0.output.messagesTaken == 0 })
        let rooms = connections.map { min($0.lane.window, $0.output.connectionWindow) }
        #expect(rooms == [19_999, 19_999] + [Int](repeating: 1 << 20, count: 4))
    }

    @Test func `the last row takes the place of one that goes`() {
        let connections = crowd.connect(3)
        crowd.rows.remove(0)
        crowd.rows.setCurrent(0, false)
        #expect(crowd.deliver([1]).taken == 1)
        crowd.flush()
        #expect(connections.map { !$0.sent.isEmpty } == [false, true, false])
    }

    @Test func `a row without a lane is refused`() {
        crowd.rows.append(nil, isCurrent: true)
        #expect(crowd.deliver([1]).refused == [0])
    }

    @Test func `without a turn, frames are copied at once and the flush hook tells`() {
        let connection = Connection(nil)
        var told = 0
        connection.output.wantsFlush = { told += 1 }
        #expect([1, 2].withRawSpan { connection.lane.offer($0) })
        #expect([3].withRawSpan { connection.lane.offer($0) })
        #expect(told == 1)
        #expect(connection.output.copyBytes() == frame([1, 2]) + frame([3]))
    }
}
