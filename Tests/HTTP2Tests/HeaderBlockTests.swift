import Testing

@testable import HTTP2

struct HeaderBlockTests {
    private let request = [
        HTTP2Field(":method", "POST"), HTTP2Field(":path", "/penstock.v1.MarketData/Subscribe"),
        HTTP2Field("te", "trailers"),
    ]

    private func read(
        _ fields: [HTTP2Field], into block: inout HeaderBlock, isRemembered: Bool = true
    ) -> [HTTP2Field] {
        block.begin()
        for field in fields {
            block.count(nameBytes: field.name.utf8.count, valueBytes: field.value.utf8.count)
            Array(field.name.utf8).withUnsafeBufferPointer { name in
                Array(field.value.utf8).withUnsafeBufferPointer { value in
                    block.append(name: name, value: value)
                }
            }
        }
        return block.end(isRemembered: isRemembered)
    }

    private func identity(_ fields: [HTTP2Field]) -> UnsafePointer<HTTP2Field>? {
        fields.withUnsafeBufferPointer { $0.baseAddress }
    }

    @Test func `A block that repeats the one before it is the very same array`() {
        var block = HeaderBlock()
        let first = read(request, into: &block)
        let second = read(request, into: &block)
        #expect(first == request)
        #expect(second == request)
        #expect(identity(first) == identity(second))
    }

    @Test(arguments: [
        [HTTP2Field(":method", "POST")],
        [HTTP2Field(":method", "PUT"), HTTP2Field(":path", "/penstock.v1.MarketData/Subscribe")],
        [HTTP2Field(":method", "POST"), HTTP2Field(":path", "/penstock.v1.MarketData/Subscribf")],
        [HTTP2Field(":method", "POST"), HTTP2Field("", ""), HTTP2Field("te", "trailers")],
        [],
    ])
    func `Whatever differs is read as it came, and the next after it too`(other: [HTTP2Field]) {
        var block = HeaderBlock()
        #expect(read(request, into: &block) == request)
        #expect(read(other, into: &block) == other)
        #expect(read(request, into: &block) == request)
    }

    @Test func `A block with one field more than the one before it keeps that field`() {
        var block = HeaderBlock()
        let longer = request + [HTTP2Field("grpc-timeout", "1S")]
        #expect(read(request, into: &block) == request)
        #expect(read(longer, into: &block) == longer)
        #expect(read(longer, into: &block) == longer)
    }

    @Test func `Bytes that are not UTF-8 come out as they did before`() {
        var block = HeaderBlock()
        for _ in 0..<2 {
            block.begin()
            [0x61].withUnsafeBufferPointer { name in
                [0xFF, 0x62].withUnsafeBufferPointer { value in
                    block.append(name: name, value: value)
                }
            }
            #expect(block.end(isRemembered: true) == [HTTP2Field("a", "\u{FFFD}b")])
        }
    }

    @Test(arguments: [0, 1])
    func `A block is remembered up to its bound and no further`(excess: Int) {
        var block = HeaderBlock()
        let size = HeaderBlock.rememberedBytesMax - 32 - 1 + excess
        let fields = [HTTP2Field("a", String(repeating: "x", count: size))]
        let (first, second) = (read(fields, into: &block), read(fields, into: &block))
        #expect(second == fields)
        #expect((identity(first) == identity(second)) == (excess == 0))
    }

    @Test func `Blocks that open no stream do not displace what is remembered`() {
        var block = HeaderBlock()
        let first = read(request, into: &block)
        let trailers = [HTTP2Field("checksum", "1")]
        #expect(read(trailers, into: &block, isRemembered: false) == trailers)
        #expect(identity(read(request, into: &block)) == identity(first))
    }
}
