package import Base

/// What every message can do, compiled for this type alone, because ticks change most often.
extension Tick {
    package func delta(since old: Tick) -> Tick? { difference(since: old) }

    package func encodeDelta(
        since old: Tick, _ codec: Codec, into output: OutputBuffer
    ) -> Bool {
        appendDifference(since: old, codec, to: output)
    }
}
