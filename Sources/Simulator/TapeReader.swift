package import Base

/// One connection as the tape sees it: what it asked for, what it is still owed, which faults hit
/// it. Writes finished frames into the connection's output; knows no socket. Confined to the loop.
package final class TapeReader {
    /// Why a reader gets nothing any more.
    package enum Ending: Equatable, Sendable { case abruptly, withCloseFrame }

    /// Output beyond this stands still at maximum speed: two dozen large diffs, and little enough
    /// that a slow reader is noticed at once.
    package static let budgetBytes = 64 << 10
    /// What a broken connection loses at maximum speed, where no time passes until the client is
    /// back: about what was on its way through the socket's buffers.
    package static let inFlightBytes = 512 << 10

    package let output: OutputBuffer
    package var selection: StreamSelection
    /// Whether events come wrapped in `{"stream","data"}`.
    package var isCombined: Bool
    /// Set by a disconnect fault; the shell ends the connection.
    package private(set) var ending: Ending?
    package private(set) var sentCount: UInt64 = 0

    private enum Item {
        case tape(Int)
        case derived(name: String, payload: [UInt8])
    }

    private var faults: FaultMachine
    private let hasFaults: Bool
    /// Messages held back by reorder faults, and how many must pass first.
    private var held: [(item: Item, messages: Int)] = []
    /// Messages that wait for the end of a stall.
    private var queue: [Item] = []
    /// Messages that the connection's end has swallowed, in bytes.
    private var lostBytes = 0
    /// Tape time at which a stall ends.
    private var stalledUntil: Int64?

    package init(streams: Int, isCombined: Bool, faults: FaultMachine, output: OutputBuffer) {
        self.output = output
        self.isCombined = isCombined
        self.faults = faults
        hasFaults = faults.touchesMessages
        selection = StreamSelection(streams: streams)
    }

    /// Takes no more until its output has left, or until its connection is gone.
    @inline(__always)
    package var isFull: Bool {
        output.count >= TapeReader.budgetBytes || lostBytes >= TapeReader.inFlightBytes
    }

    /// The tape time at which something held back becomes due; nil when nothing waits for time.
    package var stallEnd: Int64? { stalledUntil }

    /// The earliest position still owed to this reader.
    package var oldestPosition: Int? {
        func position(_ item: Item) -> Int? {
            if case .tape(let position) = item { position } else { nil }
        }
        return (held.compactMap { position($0.item) } + queue.compactMap(position)).min()
    }

    /// Offers the message at `position`; it is taken if one of its names was asked for.
    @inline(__always)
    package func offer(
        _ position: Int, _ message: TapeMessage, _ window: borrowing TapeWindow, time: Int64
    ) {
        guard selection.has(message.stream) else { return }
        if hasFaults { take(.tape(position), window, time: time) } else { write(message, window) }
    }

    /// Offers a message computed by the simulator.
    package func offer(
        derived payload: [UInt8], name: String, _ window: borrowing TapeWindow, time: Int64
    ) {
        take(.derived(name: name, payload: payload), window, time: time)
    }

    /// Sends what a stall has held back until now.
    package func timePassed(_ time: Int64, _ window: borrowing TapeWindow) {
        guard let end = stalledUntil, end <= time else { return }
        stalledUntil = nil
        let waiting = queue
        queue.removeAll()
        for item in waiting { take(item, window, time: time) }
    }

    /// No more messages will come: everything held back goes out.
    package func tapeEnded(_ window: borrowing TapeWindow) {
        stalledUntil = nil
        for item in queue { write(item, window) }
        queue.removeAll()
        for entry in held { write(entry.item, window) }
        held.removeAll()
    }

    private func take(_ item: Item, _ window: borrowing TapeWindow, time: Int64) {
        if ending != nil {
            lostBytes += size(of: item, window)
            return
        }
        if stalledUntil != nil {
            queue.append(item)
            return
        }
        let decision = faults.nextMessage()
        switch decision {
        case .send: write(item, window)
        case .drop: break
        case .sendTwice:
            write(item, window)
            write(item, window)
        case .hold(let messages):
            held.append((item, messages + 1))
        case .truncate(let keeping): write(item, window, keeping: keeping)
        case .stall(let duration):
            write(item, window)
            stalledUntil = time + duration.wholeNanoseconds
        case .disconnect(let abruptly):
            ending = abruptly ? .abruptly : .withCloseFrame
            return
        }
        releaseHeld(window)
    }

    private func size(of item: Item, _ window: borrowing TapeWindow) -> Int {
        switch item {
        case .tape(let position): Int(window[position].frameCount)
        case .derived(_, let payload): payload.count
        }
    }

    private func releaseHeld(_ window: borrowing TapeWindow) {
        if held.isEmpty { return }
        for place in held.indices { held[place].messages -= 1 }
        for entry in held where entry.messages <= 0 { write(entry.item, window) }
        held.removeAll { $0.messages <= 0 }
    }

    private func write(_ item: Item, _ window: borrowing TapeWindow, keeping: Double = 1) {
        switch item {
        case .tape(let position) where keeping == 1: write(window[position], window)
        case .tape(let position):
            let message = window[position]
            if isCombined {
                window.withEnvelope(message) { writeCut($0, keeping) }
            } else {
                window.withPayload(message) { writeCut($0, keeping) }
            }
        case .derived(let name, let payload):
            var text = payload
            if isCombined { text = TapeReader.envelope(name, payload) }
            text.withBytes(0..<text.count) { writeCut($0, keeping) }
        }
    }

    @inline(__always)
    private func write(_ message: TapeMessage, _ window: borrowing TapeWindow) {
        if selection.hasOwnName(message.stream) {
            if isCombined {
                window.withFrame(message) { output.append($0) }
                sentCount &+= 1
            } else {
                window.withPayload(message) { writeCut($0, 1) }
            }
        }
        guard let name = selection.otherName(message.stream) else { return }
        window.withPayload(message) { payload in
            if isCombined {
                let text = TapeReader.envelope(name, payload.copyBytes())
                text.withBytes(0..<text.count) { writeCut($0, 1) }
            } else if !selection.hasOwnName(message.stream) {
                writeCut(payload, 1)
            }
        }
    }

    private func writeCut(_ text: RawSpan, _ keeping: Double) {
        var count = text.byteCount
        if keeping < 1 { count = min(max(1, Int(Double(count) * keeping)), count - 1) }
        output.append(ServerFrame.text(text.extracting(first: max(0, count))))
        sentCount &+= 1
    }

    private static func envelope(_ name: String, _ payload: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.append("{\"stream\":\"\(name)\",\"data\":")
        text.append(contentsOf: payload)
        text.append(UInt8(ascii: "}"))
        return text
    }
}
