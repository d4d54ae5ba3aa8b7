package import Schema

/// `grpc.testing.StreamingInputCallRequest`.
package struct StreamingInputCallRequest: InteropMessage {
    package var payload: Payload?
    package var expectCompressed: BoolValue?

    package init() {}

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        switch field {
        case 1: payload = value.message()
        case 2: expectCompressed = value.message()
        default: break
        }
    }

    package func write(to writer: inout WireWriter) {
        writer.message(1, payload)
        writer.message(2, expectCompressed)
    }
}

/// `grpc.testing.StreamingInputCallResponse`.
package struct StreamingInputCallResponse: InteropMessage {
    package var aggregatedPayloadSize = 0

    package init() {}

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        if field == 1 { aggregatedPayloadSize = value.int }
    }

    package func write(to writer: inout WireWriter) { writer.number(1, aggregatedPayloadSize) }
}

/// `grpc.testing.ResponseParameters`: one response that is wanted.
package struct ResponseParameters: InteropMessage {
    package var size = 0
    /// Time to wait before it.
    package var intervalMicroseconds = 0
    package var compressed: BoolValue?

    package init() {}

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        switch field {
        case 1: size = value.int
        case 2: intervalMicroseconds = value.int
        case 3: compressed = value.message()
        default: break
        }
    }

    package func write(to writer: inout WireWriter) {
        writer.number(1, size)
        writer.number(2, intervalMicroseconds)
        writer.message(3, compressed)
    }
}

/// `grpc.testing.StreamingOutputCallRequest`.
package struct StreamingOutputCallRequest: InteropMessage {
    package var responseParameters: [ResponseParameters] = []
    package var payload: Payload?
    package var responseStatus: EchoStatus?

    package init() {}

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        switch field {
        case 2: responseParameters.append(value.message())
        case 3: payload = value.message()
        case 7: responseStatus = value.message()
        default: break
        }
    }

    package func write(to writer: inout WireWriter) {
        for parameters in responseParameters { writer.message(2, parameters) }
        writer.message(3, payload)
        writer.message(7, responseStatus)
    }
}

/// `grpc.testing.StreamingOutputCallResponse`.
package struct StreamingOutputCallResponse: InteropMessage {
    package var payload: Payload?

    package init() {}
    package init(payload: Payload?) { self.payload = payload }

    package mutating func read(_ field: UInt32, _ value: WireReader.Value) {
        if field == 1 { payload = value.message() }
    }

    package func write(to writer: inout WireWriter) { writer.message(1, payload) }
}
