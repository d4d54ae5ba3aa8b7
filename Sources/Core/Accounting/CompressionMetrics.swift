internal import Base

/// What became of frames that were worth being compressed. Names are listed in the README's table.
struct CompressionMetrics {
    let compressed: Counter
    /// It made them no smaller.
    let inVain: Counter
    /// The loop has had its time for it.
    let overBudget: Counter

    /// - Parameter loop: number of the hub's loop.
    init(_ registry: MetricRegistry, loop: Int) {
        func outcome(_ name: String) -> Counter {
            registry.counter(
                "penstock_fanout_gzip_total",
                help: "Frames that were worth compressing, by what became of it.",
                labels: [("loop", "\(loop)"), ("outcome", name)])
        }
        compressed = outcome("compressed")
        inVain = outcome("in_vain")
        overBudget = outcome("over_budget")
    }
}
