package import Schema

/// `grpc.testing.SimpleRequest`.
package struct SimpleRequest: InteropMessage {
    package var responseSize = 0
    package var payload: Payload?
    /// The response is to be compressed, or is not to be; absent: as the server likes.
    package var responseCompressed: BoolValue?
    package var responseStatus: EchoStatus?
    /// This very message came compressed, or did not; anything else is INVALID_ARGUMENT.
    package var expectCompressed: BoolValue?

    package init() {}

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        switch field {
        case 2: responseSize = value.int
        case 3: payload = value.message()
        case 6: responseCompressed = value.message()
        case 7: responseStatus = value.message()
        case 8: expectCompressed = value.message()
        default: break
        }
    }

    package func write(to writer: inout WireWriter) {
        writer.number(2, responseSize)
        writer.message(3, payload)
        writer.message(6, responseCompressed)
        writer.message(7, responseStatus)
        writer.message(8, expectCompressed)
    }
}

/// `grpc.testing.SimpleResponse`.
package struct SimpleResponse: InteropMessage {
    package var payload: Payload?

    package init() {}
    package init(payload: Payload?) { self.payload = payload }

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        if field == 1 { payload = value.message() }
    }

    package func write(to writer: inout WireWriter) { writer.message(1, payload) }
}
