import Base
import Runtime
import Testing

@testable import Simulator

@Suite struct VenueRuleTests {
    @Test func `6000 weight a minute, then 429, then 418`() {
        var limits = WeightLimits()
        for _ in 0..<24 {
            guard case .accept = limits.request(weight: 250, from: "a", time: 5_000_000_000) else {
                Issue.record("refused within the limit")
                return
            }
        }
        let refused = limits.request(weight: 1, from: "a", time: 50_000_000_000)
        #expect(refused == .tooMany(retryAfter: .seconds(10)))
        #expect(
            limits.request(weight: 1, from: "b", time: 50_000_000_000) == .accept(usedWeight: 1))
        for _ in 1..<WeightLimits.ignoredMax {
            _ = limits.request(weight: 1, from: "a", time: 50_000_000_000)
        }
        let banned = limits.request(weight: 1, from: "a", time: 50_000_000_000)
        #expect(banned == .banned(retryAfter: WeightLimits.ban))
        #expect(
            limits.request(weight: 1, from: "a", time: 100_000_000_000)
                == .banned(retryAfter: .seconds(70)))
        #expect(
            limits.request(weight: 1, from: "a", time: 171_000_000_000) == .accept(usedWeight: 1))
    }

    @Test func `a new minute forgives a 429`() {
        var limits = WeightLimits()
        _ = limits.request(weight: 6000, from: "a", time: 0)
        #expect(limits.request(weight: 1, from: "a", time: 1) != .accept(usedWeight: 6001))
        #expect(
            limits.request(weight: 1, from: "a", time: 60_000_000_000) == .accept(usedWeight: 1))
    }

    @Test func `the sixth message of a second ends the connection`() {
        var rules = ConnectionRules(now: .seconds(0), limitsMessages: true)
        for _ in 0..<5 { #expect(rules.receivedMessage(time: 100) == .fine) }
        #expect(rules.receivedMessage(time: 999_999_999) == .disconnect)
        #expect(rules.receivedMessage(time: 1_000_000_100) == .fine)
        var unlimited = ConnectionRules(now: .seconds(0), limitsMessages: false)
        for _ in 0..<50 { #expect(unlimited.receivedMessage(time: 0) == .fine) }
    }

    @Test func `a ping every 20 seconds, and the end a minute after one that is not answered`() {
        var rules = ConnectionRules(now: .seconds(0), limitsMessages: true)
        #expect(rules.timePassed(now: .seconds(19)) == .fine)
        guard case .sendPing(let payload) = rules.timePassed(now: .seconds(20)) else {
            Issue.record("no ping")
            return
        }
        rules.receivedPong("something else")
        rules.receivedPong(payload)
        for second in [40.0, 60, 80] {
            #expect(rules.timePassed(now: .seconds(second)) != .disconnect)
        }
        #expect(rules.timePassed(now: .seconds(99)) == .fine)
        #expect(rules.timePassed(now: .seconds(100)) == .disconnect)
    }

    private func reply(_ session: inout StreamSession, _ text: String) -> StreamReply {
        Array(text.utf8).withRawSpan { session.received($0) }
    }

    @Test func `control messages are answered as Binance does`() throws {
        var session = StreamSession(
            try #require(StreamURL(target: "/stream?streams=a@trade/b@trade")))
        #expect(session.streams == ["a@trade", "b@trade"])
        let subscribed = reply(&session, #"{"method":"SUBSCRIBE","params":["c@trade"],"id":1}"#)
        #expect(
            subscribed == StreamReply(text: #"{"result":null,"id":1}"#, subscribed: ["c@trade"]))
        _ = reply(&session, #"{"method":"UNSUBSCRIBE","params":["a@trade"],"id":2}"#)
        #expect(
            reply(&session, #"{"method":"LIST_SUBSCRIPTIONS","id":"x1"}"#).text
                == #"{"result":["b@trade","c@trade"],"id":"x1"}"#)
        #expect(
            reply(&session, #"{"method":"GET_PROPERTY","params":["combined"],"id":null}"#).text
                == #"{"result":true,"id":null}"#)
        _ = reply(&session, #"{"method":"SET_PROPERTY","params":["combined",false],"id":5}"#)
        #expect(!session.isCombined)
    }

    @Test(arguments: [
        (
            #"{"method":"SET_PROPERTY","params":["colour",true],"id":5}"#,
            #"{"code":0,"msg":"Unknown property","id":5}"#
        ),
        (
            #"{"method":"SET_PROPERTY","params":["combined",1],"id":5}"#,
            #"{"code":1,"msg":"Invalid value type: expected Boolean","id":5}"#
        ),
        (
            #"{"method":"JUMP","id":5}"#,
            #"{"code":2,"msg":"Invalid request: unknown variant `JUMP`"#
        ),
        (#"{"method":"SUBSCRIBE","params":[1],"id":5}"#, #"{"code":2,"msg":"Invalid request: "#),
        ("hello", #"{"code":3,"msg":"Invalid JSON: expected value at line 1 column 1"}"#),
    ])
    func `wrong control messages get their error`(request: String, error: String) throws {
        var session = StreamSession(try #require(StreamURL(target: "/ws")))
        #expect(reply(&session, request).text.hasPrefix(error))
    }

    @Test func `no more than 1024 streams`() throws {
        var session = StreamSession(try #require(StreamURL(target: "/stream")))
        let names = (0..<1024).map { "\"s\($0)@trade\"" }.joined(separator: ",")
        let full = reply(&session, "{\"method\":\"SUBSCRIBE\",\"params\":[\(names)],\"id\":1}")
        #expect(full.subscribed.count == 1024)
        let more = reply(&session, #"{"method":"SUBSCRIBE","params":["one@more"],"id":2}"#)
        #expect(more.subscribed.isEmpty && more.text.hasPrefix("{\"code\":2"))
    }

    @Test(arguments: [
        (["--speed", "0"], "--speed '0': must be a number above 0 and up to 1000000, or max"),
        (["--seed", "x"], "--seed 'x': must be a whole number"),
        (["--fault", "lose:1"], "--fault 'lose:1': must be KIND:RATE, KIND one of drop,"),
        (["--listen", "nowhere"], "--listen 'nowhere': must be ADDR:PORT"),
        (["--fast"], "argument '--fast': unknown; allowed: --listen"),
        (["--speed"], "--speed '': a value must follow"),
    ])
    func `wrong arguments say what, where and what is allowed`(
        arguments: [String], message: String
    ) {
        do throws(SimulatorArgumentError) {
            _ = try SimulatorConfiguration(arguments: arguments)
            Issue.record("accepted")
        } catch {
            #expect(error.description.hasPrefix(message))
        }
    }

    @Test func `arguments make a configuration`() throws {
        let configuration = try SimulatorConfiguration(arguments: [
            "--listen", "127.0.0.1:0", "--recording", "a", "--recording", "b", "--speed", "max",
            "--seed", "9", "--fault", "drop:0.05", "--start-after", "0.5",
        ])
        #expect(configuration.recordings == ["a", "b"])
        #expect(configuration.speed == .maximum)
        #expect(configuration.seed == 9)
        #expect(configuration.faults == [Fault(kind: .drop, rate: 0.05)])
        #expect(configuration.startAfter == .milliseconds(500))
    }
}
