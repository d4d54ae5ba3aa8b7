package import Schema

/// `grpc.testing.Empty`.
package struct Empty: InteropMessage {
    package init() {}
    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {}
    package func write(to writer: inout WireWriter) {}
}

/// `grpc.testing.BoolValue`: a flag that may be absent.
package struct BoolValue: InteropMessage {
    package var value = false

    package init() {}
    package init(_ value: Bool) { self.value = value }

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        if field == 1 { self.value = value.int != 0 }
    }

    package func write(to writer: inout WireWriter) { writer.number(1, value ? 1 : 0) }
}

/// `grpc.testing.Payload`: bytes that mean nothing.
package struct Payload: InteropMessage {
    package var body: [UInt8] = []

    package init() {}

    /// A body of zeros, as the tests want it.
    package init(size: Int) { body = [UInt8](repeating: 0, count: size) }

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        if field == 2 { body = Array(value.bytes) }
    }

    package func write(to writer: inout WireWriter) { writer.bytes(2, body) }
}

/// `grpc.testing.EchoStatus`: what the call shall end with.
package struct EchoStatus: InteropMessage {
    package var code = 0
    package var message = ""

    package init() {}
    package init(code: Int, message: String) { (self.code, self.message) = (code, message) }

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        switch field {
        case 1: code = value.int
        case 2: message = value.text
        default: break
        }
    }

    package func write(to writer: inout WireWriter) {
        writer.number(1, code)
        writer.text(2, message)
    }
}
