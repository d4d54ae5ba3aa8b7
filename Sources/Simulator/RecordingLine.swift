internal import Base
internal import JSON

/// One line of a recording: `{"t","kind","stream","dir","data"}`.
package struct RecordingLine: Sendable {
    package enum Kind: String, Sendable {
        case webSocket = "ws"
        case http
        case serverSentEvents = "sse"
    }

    /// Receive time in nanoseconds since 1970; nil where the recorder kept none.
    package let time: Int64?
    package let kind: Kind
    /// The URL, without the `GET ` in front of it.
    package let url: String
    package let isIncoming: Bool
    package let data: [UInt8]

    /// The host in the URL; nil for a bare path.
    package var host: Substring? {
        guard let scheme = url.range(of: "://") else { return nil }
        return url[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    }

    /// Path and query of the URL.
    package var target: Substring {
        guard let scheme = url.range(of: "://") else { return url[...] }
        return url[scheme.upperBound...].drop { $0 != "/" && $0 != "?" }
    }

    /// Reads one line; the reason when it is not one.
    static func decode(
        _ bytes: RawSpan, _ parser: JSONParser
    ) -> Result<RecordingLine, RecordingLineError> {
        guard let value = try? parser.parse(bytes), value.isObject else {
            return .failure(.notAnObject)
        }
        guard let stream = value["stream"]?.text else { return .failure(.missing("stream")) }
        guard let kindText = value["kind"]?.text, let kind = Kind(rawValue: kindText) else {
            return .failure(.missing("kind"))
        }
        guard let direction = value["dir"]?.text, direction == "in" || direction == "out" else {
            return .failure(.missing("dir"))
        }
        guard let data = value["data"]?.withBytes({ $0.copyBytes() }) else {
            return .failure(.missing("data"))
        }
        guard let time = value["t"], time.isNull || time.int64 != nil else {
            return .failure(.missing("t"))
        }
        let url = stream.hasPrefix("GET ") ? String(stream.dropFirst(4)) : stream
        return .success(
            RecordingLine(
                time: time.int64, kind: kind, url: url, isIncoming: direction == "in", data: data))
    }
}

/// What is wrong with a line.
package enum RecordingLineError: Error, Equatable, Sendable, CustomStringConvertible {
    case notAnObject
    case missing(String)
    case badData

    package var description: String {
        switch self {
        case .notAnObject:
            "not a JSON object; expected {\"t\",\"kind\",\"stream\",\"dir\",\"data\"}"
        case .missing(let key):
            switch key {
            case "t": "\"t\" must be nanoseconds since 1970 or null"
            case "kind": "\"kind\" must be \"ws\", \"http\" or \"sse\""
            case "dir": "\"dir\" must be \"in\" or \"out\""
            default: "\"\(key)\" must be a string"
            }
        case .badData: "\"data\" is not a JSON message"
        }
    }
}

extension String {
    /// Where `text` occurs first; a short search without Foundation.
    func range(of text: String) -> Range<String.Index>? {
        guard let first = text.first else { return nil }
        var place = startIndex
        while let found = self[place...].firstIndex(of: first) {
            if self[found...].hasPrefix(text) {
                return found..<index(found, offsetBy: text.count)
            }
            place = index(after: found)
        }
        return nil
    }
}
