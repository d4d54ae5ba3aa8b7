internal import Base
package import JSON
package import Market

extension JSONValue {
    /// The decimal in a string such as "61837.63000000", digit by digit; nil for anything else.
    @inline(__always)
    package var decimal: Decimal? {
        withBytes { bytes in Decimal(digits: bytes) } ?? nil
    }

    /// A member that must be a decimal string.
    @inline(__always)
    func decimal(_ key: StaticString, _ field: FeedField) throws(FeedError) -> Decimal {
        guard let value = self[key]?.decimal else { throw .badField(field) }
        return value
    }

    /// A member that must be a whole number of at least zero.
    @inline(__always)
    func number(_ key: StaticString, _ field: FeedField) throws(FeedError) -> UInt64 {
        guard let value = self[key]?.uint64 else { throw .badField(field) }
        return value
    }
}
