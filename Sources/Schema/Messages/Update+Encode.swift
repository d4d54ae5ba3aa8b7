package import Base

/// What every message can do, compiled for this type alone: other modules would otherwise call the
/// generic code, which costs twice as much, on the path of every delivery.
extension Update {
    package func encode(_ codec: Codec, into output: OutputBuffer) {
        append(codec, isFramed: false, to: output)
    }

    package func encodeFramed(_ codec: Codec, into output: OutputBuffer) {
        append(codec, isFramed: true, to: output)
    }
}
