internal import Base
internal import Core
internal import GRPC
internal import Schema

/// One `Handover.Take`: sends records as fast as the successor takes them.
final class HandoverCall: RPCHandler {
    private unowned let call: RPCCall
    private let service: HandoverService
    private var recorder: HubRecorder
    private var isComplete = false
    private var isTelling = false
    /// Encoded, but not taken yet.
    private var waiting: [UInt8]?

    init(_ call: RPCCall, of service: HandoverService) {
        self.call = call
        self.service = service
        recorder = HubRecorder(service.hub)
    }

    func tell(complete: Bool) {
        isComplete = complete
        isTelling = true
        recorder.begin(complete: complete)
        send()
    }

    func finish(_ status: RPCStatus) {
        (isTelling, waiting) = (false, nil)
        call.finish(status)
    }

    /// Until everything is told, also its end, or the windows are full.
    private func send() {
        while let framed = waiting ?? next() {
            waiting = nil
            guard framed.withRawSpan({ call.trySend(framed: $0) }) else {
                // Never taken if the call is over; then `cancelled` has been or will be called.
                waiting = framed
                return
            }
            if !isTelling { service.told() }
        }
    }

    /// The next part; nil once the end of the stage was one.
    private func next() -> [UInt8]? {
        guard isTelling else { return nil }
        let part: HandoverPart
        if let record = recorder.next() {
            part = HandoverPart(topic: record)
        } else {
            isTelling = false
            part = HandoverPart(stage: isComplete ? .allTold : .historyTold)
        }
        return part.encoded(call.subtype.codec).withRawSpan { call.framed($0, compressed: false) }
    }

    // MARK: RPCHandler

    func receivedMessage(_ message: RawSpan, on call: RPCCall) {
        guard let step = call.decode(TakeoverStep.self, message) else {
            return service.ended(self)
        }
        service.received(step, from: self)
    }

    func receivedEnd(on call: RPCCall) {
        // OK would mean that it may serve. Once it was said, this says nothing.
        service.ended(self)
        call.finish(RPCStatus(.cancelled, "the successor ended its side"))
    }

    func cancelled(_ call: RPCCall) { service.ended(self) }

    func becameWritable(_ call: RPCCall) { send() }
}
