import Testing

@testable import Base

@Suite struct HistogramTests {
    @Test func `a duration counts in the first bound that it does not exceed`() {
        let histogram = Histogram()
        for duration: Int64 in [0, 1000, 1001, 2000, 10_000_000_000, 10_000_000_001, -5] {
            histogram.observe(duration)
        }
        let (upTo, all) = histogram.cumulative
        #expect(Histogram.bounds.count == 22 && upTo.count == 22)
        #expect(Histogram.bounds.first == 1000 && Histogram.bounds.last == 10_000_000_000)
        #expect(upTo[0] == 3 && upTo[1] == 5 && upTo[21] == 6 && all == 7)
        #expect(histogram.sumNanoseconds == 20_000_004_002)
    }

    @Test func `every bound is the last duration of its own bucket`() {
        for (index, bound) in Histogram.bounds.enumerated() {
            let histogram = Histogram()
            histogram.observe(bound)
            histogram.observe(bound + 1)
            #expect(histogram.cumulative.upTo[index] == 1)
        }
    }

    @Test func `many at once are so many`() {
        let histogram = Histogram()
        histogram.observe(1500, count: 3)
        #expect(histogram.cumulative.all == 3 && histogram.sumNanoseconds == 4500)
    }

    @Test func `it is written as Prometheus wants it, in seconds`() {
        let registry = MetricRegistry()
        let histogram = registry.histogram(
            "penstock_test_seconds", help: "How long.", labels: [("stage", "a")])
        histogram.observe(1500)
        histogram.observe(20_000_000_000)
        let text = registry.prometheusText()
        #expect(text.hasPrefix("# HELP penstock_test_seconds How long.\n"))
        #expect(text.contains("# TYPE penstock_test_seconds histogram\n"))
        let bucket = #"penstock_test_seconds_bucket{stage="a",le="#
        #expect(text.contains(bucket + "\"0.000001\"} 0\n"))
        #expect(text.contains(bucket + "\"0.000002\"} 1\n"))
        #expect(text.contains(bucket + "\"10\"} 1\n" + bucket + "\"+Inf\"} 2\n"))
        #expect(text.contains(#"penstock_test_seconds_sum{stage="a"} 20.0000015"# + "\n"))
        #expect(text.hasSuffix(#"penstock_test_seconds_count{stage="a"} 2"# + "\n"))
    }

    @Test func `without labels only the bound is one`() {
        let registry = MetricRegistry()
        registry.histogram("penstock_test_seconds", help: "How long.").observe(1)
        #expect(registry.prometheusText().contains("penstock_test_seconds_bucket{le=\"0.5\"} 1\n"))
    }
}
