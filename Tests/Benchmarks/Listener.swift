import Core
import Schema

/// A subscriber of some topics that is up to date from the start.
final class Listener {
    let sink = CountingSink()
    private let session: Session

    init(to kinds: [String], of pipeline: IngestPipeline, codec: Codec = .protobuf) {
        session = Session(codec: codec, sink: sink)
        for kind in kinds { _ = session.add(pipeline.topic(kind), resumeAt: nil) }
        session.becameWritable()
        sink.reset()
    }

    func end() { session.end() }
}
