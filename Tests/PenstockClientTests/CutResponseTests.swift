import Base
import GRPC
import PenstockClient
import Schema
import Streams
import Testing

/// A subscription's response, recorded as bytes and cut after every one of them.
@Suite struct CutResponseTests {
    private final class Reader: RPCClientHandler {
        var machine = SubscriptionMachine(topics: [bookTopic])
        var sequences: [UInt64] = []
        var status: RPCStatus?

        func receivedMessage(_ message: RawSpan, on call: RPCClientCall) {
            guard let update = try? Update(decoding: message, .protobuf) else {
                Issue.record("a message that is no update")
                return
            }
            do throws(SubscriptionError) {
                try machine.received(update) { event, state in
                    if case .updated = event { sequences.append(state.position?.sequence ?? 0) }
                }
            } catch {
                Issue.record("\(error)")
            }
        }

        func finished(_ status: RPCStatus, trailers: Metadata, on call: RPCClientCall) {
            self.status = status
        }
    }

    private static let updates = [
        Update(payload: .subscribed(Subscribed(accepted: [accepted(bookTopic, sequence: 10)]))),
        bookUpdate(10, bids: [(10_000, 5), (9990, 4)], asks: [(10_100, 1)]),
        bookUpdate(11, base: 10, bids: [(10_000, 0)]),
        bookUpdate(14, base: 11, asks: [(10_050, 9)]),
    ]

    private func makeClient(_ output: OutputBuffer, _ reader: Reader) -> RPCClientConnection {
        let client = RPCClientConnection(output: output)
        _ = client.start(
            path: "/penstock.v1.MarketData/Subscribe", authority: "test", handler: reader)
        return client
    }

    /// What a server sends to a client that asks once.
    private func record() -> [UInt8] {
        let (up, down) = (OutputBuffer(), OutputBuffer())
        let client = makeClient(up, Reader())
        let router = RPCRouter()
        router.register("/penstock.v1.MarketData/Subscribe") { call in
            for update in Self.updates {
                update.encoded(.protobuf).withRawSpan { call.send($0) }
            }
            return SingleRequestHandler { _, _ in }
        }
        let server = RPCServerConnection(router: router, output: down) { _ in
            PlainResponse(status: 404, text: "")
        }
        up.withSpan { server.received($0, now: Instant(nanoseconds: 0)) }
        withExtendedLifetime(client) {}
        return down.copyBytes()
    }

    @Test func `cut anywhere, the state is that of the last whole update, and resumes there`() {
        let bytes = record()
        var reached: Set<UInt64> = []
        for end in 0...bytes.count {
            let reader = Reader()
            let client = makeClient(OutputBuffer(), reader)
            Array(bytes[..<end]).withRawSpan { client.received($0) }
            #expect(reader.status == nil)
            client.connectionLost()
            #expect(reader.status?.code == .unavailable)
            let known: [UInt64] = [10, 11, 14]
            #expect(reader.sequences == Array(known.prefix(reader.sequences.count)))
            let again = reader.machine.finished(reader.status!) { _, _ in }
            #expect(again == .retry)
            let position = reader.machine.request.resume.first?.sequence
            #expect(position == reader.sequences.last)
            reached.insert(position ?? 0)
            #expect(reader.machine.states.first?.isLive == false)
        }
        #expect(reached == [0, 10, 11, 14])
    }
}
