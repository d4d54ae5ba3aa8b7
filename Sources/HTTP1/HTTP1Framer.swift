internal import Base

/// Cuts a stream of bytes into heads and bodies; what a request and a response have in common.
///
///     head ──takeHead──► body(length) | chunked | untilClose ──takeBody──► head
///
/// Invariant: `bytes[start...]` is not consumed yet, and `bytes[start..<scanned]` holds no end of a
/// head. Holds at most the limits and what the last `append` brought. Cost is linear in the bytes
/// received, also when they come one at a time.
struct HTTP1Framer: ~Copyable {
    enum BodyLength: Equatable {
        case fixed(Int)
        case chunked, untilClose
    }

    private enum Chunk: Equatable {
        case size
        case data(remaining: Int)
        case dataEnd, trailers
    }

    let limits: HTTP1Limits
    private var bytes: [UInt8] = []
    private var start = 0
    private var scanned = 0
    /// Empty lines before a start line are tolerated, but not for ever (RFC 9112 §2.2).
    private var emptyLines = 0
    private var chunk = Chunk.size
    private var trailerBytes = 0
    private var body: [UInt8] = []

    init(limits: HTTP1Limits) { self.limits = limits }

    var unconsumedCount: Int { bytes.count - start }

    mutating func append(_ more: RawSpan) {
        if start > 0 {
            bytes.removeSubrange(0..<start)
            scanned -= start
            start = 0
        }
        bytes.append(more)
    }

    /// What came after the last message taken, for whoever speaks next on this connection.
    mutating func takeRemainder() -> [UInt8] {
        let rest = Array(bytes[start...])
        bytes = []
        (start, scanned) = (0, 0)
        return rest
    }

    /// The next head without its final empty line, if it is complete.
    mutating func takeHead() throws(HTTP1Error) -> ArraySlice<UInt8>? {
        while scanned < bytes.count {
            let byte = bytes[scanned]
            let previous = scanned > start ? bytes[scanned - 1] : 0
            guard byte >= 0x20 && byte != 0x7f || byte == 0x09 || byte == 0x0d || byte == 0x0a
            else { throw .invalidByte(byte) }
            if (byte == 0x0a) != (previous == 0x0d) { throw .invalidByte(byte) }
            scanned += 1
            if byte == 0x0a && scanned - start == 2 {
                emptyLines += 1
                if emptyLines > 4 { throw .invalidByte(byte) }
                start = scanned
            } else if byte == 0x0a && bytes[scanned - 3] == 0x0a {
                if scanned - start > limits.headBytesMax { break }
                let head = bytes[start..<(scanned - 4)]
                start = scanned
                emptyLines = 0
                return head
            }
            if scanned - start > limits.headBytesMax { break }
        }
        if scanned - start > limits.headBytesMax { throw .headTooLarge(limit: limits.headBytesMax) }
        return nil
    }

    /// The body that follows a head, if it is complete.
    mutating func takeBody(_ length: BodyLength, ended: Bool = false) throws(HTTP1Error) -> [UInt8]?
    {
        switch length {
        case .fixed(let count):
            if count > limits.bodyBytesMax { throw .bodyTooLarge(limit: limits.bodyBytesMax) }
            guard unconsumedCount >= count else { return nil }
            let whole = Array(bytes[start..<(start + count)])
            consume(count)
            return whole
        case .untilClose:
            try moveToBody(unconsumedCount)
            if !ended { return nil }
        case .chunked:
            while chunk != .trailers {
                guard try advanceChunk() else { return nil }
            }
            guard try skipTrailers() else { return nil }
            chunk = .size
        }
        defer { body = [] }
        return body
    }

    private mutating func consume(_ count: Int) {
        start += count
        scanned = start
    }

    private mutating func moveToBody(_ count: Int) throws(HTTP1Error) {
        if count > limits.bodyBytesMax - body.count {
            throw .bodyTooLarge(limit: limits.bodyBytesMax)
        }
        body.append(contentsOf: bytes[start..<(start + count)])
        consume(count)
    }

    /// One step through a chunked body (RFC 9112 §7.1). False: more bytes are needed.
    private mutating func advanceChunk() throws(HTTP1Error) -> Bool {
        switch chunk {
        case .size:
            // Sixteen digits and a modest extension; longer lines are an attack.
            guard let line = try takeLine(lengthMax: 256) else { return false }
            let size = try Self.chunkSize(line)
            if size > limits.bodyBytesMax - body.count {
                throw .bodyTooLarge(limit: limits.bodyBytesMax)
            }
            chunk = size == 0 ? .trailers : .data(remaining: size)
            trailerBytes = 0
            return true
        case .data(let remaining):
            let count = min(remaining, unconsumedCount)
            if count == 0 { return false }
            try moveToBody(count)
            chunk = count == remaining ? .dataEnd : .data(remaining: remaining - count)
            return true
        case .dataEnd:
            guard let line = try takeLine(lengthMax: 0) else { return false }
            precondition(line.isEmpty)
            chunk = .size
            return true
        case .trailers:
            return true
        }
    }

    /// Trailers are read and dropped: nobody here asked for them with TE.
    private mutating func skipTrailers() throws(HTTP1Error) -> Bool {
        while let line = try takeLine(lengthMax: limits.headBytesMax) {
            if line.isEmpty { return true }
            trailerBytes += line.count + 2
            if trailerBytes > limits.headBytesMax {
                throw .headTooLarge(limit: limits.headBytesMax)
            }
        }
        return false
    }

    /// The next line without CR LF.
    private mutating func takeLine(lengthMax: Int) throws(HTTP1Error) -> ArraySlice<UInt8>? {
        while scanned < bytes.count {
            let byte = bytes[scanned]
            let afterReturn = scanned > start && bytes[scanned - 1] == 0x0d
            if afterReturn != (byte == 0x0a) { throw .malformedChunk }
            scanned += 1
            if byte == 0x0a {
                let line = bytes[start..<(scanned - 2)]
                start = scanned
                return line
            }
            let length = scanned - start - (byte == 0x0d ? 1 : 0)
            if length > lengthMax { throw .malformedChunk }
        }
        return nil
    }

    private static func chunkSize(_ line: ArraySlice<UInt8>) throws(HTTP1Error) -> Int {
        let digits = line.prefix { $0.hexadecimalValue != nil }
        let rest = line[digits.endIndex...]
        // Fifteen digits cannot overflow, and no limit comes near them.
        guard (1...15).contains(digits.count) else { throw .malformedChunk }
        if let next = rest.first(where: { $0 != 0x20 && $0 != 0x09 }), next != UInt8(ascii: ";") {
            throw .malformedChunk
        }
        return digits.reduce(0) { $0 << 4 | Int($1.hexadecimalValue ?? 0) }
    }
}
