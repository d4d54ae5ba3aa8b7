import Load
import Testing

@testable import Load

@Suite struct BenchTableTests {
    private func makeResult(
        _ scenario: BenchScenario = BenchScenario.all[1], faults: [String: Int] = [:]
    ) -> BenchResult {
        var report = FleetReport()
        (report.connections, report.streams) = (1000, 1)
        report.seconds = 2
        report.seen.updates = 200_000
        report.seen.messageBytes = 24_000_000
        for age in 1...1000 { report.seen.ages.add(UInt64(age) * 10_000) }
        report.faults = faults
        var server = ServerFigures()
        (server.processorSeconds, server.deliveries, server.sends) = (0.5, 250_000, 125_000)
        return BenchResult(
            scenario: scenario, topicsPerStream: 1, report: report, server: server, ownLoad: 0.2)
    }

    @Test func `what is measured is divided by what it is for`() {
        let result = makeResult()
        #expect(result.deliveriesPerSecond == 100_000)
        #expect(result.bytesPerSecond == 12_000_000)
        #expect(result.processorMicroseconds == 2)
        #expect(result.sendsPerDelivery == 0.5)
        #expect(result.faultCount == 0)
    }

    @Test func `what the gateway does not tell is no number`() {
        var result = makeResult()
        result.server = ServerFigures()
        #expect(result.processorMicroseconds == nil && result.sendsPerDelivery == nil)
        #expect(result.json.contains(#""server_cpu_us_per_delivery":null"#))
        result.server.processorSeconds = 1
        result.server.deliveries = 0
        #expect(result.processorMicroseconds == nil)
    }

    @Test func `a wide terminal has one table, and one line a scenario`() {
        let lines = BenchTable.lines(
            [makeResult(), makeResult(BenchScenario.all[0])], width: 200, isColoured: false)
        #expect(lines[0].hasPrefix("scenario  clients  deliveries/s"))
        #expect(lines[0].hasSuffix("snapshots  gaps  errors"))
        #expect(lines[2].hasPrefix("single"))
        let cells = lines[2].split(separator: " ").map(String.init)
        #expect(cells.prefix(4) == ["single", "1,000", "100,000", "12.0"])
        #expect(cells[4...9] == ["5.11", "9.96", "10.0", "–", "2.00", "0.500"])
        #expect(lines[3].hasPrefix("streams"))
        #expect(lines[4].isEmpty)
    }

    @Test(arguments: [40, 60, 80, 100])
    func `a narrow terminal has the columns below each other`(width: Int) {
        let lines = BenchTable.lines([makeResult()], width: width, isColoured: false)
        #expect(lines.allSatisfy { $0.count <= width })
        let heads = lines.filter { $0.hasPrefix("scenario") }
        #expect(heads.count > 1)
        let names = heads.flatMap { $0.split(separator: " ") }
        for name in ["deliveries/s", "p99.9", "event", "snapshots", "errors"] {
            #expect(names.filter { $0 == name }.count == 1)
        }
    }

    @Test func `there are colours only where they are asked for`() {
        let results = [makeResult(faults: ["hole": 3])]
        let plain = BenchTable.lines(results, width: 200, isColoured: false).joined()
        #expect(!plain.contains("\u{1b}"))
        let coloured = BenchTable.lines(results, width: 200, isColoured: true)
        #expect(coloured[2].hasPrefix("\u{1b}[31m"))
    }

    @Test func `what was wrong is said below the table`() {
        let lines = BenchTable.lines(
            [makeResult(faults: ["hole": 3, "unheard_of": 1])], width: 200, isColoured: false)
        #expect(lines[2].hasSuffix(" 4"))
        #expect(lines.contains { $0.hasPrefix("single: 3 × an update that begins behind") })
        #expect(lines.contains("single: 1 × unheard_of"))
    }

    @Test func `a client that is busy itself says so`() {
        var result = makeResult()
        result.ownLoad = 0.97
        let lines = BenchTable.lines([result], width: 200, isColoured: false)
        #expect(lines.contains { $0.contains("busy 97 % of a processor") })
    }

    @Test(arguments: [
        (0.0, "0.000"), (0.1234, "0.123"), (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"),
        (1_234_567.8, "1,234,568"), (-1.5, "-1.50"), (Double.infinity, "–"),
    ])
    func `numbers have three digits that count`(value: Double, text: String) {
        #expect(Figure.text(value) == text)
    }
}
