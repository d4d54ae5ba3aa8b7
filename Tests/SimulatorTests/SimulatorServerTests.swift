import Base
import HTTP1
import Runtime
import Simulator
import Synchronization
import Testing
import WebSocket

/// A client over real sockets that writes down what it gets.
private final class Client: ByteStreamDelegate {
    private var parser = HTTP1ResponseParser()
    private var machine: WebSocketMachine?
    private var stream: ByteStream?
    private let request: [UInt8]
    private let isWebSocket: Bool
    private let messages: [String]
    private let received: (String) -> Void

    init(
        _ address: SocketAddress, _ path: String, isWebSocket: Bool, send messages: [String],
        on loop: EventLoop, received: @escaping (String) -> Void
    ) {
        self.messages = messages
        self.isWebSocket = isWebSocket
        self.received = received
        var random = SeededRandom(seed: 1)
        request =
            isWebSocket
            ? WebSocketHandshake.requestBytes(
                host: "test", path: path, key: WebSocketHandshake.key(using: &random))
            : Array("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n".utf8)
        stream = ByteStream.connect(
            to: Endpoint(address), on: loop, timeout: .seconds(5), delegate: self)
    }

    func opened(_ stream: ByteStream) {
        stream.output.append(request)
        stream.flushAtEndOfTurn()
    }

    func received(_ bytes: RawSpan, on stream: ByteStream) {
        if machine != nil { return receivedFrames(bytes, stream) }
        parser.append(bytes)
        guard let response = try? parser.next() else { return }
        received("\(response.status) " + String(decoding: response.body, as: UTF8.self))
        guard response.status == 101 else { return }
        var machine = WebSocketMachine(role: .client)
        for message in messages { machine.send(message, to: stream.output) }
        stream.flushAtEndOfTurn()
        self.machine = consume machine
        let rest = parser.takeRemainder()
        if !rest.isEmpty { rest.withRawSpan { receivedFrames($0, stream) } }
    }

    private func receivedFrames(_ bytes: RawSpan, _ stream: ByteStream) {
        try? machine?.receive(bytes, answers: stream.output) { event, payload in
            if event == .text { received(payload.text()) }
        }
        stream.flushAtEndOfTurn()
    }

    func becameWritable(_ stream: ByteStream) {}
    func closed(_ stream: ByteStream, _ reason: SystemError?) { received("closed") }
    func close() { stream?.close() }
}

@Suite struct SimulatorServerTests {
    /// Runs a client against a simulator until `count` texts have come.
    private func converse(
        _ configuration: SimulatorConfiguration, path: String, isWebSocket: Bool,
        send messages: [String] = [], count: Int
    ) async throws -> [String] {
        let loop = try EventLoop(name: "simulator-test")
        let simulator = Simulator(configuration, loop: loop) { _ in }
        let address = try await simulator.start()
        let texts = try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<[String], any Error>) in
            loop.execute {
                var client: Client?
                var texts: [String] = []
                var isDone = false
                func end(_ result: Result<[String], any Error>) {
                    if isDone { return }
                    isDone = true
                    client?.close()
                    continuation.resume(with: result)
                }
                client = Client(
                    address, path, isWebSocket: isWebSocket, send: messages, on: loop
                ) { text in
                    texts.append(text)
                    if texts.count >= count { end(.success(texts)) }
                }
                loop.schedule(after: .seconds(20)) { end(.success(texts)) }
            }
        }
        await simulator.stop()
        await loop.stop()
        return texts
    }

    private func makeConfiguration() throws -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration(
            listen: try #require(SocketAddress("127.0.0.1:0")))
        configuration.startAfter = .milliseconds(10)
        return configuration
    }

    @Test func `the model is served on a combined stream to whoever subscribes`() async throws {
        let texts = try await converse(
            makeConfiguration(), path: "/binance/stream/0", isWebSocket: true,
            send: [#"{"method":"SUBSCRIBE","params":["btcusdt@depth@100ms"],"id":1}"#], count: 8)
        #expect(texts.count == 8)
        #expect(texts.prefix(2) == ["101 ", #"{"result":null,"id":1}"#])
        let prefix = #"{"stream":"btcusdt@depth@100ms","data":{"e":"depthUpdate""#
        #expect(texts.dropFirst(2).allSatisfy { $0.hasPrefix(prefix) })
    }

    @Test func `streams in the URL come raw under ws`() async throws {
        let texts = try await converse(
            makeConfiguration(), path: "/binance_us/ws/ethusdt@trade/ethusdt@depth@100ms",
            isWebSocket: true, count: 5)
        #expect(texts.count == 5)
        #expect(texts.dropFirst().allSatisfy { $0.hasPrefix(#"{"e":"#) })
    }

    @Test func `at maximum a reader is fed without end`() async throws {
        var configuration = try makeConfiguration()
        configuration.speed = .maximum
        let texts = try await converse(
            configuration, path: "/binance/stream?streams=btcusdt@bookTicker", isWebSocket: true,
            count: 5000)
        #expect(texts.count == 5000)
    }

    @Test(arguments: [
        ("/binance/api/v3/depth?symbol=BTCUSDT&limit=2", #"200 {"lastUpdateId":"#),
        ("/binance/api/v3/depth?symbol=NOSUCH", #"400 {"code":-1121,"msg":"Invalid symbol."}"#),
        ("/binance/api/v3/depth", #"400 {"code":-1102,"#),
        ("/binance/api/v3/exchangeInfo", #"200 {"timezone":"UTC","#),
        ("/binance/api/v3/ping", "200 {}"),
        ("/binance/api/v3/time", #"200 {"serverTime":"#),
        ("/binance/api/v3/ticker/price?symbol=ETHBTC", #"200 {"symbol":"ETHBTC","price":"0.0"#),
        ("/binance/api/v3/ticker/24hr?symbol=ETHBTC", #"200 {"symbol":"ETHBTC","priceChange":"#),
        ("/nowhere", "404 no venue at /nowhere"),
    ])
    func `REST answers`(path: String, answer: String) async throws {
        let texts = try await converse(
            makeConfiguration(), path: path, isWebSocket: false, count: 1)
        #expect(texts.first?.hasPrefix(answer) == true)
    }

    @Test func `too many messages in a second end the connection`() async throws {
        let request = #"{"method":"LIST_SUBSCRIPTIONS","id":1}"#
        let texts = try await converse(
            makeConfiguration(), path: "/binance/stream", isWebSocket: true,
            send: Array(repeating: request, count: 6), count: 7)
        #expect(texts.last == "closed")
        #expect(texts.count == 7)
    }
}
