/// What one scenario showed.
package struct BenchResult: Sendable {
    package var scenario: BenchScenario
    package var topicsPerStream: Int
    package var report: FleetReport
    /// Between the beginning and the end of the measurement.
    package var server: ServerFigures
    /// Of one processor, that this process was busy; above 0.9 it is what was measured.
    package var ownLoad: Double

    package init(
        scenario: BenchScenario, topicsPerStream: Int, report: FleetReport, server: ServerFigures,
        ownLoad: Double
    ) {
        (self.scenario, self.topicsPerStream) = (scenario, topicsPerStream)
        (self.report, self.server, self.ownLoad) = (report, server, ownLoad)
    }

    package var deliveriesPerSecond: Double { perSecond(report.seen.updates) }
    package var bytesPerSecond: Double { perSecond(report.seen.messageBytes) }

    /// Of the gateway's processors, for each live delivery to whomever; nil: it does not tell.
    package var processorMicroseconds: Double? {
        perDelivery(server.processorSeconds).map { $0 * 1e6 }
    }

    /// Send calls of the gateway for each live delivery; nil: it does not tell.
    package var sendsPerDelivery: Double? { perDelivery(server.sends) }

    package var faultCount: Int { report.faults.values.reduce(0, +) }

    private func perSecond(_ count: Int) -> Double {
        report.seconds > 0 ? Double(count) / report.seconds : 0
    }

    private func perDelivery(_ figure: Double?) -> Double? {
        guard let figure, let deliveries = server.deliveries, deliveries > 0 else { return nil }
        return figure / deliveries
    }

    /// One object.
    package var json: String {
        func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "null" }
        return """
            {"scenario":"\(scenario.name)","topics_per_stream":\(topicsPerStream),\
            "deliveries_per_second":\(deliveriesPerSecond),"bytes_per_second":\(bytesPerSecond),\
            "server_cpu_us_per_delivery":\(text(processorMicroseconds)),\
            "sends_per_delivery":\(text(sendsPerDelivery)),"own_load":\(ownLoad),\(report.json)}

            """
    }
}
