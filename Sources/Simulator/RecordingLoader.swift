internal import Base
internal import JSON

/// Reads recordings into one tape per venue.
///
/// Files of one venue follow each other in the order given, as one session; the venue of a file is
/// the host in its lines.
package struct RecordingLoader {
    private var builders: [SimulatedVenue: TapeBuilder] = [:]
    private let parser = JSONParser(bytesMax: LineReader.lineBytesMax)

    package init() {}

    /// The tapes of all files.
    package static func load(
        _ paths: [String]
    ) throws(RecordingError) -> [SimulatedVenue: RecordedTape] {
        var loader = RecordingLoader()
        for path in paths { try loader.add(path) }
        return loader.builders.mapValues { $0.tape() }
    }

    private mutating func add(_ path: String) throws(RecordingError) {
        let reader = try LineReader(path: path)
        var venue: SimulatedVenue?
        // Lines with a bare path, until a host has told the venue.
        var waiting: [(line: Int, content: RecordingLine)] = []
        while let decoded = try reader.next({ (bytes) throws(RecordingError) in
            bytes.isEmpty ? nil : RecordingLine.decode(bytes, parser)
        }) {
            guard let decoded else { continue }
            let content: RecordingLine
            switch decoded {
            case .success(let line): content = line
            case .failure(let error):
                throw .malformed(file: path, line: reader.line, reason: error.description)
            }
            let named = try self.venue(of: content, path, reader.line)
            if let named, let venue, named != venue {
                throw .malformed(
                    file: path, line: reader.line,
                    reason: "a line of \(named.rawValue) in a recording of \(venue.rawValue)")
            }
            if let named, venue == nil {
                venue = named
                builders[named, default: TapeBuilder()].beginFile()
            }
            waiting.append((reader.line, content))
            guard let venue else { continue }
            for (line, content) in waiting { try add(content, to: venue, path, line) }
            waiting.removeAll(keepingCapacity: true)
        }
        if venue == nil { throw .empty(file: path) }
    }

    private func venue(
        of line: RecordingLine, _ path: String, _ number: Int
    ) throws(RecordingError) -> SimulatedVenue? {
        guard let host = line.host else { return nil }
        if let venue = SimulatedVenue(host: host) { return venue }
        throw .unknownVenue(file: path, line: number, host: String(host))
    }

    private mutating func add(
        _ content: RecordingLine, to venue: SimulatedVenue, _ path: String, _ line: Int
    ) throws(RecordingError) {
        do throws(RecordingLineError) {
            try builders[venue, default: TapeBuilder()].add(content)
        } catch {
            throw .malformed(file: path, line: line, reason: error.description)
        }
    }
}
