/// Identities of unbroken runs of sequences. A resync or a restart begins a new one.
package enum Epoch {
    /// Below 2^53, so that JavaScript holds it exactly.
    package static let limit: UInt64 = 1 << 53

    /// Not zero. Never reused: 2^53 values, and a topic that resynced every second would after a
    /// year have met itself with a chance of 1 in 18.
    package static func random(using generator: inout some RandomNumberGenerator) -> UInt64 {
        UInt64.random(in: 1..<limit, using: &generator)
    }
}
