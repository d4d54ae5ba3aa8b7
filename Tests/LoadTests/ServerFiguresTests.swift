import Load
import Testing

@testable import Load

@Suite struct ServerFiguresTests {
    private let text = """
        # HELP process_cpu_seconds_total Time.
        # TYPE process_cpu_seconds_total counter
        process_cpu_seconds_total 12.5
        penstock_fanout_deliveries_total{loop="0"} 100
        penstock_fanout_deliveries_total{loop="1"} 50
        penstock_socket_sends_total{loop="0"} 7
        penstock_socket_sends_total_of_others 1000

        """

    @Test func `numbers are added up over their labels`() {
        let figures = ServerFigures(prometheus: text)
        #expect(figures.processorSeconds == 12.5)
        #expect(figures.deliveries == 150)
        #expect(figures.sends == 7)
    }

    @Test func `what is not there before or after has no difference`() {
        let figures = ServerFigures(prometheus: text)
        var earlier = figures
        earlier.deliveries = 50
        earlier.sends = nil
        let difference = figures.since(earlier)
        #expect(difference.processorSeconds == 0)
        #expect(difference.deliveries == 100)
        #expect(difference.sends == nil)
        #expect(figures.since(ServerFigures()) == ServerFigures())
    }

    @Test func `only a whole answer with status 200 has a body`() {
        func body(_ text: String) -> String? { MetricsCall.body(of: Array(text.utf8)) }
        #expect(body("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc") == "abc")
        #expect(body("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabc") == nil)
        #expect(body("HTTP/1.1 403 Forbidden\r\n\r\nabc") == nil)
        #expect(body("HTTP/1.1 200 OK\r\nContent-Length: 3") == nil)
        #expect(body("") == nil)
    }
}
