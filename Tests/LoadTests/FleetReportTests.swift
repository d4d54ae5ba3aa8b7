import Load
import Testing

@testable import Load

@Suite struct FleetReportTests {
    @Test func `what was compared is told apart`() {
        var report = FleetReport()
        (report.compared, report.comparedWithSnapshots) = (50, 20)
        (report.comparedWithHashes, report.differences) = (30, 4)
        let told = #""compared":50,"compared_with_snapshots":20,"compared_with_hashes":30,"#
        #expect(report.json.contains(told))
        #expect(report.json.contains(#""differences":4,"#))
    }

    @Test func `a report with any fault is not sound`() {
        var report = FleetReport()
        #expect(report.isSound)
        report.faults = ["hash_differs": 1]
        #expect(!report.isSound && report.json.contains(#""faults":{"hash_differs":1}"#))
    }
}
