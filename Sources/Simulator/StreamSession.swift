internal import Base
internal import JSON

/// What a client's message leads to.
package struct StreamReply: Equatable, Sendable {
    /// Sent back as a text message.
    package var text: String
    package var subscribed: [String] = []
    package var unsubscribed: [String] = []
}

/// The control protocol of Binance's stream connections (web-socket-streams.md): what the client
/// has subscribed, in order, and how its requests are answered.
///
/// Misspelled stream names are acknowledged like any other and stay silent for ever. At most 1,024
/// streams.
package struct StreamSession {
    package static let streamsMax = 1024
    private static let identifierCharactersMax = 36

    /// In order of subscription.
    package private(set) var streams: [String] = []
    private var known: Set<String> = []
    package private(set) var isCombined: Bool
    private let parser = JSONParser(bytesMax: 1 << 20)

    /// From the URL the client connected to.
    package init(_ url: StreamURL) {
        isCombined = url.isCombined
        for name in url.streams where known.insert(name).inserted { streams.append(name) }
    }

    package var hasTooManyStreams: Bool { streams.count > StreamSession.streamsMax }

    /// Answers one text message.
    package mutating func received(_ text: RawSpan) -> StreamReply {
        guard let request = try? parser.parse(text) else {
            let (line, column) = StreamSession.place(ofErrorIn: text)
            return StreamReply(
                text: "{\"code\":3,\"msg\":\"Invalid JSON: expected value"
                    + " at line \(line) column \(column)\"}")
        }
        let end = text.byteCount
        guard request.isObject else {
            return invalid("expected an object at line 1 column \(end)", nil)
        }
        guard let identifier = StreamSession.identifierText(request["id"]) else {
            return invalid("request ID must be an integer, a string or null", nil)
        }
        guard let method = request["method"] else {
            return invalid("missing field `method` at line 1 column \(end)", identifier)
        }
        switch method.text {
        case "SUBSCRIBE": return change(request["params"], identifier, subscribing: true)
        case "UNSUBSCRIBE": return change(request["params"], identifier, subscribing: false)
        case "LIST_SUBSCRIPTIONS":
            let names = streams.map { "\"\(StreamSession.escaped($0))\"" }.joined(separator: ",")
            return success("[\(names)]", identifier)
        case "SET_PROPERTY": return setProperty(request["params"], identifier)
        case "GET_PROPERTY":
            guard request["params"]?[0]?.text == "combined" else { return unknown(identifier) }
            return success("\(isCombined)", identifier)
        default:
            let name = StreamSession.escaped(method.text ?? "")
            return invalid(
                "unknown variant `\(name)`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, "
                    + "`LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 "
                    + "column \(end)",
                identifier)
        }
    }

    private mutating func change(
        _ parameters: JSONValue?, _ identifier: String, subscribing: Bool
    ) -> StreamReply {
        guard let parameters, parameters.isArray else {
            return invalid("params must be a list of stream names", identifier)
        }
        var names: [String] = []
        for element in parameters.elements {
            guard let name = element.text else {
                return invalid("stream name must be a string", identifier)
            }
            names.append(name)
        }
        var reply = success("null", identifier)
        if subscribing {
            let fresh = Set(names).subtracting(known).count
            guard streams.count + fresh <= StreamSession.streamsMax else {
                return invalid(
                    "too many streams, at most \(StreamSession.streamsMax)", identifier)
            }
            for name in names where known.insert(name).inserted { streams.append(name) }
            reply.subscribed = names
        } else {
            known.subtract(names)
            streams.removeAll { !known.contains($0) }
            reply.unsubscribed = names
        }
        return reply
    }

    private mutating func setProperty(
        _ parameters: JSONValue?, _ identifier: String
    ) -> StreamReply {
        guard parameters?[0]?.text == "combined" else { return unknown(identifier) }
        guard let value = parameters?[1]?.bool else {
            return StreamReply(
                text: "{\"code\":1,\"msg\":\"Invalid value type: expected Boolean\","
                    + "\"id\":\(identifier)}")
        }
        isCombined = value
        return success("null", identifier)
    }

    private func success(_ result: String, _ identifier: String) -> StreamReply {
        StreamReply(text: "{\"result\":\(result),\"id\":\(identifier)}")
    }

    private func unknown(_ identifier: String) -> StreamReply {
        StreamReply(text: "{\"code\":0,\"msg\":\"Unknown property\",\"id\":\(identifier)}")
    }

    private func invalid(_ reason: String, _ identifier: String?) -> StreamReply {
        let tail = identifier.map { ",\"id\":\($0)" } ?? ""
        return StreamReply(text: "{\"code\":2,\"msg\":\"Invalid request: \(reason)\"\(tail)}")
    }

    /// The `id` as it is repeated in the reply; nil when it is of no allowed kind.
    private static func identifierText(_ value: JSONValue?) -> String? {
        guard let value, !value.isNull else { return "null" }
        if let number = value.int64 { return "\(number)" }
        guard let text = value.text, text.utf8.count <= identifierCharactersMax,
            text.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            })
        else { return nil }
        return "\"\(text)\""
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Line and column, counted from 1, of the first byte that cannot begin a value, or of the end
    /// of a text that merely stops too early.
    private static func place(ofErrorIn text: RawSpan) -> (line: Int, column: Int) {
        var (line, column) = (1, 1)
        for offset in 0..<text.byteCount {
            let byte = text.byte(offset)
            if byte == 0x0A {
                line += 1
                column = 1
                continue
            }
            let isSpace = byte == 0x20 || byte == 0x09 || byte == 0x0D
            let beginsValue = "{[\"-0123456789tfn".utf8.contains(byte)
            if !isSpace && !beginsValue { return (line, column) }
            if !isSpace { return (line, max(1, text.byteCount)) }
            column += 1
        }
        return (line, column)
    }
}
