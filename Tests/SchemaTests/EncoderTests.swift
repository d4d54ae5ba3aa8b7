import Base
import CProtobufC
import Schema
import Testing

@Suite struct Encoders {
    /// 34 message types, 40 random messages of each.
    private func forRandomMessages(
        _ body: (RandomMessage, MessageTable, String) throws -> Void
    ) rethrows {
        var random = SeededRandom(seed: 20_261_121)
        for descriptor in RandomMessage.descriptors {
            let name = String(cString: descriptor.pointee.name)
            for round in 0..<40 {
                let message = RandomMessage(descriptor, random: &random)
                try body(message, TableSet.shared[name], "\(name) \(round)")
            }
        }
    }

    private func bytes(_ message: RandomMessage, _ table: MessageTable, _ codec: Codec) -> [UInt8] {
        let output = OutputBuffer()
        table.encode(message.memory, codec, into: output)
        return output.copyBytes()
    }

    @Test func `protobuf is what protobuf-c packs, byte for byte`() {
        forRandomMessages { message, table, what in
            #expect(bytes(message, table, .protobuf) == message.packed, "\(what)")
        }
    }

    @Test func `MessagePack is what msgpack-c packs, byte for byte`() {
        forRandomMessages { message, table, what in
            #expect(
                bytes(message, table, .messagePack) == ReferencePacker.pack(message.memory),
                "\(what)")
        }
    }

    @Test func `a message appends to what the buffer already holds`() {
        let output = OutputBuffer()
        output.append([1, 2, 3])
        let update = Update(topic: 1, payload: .data([UInt8](repeating: 7, count: 5000)))
        update.encode(.protobuf, into: output)
        let bytes = output.copyBytes()
        #expect(bytes.prefix(3) == [1, 2, 3])
        #expect(bytes.dropFirst(3) == update.encoded(.protobuf)[...])
        #expect(bytes.count == 3 + 2 + 2 + 2 + 5000)
    }

    @Test func `a framed message carries gRPC's prefix`() {
        let update = Update(topic: 1, payload: .data([UInt8](repeating: 7, count: 300)))
        let output = OutputBuffer()
        output.append([9])
        for _ in 0..<2 { update.encodeFramed(.protobuf, into: output) }
        let message = update.encoded(.protobuf)
        let frame = [0, 0, 0, UInt8(message.count >> 8), UInt8(message.count & 255)] + message
        #expect(output.copyBytes() == [9] + frame + frame)
    }

    @Test(arguments: [
        (6_183_763, -2, "61837.63"), (1, -18, "0.000000000000000001"), (500, -2, "5"),
        (-120, -1, "-12"), (-5, -3, "-0.005"), (0, -8, "0"), (0, 18, "0"), (5, 2, "500"),
        (Int64.min, -18, "-9.223372036854775808"), (Int64.max, 0, "9223372036854775807"),
        (Int64.min, 18, "-9223372036854775808000000000000000000"), (7, 40, "7E40"),
        (-7, -40, "-7E-40"),
    ]) func `a decimal is written exactly`(mantissa: Int64, exponent: Int, text: String) {
        let tick = Tick(bidPrice: mantissa, priceExponent: Int32(exponent))
        let json = String(decoding: tick.encoded(.json), as: UTF8.self)
        #expect(json == "{\"bidPrice\":\"\(text)\"}")
        let packed = tick.encoded(.messagePack)
        #expect(packed.suffix(text.utf8.count) == Array(text.utf8)[...])
    }
}
