/// Why events will not come; `Gap.Reason` in Protos/.
package enum GapReason: Int32, Sendable, CaseIterable {
    case unspecified
    /// Lost between venue and gateway: `fromID` to `toID`.
    case venueLoss
    /// No longer in the gateway's ring: `fromSequence` to `toSequence`.
    case expired
    /// The resumed epoch is gone: an unknown number was missed.
    case newEpoch
}
