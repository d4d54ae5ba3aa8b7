import Base
import Schema
import Streams

@testable import Core

/// The client's end of a session, in memory.
final class DialogueClient: SessionOutput {
    let sink = FakeSink()
    var end: SessionEnd?
    private(set) var dialogue: SessionDialogue?

    init(
        _ hub: Hub, identity: any SessionIdentity = OpenIdentity(),
        limits: SessionLimits = SessionLimits(), hello: Hello? = Hello(protocolVersion: 1)
    ) {
        dialogue = SessionDialogue(
            hub: hub, codec: .protobuf, output: self, identity: identity, limits: limits)
        if let hello { send(.hello(hello)) }
    }

    convenience init(
        _ fixture: HubFixture, identity: any SessionIdentity = OpenIdentity(),
        limits: SessionLimits = SessionLimits(), hello: Hello? = Hello(protocolVersion: 1)
    ) { self.init(fixture.hub, identity: identity, limits: limits, hello: hello) }

    func send(_ request: SessionRequest.Request) {
        let request = SessionRequest(request: request)
        dialogue?.received(request, bytes: request.encoded(.protobuf).count)
    }

    /// Sends, and returns the one answer.
    @discardableResult
    func ask(_ request: SessionRequest.Request) -> Control.Content? {
        let before = sink.updates.count
        send(request)
        let answers = sink.updates.dropFirst(before).compactMap { update -> Control? in
            if case .control(let control)? = update.payload, control.answers != nil {
                return control
            }
            return nil
        }
        precondition(answers.count <= 1, "\(answers.count) answers to one request")
        return answers.first?.content
    }

    func subscribe(_ wish: SubscribeTopics) -> SubscriptionAnswer? {
        if case .subscribed(let answer)? = ask(.subscribe(wish)) { answer } else { nil }
    }

    func refusal(_ request: SessionRequest.Request) -> Refusal? {
        if case .refused(let refusal)? = ask(request) { refusal } else { nil }
    }

    var controls: [Control.Content] {
        sink.updates.compactMap {
            if case .control(let control)? = $0.payload { control.content } else { nil }
        }
    }

    /// Everything but controls.
    var data: [Update] {
        sink.updates.filter { if case .control? = $0.payload { false } else { true } }
    }

    func unblock() {
        sink.isBlocked = false
        dialogue?.becameWritable()
    }

    // MARK: SessionOutput

    func offer(_ frames: RawSpan) -> Bool { sink.offer(frames) }
    func enqueue(_ frames: RawSpan) { sink.enqueue(frames) }
    func send(_ update: Update) { sink.enqueue(frame(update)) }
    func trySend(_ update: Update) -> Bool { sink.offer(frame(update)) }

    func finish(_ end: SessionEnd) {
        self.end = end
        dialogue = nil
    }

    private func frame(_ update: Update) -> [UInt8] {
        let output = OutputBuffer()
        update.encodeFramed(.protobuf, into: output)
        return output.copyBytes()
    }
}

extension FakeSink {
    func enqueue(_ bytes: [UInt8]) { enqueue(bytes.span.bytes) }
    func offer(_ bytes: [UInt8]) -> Bool { offer(bytes.span.bytes) }
}
