import Base
import Testing
import WebSocket

/// One end, what it delivered and what it wrote.
struct End: ~Copyable {
    struct Delivery: Equatable {
        var event: WebSocketEvent
        var payload: [UInt8]

        static func text(_ text: String) -> Delivery {
            Delivery(event: .text, payload: Array(text.utf8))
        }
    }

    var machine: WebSocketMachine
    let output = OutputBuffer()
    var delivered: [Delivery] = []

    init(_ role: WebSocketRole, messageBytesMax: Int = 1 << 20) {
        machine = WebSocketMachine(
            role: role, limits: WebSocketLimits(messageBytesMax: messageBytesMax), maskSeed: 7)
    }

    mutating func receive(_ bytes: [UInt8], piece size: Int = .max) throws(WebSocketError) {
        var start = 0
        while start < bytes.count {
            let end = min(start + min(size, bytes.count), bytes.count)
            var seen: [Delivery] = []
            defer { delivered += seen }
            try Array(bytes[start..<end]).withRawSpan { span throws(WebSocketError) in
                try machine.receive(span, answers: output) { event, payload in
                    seen.append(Delivery(event: event, payload: payload.copyBytes()))
                }
            }
            start = end
        }
    }

    func written() -> [UInt8] {
        defer { output.removeAll() }
        return output.copyBytes()
    }
}

func frame(
    _ opcode: WebSocketOpcode, _ payload: [UInt8], isFinal: Bool = true, mask: UInt32? = nil
) -> [UInt8] {
    let output = OutputBuffer()
    payload.withRawSpan {
        WebSocketFrame.append(opcode, $0, isFinal: isFinal, maskKey: mask, to: output)
    }
    return output.copyBytes()
}

func frame(_ opcode: WebSocketOpcode, _ text: String, isFinal: Bool = true, mask: UInt32? = nil)
    -> [UInt8]
{
    frame(opcode, Array(text.utf8), isFinal: isFinal, mask: mask)
}

func closeFrame(_ code: UInt16, mask: UInt32? = nil) -> [UInt8] {
    frame(.close, [UInt8(code >> 8), UInt8(code & 255)], mask: mask)
}

@Suite struct WebSocketMachineTests {
    @Test func `the examples of RFC 6455 section 5-7 are read`() throws {
        var client = End(.client)
        try client.receive([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
        try client.receive([0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f])
        #expect(client.delivered == [.text("Hello"), .text("Hello")])
        var server = End(.server)
        try server.receive([0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
        #expect(server.delivered == [.text("Hello")])
        var pinged = End(.server)
        try pinged.receive([0x89, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
        #expect(pinged.written() == [0x8a, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
    }

    @Test func `the examples of RFC 6455 section 5-7 are written`() {
        #expect(frame(.text, "Hello") == [0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f])
        #expect(
            frame(.text, "Hello", mask: 0x37fa_213d)
                == [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58])
        let bytes = [UInt8](repeating: 1, count: 65536)
        #expect(frame(.binary, Array(bytes[..<256])).prefix(4) == [0x82, 0x7e, 0x01, 0x00])
        #expect(frame(.binary, bytes).prefix(10) == [0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    @Test(arguments: [nil, 0x37fa_213d] as [UInt32?])
    func `a session cut into pieces of any size is the same session`(mask: UInt32?) throws {
        let bytes =
            frame(.text, "first", mask: mask)
            + frame(.text, "frag", isFinal: false, mask: mask)
            + frame(.ping, "in between", mask: mask)
            + frame(.continuation, "mented \u{20ac}", isFinal: false, mask: mask)
            + frame(.pong, "", mask: mask) + frame(.continuation, "!", mask: mask)
            + frame(.binary, [UInt8](repeating: 0xff, count: 300), mask: mask)
            + frame(.text, "", mask: mask) + frame(.close, [3, 232, 98, 121, 101], mask: mask)
        let expected: [End.Delivery] = [
            .text("first"), .init(event: .ping, payload: Array("in between".utf8)),
            .init(event: .pong, payload: []), .text("fragmented \u{20ac}!"),
            .init(event: .binary, payload: [UInt8](repeating: 0xff, count: 300)), .text(""),
            .init(event: .close(code: 1000), payload: Array("bye".utf8)),
        ]
        var answers: [UInt8]?
        for size in 1...bytes.count {
            var end = End(mask == nil ? .client : .server)
            try end.receive(bytes, piece: size)
            #expect(end.delivered == expected, "pieces of \(size)")
            #expect(end.machine.isClosed == true)
            let written = end.written()
            #expect(written == answers ?? written)
            answers = written
        }
    }

    @Test(arguments: [0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 70001])
    func `a payload of every length form comes back`(count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        var client = End(.client)
        try client.receive(frame(.binary, payload), piece: 1000)
        #expect(client.delivered == [.init(event: .binary, payload: payload)])
        var server = End(.server)
        try server.receive(frame(.binary, payload, mask: 0xdead_beef), piece: 1000)
        #expect(server.delivered == [.init(event: .binary, payload: payload)])
    }

    @Test(
        arguments: [
            ([0xc1, 0x00], WebSocketError.reservedBits), ([0xa1], .reservedBits),
            ([0x91], .reservedBits),
            ([0x83], .unknownOpcode(3)), ([0x8f], .unknownOpcode(15)), ([0x09], .fragmentedControl),
            ([0x08], .fragmentedControl), ([0x89, 0x7e], .controlTooLong(bytes: 126)),
            ([0x81, 0x80], .maskUnexpected), ([0x81, 0x7e, 0x00, 0x7d], .malformedLength),
            ([0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0xff, 0xff], .malformedLength),
            ([0x82, 0x7f, 0x80, 0, 0, 0, 0, 0, 0, 0], .malformedLength),
            ([0x80, 0x00], .continuationUnexpected),
            ([0x01, 0x00, 0x81, 0x00], .continuationMissing),
            ([0x88, 0x01, 0x03], .malformedClose),
            ([0x88, 0x02, 0x03, 0xed], .malformedClose),
            ([0x88, 0x02, 0x03, 0xe7], .malformedClose),
            ([0x88, 0x02, 0x13, 0x88], .malformedClose),
        ] as [([UInt8], WebSocketError)])
    func `a broken frame fails the connection with 1002`(
        bytes: [UInt8], error: WebSocketError
    ) throws {
        for size in [1, 100] {
            var client = End(.client)
            try client.receive(frame(.text, "before"))
            #expect(throws: error) { try client.receive(bytes, piece: size) }
            #expect(client.delivered == [.text("before")])
            #expect(client.machine.isClosed == true)
            #expect(error.closeCode == 1002)
            var server = End(.server)
            #expect(throws: Never.self) { try server.receive(client.written()) }
            #expect(server.delivered == [.init(event: .close(code: 1002), payload: [])])
        }
    }

    @Test func `a server refuses frames without a mask`() {
        var server = End(.server)
        #expect(throws: WebSocketError.maskMissing) { try server.receive([0x81, 0x00]) }
        #expect(server.written() == closeFrame(1002))
    }

    @Test(
        arguments: [
            [0xc0, 0x80], [0xe0, 0x9f, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80],
            [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0xce, 0xba, 0xe1], [0xc2, 0x41],
            [0xf0, 0x80, 0x80, 0x80], [0xe2, 0x82, 0x41], [0xff],
        ] as [[UInt8]])
    func `text that is no UTF-8 fails the connection with 1007`(bad: [UInt8]) {
        for prefix in 0...9 {
            var server = End(.server)
            let payload = [UInt8](repeating: 0x61, count: prefix) + bad
            #expect(throws: WebSocketError.invalidUTF8) {
                try server.receive(frame(.text, payload, mask: 1))
            }
            #expect(server.written() == closeFrame(1007))
            var binary = End(.server)
            #expect(throws: Never.self) { try binary.receive(frame(.binary, payload, mask: 1)) }
            #expect(binary.delivered.count == 1)
        }
    }

    @Test func `every scalar of Unicode is accepted, also across fragments`() throws {
        var text = ""
        for number in stride(from: UInt32(1), through: 0x10ffff, by: 97) {
            if let scalar = Unicode.Scalar(number) { text.unicodeScalars.append(scalar) }
        }
        text += "\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}"
        let bytes = Array(text.utf8)
        var client = End(.client)
        try client.receive(
            frame(.text, Array(bytes[..<1001]), isFinal: false)
                + frame(.continuation, Array(bytes[1001...])))
        #expect(client.delivered == [.text(text)])
    }

    @Test func `a close reason that is no UTF-8 fails with 1007`() {
        var client = End(.client)
        #expect(throws: WebSocketError.invalidUTF8) {
            try client.receive(frame(.close, [0x03, 0xe8, 0xff]))
        }
    }

    @Test func `a message may have its limit of bytes and not one more`() throws {
        let payload = [UInt8](repeating: 0, count: 200)
        var fits = End(.client, messageBytesMax: 200)
        try fits.receive(frame(.binary, payload))
        try fits.receive(
            frame(.binary, Array(payload[..<150]), isFinal: false)
                + frame(.continuation, Array(payload[..<50])))
        #expect(fits.delivered.map(\.payload.count) == [200, 200])

        var whole = End(.server, messageBytesMax: 199)
        // The header alone decides: no payload is waited for.
        #expect(throws: WebSocketError.messageTooBig(limit: 199)) {
            try whole.receive(Array(frame(.binary, payload, mask: 5).prefix(8)))
        }
        #expect(whole.written() == closeFrame(1009))

        var fragments = End(.server, messageBytesMax: 199)
        try fragments.receive(frame(.binary, Array(payload[..<150]), isFinal: false, mask: 5))
        #expect(throws: WebSocketError.messageTooBig(limit: 199)) {
            try fragments.receive(frame(.continuation, Array(payload[..<50]), mask: 5))
        }
        #expect(fragments.written() == closeFrame(1009))
    }

    @Test func `pings are answered with their payload before they are delivered`() throws {
        var server = End(.server)
        try server.receive(frame(.ping, "1", mask: 9) + frame(.ping, "22", mask: 9))
        #expect(server.written() == frame(.pong, "1") + frame(.pong, "22"))
        #expect(server.delivered.map(\.event) == [.ping, .ping])
    }

    @Test func `pings are left to an owner who answers them itself`() throws {
        let output = OutputBuffer()
        var machine = WebSocketMachine(role: .client, answersPings: false)
        var payloads: [[UInt8]] = []
        try frame(.ping, "1").withRawSpan { bytes throws(WebSocketError) in
            try machine.receive(bytes, answers: output) { payloads.append($1.copyBytes()) }
        }
        #expect(payloads == [Array("1".utf8)])
        #expect(output.isEmpty)
    }

    @Test func `the peer's close is echoed and ends everything`() throws {
        var server = End(.server)
        try server.receive(closeFrame(1001, mask: 3) + frame(.text, "late", mask: 3))
        #expect(server.delivered == [.init(event: .close(code: 1001), payload: [])])
        #expect(server.written() == closeFrame(1001))
        try server.receive(frame(.text, "later", mask: 3))
        #expect(server.delivered.count == 1)
        #expect(server.machine.send("no", to: server.output) == false)
        server.machine.close(to: server.output)
        #expect(server.output.isEmpty)
    }

    @Test func `a close without code is answered without code`() throws {
        var server = End(.server)
        try server.receive(frame(.close, [], mask: 3))
        #expect(server.delivered == [.init(event: .close(code: nil), payload: [])])
        #expect(server.written() == frame(.close, []))
    }

    @Test func `after our close messages still come, pings are not answered, nothing is sent`()
        throws
    {
        var client = End(.client)
        client.machine.close(code: 1000, reason: "done", to: client.output)
        var server = End(.server)
        try server.receive(client.written())
        #expect(
            server.delivered
                == [.init(event: .close(code: 1000), payload: Array("done".utf8))])
        client.machine.close(to: client.output)
        #expect(client.machine.send("no", to: client.output) == false)
        try client.receive(frame(.text, "on its way") + frame(.ping, "?"))
        #expect(client.output.isEmpty)
        #expect(client.machine.isClosed == false)
        try client.receive(server.written())
        #expect(client.output.isEmpty)
        #expect(client.machine.isClosed == true)
        #expect(client.delivered.map(\.event) == [.text, .ping, .close(code: 1000)])
    }

    @Test(arguments: [1000, 1003, 1007, 1014, 3000, 4999] as [UInt16])
    func `every code that may travel is accepted`(code: UInt16) throws {
        var client = End(.client)
        try client.receive(closeFrame(code))
        #expect(client.delivered.map(\.event) == [.close(code: code)])
    }

    @Test func `a client masks each frame with another key`() throws {
        var client = End(.client)
        client.machine.send("same", to: client.output)
        let first = client.written()
        client.machine.send("same", to: client.output)
        let second = client.written()
        #expect(first != second)
        var server = End(.server)
        try server.receive(first + second)
        #expect(server.delivered == [.text("same"), .text("same")])
    }

    @Test func `a long reason is cut between characters`() throws {
        let output = OutputBuffer()
        WebSocketFrame.appendClose(
            code: 1000, reason: String(repeating: "\u{20ac}", count: 50), to: output)
        var client = End(.client)
        try client.receive(output.copyBytes())
        #expect(
            client.delivered.first?.payload
                == Array(String(repeating: "\u{20ac}", count: 41).utf8))
    }
}
