internal import Base
internal import JSON

/// Puts the lines of a venue's recordings together as one session.
///
/// Tape time starts at zero with the first line. Between files the recorded pause is kept when it
/// is short (one connection recorded in pieces); files of different days follow at once.
package struct TapeBuilder {
    /// A pause between two files up to this long is kept: they continue each other.
    private static let pauseMax: Int64 = 5_000_000_000
    /// The pause instead of a longer one, or of a step back in time.
    private static let pauseInstead: Int64 = 100_000_000

    private var catalog = TapeCatalog()
    private var window = TapeWindow()
    private var exchangeInfo: [UInt8]?
    private var runs: [[TapeRun]] = []
    private var time: Int64 = 0
    /// Recorded time minus tape time; nil before the first line with a time.
    private var shift: Int64?
    /// Recorded time at tape time zero, by the first message.
    private var epoch: Int64?
    private var fileBegins = false
    private let parser = JSONParser(bytesMax: 32 << 20)

    package init() {}

    package mutating func beginFile() { fileBegins = true }

    package consuming func tape() -> RecordedTape {
        RecordedTape(
            catalog: catalog, window: window, exchangeInfo: exchangeInfo,
            epoch: Timestamp(nanoseconds: epoch ?? 0), runs: runs)
    }

    package mutating func add(_ line: RecordingLine) throws(RecordingLineError) {
        guard line.isIncoming else { return }
        if let recorded = line.time { advance(to: recorded) }
        switch line.kind {
        case .webSocket: try addMessage(line)
        case .http: try addAnswer(line)
        case .serverSentEvents: throw .missing("kind")
        }
    }

    private mutating func advance(to recorded: Int64) {
        guard let known = shift else {
            shift = recorded
            return
        }
        let next = recorded - known
        let pause = next - time
        if fileBegins, pause < 0 || pause > TapeBuilder.pauseMax {
            time += TapeBuilder.pauseInstead
            shift = recorded - time
        } else {
            time = max(time, next)
        }
        fileBegins = false
    }

    private mutating func addMessage(_ line: RecordingLine) throws(RecordingLineError) {
        guard let message = try? parser.parse(line.data), message.isObject || message.isArray else {
            throw .badData
        }
        let url = StreamURL(target: line.target)
        let name: String
        let content: JSONValue
        let payload: Range<Int>
        if let stream = message["stream"]?.text, let data = message["data"] {
            guard let range = payloadRange(in: line.data, stream: stream) else { throw .badData }
            (name, content, payload) = (stream, data, range)
        } else {
            guard let stream = streamName(of: message, url: url) else { return }
            (name, content, payload) = (stream, message, 0..<line.data.count)
        }
        let stream = catalog.addStream(name)
        while runs.count < catalog.symbols.count { runs.append([]) }
        if catalog.streams[stream].kind == .depth, let symbol = catalog.streams[stream].symbol {
            try addDiff(content, symbol: symbol)
        }
        if epoch == nil, let recorded = line.time { epoch = recorded - time }
        line.data.withBytes(payload) { bytes in
            window.append(stream: stream, name: name, payload: bytes, time: time)
        }
    }

    /// The bytes of the value of `data`. Every recorded envelope is written
    /// `{"stream":"…","data":…}`; other spellings are found by looking for the key.
    private func payloadRange(in bytes: [UInt8], stream: String) -> Range<Int>? {
        let head = Array("{\"stream\":\"\(stream)\",\"data\":".utf8)
        if bytes.starts(with: head), bytes.last == UInt8(ascii: "}") {
            return head.count..<bytes.count - 1
        }
        return JSONMemberRange.value(of: "data", in: bytes)
    }

    private mutating func addDiff(_ payload: JSONValue, symbol: Int) throws(RecordingLineError) {
        guard let first = payload["U"]?.uint64, let last = payload["u"]?.uint64 else {
            throw .badData
        }
        let diff = TapeDiff(position: window.endPosition, first: first, last: last)
        guard let run = runs[symbol].indices.last else {
            runs[symbol].append(TapeRun(diffs: [diff]))
            return
        }
        let previous = runs[symbol][run].diffs.last
        let bridged = runs[symbol][run].snapshots.last.map { first <= $0.lastUpdateID + 1 }
        if previous.map({ $0.last &+ 1 == first }) ?? bridged ?? true {
            runs[symbol][run].diffs.append(diff)
            return
        }
        // A break: the session goes on elsewhere. Snapshots taken since then belong to it.
        func belongsToNext(_ snapshot: TapeSnapshot) -> Bool {
            snapshot.position > previous?.position ?? -1 && first <= snapshot.lastUpdateID + 1
        }
        let moved = runs[symbol][run].snapshots.filter(belongsToNext)
        runs[symbol][run].snapshots.removeAll(where: belongsToNext)
        runs[symbol].append(TapeRun(diffs: [diff], snapshots: moved))
    }

    private mutating func addAnswer(_ line: RecordingLine) throws(RecordingLineError) {
        let path = line.target.prefix { $0 != "?" }
        let query = QueryItems(String(line.target.dropFirst(path.count + 1)))
        if path.hasSuffix("/exchangeInfo") {
            guard let body = try? parser.parse(line.data), body["symbols"] != nil else {
                throw .badData
            }
            exchangeInfo = line.data
        } else if path.hasSuffix("/depth"), let name = query["symbol"]?.uppercased() {
            guard let body = try? parser.parse(line.data), let book = TapeBook(snapshot: body)
            else { throw .badData }
            let symbol = catalog.addSymbol(name)
            while runs.count < catalog.symbols.count { runs.append([]) }
            addSnapshot(
                TapeSnapshot(
                    position: window.endPosition, lastUpdateID: book.lastUpdateID, body: line.data),
                symbol: symbol)
        }
    }

    /// A snapshot belongs to the current run of its symbol; if that run turns out to have ended
    /// before it, the next diff takes it along.
    private mutating func addSnapshot(_ snapshot: TapeSnapshot, symbol: Int) {
        if runs[symbol].isEmpty { runs[symbol].append(TapeRun()) }
        runs[symbol][runs[symbol].count - 1].snapshots.append(snapshot)
    }
}
