/// The value in the middle, or the mean of the two in the middle.
func median(_ values: [Double]) -> Double {
    precondition(!values.isEmpty, "the median of nothing")
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The smallest value that at least this part of all values do not exceed.
func percentile(_ part: Double, ofSorted values: [UInt32]) -> Double {
    let rank = Int((part * Double(values.count)).rounded(.up))
    return Double(values[min(max(rank, 1), values.count) - 1])
}
