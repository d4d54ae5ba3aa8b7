internal import Base
internal import CJemalloc
internal import FoundationEssentials

/// The allocator of this program is jemalloc. While topics are published and subscribers come and
/// go, glibc's takes ever more memory for the same live bytes, for minutes; this one does not
/// (`Tests/Benchmarks/results.md`, churn).
enum ProcessHeap {
    /// What is used, and what that takes: an operator sees the one grow without the other.
    static func tell(_ metrics: MetricRegistry) {
        metrics.reading(
            "penstock_heap_allocated_bytes", help: "Bytes of the heap that are in use."
        ) {
            // Metrics are told in alphabetical order: this is the first of the two.
            cjemalloc_begin_epoch()
            return figure("stats.allocated")
        }
        metrics.reading(
            "penstock_heap_resident_bytes",
            help: "Memory that the heap takes at most: used, not given back, and its own tables."
        ) { figure("stats.resident") }
        metrics.reading(
            "process_resident_memory_bytes", help: "Memory that the process takes."
        ) { residentBytes }
    }

    /// 0: Linux does not say.
    private static var residentBytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let row = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = row?.split(whereSeparator: \.isWhitespace).dropFirst().first
        return (kibibytes.flatMap { Int($0) } ?? 0) << 10
    }

    private static func figure(_ name: String) -> Int {
        unsafe Int(clamping: cjemalloc_figure(name))
    }
}
